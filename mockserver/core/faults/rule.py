"""A fault rule: which requests or events it is about, when it strikes them, and what it has done so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from mockserver.core.faults.catalogue import make
from mockserver.core.faults.kind import Kind, Point
from mockserver.core.faults.reading import refused

_Count = Annotated[int, Meta(le=2**31)]


class Wish(Struct, frozen=True, kw_only=True):
    """What a new rule says besides its kind's settings."""

    kind: str
    operation: Annotated[str, Meta(min_length=1, max_length=200)] = "*"
    at: Point | None = None
    skip: Annotated[_Count, Meta(ge=0)] = 0
    times: Annotated[_Count, Meta(ge=1)] | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    until: Annotated[str, Meta(max_length=100)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. ``operation`` is a glob over operation ids, for a kind of deliveries over event ids.

    ``skip`` is how many matches pass first, ``times`` how often it strikes at most. ``matches`` counts what it was
    about while it applied, whether or not it struck; ``memory`` is its kind's. Raises ``BadRequest`` for a kind, a
    setting or a point that is none.
    """

    number: int
    operation: str
    kind: str
    settings: dict[str, Any]
    at: Point
    created: datetime
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    until: datetime | None = None
    matches: int = 0
    strikes: int = 0
    memory: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A rule may come out of a document that somebody wrote by hand.
        if self.at not in self.fault.points:
            raise refused("at", f"{self.kind} strikes {' or '.join(self.fault.points)}, not {self.at}.")

    @property
    def fault(self) -> Kind:
        """The kind with the rule's settings."""
        return make(self.kind, self.settings)

    def is_about(self, name: str) -> bool:
        """Tell whether an operation or event of this id matches."""
        return fnmatchcase(name, self.operation)

    def ended(self, now: datetime) -> Literal["times", "until"] | None:
        """Return what ended it by this instant, None while it applies."""
        if self.times is not None and self.strikes >= self.times:
            return "times"
        return "until" if self.until is not None and now >= self.until else None


def shown(rule: Rule, now: datetime) -> Mapping[str, Any]:
    """Return a rule as it was asked for, the kind's settings among its own, with what it has done by this instant."""
    return {
        "number": rule.number,
        "operation": rule.operation,
        "kind": rule.kind,
        **rule.settings,
        "at": rule.at,
        "skip": rule.skip,
        "times": rule.times,
        "probability": rule.probability,
        "until": rule.until,
        "created": rule.created,
        "matches": rule.matches,
        "strikes": rule.strikes,
        "ended": rule.ended(now),
    }
