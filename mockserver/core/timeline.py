"""What makes time pass in a sandbox: due actions are carried out and due deliveries sent, in order."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mockserver.core.actions import act
from mockserver.core.agenda import Entry
from mockserver.core.clock import format_instant, later
from mockserver.core.courier import Courier
from mockserver.core.errors import ApiError, Conflict

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")
MOST_FIRED = 10_000
PATIENCE = 60.0
"""Real seconds that one move of the clock may take, receivers included."""


class Timeline:
    """Fires what falls due in sandboxes."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier

    def catch_up(self, sandbox: "Sandbox") -> None:
        """Fire what is due now, and wait for no receiver; leave it to whoever moves the clock at this moment."""
        if not sandbox.moving.acquire(blocking=False):
            return
        try:
            deque(self._fire_actions(sandbox, sandbox.clock.now()), maxlen=0)
            self._send_due(sandbox)
        finally:
            sandbox.moving.release()

    def advance(self, sandbox: "Sandbox", by: timedelta) -> list[dict[str, Any]]:
        """Let a duration pass, firing all that falls due on the way in order, and tell what fired.

        Raises ``Conflict`` if that is more than ``MOST_FIRED`` or takes longer than ``PATIENCE``; the clock then
        stands where it got to.
        """
        return self._run(sandbox, lambda: later(sandbox.clock.now(), by), arrive=True)

    def reach(self, sandbox: "Sandbox", instant: datetime) -> list[dict[str, Any]]:
        """Let time pass up to an instant that lies ahead, and tell what fired; raise as ``advance``."""
        return self._run(sandbox, lambda: instant, arrive=True)

    def until_idle(self, sandbox: "Sandbox", within: timedelta) -> list[dict[str, Any]]:
        """Let time pass until nothing waits any more, at most this long, and tell what fired; raise as ``advance``."""
        return self._run(sandbox, lambda: later(sandbox.clock.now(), within), arrive=False)

    def _run(self, sandbox: "Sandbox", bound: Callable[[], datetime], *, arrive: bool) -> list[dict[str, Any]]:
        fired: list[dict[str, Any]] = []
        give_up = time.monotonic() + PATIENCE
        with sandbox.moving:
            until = bound()
            self._settle(sandbox, give_up)
            while (due := sandbox.next_due()) is not None and due <= until:
                sandbox.clock.reach(due)
                fired += self._fire_actions(sandbox, due)
                fired += self._deliver(sandbox, give_up)
                if len(fired) > MOST_FIRED:
                    raise _stopped(sandbox, f"{len(fired)} actions and deliveries")
            if arrive:
                sandbox.clock.reach(until)
        # Whoever was told to catch up meanwhile left it to this move, which may have looked a moment too early.
        sandbox.stir()
        return fired

    def _fire_actions(self, sandbox: "Sandbox", now: datetime) -> Iterator[dict[str, Any]]:
        """Carry out the actions that are due, those too that they bring about; at most ``MOST_FIRED``."""
        left = MOST_FIRED
        while left > 0 and (due := _due_actions(sandbox, now)):
            for entry in due[:left]:
                if _begin(sandbox, entry):
                    yield _fire(sandbox, entry)
            left -= len(due)

    def _deliver(self, sandbox: "Sandbox", give_up: float) -> list[dict[str, Any]]:
        """Send what is due, wait until it has settled, and tell what came of it in the order in which it was owed."""
        numbers = self._send_due(sandbox)
        self._settle(sandbox, give_up)
        return [_told(sandbox, number) for number in numbers if number in sandbox.outbox.deliveries]

    def _send_due(self, sandbox: "Sandbox") -> list[int]:
        with sandbox.transaction():
            due = sandbox.outbox.take_due(sandbox.clock.now())
        for delivery in due:
            self._courier.send(sandbox, delivery)
        return [delivery.number for delivery in due]

    def _settle(self, sandbox: "Sandbox", give_up: float) -> None:
        if not sandbox.in_flight.wait(give_up - time.monotonic()):
            raise _stopped(sandbox, f"{PATIENCE:.0f} seconds; {sandbox.outbox.count('sending')} are being sent")


def _due_actions(sandbox: "Sandbox", now: datetime) -> list[Entry]:
    with sandbox.lock:
        return sandbox.agenda.due(now)


def _begin(sandbox: "Sandbox", entry: Entry) -> bool:
    """Mark an action that is due as fired; False if it was taken off the agenda since it was found."""
    with sandbox.transaction():
        if entry.number not in sandbox.agenda.entries:
            return False
        sandbox.agenda.fired(entry, sandbox.clock.now())
        return True


def _fire(sandbox: "Sandbox", entry: Entry) -> dict[str, Any]:
    """Carry out an action that is due, and tell what came of it."""
    refusal = _carry_out(sandbox, entry)
    if refusal:
        with sandbox.transaction():
            sandbox.agenda.refused(entry.number, refusal)
    return {
        "at": entry.due,
        "agenda": entry.number,
        "action": entry.action,
        "arguments": entry.arguments,
        "refusal": refusal or None,
    }


def _carry_out(sandbox: "Sandbox", entry: Entry) -> str:
    """Return why an action was refused, empty if it was not."""
    try:
        act(sandbox, entry.action, entry.arguments)
    except ApiError as error:
        return error.message
    except Exception:
        LOG.exception("%s failed when it came due in sandbox %s", entry.action, sandbox.name)
        return "It failed by a defect of mockserver, whose log has the traceback."
    return ""


def _told(sandbox: "Sandbox", number: int) -> dict[str, Any]:
    delivery = sandbox.outbox.deliveries.get(number)
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "at": last.at if last else delivery.created,
        "delivery": number,
        "event": f"{delivery.vendor}.{delivery.event}",
        "attempt": last.number if last else None,
        "status": last.status if last else None,
        "error": (last.error or None) if last else None,
        "stage": delivery.stage,
    }


def _stopped(sandbox: "Sandbox", after: str) -> Conflict:
    now = format_instant(sandbox.clock.now())
    return Conflict(f"The clock stopped at {now} after {after}. What fired stands; move it again to go on.")
