"""An install of SmarterProctoring: one session for all checks."""

import pytest

from contract_tests.server.plugin import run_of
from contract_tests.server.smarterproctoring.install import Install


@pytest.fixture(scope="session")
def install(pytestconfig: pytest.Config) -> Install:
    """Give the install."""
    made: Install = run_of(pytestconfig).session("smarterproctoring", Install)
    return made
