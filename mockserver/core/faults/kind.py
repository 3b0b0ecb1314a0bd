"""What a kind of fault is: settings that are checked when they are read, and what it does when it strikes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from mockserver.core.clock import parse_duration
from mockserver.core.errors import BadRequest
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome

Point = Literal["before", "after", "event"]
"""When a fault strikes: before the work of a request is done, after it, or when an event owes a delivery."""

Memory = Mapping[str, int]
"""What a rule remembers for its kind from one match to the next."""

MOST_SECONDS = 300
Seconds = Annotated[float, Meta(gt=0, le=MOST_SECONDS)]
"""A wait in real time, while a client waits with it."""


class WrongSetting(ValueError):
    """A setting that its type allows and its meaning does not."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


class Kind(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fault: its fields are its settings, the first one what the request header gives as ``kind=value``.

    The file's name is its own, the first line of the docstring says what it is.
    """

    points: ClassVar[tuple[Point, ...]] = ()
    """Where it can strike, the default first."""
    seen: ClassVar[str] = ""
    """What the other side sees on its socket."""


class Case(Struct, frozen=True):
    """One request that a fault strikes or, where the kind decides that, lets pass."""

    request: Request
    refuse: Callable[[int], Outcome]
    """(status) -> the error of this status as the vendor itself words it."""
    now: datetime
    """Sandbox time."""
    age: timedelta
    """For how long the rule has existed, in sandbox time."""
    chance: float
    """A throw of the dice, from 0 up to but not including 1; the same for the same seed, rule and match."""
    memory: Memory
    """What ``strikes`` returned."""


class AnswerKind(Kind, frozen=True):
    """A fault of answers."""

    points: ClassVar[tuple[Point, ...]] = ("before", "after")

    def fits(self, outcome: Outcome, request: Request) -> bool:
        """Tell whether it can do anything to this answer; asked after the work only."""
        return True

    def strikes(self, memory: Memory, age: timedelta) -> tuple[bool, Memory]:
        """Decide over a match that its rule would let it strike, and return what the rule shall remember."""
        return True, memory

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Return what the front performs instead; before the work, ``outcome`` is an empty 503."""
        raise NotImplementedError

    def let_pass(self, outcome: Outcome, case: Case) -> Outcome:
        """Return the answer to a request that ``strikes`` let pass."""
        return outcome


class Owed(Struct, frozen=True):
    """One delivery that a struck event owes to a receiver.

    ``due`` is None for one that is never sent. One that is ``held`` leaves when the next delivery to the same receiver
    has been sent, and when it is due at the latest.
    """

    due: datetime | None
    held: bool = False


class DeliveryKind(Kind, frozen=True):
    """A fault of what a vendor sends."""

    points: ClassVar[tuple[Point, ...]] = ("event",)

    def owed(self, now: datetime) -> Sequence[Owed]:
        """Return what one call comes to: copies of one delivery, all with its id."""
        return [Owed(now)]


class AttemptKind(DeliveryKind, frozen=True):
    """A fault of each attempt at a delivery, or of the first few."""

    attempts: Annotated[
        Annotated[int, Meta(ge=1, le=2**31)] | None,
        Meta(description="How many attempts suffer, from the first; null for all."),
    ] = None

    def suffers(self, attempt: int) -> bool:
        """Tell whether the attempt of this number, counted from 1, is struck."""
        return self.attempts is None or attempt <= self.attempts

    def signed_at(self, now: datetime) -> datetime:
        """Return the instant that the attempt's headers are minted for."""
        return now

    def spoil(self, headers: Mapping[str, str], body: bytes, proofs: Sequence[str]) -> tuple[Mapping[str, str], bytes]:
        """Return headers and body as they leave; ``proofs`` names the headers that prove who sends."""
        return headers, body


def duration(name: str, text: str) -> timedelta:
    """Return the length of a setting; raise ``WrongSetting``."""
    try:
        return parse_duration(text)
    except BadRequest as error:
        raise WrongSetting(name, error.message) from None


def has_body(outcome: Outcome, request: Request) -> bool:
    """Tell whether a byte of a body goes to the client."""
    return bool(outcome.body) and request.method != "HEAD"


def with_headers(headers: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return headers with some replaced, whatever the case of their names."""
    replaced = {name.lower() for name in changes}
    return {**{name: value for name, value in headers.items() if name.lower() not in replaced}, **changes}
