"""A tenant of YouTestMe: one session for all checks."""

from collections.abc import Iterator

import pytest

from contract_tests.server.plugin import run_of
from contract_tests.server.youtestme.tenant import Tenant


@pytest.fixture(scope="session")
def tenant(pytestconfig: pytest.Config) -> Iterator[Tenant]:
    """Give the tenant."""
    made: Tenant = run_of(pytestconfig).session("youtestme", Tenant)
    yield made
    made.close()
