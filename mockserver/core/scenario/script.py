"""A scenario as the engine reads it."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Status = int | None


class Exchanged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that was answered, or an event that was delivered: below status 400, or 300, if none is named."""

    operation: str
    status: int | None = None
    body: dict[str, Any] | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One beat: it waits, then does."""

    says: str = ""
    when: str | Exchanged | None = None
    after: str | None = None
    do: str | None = None
    arguments: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    fault: dict[str, Any] | None = None
    capture: dict[str, str] = {}

    @property
    def awaits(self) -> Exchanged | None:
        """What it waits for."""
        return None if self.when is None else exchanged(self.when)


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many; at least one if nothing is said."""

    count: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def bounds(self) -> tuple[int, int | None]:
        """Return the least and the most, None for no limit."""
        if self.count is not None:
            return self.count, self.count
        least = self.at_least if self.at_least is not None else (1 if self.at_most is None else 0)
        return least, self.at_most


class Called(Counted, frozen=True, kw_only=True):
    """An operation that is called."""

    operation: str
    status: int | None = None
    body: dict[str, Any] | None = None


class Delivered(Counted, frozen=True, kw_only=True):
    """An event that is sent, and how it ends."""

    event: str
    stage: str = "delivered"
    attempts: int | None = None


class Between(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much sandbox time lies between two exchanges."""

    since: str | Exchanged = msgspec.field(name="from")
    until: str | Exchanged = msgspec.field(name="to")
    at_least: str | None = None
    at_most: str | None = None


class Remembered(Counted, frozen=True, kw_only=True):
    """Entities that there are in the end."""

    collection: str
    where: dict[str, Any] = {}
    has: dict[str, Any] = {}


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold in the end."""

    calls: tuple[Called, ...] = ()
    order: tuple[str | Exchanged, ...] = ()
    deliveries: tuple[Delivered, ...] = ()
    time: tuple[Between, ...] = ()
    state: tuple[Remembered, ...] = ()
    unmatched: Literal["none", "allowed"] = "none"
    findings: Literal["none", "allowed"] = "allowed"
    """Whether what the contract finds wrong with a call breaks it; who knows the contracts has to look."""


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole script."""

    title: str
    vendors: tuple[str, ...]
    clock: str
    steps: tuple[Step, ...]
    expect: Expect
    says: str = ""
    fixtures: str = "demo"
    seed: int = 0
    settings: dict[str, dict[str, Any]] = {}
    progressions: dict[str, dict[str, Any]] = {}


def exchanged(text: str | Exchanged) -> Exchanged:
    """Return the long form of an exchange that may be written as its name."""
    return Exchanged(text) if isinstance(text, str) else text


def filled(value: Any, captured: Mapping[str, Any]) -> Any:
    """Return plain data with ``${name}`` replaced by what was captured; a string that is one name keeps its type."""
    if isinstance(value, dict):
        return {key: filled(inner, captured) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, captured) for inner in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    for name, known in captured.items():
        if value == f"${{{name}}}":
            return known
        value = value.replace(f"${{{name}}}", str(known))
    return value
