"""An integration of Constructor Proctor: one session for all checks."""

from collections.abc import Iterator

import pytest

from contract_tests.server.constructor.integration import Integration
from contract_tests.server.plugin import run_of


@pytest.fixture(scope="session")
def integration(pytestconfig: pytest.Config) -> Iterator[Integration]:
    """Give the integration."""
    made: Integration = run_of(pytestconfig).session("constructor", Integration)
    yield made
    made.close()
