"""The admin API of faults: what it lists, makes, refuses and forgets."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.core.errors import BadRequest
from mockserver.core.faults.rules import MOST_RULES
from mockserver.core.sandbox import DEFAULT, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.snapshot import take_snapshot
from tests.core.faulty import read, rule, statuses

RULES = "/__admin/sandboxes/default/faults"
OUTAGE = {"operation": "toy.*", "kind": "status", "status": 503, "times": 2, "until": "5m"}


def problem(answer: TestResponse) -> tuple[int, list[str]]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json is not None
    return answer.status_code, list(answer.json.get("errors", {}))


def test_a_rule_is_made_shown_listed_and_forgotten(client: FlaskClient) -> None:
    made = client.post(RULES, json=OUTAGE)
    assert made.status_code == 201
    assert made.json == {
        "number": 1,
        "operation": "toy.*",
        "kind": "status",
        "status": 503,
        "body": None,
        "headers": {},
        "at": "before",
        "skip": 0,
        "times": 2,
        "probability": 1.0,
        "until": "2025-05-15T10:05:00Z",
        "created": "2025-05-15T10:00:00Z",
        "matches": 0,
        "strikes": 0,
        "ended": None,
    }
    assert client.get(made.headers["Location"]).json == made.json
    assert client.get(RULES).json == [made.json]
    assert client.get("/toy/notes/1").status_code == 503
    shown = client.get(f"{RULES}/1").json
    assert shown is not None
    assert (shown["matches"], shown["strikes"], shown["ended"]) == (1, 1, None)
    assert client.delete(f"{RULES}/1").status_code == 204
    assert problem(client.get(f"{RULES}/1")) == (404, ["number"])
    assert problem(client.delete(f"{RULES}/1")) == (404, ["number"])


def test_a_rule_that_ended_is_shown_as_ended(client: FlaskClient, local: Sandbox) -> None:
    client.post(RULES, json=OUTAGE)
    client.post(RULES, json={"kind": "delay", "seconds": 1, "until": "2025-05-15T10:00:01Z"})
    assert statuses(local, 3) == [503, 503, 200]
    client.post("/__admin/sandboxes/default/clock", json={"advance": "1s"})
    rules = client.get(RULES).json
    assert rules is not None
    assert [(each["ended"], each["strikes"]) for each in rules] == [("times", 2), ("until", 1)]


def test_all_rules_are_forgotten_and_numbers_go_on(client: FlaskClient) -> None:
    for _ in range(3):
        client.post(RULES, json={"kind": "empty"})
    assert client.delete(RULES).json == {"deleted": 3}
    assert client.get(RULES).json == []
    assert client.post(RULES, json={"kind": "empty"}).json["number"] == 4  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "statsu"}, "kind"),
        ({"kind": "status", "status": 503, "colour": "red"}, "colour"),
        ({"kind": "status", "status": 503, "number": 5}, "number"),
        ({"kind": "status", "status": 503, "operation": "toy.read_nothing"}, "operation"),
        ([], "body"),
        ("status", "body"),
    ],
)
def test_a_wrong_rule_is_refused_by_field(client: FlaskClient, body: Any, field: str) -> None:
    assert problem(client.post(RULES, json=body)) == (400, [field])
    assert client.get(RULES).json == []


def test_there_is_a_most(client: FlaskClient, local: Sandbox) -> None:
    for _ in range(MOST_RULES):
        rule(local, "empty", operation="toy.fail")
    assert problem(client.post(RULES, json=OUTAGE)) == (507, [])


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_looking_at_a_sandbox_does_not_create_it(client: FlaskClient, method: str) -> None:
    answer = client.open("/__admin/sandboxes/nobody/faults", method=method, json=OUTAGE)
    assert problem(answer) == (404, ["sandbox"])


def test_the_catalogue_lists_kinds_with_their_settings(client: FlaskClient) -> None:
    listed = client.get("/__admin/faults").json
    assert listed is not None
    by_kind = {each["kind"]: each for each in listed}
    assert len(by_kind) == len(listed) >= 18
    assert by_kind["hang"]["at"] == ["before", "after"]
    assert by_kind["hang"]["settings"]["seconds"]["maximum"] == 300
    assert by_kind["status"]["settings"]["status"]["required"] is True
    assert by_kind["bad_signature"]["at"] == ["event"]


def test_rules_come_back_with_a_snapshot_and_go_on_alike(sandboxes: Sandboxes, local: Sandbox) -> None:
    rule(local, "status", status=503, probability=0.5)
    rule(local, "rate_limit", quota=3)
    statuses(local, 5)
    snapshot = take_snapshot(local)
    expected = statuses(local, 20)
    restored, _ = sandboxes.restore(DEFAULT, snapshot)
    assert statuses(restored, 20) == expected
    assert len(set(expected)) > 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "nothing"},
        {"at": "event"},
        {"at": "during"},
        {"settings": {}},
        {"settings": {"status": 9}},
        {"settings": {"status": 503, "x": 1}},
        {"created": "2025-05-15T10:00:00"},
    ],
)
def test_a_rule_in_a_snapshot_that_is_none_is_refused(
    sandboxes: Sandboxes, local: Sandbox, change: dict[str, Any]
) -> None:
    rule(local, "status", status=503)
    snapshot = take_snapshot(local)
    snapshot["sandbox"]["faults"][0].update(change)
    with pytest.raises(BadRequest, match=r"sandbox\.faults\[0\]"):
        sandboxes.restore(DEFAULT, snapshot)
    assert read(sandboxes.get(DEFAULT)).status == 503
