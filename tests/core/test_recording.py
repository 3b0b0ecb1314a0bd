"""What was done to a sandbox is done again and comes out the same, however the sandbox came to be."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.app import build
from mockserver.config import Config
from mockserver.core.recording import read_recording
from mockserver.fronts.flask import create_flask
from mockserver.replay import replay

ADMIN = "/__admin/sandboxes"
KEY = {"X-API-Key": "fake-youtestme-key"}
SCENARIO = """\
title: t
vendors: [youtestme]
clock: 2026-03-02T09:00:00Z
steps: [{do: youtestme.create_test, with: {name: First}}]
expect: {unmatched: none}
"""


@pytest.fixture
def client() -> FlaskClient:
    return create_flask(build(Config(fixtures="demo"))).test_client()


def by_use(client: FlaskClient) -> None:
    """Let the first request make it."""


def by_a_part_of_a_boot(client: FlaskClient) -> None:
    client.put(f"{ADMIN}/one", json={"seed": 7})


def by_a_live_boot(client: FlaskClient) -> None:
    client.put(f"{ADMIN}/one", json={"fixtures": "demo", "clock": "live"})


def by_a_scenario(client: FlaskClient) -> None:
    client.post(f"{ADMIN}/one/run", data=SCENARIO, headers={"Content-Type": "application/yaml"})


def by_a_fork(client: FlaskClient) -> None:
    client.put(f"{ADMIN}/other", json={"clock": "2026-03-02T09:00:00Z"})
    client.post(f"{ADMIN}/other/actions", json={"action": "youtestme.create_test", "arguments": {"name": "First"}})
    client.post(f"{ADMIN}/other/forks", json={"name": "one"})


def by_a_snapshot(client: FlaskClient) -> None:
    by_a_fork(client)
    client.put(f"{ADMIN}/one/snapshot", data=client.get(f"{ADMIN}/other/snapshot").data)


@pytest.mark.parametrize("make", [by_use, by_a_part_of_a_boot, by_a_live_boot, by_a_scenario, by_a_fork, by_a_snapshot])
def test_it_is_repeated_the_same(client: FlaskClient, make: Callable[[FlaskClient], None]) -> None:
    make(client)
    found = client.get("/sandbox/one/youtestme/users/externalId=cand-1001", headers=KEY)
    assert found.status_code == 200
    test: Any = client.post(
        f"{ADMIN}/one/actions", json={"action": "youtestme.create_test", "arguments": {"name": "S"}}
    )
    made = client.post(
        "/sandbox/one/youtestme/authorizations",
        json={"testId": test.get_json()["result"]["id"], "candidateId": found.get_json()["id"], "externalId": "a-1"},
        headers=KEY,
    )
    assert made.status_code == 201, made.text
    recording = read_recording(client.get(f"{ADMIN}/one/recording").get_json())
    assert len([each for each in recording.done if each.kind == "request"]) == 2
    assert replay(recording) == []
