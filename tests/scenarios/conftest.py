"""A world of its own for each test."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from contract_tests.players.world import World


@pytest.fixture
def world(origin: str) -> Iterator[World]:
    made = World(origin, f"t{uuid4().hex}")
    yield made
    made.admin("DELETE", "")
    made.session.close()
