"""The verbs by name, as scenarios and people call them."""

from typing import Any

import pytest
import requests

from mockserver.vendors.youtestme.actions import ACTIONS
from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call

pytestmark = pytest.mark.boot(fixtures="demo", clock="2025-06-01T10:00:00Z")


def attempt(sandbox: RemoteSandbox, action: str, **arguments: Any) -> dict[str, Any]:
    return sandbox.action(f"youtestme.{action}", **arguments)


def refused(sandbox: RemoteSandbox, action: str, **arguments: Any) -> requests.Response:
    body = {"action": f"youtestme.{action}", "arguments": arguments}
    return sandbox.http.post(f"{sandbox.admin_url}/actions", json=body, timeout=20)


def test_an_attempt_goes_through_every_action(sandbox: RemoteSandbox) -> None:
    made = attempt(sandbox, "book", user_id=100001, session_id=5001)
    assert made == {
        "id": 100005,
        "number": 1,
        "candidate_id": 100001,
        "test_id": 100001,
        "session_id": 5001,
        "test_version_id": 10001,
        "authorization_id": 100001,
        "status": "not_attempted",
        "started": None,
        "finished": None,
        "points": None,
        "verified": False,
    }
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("mark_absent", {}, "did_not_show_up"),
        ("clear_absent", {}, "not_attempted"),
        ("start", {}, "in_progress"),
        ("disconnect", {}, "disconnected"),
        ("allow_resume", {}, "ready_to_continue"),
        ("resume", {}, "in_progress"),
        ("pause", {}, "ready_to_continue"),
        ("resume", {}, "in_progress"),
        ("submit", {}, "report_incomplete"),
        ("reopen", {}, "ready_to_modify"),
        ("resume", {}, "in_progress"),
        ("submit", {"points": 50}, "finished"),
        ("grade", {"points": 60.5}, "finished"),
        ("verify", {}, "finished"),
        ("suspend", {"remove_authorization": True}, "suspended"),
    ]
    for action, arguments, status in steps:
        made = attempt(sandbox, action, attempt_id=100005, **arguments)
        assert made["status"] == status
    assert (made["points"], made["verified"], made["authorization_id"]) == (60.5, True, None)
    assert (made["started"], made["finished"]) == ("2025-06-01T10:00:00Z", "2025-06-01T10:00:00Z")


def test_a_test_and_a_session_are_made_and_taken(sandbox: RemoteSandbox, call: Call) -> None:
    test = attempt(
        sandbox, "create_test", name="Fire", external_id="cert-fire", max_points=10, pass_percent=70, duration_minutes=5
    )
    assert (test["id"], test["version_id"]) == (100003, 10003)
    session = attempt(
        sandbox,
        "create_session",
        test_id=test["id"],
        name="July",
        opens="2025-07-01T00:00:00+02:00",
        closes="2025-08-01T00:00:00Z",
        seats=2,
        self_enroll=False,
        requires_authorization=True,
    )
    assert (session["id"], session["opens"]) == (5003, "2025-06-30T22:00:00Z")
    assert call("POST", "/authorizations", json={"externalTestId": "cert-fire", "candidateId": 100001}).ok
    assert refused(sandbox, "book", user_id=100001, session_id=5003).status_code == 409
    assert attempt(sandbox, "assign", user_id=100001, session_id=5003)["test_id"] == test["id"]


def test_a_refused_action_says_why_and_changes_nothing(sandbox: RemoteSandbox) -> None:
    before = sandbox.entities("youtestme", "attempts")
    answer = refused(sandbox, "grade", attempt_id=100003, points=40)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Attempt 100003 has been verified, which is final."
    answer = refused(sandbox, "start", attempt_id=100002)
    assert answer.json()["detail"] == "Attempt 100002 is in_progress; this needs not_attempted."
    assert refused(sandbox, "start", attempt_id=5).status_code == 404
    assert sandbox.entities("youtestme", "attempts") == before


@pytest.mark.parametrize(
    ("action", "arguments", "field"),
    [
        ("create_test", {}, "name"),
        ("create_test", {"name": "x", "max_points": 0}, "max_points"),
        ("create_test", {"name": "x", "pass_percent": 101}, "pass_percent"),
        ("create_test", {"name": "x", "external_id": "cert-safety"}, "external_id"),
        ("create_session", {"test_id": 100001, "seats": -1}, "seats"),
        ("create_session", {"test_id": 100001, "opens": "tomorrow"}, "opens"),
        ("book", {"user_id": "100001", "session_id": 5001}, "user_id"),
        ("submit", {"attempt_id": 100002, "points": "60"}, "points"),
        ("submit", {"attempt_id": 100002, "point": 60}, "point"),
        ("suspend", {"attempt_id": 100002, "remove_authorization": "yes"}, "remove_authorization"),
        ("move_user", {"user_id": 100001, "status": "XXX"}, "status"),
    ],
)
def test_wrong_arguments_are_named(sandbox: RemoteSandbox, action: str, arguments: dict[str, Any], field: str) -> None:
    answer = refused(sandbox, action, **arguments)
    assert answer.status_code in {400, 409}
    assert list(answer.json()["errors"]) == [field]


def test_an_account_is_moved(sandbox: RemoteSandbox, call: Call) -> None:
    assert attempt(sandbox, "move_user", user_id=100001, status="LCK")["status"] == "LCK"
    assert call("GET", "/users/100001").json()["status"] == "LCK"
    answer = refused(sandbox, "move_user", user_id=100001, status="PEN")
    assert answer.status_code == 409
    assert "possible: ACT, DEL, INA, SUS" in answer.json()["detail"]


def test_every_action_says_what_it_is() -> None:
    assert all(each.says.endswith(".") for each in ACTIONS)
    assert len({each.name for each in ACTIONS}) == len(ACTIONS)
