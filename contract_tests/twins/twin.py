"""A twin, and what must be said of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal

from contract_tests.twins.proxy import Spoil
from mockserver.contract.waivers import is_named


@dataclass(frozen=True)
class Standing:
    """A server that is up, and what a check of it is told: who calls, and what it can do."""

    url: str
    credentials: Mapping[str, Any]
    capabilities: Mapping[str, Any]


Stands = Callable[[], AbstractContextManager[Standing]]
"""Starts a server, and stops it at the end."""


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A subject with one defect. ``clause`` is what a check must name; ``*`` in it stands for any characters."""

    vendor: str
    label: str
    wrong: str
    """What it does, in one line."""
    clause: str

    @property
    def kind(self) -> Literal["client", "server"]:
        """Which check it is put before."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """Its name in the catalogue."""
        return f"{self.vendor}.{self.kind}.{self.label}"

    def is_named(self, clause: str) -> bool:
        """Tell whether a clause is the one that must be named."""
        return is_named(self.clause, clause)


@dataclass(frozen=True, kw_only=True)
class ClientTwin(Twin):
    """A client, driven through its adapter."""

    adapter: type

    @property
    def kind(self) -> Literal["client", "server"]:
        """It is a client."""
        return "client"


@dataclass(frozen=True, kw_only=True)
class ServerTwin(Twin):
    """A server: mockserver with something between it and its callers or with a fault, or another server ``instead``.

    ``spoil`` makes what stands between, anew for each run. ``faults`` are rules of the sandbox: kind, operation.
    ``settings`` are the vendor's, in the sandbox.
    """

    spoil: Callable[[], Spoil] | None = None
    faults: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    instead: Stands | None = None

    @property
    def kind(self) -> Literal["client", "server"]:
        """It is a server."""
        return "server"
