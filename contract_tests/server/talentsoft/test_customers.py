"""One customer's data, and another's."""

import pytest

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.talentsoft.partner import CAMPAIGNS, TESTS, Partner, same_id


def _other(partner: Partner) -> dict[str, str]:
    """Return the headers of another customer's application; skip where no other is known."""
    other = partner.target.credentials.get("other_customer")
    if not isinstance(other, dict) or not {"client_id", "client_secret"} <= other.keys():
        pytest.skip("It needs a second customer: other_customer: {client_id, client_secret} of the credentials.")
    form = partner.application_form(client_id=str(other["client_id"]), client_secret=str(other["client_secret"]))
    reply = partner.ask_token(form)
    if not reply.ok:
        raise CannotGoOn(f"The second customer gets no token: {reply.told}")
    return {"Authorization": f"Bearer {reply.at('access_token')}"}


@pytest.mark.clause("talentsoft.client-per-customer")
def test_campaigns_are_a_customers_own(partner: Partner) -> None:
    """Every customer has its own client_id, which sees that customer's campaigns only."""
    theirs = partner.needs(partner.call("GET", CAMPAIGNS, headers=_other(partner)), 200).records("data")
    ours = {str(each.get("campaign_id")) for each in partner.campaigns()}
    shared = ours & {str(each.get("campaign_id")) for each in theirs}
    told = "Two customers see no campaign in common."
    partner.holds("talentsoft.client-per-customer", not shared, told, expected="none", got=sorted(shared))


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
    told = "A candidate of one customer is not shown to another."
    partner.holds("talentsoft.client-per-customer", not seen, told, expected="nothing", got=seen)
