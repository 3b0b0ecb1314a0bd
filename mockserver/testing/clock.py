"""A sandbox's clock, as a test sees it."""

from datetime import datetime, timedelta
from typing import Any

from mockserver.testing.admin import is_told
from mockserver.testing.values import as_duration, as_instant
from mockserver.testing.vendor import JSON, AdminOfSandbox

__tracebackhide__ = is_told


class Clock:
    """A sandbox's clock."""

    def __init__(self, sandbox: AdminOfSandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        """Return sandbox time."""
        return datetime.fromisoformat(self._sandbox.admin("GET", "/clock")["now"])

    def advance(self, duration: str | timedelta) -> JSON:
        """Let time pass; all that falls due on the way has fired, and is told, when this returns.

        ``"0s"`` sends what is due by now and waits until it has arrived.
        """
        return self._move(advance=as_duration(duration))

    def freeze(self, instant: str | datetime | None = None) -> JSON:
        """Stop the clock, where it is or at a later instant."""
        return self._move(freeze=True if instant is None else as_instant(instant))

    def thaw(self) -> JSON:
        """Let the clock run."""
        return self._move(thaw=True)

    def until_idle(self, within: str | timedelta | None = None) -> JSON:
        """Let time pass until nothing is due any more, but not longer than ``within`` (a year and a day)."""
        return self._move(until="idle", **({} if within is None else {"within": as_duration(within)}))

    def _move(self, **move: Any) -> JSON:
        moved: JSON = self._sandbox.admin("POST", "/clock", move)
        return moved
