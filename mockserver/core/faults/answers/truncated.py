"""An answer that breaks off."""

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case, Point, WrongSetting, has_body
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome, Wire


class Truncated(AnswerKind, frozen=True):
    """The body breaks off before its end. Half of it comes unless told otherwise."""

    points: ClassVar[tuple[Point, ...]] = ("after",)
    seen: ClassVar[str] = "Status, headers with the whole Content-Length, fewer bytes than that, the end of the stream."

    size: Annotated[
        Annotated[int, Meta(ge=0, le=2**31)] | None,
        Meta(description="How many bytes of the body come, its last one never."),
    ] = None
    share: Annotated[
        Annotated[float, Meta(ge=0, lt=1)] | None, Meta(description="Which share of the body comes, instead of size.")
    ] = None

    def __post_init__(self) -> None:
        if self.size is not None and self.share is not None:
            raise WrongSetting("share", "Give size or share, not both.")

    def fits(self, outcome: Outcome, request: Request) -> bool:
        """Leave alone what has no body."""
        return has_body(outcome, request)

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Let the body break off."""
        length = len(outcome.body)
        size = int(length * (0.5 if self.share is None else self.share)) if self.size is None else self.size
        return replace(outcome, wire=Wire("truncated", size=min(size, length - 1)))
