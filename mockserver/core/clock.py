"""The one source of time of a sandbox, and how instants and durations are written."""

import re
import time
from datetime import UTC, datetime, timedelta
from threading import RLock

from mockserver.core.errors import BadRequest, Conflict

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_INSTANT = re.compile(r"[0-9W-]+(?:[Tt ][0-9:.,]+(?:Z|[+-][0-9:.]+)?)?")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = timedelta(days=36525)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def parse_duration(text: str) -> timedelta:
    """Return the length of ``90m``, ``1d12h`` or ``1.5s``; raise ``BadRequest`` for anything else."""
    if not text or _PART.sub("", text):
        raise BadRequest(f"{text!r} is not a duration; write it like 90m, 1d12h or 1.5s (ms, s, m, h, d, w).")
    seconds = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(text))
    if seconds > _LONGEST.total_seconds():
        raise BadRequest(f"{text!r} is longer than {_LONGEST.days} days, the longest duration here.")
    return timedelta(seconds=seconds)


def parse_instant(text: str) -> datetime:
    """Return the UTC instant of an ISO 8601 date-time with an offset; raise ``BadRequest`` for anything else."""
    try:
        # Python takes any character between date and time, and all that follows a NUL.
        instant = datetime.fromisoformat(text if _INSTANT.fullmatch(text) else "")
        if instant.tzinfo is None:
            raise BadRequest(f"{text!r} has no offset; end it with Z or an offset like +02:00.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(f"{text!r} is not an ISO 8601 date-time like 2026-01-31T09:00:00Z.") from None


def format_instant(instant: datetime) -> str:
    """Return ``2026-01-31T09:00:00Z``: UTC, whole seconds, as most vendors write it."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def later(instant: datetime, by: timedelta) -> datetime:
    """Return the instant moved by a duration, held at the calendar's ends instead of overflowing."""
    try:
        return instant + by
    except OverflowError:
        return _LAST if by > timedelta(0) else _FIRST


class Clock:
    """Sandbox time: live (it runs with real time, from where it was set) or frozen; it only moves forward.

    Any thread may read or move it.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._moving = RLock()
        self._set(start or datetime.now(UTC), frozen=frozen)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._base[1] is None

    def now(self) -> datetime:
        """Return the current instant of the sandbox, in UTC."""
        origin, since = self._base
        return origin if since is None else later(origin, timedelta(seconds=time.monotonic() - since))

    def advance(self, by: timedelta) -> datetime:
        """Move forward by a duration and return the new instant."""
        if by < timedelta(0):
            raise Conflict("A sandbox's clock only moves forward.")
        with self._moving:
            return self._set(later(self.now(), by), frozen=self.frozen)

    def reach(self, instant: datetime) -> datetime:
        """Move forward to an instant; stay where it stands if that lies behind."""
        with self._moving:
            now = self.now()
            return self._set(instant, frozen=self.frozen) if instant > now else now

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the clock, at an instant that is not in its past if one is given."""
        with self._moving:
            now = self.now()
            if at is not None and at < now:
                raise Conflict(
                    f"The clock stands at {format_instant(now)} and only moves forward; "
                    f"reset the sandbox with a clock of {format_instant(at)} to start there."
                )
            return self._set(at or now, frozen=True)

    def thaw(self) -> datetime:
        """Let the clock run with real time from where it stands."""
        with self._moving:
            return self._set(self.now(), frozen=False)

    def _set(self, instant: datetime, *, frozen: bool) -> datetime:
        # One assignment, so that a thread that reads the clock meanwhile sees it before or after, never between.
        self._base = (instant, None if frozen else time.monotonic())
        return instant


def clock_from(text: str) -> Clock:
    """Return the clock that a setting describes.

    ``live`` is real time, ``frozen`` stands still at the present, an instant stands still there, and
    ``live@<instant>`` runs from there. Raises ``BadRequest`` for anything else.
    """
    if text in {"live", "frozen"}:
        return Clock(frozen=text == "frozen")
    start = text.removeprefix("live@")
    try:
        return Clock(parse_instant(start), frozen=start == text)
    except BadRequest as error:
        raise BadRequest(f"{error.message} A clock is live, frozen, an instant, or live@<instant>.") from None
