"""Where faults strike what a vendor sends: when it becomes owed, at each attempt, and when another has been sent."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from mockserver.core.events import Call, Event
from mockserver.core.settling import tell_unsent

if TYPE_CHECKING:
    from mockserver.core.outbox import Attempt, Delivery
    from mockserver.core.sandbox import Sandbox


class Minted(NamedTuple):
    """An attempt as it leaves."""

    headers: Mapping[str, str]
    body: bytes
    fault: str = ""
    """The kind of the fault that it suffers, if any."""
    forged: bool = False
    """Whether the fault made it disagree with what proves its sender."""


def owe(sandbox: "Sandbox", vendor: str, event: str, call: Call) -> None:
    """Owe a call of an event as the faults have it: once, several times, later, or never."""
    now = sandbox.clock.now()
    struck = sandbox.faults.on_event(f"{vendor}.{event}")
    if struck is None:
        sandbox.outbox.owe(vendor, event, call, now)
        return
    rule, fault = struck
    same: dict[str, str] = {}
    for each in fault.owed(now):
        about = {"due": each.due, "held": each.held, "fault": rule.kind, "rule": rule.number}
        made = sandbox.outbox.owe(vendor, event, call, now, **about, **same)
        if each.due is None:
            tell_unsent(sandbox, sandbox.outbox.end(made, "dropped"), "A fault dropped it.")
        same = {"id": made.id}


def minted(sandbox: "Sandbox", delivery: "Delivery", event: Event, now: datetime) -> Minted:
    """Return the next attempt at a delivery; raise what the event's ``headers`` raise."""
    state = sandbox.states[delivery.vendor]
    own = {"Content-Type": delivery.content_type} if delivery.content_type else {}
    fault = sandbox.faults.on_attempt(delivery.rule, len(delivery.attempts) + 1)
    if fault is None:
        return Minted({**own, **event.headers(state, delivery, now)}, delivery.body)
    signed = {**own, **event.headers(state, delivery, fault.signed_at(now))}
    proofs = event.proofs(state)
    headers, body = fault.spoil(signed, delivery.body, proofs)
    proven = _named(signed, proofs)
    is_spoiled = _named(headers, proofs) != proven or (event.proves_body and body != delivery.body)
    return Minted(headers, body, delivery.fault, bool(proven) and is_spoiled)


def _named(headers: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """Return the headers of these names, whatever the case."""
    wanted = {name.lower() for name in names}
    return {name.lower(): value for name, value in headers.items() if name.lower() in wanted}


def release(sandbox: "Sandbox", sent: "Delivery", attempt: "Attempt") -> None:
    """Let those leave that were held back until another delivery to the same receiver was sent."""
    if not len(sandbox.faults):
        return  # nothing was held back by a rule that is still there; looking through a long outbox takes time
    for each in sandbox.outbox.deliveries.where(stage="waiting"):
        if each.held and each.url == sent.url and each.number < sent.number:
            sandbox.outbox.deliveries.save(replace(each, held=False, due=attempt.at))
            sandbox.stir()
