"""Authorizations: who may take a test, how often, and until when."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.youtestme.tenant import Data, Tenant

pytestmark = pytest.mark.writes

_CREATE = "youtestme.create_authorization"


def _id(reply: Reply) -> Any:
    return reply.at("id")


@pytest.mark.parametrize("candidate", ["candidateId", "candidateExternalId", "candidateUsername"])
@pytest.mark.parametrize("test", ["testId", "externalTestId"])
@pytest.mark.clause("youtestme.identifiers-any", _CREATE)
def test_any_identifier_names(tenant: Tenant, test: str, candidate: str) -> None:
    """A test is named by either of its identifiers, a candidate by any of three."""
    user, what = tenant.user(), tenant.test()
    if (candidate == "candidateId" and "id" not in user) or test not in what:
        pytest.skip(f"{candidate} or {test} is not known here.")
    names = {"candidateId": "id", "candidateExternalId": "externalId", "candidateUsername": "username"}
    said = {test: what[test], candidate: user[names[candidate]], "authorizationExternalId": f"order-{uuid4().hex[:12]}"}
    tenant.needs(tenant.api("POST", "/authorizations", json=said), clause="youtestme.identifiers-any")


@pytest.mark.clause("youtestme.identifiers-together", _CREATE)
def test_all_identifiers_together(tenant: Tenant) -> None:
    """All identifiers of a record may be sent at once, as the samples do."""
    user, what = tenant.user(), tenant.test()
    said = {**what, "candidateExternalId": user["externalId"], "candidateUsername": user["username"]}
    said |= {"candidateId": user["id"]} if "id" in user else {}
    reply = tenant.api("POST", "/authorizations", json={**said, "authorizationExternalId": f"order-{uuid4().hex[:12]}"})
    tenant.needs(reply, clause="youtestme.identifiers-together")


@pytest.mark.clause("youtestme.identifiers-agree")
def test_identifiers_that_disagree(tenant: Tenant) -> None:
    """Identifiers that name different records are refused; no document says so."""
    one, other, what = tenant.user(), tenant.user(), tenant.test()
    reply = tenant.authorized(one, what, candidateUsername=other["username"])
    tenant.refuses(reply, "youtestme.identifiers-agree", "Two candidates are not one.", 400)


@pytest.mark.clause("youtestme.identifiers-known")
def test_identifiers_that_name_nothing(tenant: Tenant) -> None:
    """An identifier that names nothing is refused; no document says how."""
    reply = tenant.authorized({"externalId": "nobody-has-this"}, tenant.test())
    tenant.refuses(reply, "youtestme.identifiers-known", "Nobody is authorized who is not there.", 404)


@pytest.mark.clause("youtestme.authorization-active", "youtestme.authorization-no-expiry")
def test_active_until_it_is_deactivated(tenant: Tenant) -> None:
    """An authorization without expiration is active until it is deactivated, which is final."""
    made = tenant.needs(tenant.authorized(tenant.user(), tenant.test()))
    path = f"/authorizations/{_id(made)}"
    before = tenant.needs(tenant.api("GET", path))
    told = "A new authorization is active, without limit of time."
    tenant.holds(
        "youtestme.authorization-no-expiry", before.get("active") is True, told, expected="active", got=before.told
    )
    tenant.needs(tenant.api("DELETE", path))
    after = tenant.needs(tenant.api("GET", path))
    told = "A deactivated authorization is not active."
    tenant.holds(
        "youtestme.authorization-active", after.get("active") is False, told, expected="not active", got=after.told
    )
    reply = tenant.api("PUT", path, json={"expirationDatetime": "2035-01-01T00:00:00Z"})
    still = tenant.needs(tenant.api("GET", path)).get("active")
    told = "Deactivating is final."
    tenant.holds("youtestme.authorization-deactivated", still is False, told, expected="not active", got=reply.told)
    tenant.refuses(reply, "youtestme.authorization-edit", "A deactivated authorization cannot be changed.")


@pytest.mark.clause("youtestme.authorization-edit")
def test_the_expiration_can_be_changed(tenant: Tenant) -> None:
    """The expiration of an authorization can be changed."""
    made = tenant.needs(tenant.authorized(tenant.user(), tenant.test()))
    path = f"/authorizations/{_id(made)}"
    reply = tenant.api("PUT", path, json={"expirationDatetime": "2035-01-01T00:00:00Z"})
    found = tenant.needs(tenant.api("GET", path)).get("expirationDatetime")
    told = "The new expiration counts."
    fits = reply.ok and str(found).startswith("2035-01-01T00:00:00")
    tenant.holds("youtestme.authorization-edit", fits, told, expected="2035-01-01T00:00:00Z", got=reply.told)


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.authorization-active")
def test_active_until_it_expires(tenant: Tenant) -> None:
    """An authorization is active until it expires."""
    expires = (tenant.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = tenant.needs(tenant.authorized(tenant.user(), tenant.test(), expirationDatetime=expires))
    for wait, wanted in (("50m", True), ("11m", False)):
        tenant.sandbox.advance(wait)
        found = tenant.needs(tenant.api("GET", f"/authorizations/{_id(made)}")).get("active")
        told = f"It is {'still' if wanted else 'no longer'} active."
        tenant.holds("youtestme.authorization-active", found is wanted, told, expected=wanted, got=found)


@pytest.mark.clause("youtestme.authorization-external-id")
def test_an_external_id_that_is_taken(tenant: Tenant) -> None:
    """An external id that another authorization has is refused; no document says so."""
    taken, what = f"order-{uuid4().hex[:12]}", tenant.test()
    tenant.needs(tenant.authorized(tenant.user(), what, authorizationExternalId=taken))
    reply = tenant.authorized(tenant.user(), what, authorizationExternalId=taken)
    tenant.refuses(reply, "youtestme.authorization-external-id", "It names one authorization.", 409)


@pytest.mark.clause("youtestme.future-only")
def test_an_expiration_that_has_passed(tenant: Tenant) -> None:
    """An expiration that has passed already is refused, when it is made and when it is changed; no document says so."""
    past, user, what = "2020-01-01T00:00:00Z", tenant.user(), tenant.test()
    reply = tenant.authorized(user, what, expirationDatetime=past)
    tenant.refuses(reply, "youtestme.future-only", "Nothing is permitted until a time that has passed.", 400)
    made = tenant.needs(tenant.authorized(user, what))
    reply = tenant.api("PUT", f"/authorizations/{_id(made)}", json={"expirationDatetime": past})
    tenant.refuses(reply, "youtestme.future-only", "Nothing is shortened to a time that has passed.", 400)


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.authorization-needed", "youtestme.authorization-hides")
def test_only_the_authorized_enroll(tenant: Tenant) -> None:
    """A session that requires authorization lets only authorized users enroll; a help page has it seen by them only."""
    test = tenant.test()
    session = tenant.session_of(test, requires_authorization=True)
    stranger, candidate = tenant.user(), tenant.user()
    tenant.needs(tenant.authorized(candidate, test))
    told = "Who is not authorized cannot enroll."
    tenant.holds("youtestme.authorization-needed", not _books(tenant, stranger, session), told, got="booked")
    seen = {each["externalId"]: _page(tenant, each) for each in (stranger, candidate)}
    name = str(test["externalTestId"])
    told = "Who is not authorized does not see the test, who is does."
    fits = name not in seen[stranger["externalId"]] and name in seen[candidate["externalId"]]
    tenant.holds("youtestme.authorization-hides", fits, told, expected=f"{name} for one of them", got=seen)
    told = "Who is authorized can enroll."
    tenant.holds("youtestme.authorization-needed", _books(tenant, candidate, session), told, got="refused")


def _books(tenant: Tenant, user: Data, session: int) -> bool:
    try:
        tenant.booked(user, session)
    except CannotGoOn:
        return False
    return True


def _page(tenant: Tenant, user: Data) -> str:
    return tenant.browser().open(tenant.link(user)).text


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.authorization-one-attempt", "youtestme.free-rewrite")
def test_one_authorization_is_one_attempt(tenant: Tenant) -> None:
    """An authorization is good for one attempt; a retake needs another, unless its use is given back."""
    test, user = tenant.test(), tenant.user()
    session = tenant.session_of(test, requires_authorization=True)
    made = _id(tenant.needs(tenant.authorized(user, test)))
    attempt = tenant.booked(user, session)
    tenant.sandbox.action("start", attempt_id=attempt)
    used = tenant.needs(tenant.api("GET", f"/authorizations/{made}")).get("attemptsLeft")
    told = "A started attempt uses the authorization up."
    tenant.holds("youtestme.authorization-one-attempt", used == 0, told, expected="0 attempts left", got=used)
    tenant.sandbox.action("suspend", attempt_id=attempt, remove_authorization=True)
    left = tenant.needs(tenant.api("GET", f"/authorizations/{made}")).get("attemptsLeft")
    tenant.holds("youtestme.free-rewrite", left == 1, "Its use is given back.", expected="1 attempt left", got=left)


@pytest.mark.clause("youtestme.list_authorizations")
def test_authorizations_are_listed(tenant: Tenant) -> None:
    """Authorizations are listed and found by the external id; no document says so."""
    user, external = tenant.user(), f"order-{uuid4().hex[:12]}"
    made = tenant.needs(tenant.authorized(user, tenant.test(), authorizationExternalId=external))
    for params in ({}, {"candidateId": user.get("id", 0)}, {"active": "true"}):
        reply = tenant.api("GET", "/authorizations", params=params)
        told = "The new authorization is listed."
        there = reply.ok and _id(made) in [each.get("id") for each in reply.records()]
        tenant.holds("youtestme.list_authorizations", there, told, got=reply.told)
    reply = tenant.api("GET", f"/authorizations/externalId={external}")
    tenant.holds("youtestme.get_authorization_by_external_id", reply.ok, "It is found.", got=reply.told)


@pytest.mark.parametrize("lacking", ["test", "candidate", "both"])
@pytest.mark.clause(f"{_CREATE}.response.400")
def test_an_authorization_that_lacks_something(tenant: Tenant, lacking: str) -> None:
    """An authorization of nobody or for nothing is refused; no document says how."""
    user, test = tenant.user(), tenant.test()
    said = {"candidateExternalId": user["externalId"]} if lacking == "test" else {}
    said |= {"externalTestId": test["externalTestId"]} if lacking == "candidate" else {}
    reply = tenant.api("POST", "/authorizations", json=said)
    tenant.refuses(reply, f"{_CREATE}.response.400", "It names no test, or nobody.", 400)
