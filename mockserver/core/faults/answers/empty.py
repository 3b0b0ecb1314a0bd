"""A connection that is closed instead of answered."""

from typing import ClassVar

from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case
from mockserver.core.outcome import Outcome, Wire


class Empty(AnswerKind, frozen=True):
    """The connection is closed in order, without a byte of an answer."""

    seen: ClassVar[str] = "The end of the stream (FIN) without a byte."

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Close the connection."""
        return replace(outcome, wire=Wire("empty"))
