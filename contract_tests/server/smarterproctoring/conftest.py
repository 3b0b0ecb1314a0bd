"""An install of SmarterProctoring: one session for all checks."""

from collections.abc import Iterator

import pytest

from contract_tests.server.plugin import run_of
from contract_tests.server.smarterproctoring.install import Install


@pytest.fixture(scope="session")
def install(pytestconfig: pytest.Config) -> Iterator[Install]:
    """Give the install."""
    made: Install = run_of(pytestconfig).session("smarterproctoring", Install)
    yield made
    made.close()
