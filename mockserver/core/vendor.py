"""The whole plug-in contract: what a vendor's package must hand over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import Schema

from mockserver.core.events import Event, Proof
from mockserver.core.operation import Api, Request
from mockserver.core.people import Person
from mockserver.core.progression import Progression
from mockserver.core.state import State, Surroundings

if TYPE_CHECKING:
    import click

    from mockserver.core.sandboxes import Sandboxes

Opener = Callable[[Sequence[str]], "Sandboxes"]
"""(hosts that may be called besides loopback) -> sandboxes in this process, of the empty fixture set."""


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
    events: Sequence[Event] = ()
    """What it tells others by itself."""
    proves: Callable[[Any, Request], Proof | None] | None = None
    """(state, request) -> whether a received request is signed as its events are; None if it shows no such proof."""
    progressions: Sequence[Progression] = ()
    """What moves on without anybody acting, where a sandbox wants it."""
    generate: Callable[[Sequence[Person]], Mapping[str, Any]] | None = None
    """(people) -> fixture data, ``{collection: [entity, ...]}``, its credentials included."""
    token: Callable[..., str] | None = None
    """(state, claims) -> a fresh signed token for trying the API by hand, where the API wants one per call.

    ``claims`` (a mapping, none if left out) stand in it besides its own, over them.
    """
    commands: "Callable[[Opener], click.Group] | None" = None
    """(opener) -> its own commands, found under its name on the command line; called only when they are asked for."""
    secrets: frozenset[str] = field(default_factory=frozenset)
    """Names of headers, fields and attributes that listings show as ``***``.

    ``headers.<name>`` means the header alone, ``<collection>.<attribute>`` that attribute alone.
    """
