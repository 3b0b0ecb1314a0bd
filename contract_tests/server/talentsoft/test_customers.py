"""One customer's data, and another's."""

from uuid import uuid4

import pytest

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.talentsoft.partner import CAMPAIGNS, TESTS, Data, Partner, same_id


def _other(partner: Partner) -> dict[str, str]:
    """Return the headers of another customer's application; skip where no other is known."""
    if not partner.other_customer:
        pytest.skip("It needs a second customer: other_customer: {client_id, client_secret} of the credentials.")
    reply = partner.ask_token(partner.application_form(**partner.other_customer))
    if not reply.ok:
        raise CannotGoOn(f"The second customer gets no token: {reply.told}")
    return partner.bearer(reply)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("talentsoft.client-per-customer")
def test_campaigns_are_a_customers_own(partner: Partner) -> None:
    """A customer's new campaign is listed for that customer's client_id, and for no other.

    Elsewhere than in a mockserver nobody can tell whose a campaign is: ids may be numbered for each customer, and a
    campaign may be a product that the partner sells to several.
    """
    headers, name = _other(partner), f"Own {uuid4().hex}"
    partner.sandbox.action("create_campaign", name=name, language="en-GB")
    ours = [each for each in partner.campaigns() if each.get("name") == name]
    listed = partner.needs(partner.call("GET", CAMPAIGNS, headers=headers)).records("data")
    theirs = [each for each in listed if each.get("name") == name]
    told = "A campaign of one customer is listed for that customer only."
    partner.holds("talentsoft.client-per-customer", ours and not theirs, told, expected="none", got=theirs)


@pytest.mark.clause("talentsoft.own-campaigns")
def test_campaigns_differ(partner: Partner) -> None:
    """Two customers have no campaign in common; no document says so."""
    theirs = partner.needs(partner.call("GET", CAMPAIGNS, headers=_other(partner))).records("data")
    shared = {_told(each) for each in partner.campaigns()} & {_told(each) for each in theirs}
    told = "No campaign is listed for both customers, by its id, name and language."
    partner.holds("talentsoft.own-campaigns", not shared, told, expected="none", got=sorted(shared))


def _told(campaign: Data) -> tuple[str, ...]:
    return tuple(str(campaign.get(name)) for name in ("campaign_id", "name", "language"))


@pytest.mark.writes
@pytest.mark.clause("talentsoft.client-per-customer")
def test_candidates_are_a_customers_own(partner: Partner) -> None:
    """Another customer's client_id sees nothing of a candidate."""
    headers = _other(partner)
    campaign, applicant, _ = partner.invited()
    params = [("campaign_id", campaign), ("applicants[]", applicant["applicant_id"])]
    reply = partner.call("GET", TESTS, headers=headers, params=params)
    rows = reply.records("data") if reply.ok else []
    seen = [each for each in rows if same_id(each.get("applicant_id"), applicant["applicant_id"])]
    told = "A candidate of one customer is not shown to another, as which this call is made (other_customer)."
    partner.holds("talentsoft.client-per-customer", not seen, told, expected="nothing", got=seen)
