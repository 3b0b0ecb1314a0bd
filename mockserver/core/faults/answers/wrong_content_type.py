"""A body under a false name."""

import re
from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import AnswerKind, Case, Point, WrongSetting, with_headers
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome

_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*", re.ASCII)


class WrongContentType(AnswerKind, frozen=True):
    """The body is as it was, and its Content-Type says that it is something else."""

    points: ClassVar[tuple[Point, ...]] = ("after",)
    seen: ClassVar[str] = "A whole answer with another Content-Type."

    content_type: Annotated[str, Meta(max_length=200, description="What the answer says that it is.")] = (
        "text/html; charset=utf-8"
    )

    def __post_init__(self) -> None:
        if not _TYPE.fullmatch(self.content_type):
            raise WrongSetting("content_type", "Must be like text/html or text/html; charset=utf-8.")

    def fits(self, outcome: Outcome, request: Request) -> bool:
        """Leave alone what has no body, or this type already."""
        return bool(outcome.body) and _media(outcome.headers.get("Content-Type", "")) != _media(self.content_type)

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Say the other type."""
        return replace(outcome, headers=with_headers(outcome.headers, {"Content-Type": self.content_type}))


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
