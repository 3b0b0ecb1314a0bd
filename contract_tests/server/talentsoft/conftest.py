"""Talentsoft at a partner's server: one session for all checks."""

from collections.abc import Iterator

import pytest

from contract_tests.server.plugin import run_of
from contract_tests.server.talentsoft.partner import Partner


@pytest.fixture(scope="session")
def partner(pytestconfig: pytest.Config) -> Iterator[Partner]:
    """Give the partner's server."""
    made: Partner = run_of(pytestconfig).session("talentsoft", Partner)
    yield made
    made.close()
