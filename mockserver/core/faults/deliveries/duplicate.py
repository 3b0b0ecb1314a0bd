"""The same delivery more than once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from mockserver.core.clock import later
from mockserver.core.faults.kind import DeliveryKind, Owed, duration


class Duplicate(DeliveryKind, frozen=True):
    """The delivery is made again though it arrived, with the same id and body."""

    seen: ClassVar[str] = "The same request again; the signature is minted anew."

    copies: Annotated[int, Meta(ge=1, le=10, description="How many there are besides the first.")] = 1
    gap: Annotated[str, Meta(description="How long after the one before each follows, in sandbox time.")] = "0s"

    def __post_init__(self) -> None:
        duration("gap", self.gap)

    def owed(self, now: datetime) -> Sequence[Owed]:
        """Return the delivery and its copies."""
        gap = duration("gap", self.gap)
        return [Owed(later(now, number * gap)) for number in range(self.copies + 1)]
