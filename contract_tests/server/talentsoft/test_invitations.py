"""Inviting candidates: one, many, one that cannot be invited."""

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.talentsoft.partner import TESTS, Data, Partner, link_of, same_id

pytestmark = pytest.mark.writes

_INVITE = "talentsoft.invite_applicants"


def _items(partner: Partner, reply: Reply, applicants: list[Data]) -> list[Data]:
    """Return the items in the order of the candidates; hold that each has one."""
    items = reply.records("data")
    found = []
    for each in applicants:
        mine = [item for item in items if same_id(item.get("applicant_id"), each["applicant_id"])]
        partner.holds(
            f"{_INVITE}.response.200.body.data",
            len(mine) == 1,
            "The answer has one result for each candidate.",
            expected=f"one item with applicant_id {each['applicant_id']}",
            got=items,
        )
        found += mine
    return found


@pytest.mark.parametrize("many", [1, 2])
@pytest.mark.clause(_INVITE, "talentsoft.invitation-link-name")
def test_candidates_are_invited(partner: Partner, many: int) -> None:
    """Each candidate of a request gets a result of its own, with the link that was sent to the candidate."""
    applicants = [partner.applicant() for _ in range(many)]
    reply = partner.enveloped(partner.needs(partner.invite(partner.campaign(), *applicants)))
    items = _items(partner, reply, applicants)
    for item in items:
        partner.holds(
            _INVITE, item.get("status") == "success", "A new candidate is invited.", expected="status success", got=item
        )
        partner.holds(
            "talentsoft.invitation-link-name",
            link_of(item),
            "A success has the candidate's link.",
            expected="interview_invitation_link or assessment_invitation_link",
            got=item,
        )
        partner.holds(
            f"{_INVITE}.response.200.body.data.[].error_message",
            not item.get("error_message"),
            "error_message is used for an error only.",
            expected="no message",
            got=item,
        )
    partner.holds(
        f"{_INVITE}.response.200.body.data.[].interview_invitation_link",
        len({link_of(item) for item in items}) == many,
        "Each candidate has a link of its own.",
        got=items,
    )


@pytest.mark.clause("talentsoft.invitation-items", f"{_INVITE}.response.200.body.data.[].status.enum.error")
def test_one_bad_candidate_does_not_stop_the_others(partner: Partner) -> None:
    """One candidate that cannot be invited is an error item in an answer that is a success."""
    given = partner.capability("bad_applicant")
    good, bad = partner.applicant(), partner.applicant(**(given or {"email": "no address"}))
    reply = partner.invite(partner.campaign(), good, bad)
    if not reply.ok and given is None and not partner.has_sandbox:
        partner.enveloped(reply)
        pytest.skip("The request was refused as a whole; which candidate cannot be invited, bad_applicant can say.")
    partner.enveloped(partner.needs(reply, clause="talentsoft.invitation-items"))
    first, second = _items(partner, reply, [good, bad])
    partner.holds(
        "talentsoft.invitation-items",
        first.get("status") == "success",
        "A good candidate is invited beside a bad one.",
        expected="status success",
        got=first,
    )
    if given is not None or partner.has_sandbox:
        partner.holds(
            "talentsoft.invitation-items",
            second.get("status") == "error" and not link_of(second),
            "A candidate that cannot be invited is an error item without a link.",
            expected="status error",
            got=second,
        )


@pytest.mark.clause("talentsoft.many-campaigns")
def test_a_candidate_in_several_campaigns(partner: Partner) -> None:
    """A candidate may be invited to several campaigns."""
    campaigns = [partner.id_of(each) for each in partner.campaigns(2)[:2]]
    applicant = partner.applicant()
    for campaign in campaigns:
        reply = partner.needs(partner.invite(campaign, applicant), clause="talentsoft.many-campaigns")
        (item,) = _items(partner, reply, [applicant])
        told = "A candidate is invited to a further campaign."
        partner.holds("talentsoft.many-campaigns", item.get("status") == "success", told, got=item)
    for campaign in campaigns:
        found = partner.assessment(campaign, applicant["applicant_id"], "talentsoft.many-campaigns")
        partner.holds(
            "talentsoft.many-campaigns",
            str(found.get("campaign_id")) == campaign,
            "Each campaign knows its own invitation of the candidate.",
            expected=campaign,
            got=found,
        )


@pytest.mark.clause("talentsoft.envelope-status")
def test_an_unknown_campaign_is_answered_in_the_envelope(partner: Partner) -> None:
    """Whatever is answered to an invitation to no known campaign is in the envelope."""
    partner.enveloped(partner.invite("no-such-campaign", partner.applicant()))


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}"], ids=["no-json", "a-list", "nothing"])
@pytest.mark.clause("talentsoft.envelope-status")
def test_a_malformed_invitation_is_an_error_in_the_envelope(partner: Partner, body: bytes) -> None:
    """A request that cannot be understood is an error in the envelope."""
    reply = partner.api("POST", TESTS, data=body, headers={"Content-Type": "application/json"})
    partner.refuses(reply, f"{_INVITE}.response.400", "A request that cannot be understood is refused.")
    partner.enveloped(reply)


@pytest.mark.clause("talentsoft.invite-again")
def test_inviting_again_answers_the_same_link(partner: Partner) -> None:
    """Inviting a candidate whose invitation is open answers the same link; no document says so."""
    campaign, applicant, item = partner.invited()
    (again,) = _items(partner, partner.needs(partner.invite(campaign, applicant)), [applicant])
    partner.holds("talentsoft.invite-again", link_of(again) == link_of(item), "The link is the same.", got=again)


@pytest.mark.clause("talentsoft.invite_applicants")
def test_inviting_leaves_the_campaigns_alone(partner: Partner) -> None:
    """A campaign can be chosen again after somebody was invited to it."""
    campaign, _, _ = partner.invited()
    ids = [partner.id_of(each) for each in partner.campaigns()]
    told = "The campaign is still listed."
    partner.holds("talentsoft.list_campaigns", campaign in ids, told, expected=campaign, got=ids)
