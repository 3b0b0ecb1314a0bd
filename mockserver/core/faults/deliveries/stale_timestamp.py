"""A delivery that looks replayed."""

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from mockserver.core.clock import later
from mockserver.core.faults.kind import AttemptKind, WrongSetting, duration


class StaleTimestamp(AttemptKind, frozen=True):
    """The attempt is signed rightly, for an instant in the past."""

    seen: ClassVar[str] = "A request whose timestamp or token is as old as that; its signature is right for it."

    by: Annotated[str, Meta(description="How old it is, in sandbox time.")] = "1h"

    def __post_init__(self) -> None:
        if not duration("by", self.by):
            raise WrongSetting("by", "Must be longer than 0s.")

    def signed_at(self, now: datetime) -> datetime:
        """Return the instant that it claims."""
        return later(now, -duration("by", self.by))
