"""A delivery that is never made."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from mockserver.core.faults.kind import DeliveryKind, Owed


class Dropped(DeliveryKind, frozen=True):
    """The delivery is never made; the outbox shows it as dropped."""

    seen: ClassVar[str] = "Nothing."

    def owed(self, now: datetime) -> Sequence[Owed]:
        """Return a delivery that nobody will send."""
        return [Owed(None)]
