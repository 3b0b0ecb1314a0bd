"""A delivery that is overtaken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from mockserver.core.clock import later
from mockserver.core.faults.kind import DeliveryKind, Owed, duration


class Reorder(DeliveryKind, frozen=True):
    """The delivery waits until the next one to the same receiver has been sent."""

    seen: ClassVar[str] = "The request of a later event first, then this one."

    within: Annotated[str, Meta(description="How long it waits for another at most, in sandbox time.")] = "1h"

    def __post_init__(self) -> None:
        duration("within", self.within)

    def owed(self, now: datetime) -> Sequence[Owed]:
        """Return a delivery that is held back."""
        return [Owed(later(now, duration("within", self.within)), held=True)]
