"""The admin API over the toy vendor: what no real vendor does on purpose."""

import logging
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.core.actions import act
from mockserver.core.sandbox import Sandbox
from mockserver.fronts.flask import create_flask
from tests.receiver import Receiver
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


def test_secrets_do_not_show_in_what_waits_was_sent_and_was_received(client: FlaskClient, local: Sandbox) -> None:
    before = client.get("/__admin/sandboxes/default/snapshot").json
    local.change_settings({"toy": {"hook": "http://127.0.0.1:9/hook?secret=hidden-1"}})
    entry = {"action": "toy.write", "arguments": {"title": "new", "secret": "hidden-2"}, "after": "1m"}
    client.post("/__admin/sandboxes/default/agenda", json=entry)
    headers = {"Authorization": "hidden-3"}
    client.post("/__admin/sandboxes/default/inbox/i?secret=hidden-4", json={"secret": "hidden-5"}, headers=headers)
    moved = client.post("/__admin/sandboxes/default/clock", json={"advance": "1m"})
    assert [each.get("agenda") for each in moved.get_json()["fired"]] == [1, None]
    listings = [client.get(f"/__admin/sandboxes/default/{each}") for each in ("agenda", "outbox", "inboxes/i")]
    compared = client.post("/__admin/sandboxes/default/differences", json=before)
    assert {"deliveries", "received"} <= {each["collection"] for each in compared.get_json()["differences"]}
    for answer in (moved, *listings, compared):
        assert "***" in answer.text
        assert "hidden" not in answer.text
        assert b64encode(b'{"secret":').decode()[:12] not in answer.text


def test_a_captured_secret_does_not_show(client: FlaskClient) -> None:
    capture = {"kept": "request.body.secret", "shown": "request.body.title"}
    document = {
        "title": "t",
        "vendors": ["toy"],
        "fixtures": "plain",
        "clock": "2025-05-15T10:00:00Z",
        "steps": [{"when": "toy.write_note", "capture": capture}],
        "expect": {"unmatched": "none"},
    }
    assert client.post("/__admin/sandboxes/default/run", json={"document": document}).status_code == 201
    client.post("/toy/notes/", json={"title": "new", "secret": "hidden"})
    assert client.get("/__admin/sandboxes/default/run").get_json()["captured"] == {"kept": "***", "shown": "new"}


def test_a_fork_sends_what_it_owes_too(client: FlaskClient, local: Sandbox, receiver: Receiver) -> None:
    local.change_settings({"toy": {"hook": receiver.url}})
    act(local, "toy.write", {"title": "owed"})
    client.post("/__admin/sandboxes/default/forks", json={"name": "copy"}, buffered=True).close()
    receiver.wait(2)


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Connection"])
def test_an_inbox_cannot_break_its_own_answers(client: FlaskClient, name: str) -> None:
    told = {"headers": {name: "chunked"}, "body": "abc"}
    refused = client.put("/__admin/sandboxes/default/inboxes/i", json=told)
    assert refused.status_code == 400
    assert refused.get_json()["errors"] == {f"headers.{name}": ["The server frames the answer by itself."]}
