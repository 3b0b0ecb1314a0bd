"""Pytest fixtures for every test: one real server a session, one sandbox of it a test."""

import signal
from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests

from tests.chromium import browser, screenshots
from tests.contract.answers import violations
from tests.receiver import Receiver, running_receiver
from tests.server import RemoteSandbox, patient_session, running_server

__all__ = ["browser", "http", "origin", "receiver", "sandbox", "screenshots"]


def pytest_configure() -> None:
    """Hear Ctrl-C: a shell has what it starts in the background ignore it, and so would all that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    with running_server("--max-sandboxes", "2000") as (address, _):
        yield address


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    with patient_session() as session:
        yield session


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks of this test's own."""
    with running_receiver() as made:
        yield made


@pytest.fixture
def sandbox(origin: str, http: requests.Session, request: pytest.FixtureRequest) -> Iterator[RemoteSandbox]:
    """A fresh sandbox, booted as ``@pytest.mark.boot(fixtures=..., clock=..., seed=..., settings=...)`` says.

    An exchange that mockserver itself failed at, or whose answer is against the vendor's contract, fails the test.
    """
    marker = request.node.get_closest_marker("boot")
    made = RemoteSandbox(origin, f"t{uuid4().hex}", http)
    made.boot(**(marker.kwargs if marker else {}))
    yield made
    exchanges = made.journal()
    made.admin("DELETE")
    assert [each for each in exchanges if each["bug"]] == []
    assert [said for each in exchanges for said in violations(each)] == []
