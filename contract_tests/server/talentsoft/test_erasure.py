"""Erasing a candidate, as the GDPR wants it."""

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.talentsoft.partner import TESTS, Data, Partner, same_id

pytestmark = pytest.mark.writes

_ERASE = "talentsoft.erase_applicant"


def _erase(partner: Partner, campaigns: list[str], applicant: Data) -> Reply:
    said = {"campaigns": campaigns, "email": applicant["email"], "applicant_id": applicant["applicant_id"]}
    return partner.api("DELETE", TESTS, json=said)


@pytest.mark.clause(_ERASE)
def test_a_candidate_is_erased(partner: Partner) -> None:
    """After an erasure nothing of the candidate is left but, at most, that it was deleted."""
    campaign, applicant, _ = partner.invited()
    partner.enveloped(partner.needs(_erase(partner, [campaign], applicant)))
    reply = partner.enveloped(partner.statuses(campaign, applicant["applicant_id"]))
    if reply.status == 404:
        return  # who is not known any more
    partner.needs(reply)
    left = [each for each in reply.records("data") if same_id(each.get("applicant_id"), applicant["applicant_id"])]
    told = "An erased candidate is not known any more, or deleted."
    gone = all(each.get("status") == "deleted" for each in left)
    partner.holds(_ERASE, gone, told, expected="nothing, or the status deleted", got=left)
    bare = all(not each.get("global_score") and not each.get("scores") for each in left)
    partner.holds(_ERASE, bare, "An erased candidate has no scores.", expected="nothing", got=left)
    personal = [applicant[name] for name in ("email", "firstname") if applicant[name] in reply.text]
    partner.holds(_ERASE, not personal, "Nothing personal is answered of an erased candidate.", got=personal)


@pytest.mark.clause(_ERASE)
def test_the_others_stay(partner: Partner) -> None:
    """An erasure is about the candidate that it names."""
    campaign, applicant, _ = partner.invited()
    other = partner.applicant()
    partner.needs(partner.invite(campaign, other))
    partner.needs(_erase(partner, [campaign], applicant))
    found = partner.needs(partner.statuses(campaign, other["applicant_id"])).records("data")
    mine = [each for each in found if same_id(each.get("applicant_id"), other["applicant_id"])]
    told = "Another candidate of the campaign is still there."
    partner.holds(_ERASE, mine and mine[0].get("status") != "deleted", told, expected="another candidate", got=found)


@pytest.mark.clause(_ERASE)
def test_the_campaigns_that_are_named(partner: Partner) -> None:
    """An erasure is about the campaigns that it names: all of them, and no other."""
    campaigns = [partner.id_of(each) for each in partner.campaigns(2)[:2]]
    staying, going = partner.applicant(), partner.applicant()
    for campaign in campaigns:
        partner.needs(partner.invite(campaign, staying, going))
        for each in (staying, going):
            partner.assessment(campaign, each["applicant_id"], "talentsoft.many-campaigns")
    partner.needs(_erase(partner, campaigns[:1], staying))
    partner.needs(_erase(partner, campaigns, going))
    told = "Who is erased from one campaign is still in another."
    left = _left(partner, campaigns[1], staying)
    partner.holds(_ERASE, left, told, expected=f"the candidate in {campaigns[1]}", got="nothing, or the status deleted")
    for campaign in campaigns:
        told = "Who is erased from several campaigns is in none of them."
        left = _left(partner, campaign, going)
        partner.holds(_ERASE, not left, told, expected="nothing, or the status deleted", got=left)


def _left(partner: Partner, campaign: str, applicant: Data) -> list[Data]:
    """Return what a campaign has of a candidate but that it was deleted; a 404 is of who is not known any more."""
    reply = partner.statuses(campaign, applicant["applicant_id"])
    rows = [] if reply.status == 404 else partner.needs(reply).records("data")
    mine = [each for each in rows if same_id(each.get("applicant_id"), applicant["applicant_id"])]
    return [each for each in mine if each.get("status") != "deleted"]


@pytest.mark.clause("talentsoft.erasure-idempotent")
def test_erasing_again(partner: Partner) -> None:
    """Erasing a candidate that is already erased is a success; no document says so."""
    campaign, applicant, _ = partner.invited()
    partner.needs(_erase(partner, [campaign], applicant))
    reply = partner.enveloped(_erase(partner, [campaign], applicant))
    partner.holds("talentsoft.erasure-idempotent", reply.ok, "It may be asked for again.", got=reply.told)


@pytest.mark.clause("talentsoft.envelope-status")
def test_an_erasure_of_nothing_is_answered_in_the_envelope(partner: Partner) -> None:
    """Whatever is answered to an erasure that names nobody is in the envelope."""
    partner.enveloped(partner.api("DELETE", TESTS, json={}))
