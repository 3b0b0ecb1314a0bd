"""A connection that is torn down instead of answered."""

from typing import ClassVar

from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case
from mockserver.core.outcome import Outcome, Wire


class Reset(AnswerKind, frozen=True):
    """The connection is reset, without a byte of an answer."""

    seen: ClassVar[str] = "A reset (RST) without a byte: ECONNRESET."

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Reset the connection."""
        return replace(outcome, wire=Wire("reset"))
