"""What YouTestMe sends by itself: the result of an attempt, to every active subscription.

The body is the documents' own (source ``authorizations``); its headers, its signature and its retries are nowhere
described and inferred.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from mockserver.core.auth import same
from mockserver.core.errors import Gone
from mockserver.core.events import Call, Event, Proof
from mockserver.core.operation import Request
from mockserver.core.outbox import Delivery
from mockserver.core.settings import steps
from mockserver.core.signing import hmac_sha256, standard_signature, standard_webhook
from mockserver.vendors.youtestme.attempts import percent
from mockserver.vendors.youtestme.entities import Attempt, Authorization, Test, User
from mockserver.vendors.youtestme.schemas import FinishedAttemptSchema
from mockserver.vendors.youtestme.state import YouTestMe

_BODY = FinishedAttemptSchema()
_SAMPLE_TIME = datetime.fromisoformat("2020-01-01T12:00:00+00:00")
_SAMPLE = {
    "attempt": Attempt(
        id=100001,
        number=1,
        candidate_id=100001,
        test_id=100320,
        session_id=5033,
        test_version_id=10004,
        status="not_attempted",
        started=_SAMPLE_TIME,
        finished=_SAMPLE_TIME,
        points=60,
    ),
    "candidate": User(
        id=100001,
        username="tom.palmer@example.com",
        email="tom.palmer@example.com",
        first_name="Tom",
        last_name="Palmer",
        role_code="STU",
        external_id="user-5678",
    ),
    "test": Test(id=100320, name="Geograhpy test", version_id=10004, max_points=120),
    "percent": 50,
    "passed": True,
    "authorization": Authorization(id=100002, test_id=100320, candidate_id=100001, external_id="assignment-12345"),
}
"""The documents' own sample, its contradiction included: a finished attempt whose status is ``not_attempted``."""


def _calls(state: YouTestMe, attempt_id: int) -> Iterator[Call]:
    shown = _SAMPLE if state.settings.webhook_body == "documented_sample" else _result(state, attempt_id)
    body = msgspec.json.encode(_BODY.dump(shown))
    for webhook in state.webhooks.where(active=True):
        yield Call(webhook.url, body, key=str(webhook.id))


def _result(state: YouTestMe, attempt_id: int) -> dict[str, Any]:
    attempt = state.attempts.get(attempt_id)
    test = state.tests.get(attempt.test_id)
    points = attempt.points or 0
    authorization = state.authorizations.find(id=attempt.authorization_id)
    return {
        "attempt": replace(attempt, points=points),
        "candidate": state.users.get(attempt.candidate_id),
        "test": test,
        "percent": percent(points, test.max_points),
        "passed": 100 * points >= test.pass_percent * test.max_points,
        "authorization": authorization,
    }


def _headers(state: YouTestMe, delivery: Delivery, at: datetime) -> Mapping[str, str]:
    webhook = state.webhooks.find(id=int(delivery.key))
    if webhook is None:
        raise Gone(f"Subscription {delivery.key} was deleted.")
    settings = state.settings
    headers = {"User-Agent": "YouTestMe-Webhook-Mock", "X-YTM-Delivery": delivery.id}
    if webhook.secret is None or settings.webhook_signature == "none":
        return headers
    if settings.webhook_signature == "standard-webhooks":
        return {**headers, **standard_webhook(webhook.secret, f"msg_{delivery.id}", at, delivery.body)}
    return {**headers, settings.webhook_signature_header: f"sha256={hmac_sha256(webhook.secret, delivery.body)}"}


def proves(state: YouTestMe, request: Request) -> Proof | None:
    """Tell whose secret signed a request, in whichever of the two ways it is signed."""
    plain = request.headers.get(state.settings.webhook_signature_header.lower())
    standard = request.headers.get("webhook-signature")
    given = plain or standard
    if given is None:
        return None
    for webhook in state.webhooks:
        if webhook.secret is not None and same(_expected(webhook.secret, request, standard is not None), given):
            return Proof(True, f"Signed with the secret of subscription {webhook.id}.")
    return Proof(False, "The signature fits the secret of no subscription.")


def _expected(secret: str, request: Request, standard: bool) -> str:
    if not standard:
        return f"sha256={hmac_sha256(secret, request.body)}"
    message_id, timestamp = (request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp"))
    return standard_signature(secret, message_id, timestamp, request.body)


def _proofs(state: YouTestMe) -> Sequence[str]:
    return (state.settings.webhook_signature_header, "webhook-signature")


def _retries(state: YouTestMe) -> Sequence[timedelta]:
    return steps(state.settings.webhook_retries)


EVENTS = (
    Event(
        name="attempt_finished",
        says="An attempt finished; every active subscription is told its result.",
        calls=_calls,
        headers=_headers,
        retries=_retries,
        proofs=_proofs,
        proves_body=True,
    ),
)
