"""A delivery that is late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from mockserver.core.clock import later
from mockserver.core.faults.kind import DeliveryKind, Owed, duration


class Late(DeliveryKind, frozen=True):
    """The first attempt at the delivery leaves late."""

    seen: ClassVar[str] = "The whole request, later; its signature is of the time when it leaves."

    by: Annotated[str, Meta(description="For how long, in sandbox time.")] = "1h"

    def __post_init__(self) -> None:
        duration("by", self.by)

    def owed(self, now: datetime) -> Sequence[Owed]:
        """Return a delivery that is due later."""
        return [Owed(later(now, duration("by", self.by)))]
