"""The list of campaigns, and the page that creates one."""

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.talentsoft.partner import CAMPAIGNS, CREATION, Partner

_LIST = "talentsoft.list_campaigns"


def _ids(reply: Reply) -> set[str]:
    return {str(each.get("campaign_id")) for each in reply.records("data")}


@pytest.mark.clause(_LIST, "talentsoft.envelope-status", "talentsoft.envelope-code")
def test_campaigns_are_listed(partner: Partner) -> None:
    """The campaigns are listed in the envelope, each with its id, name and language."""
    reply = partner.enveloped(partner.needs(partner.api("GET", CAMPAIGNS)))
    ids = [partner.id_of(each) for each in reply.records("data")]
    partner.holds(
        f"{_LIST}.response.200.body.data.[].campaign_id",
        len(ids) == len(set(ids)),
        "A campaign_id identifies a campaign.",
        expected="each id once",
        got=ids,
    )


@pytest.mark.clause("talentsoft.current-user-optional")
def test_nobody_need_be_connected(partner: Partner) -> None:
    """A call with X-Current-User and one without are both answered, since batches and callbacks have no user."""
    without = partner.needs(partner.api("GET", CAMPAIGNS), clause="talentsoft.current-user-optional")
    partner.enveloped(without)
    if partner.recruiter:  # whom both sides know; a partner may refuse anybody else
        known = partner.api("GET", CAMPAIGNS, headers=partner.connected())
        partner.needs(known, clause="talentsoft.current-user-optional")


@pytest.mark.clause(_LIST)
def test_the_keyword_filters(partner: Partner) -> None:
    """A keyword filters the list: it adds nothing, and one that nothing fits leaves nothing."""
    everything = partner.needs(partner.api("GET", CAMPAIGNS))
    filtered = partner.needs(partner.api("GET", CAMPAIGNS, params={"keyword": "qzxwvj-fits-nothing"}))
    partner.holds(
        _LIST,
        not filtered.records("data"),
        "A keyword that nothing fits leaves no campaign.",
        expected="an empty list",
        got=filtered.told,
    )
    for each in everything.records("data")[:1]:
        params = {"keyword": str(each.get("name"))}
        found = partner.needs(partner.api("GET", CAMPAIGNS, params=params))
        fits = _ids(found) <= _ids(everything)
        partner.holds(_LIST, fits, "A keyword adds no campaign.", expected=str(_ids(everything)), got=found.told)


@pytest.mark.clause(_LIST)
def test_the_language_filters(partner: Partner) -> None:
    """A language in the query is the language of the campaigns that are listed."""
    everything = partner.needs(partner.api("GET", CAMPAIGNS)).records("data")
    for language in sorted({str(each.get("language")) for each in everything})[:2]:
        reply = partner.needs(partner.api("GET", CAMPAIGNS, params={"language": language}))
        wrong = [each for each in reply.records("data") if each.get("language") != language]
        partner.holds(_LIST, not wrong, f"Campaigns in {language} are asked for.", expected=language, got=wrong)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("talentsoft.active-campaigns-only")
def test_closed_campaigns_are_not_listed(partner: Partner) -> None:
    """Only active campaigns are listed."""
    made = str(partner.sandbox.action("create_campaign", name="Closed soon", language="en-GB")["id"])
    before = _ids(partner.needs(partner.api("GET", CAMPAIGNS)))
    partner.sandbox.action("close_campaign", campaign_id=made)
    after = _ids(partner.needs(partner.api("GET", CAMPAIGNS)))
    told = "A campaign is listed until it is closed."
    partner.holds("talentsoft.active-campaigns-only", made in before and made not in after, told, got=after)


@pytest.mark.clause("talentsoft.get_campaign_creation_link")
def test_the_page_that_creates_a_campaign(partner: Partner) -> None:
    """The creation link, where there is one, is the address of a page."""
    served = partner.capability("creation_link")
    if served is False:
        pytest.skip("The capabilities say that there is no creation link; it is optional.")
    reply = partner.api("GET", CREATION)
    if not reply.ok and served is None:
        pytest.skip("There is no creation link; it is optional (capability creation_link: true makes it count).")
    partner.enveloped(partner.needs(reply))
    link = str(reply.at("data")).strip()
    partner.holds(
        "talentsoft.get_campaign_creation_link.response.200.body.data",
        link.startswith(("https://", "http://")),
        "data is the address of the page.",
        expected="an http address",
        got=link,
    )
