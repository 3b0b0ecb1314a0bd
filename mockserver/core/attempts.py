"""One attempt at a delivery: minted, sent, remembered, journaled."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from mockserver.core.errors import ApiError
from mockserver.core.events import Event
from mockserver.core.faults.outgoing import Minted, minted, release
from mockserver.core.journal import Exchange
from mockserver.core.outbound import Sends, Sent
from mockserver.core.outbox import Attempt, Delivery
from mockserver.core.settling import tell_settled

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")
_OVERHEAD = 300
_KEPT = 16 * 1024
_LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ready:
    """An attempt ready to leave."""

    delivery: Delivery
    event: Event
    at: datetime
    minted: Minted


def attempt(sandbox: "Sandbox", number: int, sender: Sends) -> None:
    """Make one attempt at a delivery that is marked as being sent, and settle what follows from it.

    No lock is held while the receiver takes its time. A delivery that a reset left behind is not sent.
    """
    try:
        ready = _mint(sandbox, number)
        if ready is not None:
            sent = sender.send(ready.delivery.method, ready.delivery.url, ready.minted.headers, ready.minted.body)
            _remember(sandbox, ready, sent)
    except Exception:
        LOG.exception("Delivery %s of sandbox %s failed by a defect of mockserver", number, sandbox.name)
        _give_up(sandbox, number)
    finally:
        sandbox.in_flight.end()
        sandbox.dispatch()


def _mint(sandbox: "Sandbox", number: int) -> Ready | None:
    """Return the attempt to make, signed for this instant; None if there is nothing to send any more."""
    with sandbox.transaction():
        delivery = sandbox.outbox.deliveries.find(number=number)
        if sandbox.closed or delivery is None or delivery.stage != "sending":
            return None
        event = sandbox.event(delivery.vendor, delivery.event)
        now = sandbox.clock.now()
        try:
            made = minted(sandbox, delivery, event, now)
        except ApiError as error:
            nothing = Attempt(number=_next(delivery), at=now, request_headers="", body=b"", error=error.message)
            tell_settled(sandbox, sandbox.outbox.end(delivery, "cancelled", nothing), nothing)
            return None
        return Ready(delivery, event, now, made)


def _remember(sandbox: "Sandbox", ready: Ready, sent: Sent) -> None:
    with sandbox.transaction():
        delivery = sandbox.outbox.deliveries.find(number=ready.delivery.number)
        if delivery is None:
            return
        made = Attempt(
            number=_next(delivery),
            at=ready.at,
            request_headers=sent.request_headers,
            body=ready.minted.body,
            status=sent.status,
            answer_headers=sent.answer_headers,
            answer_body=sent.answer_body[:_KEPT],
            error=sent.error,
            fault=ready.minted.fault,
        )
        if sent.refused:
            settled = sandbox.outbox.end(delivery, "refused", made)
        else:
            wait = _retry_after(sent, ready.at)
            retries = ready.event.retries(sandbox.states[delivery.vendor])
            settled = sandbox.outbox.settle(delivery, made, retries, wait=wait)
        release(sandbox, settled, made)
        if settled.stage == "waiting":
            sandbox.stir()
        else:
            tell_settled(sandbox, settled, replace(made, answer_body=sent.answer_body))
    if not sent.refused:
        _journal(sandbox, ready, sent)


def _give_up(sandbox: "Sandbox", number: int) -> None:
    """Settle a delivery whose attempt broke, which nobody could cancel, repeat or forget while it counts as sent."""
    with sandbox.transaction():
        delivery = sandbox.outbox.deliveries.find(number=number)
        if delivery is not None and delivery.stage == "sending":
            said = "It failed by a defect of mockserver, whose log has the traceback."
            now = sandbox.clock.now()
            nothing = Attempt(number=_next(delivery), at=now, request_headers="", body=b"", error=said)
            tell_settled(sandbox, sandbox.outbox.end(delivery, "failed", nothing), nothing)


def _next(delivery: Delivery) -> int:
    return len(delivery.attempts) + 1


def _journal(sandbox: "Sandbox", ready: Ready, sent: Sent) -> None:
    delivery, made = ready.delivery, ready.minted
    texts = (delivery.url, sent.request_headers, made.body, sent.answer_headers, sent.answer_body)
    sandbox.journalize(
        lambda number: Exchange(
            number=number,
            at=ready.at,
            vendor=delivery.vendor,
            operation=f"{delivery.vendor}.{delivery.event}",
            method=delivery.method,
            target=delivery.url,
            client="",
            request_headers=sent.request_headers,
            request_body=made.body,
            status=sent.status or 0,
            answer_headers=sent.answer_headers,
            answer_body=sent.answer_body,
            size=_OVERHEAD + sum(len(each) for each in texts),
            direction="out",
            fault=made.fault,
            forged=made.forged,
            error=sent.error,
        )
    )


def _retry_after(sent: Sent, now: datetime) -> timedelta | None:
    """Return for how long a receiver asked to wait, in seconds or until a date; None if it did not, or garbled it."""
    named = {name.lower(): value for name, value in (line.split(": ", 1) for line in _lines(sent.answer_headers))}
    asked = named.get("retry-after", "")
    try:
        if asked.isascii() and asked.isdigit():
            wait = timedelta(seconds=min(int(asked[:9]), _LONGEST_WAIT.total_seconds()))
        else:
            # A date is the receiver's, whose clock its own Date header tells.
            since = parsedate_to_datetime(named["date"]) if "date" in named else now
            wait = parsedate_to_datetime(asked) - since
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def _lines(headers: str) -> list[str]:
    return [line for line in headers.split("\n") if ": " in line]
