"""The pytest plugin: a server for each session, a sandbox for each test, and what a test may want of them.

It is loaded by every pytest where mockserver is installed, so that whatever takes time to import is imported by the
pytest fixtures alone.
"""

import os
import pkgutil
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.testing.admin import Admin, Refused, Unreachable
from mockserver.testing.clock import Clock
from mockserver.testing.inbox import Inbox
from mockserver.testing.marks import MARK, USAGE, WrongMark, boot_of
from mockserver.testing.options import Options, add_options, read_options
from mockserver.testing.sandbox import ContractWarning, Mockserver, NothingToJudge, Sandbox
from mockserver.testing.vendor import Faults, Vendor

if TYPE_CHECKING:
    from mockserver.contract.observed import Finding

__all__ = [
    "Clock",
    "ContractWarning",
    "Faults",
    "Finding",
    "Inbox",
    "Mockserver",
    "NothingToJudge",
    "Refused",
    "Sandbox",
    "Unreachable",
    "Vendor",
]

_OPTIONS = pytest.StashKey[Options]()
_NO_LETTER = re.compile(r"[^A-Za-z0-9]+")


def __getattr__(name: str) -> Any:
    """Give ``Finding``, which takes time to import, to those who ask for it."""
    if name != "Finding":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockserver.contract.observed import Finding

    return Finding


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options and register the mark."""
    config.addinivalue_line("markers", USAGE)
    config.stash[_OPTIONS] = read_options(config)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a mark with wrong arguments, also on a test that has no sandbox."""
    try:
        boot_of(item)
    except WrongMark as wrong:
        raise pytest.fail.Exception(f"@pytest.mark.{MARK} {wrong}", pytrace=False) from None


@pytest.fixture(scope="session")
def mockserver(pytestconfig: pytest.Config) -> Iterator[Mockserver]:
    """Give a running mockserver, one for the session: ``url``, ``vendors``, ``admin(...)``, ``sandbox(...)``."""
    from mockserver.testing.server import CannotServe, running_child

    options = pytestconfig.stash[_OPTIONS]
    with ExitStack() as stack:
        try:
            if options.url is None:
                child = stack.enter_context(running_child(options.serve))
                admin = Admin(child.origin, lambda: f"It said:\n\n{child.said()}")
            else:
                admin = Admin(options.url)
            stack.callback(admin.close)
            server = Mockserver(admin, options.boot)
        except (CannotServe, Unreachable, Refused) as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        yield server


@pytest.fixture
def sandbox(mockserver: Mockserver, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Make a sandbox of the test's own, booted as ``@pytest.mark.mockserver(...)`` says, deleted at the end."""
    salted = request.config.stash[_OPTIONS].url is not None
    with ExitStack() as stack:
        try:
            name = _name_of(request.node.nodeid, salted)
            made = stack.enter_context(mockserver.sandbox(name, **boot_of(request.node)))
        except (Refused, Unreachable, OSError) as error:
            reason = error.reason if isinstance(error, Refused) else error
            raise pytest.fail.Exception(f"No sandbox: {reason}", pytrace=False) from None
        yield made


def _name_of(test: str, salted: bool) -> str:
    """Return a sandbox's name, the same for the same test; salted, no other process makes the same."""
    salt = f"{socket.gethostname()} {os.getpid()} {time.monotonic_ns()}" if salted else ""
    readable = _NO_LETTER.sub("-", test.rpartition("::")[2])[:40].strip("-")
    digest = blake2b(f"{test} {salt}".encode(), digest_size=8).hexdigest()
    return f"{readable}-{digest}".lstrip("-")


def _vendor_fixture(name: str) -> Callable[[Sandbox], Vendor]:
    def of_vendor(sandbox: Sandbox) -> Vendor:
        return sandbox.vendor(name)

    of_vendor.__doc__ = f"Give {name} in the sandbox of the test: ``url``, ``credentials``, ``entities``, ``action``."
    return pytest.fixture(name=name)(of_vendor)


# One for each vendor that there is, found by looking at folders, since importing the vendors takes time.
for _vendor in pkgutil.iter_modules([str(Path(__file__).parent.parent / "vendors")]):
    globals()[f"_{_vendor.name}"] = _vendor_fixture(_vendor.name)
