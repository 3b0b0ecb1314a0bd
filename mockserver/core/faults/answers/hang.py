"""No answer for a long time, and then none."""

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case, Seconds
from mockserver.core.outcome import Outcome, Wire


class Hang(AnswerKind, frozen=True):
    """The connection stays open without an answer, and is closed at last."""

    seen: ClassVar[str] = "Nothing for so many seconds, then the end of the stream without a byte."

    seconds: Annotated[Seconds, Meta(description="For how long, in real time.")] = 30.0

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Say nothing."""
        return replace(outcome, wire=Wire("hang", seconds=self.seconds))
