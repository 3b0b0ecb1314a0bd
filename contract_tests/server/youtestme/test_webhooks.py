"""Subscriptions, and the results that they receive."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.youtestme.tenant import Data, Tenant
from mockserver.contract.observed import Observed

pytestmark = pytest.mark.writes

_EVENT = "youtestme.attempt_finished"


@contextmanager
def _subscribed(tenant: Tenant, **changes: object) -> Iterator[tuple[str, Reply]]:
    """Subscribe an address of this check's own, until the end of the ``with``."""
    path = f"/results/{uuid4().hex}"
    said = {"event": "attempt", "resource": "finish", "url": f"{tenant.receiver.url}{path}", "active": True, **changes}
    reply = tenant.needs(tenant.api("POST", "/webhooks", json={"secret": "fake-shared-secret", **said}))
    try:
        yield path, reply
    finally:
        if isinstance(reply.json, dict) and "id" in reply.json:
            tenant.api("DELETE", f"/webhooks/{reply.json['id']}")


def _finished(tenant: Tenant, points: float | None = 80) -> tuple[Data, int]:
    """Let somebody take a test; return the user and the attempt's id."""
    test, user = tenant.test(), tenant.user()
    session = tenant.session_of(test, requires_authorization=True)
    tenant.needs(tenant.authorized(user, test))
    attempt = tenant.booked(user, session)
    tenant.sandbox.action("start", attempt_id=attempt)
    tenant.sandbox.advance("20m")
    tenant.sandbox.action("submit", attempt_id=attempt, **({"points": points} if points is not None else {}))
    tenant.sandbox.advance("0s")
    return user, attempt


def _came(tenant: Tenant, path: str, count: int = 1, within: float = 2.0) -> list[Observed]:
    came = tenant.receiver.at(path, count, within)
    for each in came:
        tenant.received(replace(each, webhook="attempt_finished"))
    return came


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.webhook-event", _EVENT)
def test_a_finished_attempt_is_told(tenant: Tenant) -> None:
    """The webhook tells that an attempt finished, and the attempt itself is the whole body."""
    with _subscribed(tenant) as (path, _):
        user, attempt = _finished(tenant)
        came = _came(tenant, path)
    tenant.holds("youtestme.webhook-event", came, "A finished attempt is told.", expected="a POST", got="nothing")
    body = Reply(replace(came[0], answer=came[0].body), "")
    tenant.holds(
        "youtestme.webhook-event",
        body.get("id") == attempt,
        "The attempt is the whole body.",
        expected=f"id {attempt} at the top",
        got=body.text,
    )
    candidate = body.get("candidate")
    told = "The candidate of the attempt is told."
    same = isinstance(candidate, dict) and candidate.get("externalId") == user["externalId"]
    tenant.holds(f"{_EVENT}.request.body.candidate.externalId", same, told, expected=user["externalId"], got=candidate)


@pytest.mark.sandbox
@pytest.mark.clause(_EVENT)
def test_the_documents_own_sample(tenant: Tenant) -> None:
    """The sample of a result that the document shows is one."""
    with tenant.sandbox.settings(webhook_body="documented_sample"), _subscribed(tenant) as (path, _):
        _finished(tenant)
        came = _came(tenant, path)
    tenant.holds(_EVENT, came, "The sample is sent.", expected="a POST", got="nothing")


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.webhook-all-results")
def test_one_subscription_receives_all(tenant: Tenant) -> None:
    """One subscription receives the results of all attempts."""
    with _subscribed(tenant) as (path, _):
        _finished(tenant)
        _finished(tenant, points=10)
        came = _came(tenant, path, 2)
    told = "Both results come to the one subscription."
    tenant.holds("youtestme.webhook-all-results", len(came) == 2, told, expected="2 results", got=len(came))


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.attempt-grading")
def test_a_graded_attempt_is_told_when_it_is_graded(tenant: Tenant) -> None:
    """A submitted attempt whose grading is pending finishes when all is graded."""
    with _subscribed(tenant) as (path, _):
        _, attempt = _finished(tenant, points=None)
        before = len(tenant.receiver.at(path, 1, 0.3))
        tenant.sandbox.action("grade", attempt_id=attempt, points=70)
        tenant.sandbox.advance("0s")
        came = _came(tenant, path)
    told = "The attempt is finished once it is graded, and not before."
    tenant.holds("youtestme.attempt-grading", before == 0 and len(came) == 1, told, got=f"{before}, then {len(came)}")


@pytest.mark.clause("youtestme.create_webhook")
def test_a_subscription_lives(tenant: Tenant) -> None:
    """A subscription can be made; that it can be read, changed and ended, no document says."""
    with _subscribed(tenant) as (path, made):
        if not isinstance(made.json, dict) or "id" not in made.json:
            pytest.skip("The answer names no id.")
        where = f"/webhooks/{made.json['id']}"
        listed = tenant.api("GET", "/webhooks")
        tenant.holds("youtestme.list_webhooks", listed.ok, "Subscriptions are listed.", got=listed.told)
        read = tenant.api("GET", where)
        tenant.holds("youtestme.get_webhook", read.ok, "A subscription can be read.", got=read.told)
        url = f"{tenant.receiver.url}{path}/other"
        said = {"event": "attempt", "resource": "finish", "url": url, "active": False}
        changed = tenant.api("PUT", where, json=said)
        tenant.holds("youtestme.change_webhook", changed.ok, "A subscription can be changed.", got=changed.told)
        gone = tenant.api("DELETE", where)
        tenant.holds("youtestme.delete_webhook", gone.ok, "A subscription can be ended.", got=gone.told)


@pytest.mark.sandbox
@pytest.mark.parametrize("pair", [("attempt", "finish"), ("finish", "attempt")], ids=" ".join)
@pytest.mark.clause("youtestme.webhook-pair")
def test_the_pair_in_either_order(tenant: Tenant, pair: tuple[str, str]) -> None:
    """The pair attempt and finish is taken in either order and given back as it was sent; no document says so."""
    event, resource = pair
    with _subscribed(tenant, event=event, resource=resource) as (path, made):
        found = tenant.needs(tenant.api("GET", f"/webhooks/{made.at('id')}"))
        _finished(tenant)
        came = _came(tenant, path)
    for said in (made, found):
        told = "It is answered as it was sent."
        shown = (said.get("event"), said.get("resource"))
        tenant.holds("youtestme.webhook-pair", shown == pair, told, expected=pair, got=shown)
    told = "Either subscription receives results."
    tenant.holds("youtestme.webhook-pair", len(came) == 1, told, expected="1 result", got=len(came))


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.webhook-inactive")
def test_an_inactive_subscription_receives_nothing(tenant: Tenant) -> None:
    """A subscription that is not active receives nothing; no document says so."""
    with _subscribed(tenant, active=False) as (path, _):
        _finished(tenant)
        came = _came(tenant, path, within=0.3)
    tenant.holds("youtestme.webhook-inactive", not came, "Nothing comes.", got=len(came))
