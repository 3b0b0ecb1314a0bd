"""An answer that trickles in."""

from math import ceil
from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import MOST_SECONDS, AnswerKind, Case, Point, Seconds, has_body
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome, Wire


class Drip(AnswerKind, frozen=True):
    """The body comes in small pieces with a pause between them."""

    points: ClassVar[tuple[Point, ...]] = ("after",)
    seen: ClassVar[str] = "Status and headers at once, then the body piece by piece; it is whole in the end."

    size: Annotated[int, Meta(ge=1, le=2**31, description="How many bytes a piece has.")] = 16
    seconds: Annotated[
        Seconds,
        Meta(description=f"The pause, in real time; shorter where all of them would take over {MOST_SECONDS} s."),
    ] = 0.1

    def fits(self, outcome: Outcome, request: Request) -> bool:
        """Leave alone what has no body."""
        return has_body(outcome, request)

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Let the body trickle."""
        pieces = ceil(len(outcome.body) / self.size)
        return replace(outcome, wire=Wire("drip", size=self.size, seconds=min(self.seconds, MOST_SECONDS / pieces)))
