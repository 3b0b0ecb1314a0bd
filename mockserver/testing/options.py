"""What pytest is told about the server, on the command line or in its configuration file."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

_SAYS = {
    "url": "Use the mockserver that runs at this address; none is started.",
    "fixtures": "Fixture set that sandboxes boot from, by name or as the path of a folder (./people).",
    "seed": "Seed of every id.",
    "clock": "live, frozen, an instant, or live@INSTANT.",
}


@dataclass(frozen=True)
class Options:
    """The options; what is None was not given."""

    url: str | None
    fixtures: str | None
    seed: int | None
    clock: str | None

    @property
    def boot(self) -> dict[str, Any]:
        """How to boot a sandbox of a server that somebody else started."""
        given = {"fixtures": self.fixtures, "seed": self.seed, "clock": self.clock} if self.url else {}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def serve(self) -> list[str]:
        """The options of ``mockserver serve``."""
        given = {"--fixtures": self.fixtures, "--seed": self.seed, "--clock": self.clock}
        return [f"{name}={value}" for name, value in given.items() if value is not None]


def add_options(parser: pytest.Parser) -> None:
    """Make the options known to pytest."""
    group = parser.getgroup("mockserver")
    for name, says in _SAYS.items():
        group.addoption(f"--mockserver-{name}", metavar=name.upper(), help=says)
        parser.addini(f"mockserver_{name}", says)


def read_options(config: pytest.Config) -> Options:
    """Return the options, the command line's first; raise ``pytest.UsageError``."""
    said = {name: config.getoption(f"--mockserver-{name}") for name in _SAYS}
    given = {name: said[name] or config.getini(f"mockserver_{name}") for name in _SAYS}
    named = {name: f"--mockserver-{name}" if said[name] else f"mockserver_{name}" for name in _SAYS}
    url = given["url"].rstrip("/") or None
    if url is not None and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise pytest.UsageError(f"{named['url']}: {url!r} is no address like http://127.0.0.1:8080.")
    try:
        seed = int(given["seed"]) if given["seed"] else None
    except ValueError:
        raise pytest.UsageError(f"{named['seed']}: {given['seed']!r} is no whole number.") from None
    fixtures = given["fixtures"]
    if "/" in fixtures and not said["fixtures"] and config.inipath is not None:
        # As pytest does with paths of its own in the file.
        fixtures = str(config.inipath.parent / fixtures)
    return Options(url, fixtures or None, seed, given["clock"] or None)
