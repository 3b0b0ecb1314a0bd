"""The calls of Talentsoft to a partner, as the documents have them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from mockserver.core.errors import Gone
from mockserver.core.events import Call
from mockserver.core.outbox import Delivery
from mockserver.vendors.talentsoft.caller_entities import Ask
from mockserver.vendors.talentsoft.grants import CLIENT_CREDENTIALS, JWT_BEARER, assertion
from mockserver.vendors.talentsoft.state import Talentsoft

METHODS = {
    "create_token": "POST",
    "list_campaigns": "GET",
    "get_campaign_creation_link": "GET",
    "invite_applicants": "POST",
    "list_assessments": "GET",
    "erase_applicant": "DELETE",
}
"""The documented calls, by the operation ids of the contract."""

EVENT = "call_"
"""Before the name of an operation: the event that Talentsoft calls it. The journal knows both by name."""
FORM = "application/x-www-form-urlencoded"
_CAMPAIGNS = "/assessment/campaigns"
_CREATION_LINK = "/assessment/campaignscreationlink"
_TESTS = "/assessment/tests"


def campaigns(keyword: str = "", language: str = "") -> Ask:
    """Return the call for the campaigns to choose from."""
    query = {"keyword": keyword, "language": language}
    return Ask(operation="list_campaigns", target=_with_query(_CAMPAIGNS, _given(query)))


def creation_link() -> Ask:
    """Return the call for the address of the page that creates a campaign."""
    return Ask(operation="get_campaign_creation_link", target=_CREATION_LINK)


def invitation(campaign_id: str, people: Sequence[Mapping[str, Any]], callback_url: str | None) -> Ask:
    """Return the call that invites candidates."""
    body: dict[str, Any] = {"campaign_id": campaign_id, "callback_url": callback_url, "invitations": list(people)}
    if callback_url is None:
        del body["callback_url"]
    return Ask(
        operation="invite_applicants",
        target=_TESTS,
        body=msgspec.json.encode(body).decode(),
        campaign_id=campaign_id,
        applicants=tuple(person["applicant_id"].lower() for person in people),
    )


def assessments(campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> Ask:
    """Return the call for status, scores and reports of candidates, or of all of the campaign."""
    query = [("campaign_id", campaign_id), *_given({"language": language})]
    query += [("applicants[]", each) for each in applicants]
    return Ask(
        operation="list_assessments",
        target=_with_query(_TESTS, query),
        campaign_id=campaign_id,
        applicants=tuple(each.lower() for each in applicants),
    )


def erasure(applicant_id: str, email: str, campaigns: Sequence[str]) -> Ask:
    """Return the call that erases a candidate's data."""
    body = {"campaigns": list(campaigns), "email": email, "applicant_id": applicant_id}
    return Ask(
        operation="erase_applicant",
        target=_TESTS,
        body=msgspec.json.encode(body).decode(),
        applicants=(applicant_id.lower(),),
    )


def calls(state: Talentsoft, errand_id: int) -> Iterator[Call]:
    """Yield the call that an errand is at: for a token, or the next of what it is to ask."""
    errand = state.errands.get(errand_id)
    partner = state.partners.get(errand.partner)
    key = errand.call_key or ""
    if errand.calling == "create_token":
        yield Call(f"{partner.base_url}/token", _token_form(state, errand_id), FORM, "POST", key)
        return
    ask = errand.asks[errand.position]
    url = f"{partner.base_url}{ask.target}"
    yield Call(url, ask.body.encode(), "application/json" if ask.body else "", METHODS[ask.operation], key)


def headers(state: Talentsoft, delivery: Delivery, at: datetime) -> Mapping[str, str]:
    """Return what a call carries: the token, and who the recruiter at work is; raise ``Gone`` if there is no token.

    A call that is made again after its errand has gone on shows the token that is known now.
    """
    found = {"Accept": "application/json"}
    if delivery.event == f"{EVENT}create_token":
        return found
    errand = state.errands.find(id=int(delivery.key.partition(".")[0]))
    known = state.partner_tokens.find(id=errand.identity) if errand else None
    token = (errand.access_token if errand else None) or (known.access_token if known else None)
    if errand is None or token is None:
        raise Gone("The errand has ended, and no access token is known any more.")
    found["Authorization"] = f"Bearer {token}"
    if errand.recruiter:
        found["X-Current-User"] = errand.recruiter
    return found


def _token_form(state: Talentsoft, errand_id: int) -> bytes:
    errand = state.errands.get(errand_id)
    partner = state.partners.get(errand.partner)
    if errand.recruiter and partner.grant == "jwt-bearer":
        name = partner.recruiter_name if errand.recruiter == partner.recruiter else ""
        proof = assertion(state.now(), partner.client_id, partner.client_secret, errand.recruiter, name)
        form = {"grant_type": JWT_BEARER, "assertion": proof}
    else:
        form = {
            "grant_type": CLIENT_CREDENTIALS,
            "client_id": partner.client_id,
            "client_secret": partner.client_secret,
        }
    return urlencode(form).encode()


def _given(query: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in query.items() if value]


def _with_query(path: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
