"""The admin API's view of the outbox: what a sandbox owes to receivers, and every attempt."""

from typing import Any

from flask import Blueprint, Response

from mockserver.admin.access import answer, query, the_sandbox, the_vendor
from mockserver.admin.redaction import in_urls, message, names_of
from mockserver.admin.schemas import DeliveriesSchema
from mockserver.core.outbox import Attempt, Delivery
from mockserver.core.settling import tell_unsent

outbox = Blueprint("outbox", __name__)


@outbox.get("/sandboxes/<name>/outbox")
def list_deliveries(name: str) -> Response:
    """List deliveries, oldest first, and count those that are owed."""
    held = the_sandbox(name).outbox
    asked = query(DeliveriesSchema())
    after, limit, event = asked.pop("after"), asked.pop("limit"), asked.pop("event", None)
    chosen = [
        each
        for each in held.deliveries
        if each.number > after
        and event in (None, f"{each.vendor}.{each.event}")
        and all(getattr(each, field) == value for field, value in asked.items())
    ]
    return answer(
        {
            "total": len(chosen),
            "waiting": held.count("waiting"),
            "sending": held.count("sending"),
            "deliveries": [_described(each) for each in chosen[:limit]],
        }
    )


@outbox.get("/sandboxes/<name>/outbox/<int:number>")
def read_delivery(name: str, number: int) -> Response:
    """Read one delivery with all its attempts."""
    return answer(_described(the_sandbox(name).outbox.deliveries.get(number), whole=True))


@outbox.post("/sandboxes/<name>/outbox/<int:number>/redelivery")
def redeliver(name: str, number: int) -> Response:
    """Send a settled delivery again, signed anew."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        delivery = sandbox.outbox.redeliver(number, sandbox.clock.now())
    sandbox.stir()
    return answer(_described(delivery), 202)


@outbox.post("/sandboxes/<name>/outbox/<int:number>/cancellation")
def cancel_delivery(name: str, number: int) -> Response:
    """Give up a delivery that waits for its next attempt."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        cancelled = sandbox.outbox.cancel(number)
        tell_unsent(sandbox, cancelled, "It was cancelled.")
    return answer(_described(cancelled))


@outbox.delete("/sandboxes/<name>/outbox/<int:number>")
def forget_delivery(name: str, number: int) -> Response:
    """Forget a delivery."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        sandbox.outbox.forget(number)
    return Response(status=204)


def _described(delivery: Delivery, *, whole: bool = False) -> dict[str, Any]:
    secrets = names_of(the_vendor(delivery.vendor))
    headers = f"Content-Type: {delivery.content_type}"
    shown = {
        "number": delivery.number,
        "id": delivery.id,
        "event": f"{delivery.vendor}.{delivery.event}",
        "method": delivery.method,
        "url": in_urls(delivery.url, secrets),
        "stage": delivery.stage,
        "created": delivery.created,
        "due": delivery.due,
        "fault": delivery.fault or None,
        "message": message(headers, delivery.body, secrets, whole),
        "attempts": len(delivery.attempts),
    }
    if whole:
        shown["attempts"] = [_attempt(each, secrets) for each in delivery.attempts]
    return shown


def _attempt(attempt: Attempt, secrets: frozenset[str]) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": attempt.at,
        "request": message(attempt.request_headers, attempt.body, secrets, True),
        "status": attempt.status,
        "answer": message(attempt.answer_headers, attempt.answer_body, secrets, True),
        "error": attempt.error or None,
        "fault": attempt.fault or None,
    }
