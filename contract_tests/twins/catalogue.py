"""All twins there are: what the folders beside this file list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from contract_tests import twins
from contract_tests.twins.twin import ClientTwin, ServerTwin, Stands, Twin


@dataclass(frozen=True)
class Healthy:
    """The subjects that the twins of a vendor are made of, and how its server is to be had.

    ``adapter`` names the client's class as ``package.module:Class``. ``credentials`` are what a check is told besides
    those of a sandbox. ``instead`` is another healthy server that twins are made of.
    """

    vendor: str
    adapter: str
    fixtures: str
    credentials: Mapping[str, str] = field(default_factory=dict)
    instead: Stands | None = None


@cache
def vendors() -> tuple[str, ...]:
    """Return the vendors that there are twins for."""
    return tuple(each.name for each in iter_modules(twins.__path__) if each.ispkg)


@cache
def catalogue() -> dict[str, Twin]:
    """Return all twins by their names, a vendor's clients before its servers; raise ``ValueError`` for a name twice."""
    found: dict[str, Twin] = {}
    for vendor in vendors():
        clients: list[ClientTwin] = import_module(f"{twins.__name__}.{vendor}.clients").TWINS
        servers: list[ServerTwin] = import_module(f"{twins.__name__}.{vendor}.servers").TWINS
        for each in (*clients, *servers):
            if each.name in found:
                raise ValueError(f"Two twins are called {each.name}.")
            found[each.name] = each
    return found


def healthy(vendor: str) -> Healthy:
    """Return the healthy subjects of a vendor."""
    made: Healthy = import_module(f"{twins.__name__}.{vendor}").HEALTHY
    return made
