"""The admin API over the toy vendor: what no real vendor does on purpose."""

import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.core.sandbox import Sandbox
from mockserver.fronts.flask import create_flask
from tests.toy import Toy, toy_sandboxes, write_set

ACTIONS = "/__admin/sandboxes/default/actions"


def test_an_action_that_refuses_half_way_has_changed_nothing(client: FlaskClient, local: Sandbox, toy: Toy) -> None:
    before = list(toy.notes), dict(local.ids.counters)
    answer = client.post(ACTIONS, json={"action": "toy.stumble"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert (list(toy.notes), dict(local.ids.counters)) == before


def test_an_action_that_fails_is_a_defect_and_has_changed_nothing(
    client: FlaskClient, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    before = list(toy.notes)
    with caplog.at_level(logging.ERROR):
        answer = client.post(ACTIONS, json={"action": "toy.slip"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.headers["X-Mockserver-Bug"] == "admin"
    assert "slipped" not in answer.text
    assert "RuntimeError: it slipped" in caplog.text
    assert list(toy.notes) == before


def test_an_action_is_performed_on_its_own_sandbox_and_time(client: FlaskClient) -> None:
    client.put("/__admin/sandboxes/one")
    rename = {"action": "toy.rename", "arguments": {"note_id": 1, "title": "renamed"}}
    client.post("/__admin/sandboxes/one/actions", json=rename)
    titles = [client.get(f"/__admin/sandboxes/{name}/state/toy/notes/1").json["title"] for name in ("one", "default")]  # type: ignore[index]
    assert titles == ["renamed", "first"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"seed": 1}, (1, "2025-05-15T10:00:00Z", "plain")),
        ({"clock": "2030-01-01T00:00:00Z"}, (9, "2030-01-01T00:00:00Z", "plain")),
        ({"fixtures": "other"}, (9, "2025-05-15T10:00:00Z", "other")),
        (None, (9, "2025-05-15T10:00:00Z", "plain")),
    ],
)
def test_what_a_boot_leaves_out_is_as_the_process_was_told(
    sets: Path, body: Any, expected: tuple[int, str, str]
) -> None:
    write_set(sets, "other", about="seed: 3\nclock: 2040-01-01T00:00:00Z")
    described = create_flask(toy_sandboxes(sets, seed=9)).test_client().put("/__admin/sandboxes/one", json=body).json
    assert described is not None
    assert (described["seed"], described["clock"]["now"], described["fixtures"]) == expected


def test_state_of_every_plain_type_is_shown_and_filtered_as_text(client: FlaskClient) -> None:
    client.post("/toy/notes/", json={"title": "5", "due": "2025-05-15T12:00:00Z"})
    notes = "/__admin/sandboxes/default/state/toy/notes"

    def ids(query: str) -> list[int]:
        answer = client.get(f"{notes}?{query}").json
        assert answer is not None
        return [each["id"] for each in answer["entities"]]

    assert ids("id=3") == ids("title=5") == ids("due=2025-05-15T12:00:00Z") == [3]
    assert ids("owner=null") == [3]
    assert ids("owner=ann&code=one") == [1]
