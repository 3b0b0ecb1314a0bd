"""The whole plug-in contract: what a vendor's package must hand over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from mockserver.core.operation import Api
from mockserver.core.people import Person
from mockserver.core.state import State, Surroundings


@dataclass(frozen=True, slots=True)
class Action:
    """A verb of the state published by name, for what the vendor's people and candidates do without an API.

    ``verb`` takes the state and the loaded arguments by name, and returns the entity that it changed.
    """

    name: str
    verb: Callable[..., Any]
    accepts: Schema
    says: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """One emulated company API. Its package holds ``contract.yaml``, ``README.md`` and ``templates/`` beside it."""

    name: str
    title: str
    plays: str
    """The role that mockserver takes, for people: "the vendor's API and pages"."""
    package: str
    state: Callable[[Surroundings], State]
    settings: type
    """A frozen dataclass of switches with defaults; ``Annotated[..., Meta(description=...)]`` says what each does."""
    api: Api
    credentials: Callable[[Any], Mapping[str, str]]
    """(state) -> what a client needs to call, by name; empty strings where the fixtures seed none."""
    actions: Sequence[Action] = ()
    generate: Callable[[Sequence[Person]], Mapping[str, Any]] | None = None
    """(people) -> fixture data, ``{collection: [entity, ...]}``, its credentials included."""
    token: Callable[[Any], str] | None = None
    """(state) -> a fresh signed token for trying the API by hand, where the API wants one per call."""
    secrets: frozenset[str] = field(default_factory=frozenset)
    """Names of headers, fields and attributes that listings show as ``***``."""
