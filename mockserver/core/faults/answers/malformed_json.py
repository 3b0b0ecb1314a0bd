"""JSON that is none."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case, Point, has_body
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome


class MalformedJson(AnswerKind, frozen=True):
    """The body is JSON no more, under a status and headers that say nothing of it."""

    points: ClassVar[tuple[Point, ...]] = ("after",)
    seen: ClassVar[str] = "A whole answer whose body no JSON parser reads, its Content-Length right."

    how: Annotated[
        Literal["cut", "comma", "text"],
        Meta(description="cut: without its last character; comma: with one before that; text: with text behind it."),
    ] = "cut"

    def fits(self, outcome: Outcome, request: Request) -> bool:
        """Leave alone what is no JSON."""
        return has_body(outcome, request) and _is_json(outcome.body)

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Break the body."""
        body = outcome.body.rstrip()
        broken = {"cut": body[:-1], "comma": body[:-1] + b"," + body[-1:], "text": body + b" upstream error"}[self.how]
        # A number without its last digit, or with a comma, would be JSON or nothing at all.
        return replace(outcome, body=broken + b"," if not broken or _is_json(broken) else broken)


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True
