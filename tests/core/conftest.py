"""Pytest fixtures over the toy vendor, in the test's own process."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mockserver.core.sandbox import DEFAULT, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.fronts.flask import create_flask
from tests.toy import KEY, Toy, toy_sandboxes, write_set


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A folder of fixture sets that holds the set ``plain``."""
    write_set(tmp_path / "sets")
    return tmp_path / "sets"


@pytest.fixture
def sandboxes(sets: Path) -> Sandboxes:
    return toy_sandboxes(sets)


@pytest.fixture
def local(sandboxes: Sandboxes) -> Sandbox:
    """The default sandbox."""
    return sandboxes.get(DEFAULT)


@pytest.fixture
def toy(local: Sandbox) -> Toy:
    state = local.states["toy"]
    assert isinstance(state, Toy)
    return state


@pytest.fixture
def client(sandboxes: Sandboxes) -> FlaskClient:
    """A client that shows the toy's key unless a request has headers of its own for it."""
    made = create_flask(sandboxes).test_client(use_cookies=False)
    for name, value in KEY.items():
        made.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return made
