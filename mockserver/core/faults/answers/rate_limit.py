"""Too many requests."""

from datetime import timedelta
from email.utils import format_datetime
from math import ceil
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from mockserver.core.clock import later
from mockserver.core.faults.kind import AnswerKind, Case, Memory, Point, WrongSetting, duration, with_headers
from mockserver.core.outcome import Outcome


class RateLimit(AnswerKind, frozen=True):
    """Only so many requests pass in each window of time; the others are answered 429.

    Windows follow each other without a gap from the rule's creation. Answers that pass have the headers
    ``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset`` (seconds until the next window) too.
    """

    points: ClassVar[tuple[Point, ...]] = ("before",)
    seen: ClassVar[str] = (
        "Beyond the quota status 429, Retry-After, and the vendor's own error; "
        "X-RateLimit-Limit, -Remaining and -Reset on every answer."
    )

    quota: Annotated[int, Meta(ge=0, le=2**31, description="How many requests pass in a window.")] = 0
    window: Annotated[str, Meta(description="The length of a window, in sandbox time.")] = "1m"
    retry_after: Annotated[
        Literal["seconds", "date", "none"], Meta(description="How the 429 says when to come back, if it does.")
    ] = "seconds"

    def __post_init__(self) -> None:
        if self._window() < timedelta(seconds=1):
            raise WrongSetting("window", "Shorter than 1s.")

    def _window(self) -> timedelta:
        return duration("window", self.window)

    def strikes(self, memory: Memory, age: timedelta) -> tuple[bool, Memory]:
        """Strike from the first request beyond the quota on, until the next window begins."""
        window = age // self._window()
        used = memory.get("used", 0) + 1 if memory.get("window") == window else 1
        return used > self.quota, {"window": window, "used": used}

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Answer 429."""
        own, left = case.refuse(429), self._left(case)
        again = {
            "seconds": {"Retry-After": str(left)},
            "date": {"Retry-After": format_datetime(later(case.now, timedelta(seconds=left)), usegmt=True)},
            "none": {},
        }[self.retry_after]
        return Outcome(429, with_headers(own.headers, {**again, **self._told(case)}), own.body)

    def let_pass(self, outcome: Outcome, case: Case) -> Outcome:
        """Tell how much is left."""
        return Outcome(outcome.status, with_headers(outcome.headers, self._told(case)), outcome.body)

    def _told(self, case: Case) -> dict[str, str]:
        remaining = max(0, self.quota - case.memory.get("used", self.quota))
        return {
            "X-RateLimit-Limit": str(self.quota),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(self._left(case)),
        }

    def _left(self, case: Case) -> int:
        """Return the seconds until the next window, rounded up so that whoever waits them is in it."""
        window = self._window()
        return ceil((window - case.age % window).total_seconds())
