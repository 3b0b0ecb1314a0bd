"""Work that is done and not told."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case, Point
from mockserver.core.outcome import Outcome, Wire


class LostResponse(AnswerKind, frozen=True):
    """The work is done and the answer is lost: whoever asks again asks for the second time."""

    points: ClassVar[tuple[Point, ...]] = ("after",)
    seen: ClassVar[str] = "The end of the stream (FIN) without a byte, or a reset (RST)."

    by: Annotated[Literal["close", "reset"], Meta(description="How the connection ends.")] = "close"

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Lose the answer."""
        return replace(outcome, wire=Wire("empty" if self.by == "close" else "reset"))
