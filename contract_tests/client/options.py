"""What pytest is told about the clients to check."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules

import pytest

from contract_tests.clients.adapting import Imported, Maker, Role, Unusable
from contract_tests.clients.driving import Hung, within
from contract_tests.clients.lines import Lines

SECONDS = 30.0
"""How long a verb may take by default."""


def add_client_options(parser: pytest.Parser) -> None:
    """Make the options known to pytest."""
    group = parser.getgroup("contract tests")
    add = group.addoption
    add("--client", action="append", default=[], metavar="VENDOR=MODULE:CLASS", help="Check this adapter of a client.")
    add(
        "--client-command",
        action="append",
        default=[],
        metavar="VENDOR=COMMAND",
        help="Check the client behind an adapter in another language, a command that speaks JSON lines.",
    )
    add("--client-timeout", type=float, default=SECONDS, metavar="SECONDS", help="How long a verb may take.")
    add("--client-evidence", metavar="FILE", help="Append what was checked to a file, one JSON object a line.")


def roles() -> dict[str, Role]:
    """Return the roles that there are checks for, by vendor."""
    package = import_module("contract_tests.client")
    names = [each.name for each in iter_modules(package.__path__) if each.ispkg]
    return {name: import_module(f"contract_tests.client.{name}").ROLE for name in names}


def makers_of(config: pytest.Config) -> dict[str, Maker]:
    """Return what makes the adapters that were named, by vendor; raise ``Unusable``."""
    known, seconds = roles(), float(config.getoption("--client-timeout"))
    imported = list(_pairs(config.getoption("--client"), known))
    commanded = list(_pairs(config.getoption("--client-command"), known))
    named = [vendor for vendor, _ in (*imported, *commanded)]
    twice = sorted({vendor for vendor in named if named.count(vendor) > 1})
    if twice:
        raise Unusable(f"Two clients of {' and of '.join(twice)} are named; a run checks one of each vendor.")
    made: dict[str, Maker] = {vendor: _imported(place, known[vendor], seconds) for vendor, place in imported}
    return made | {vendor: Lines(command, known[vendor], seconds) for vendor, command in commanded}


def _imported(place: str, role: Role, seconds: float) -> Maker:
    try:
        maker: Maker = within(seconds, "import", lambda: Imported(place, role))
    except Hung:
        raise Unusable(f"Importing {place} takes longer than {seconds:g} s.") from None
    return maker


def _pairs(given: Sequence[str], known: dict[str, Role]) -> Iterator[tuple[str, str]]:
    for each in given:
        vendor, equals, value = each.partition("=")
        if not equals or vendor not in known:
            raise Unusable(f"{each!r} should be VENDOR=..., a vendor being one of {', '.join(known)}.")
        yield vendor, value
