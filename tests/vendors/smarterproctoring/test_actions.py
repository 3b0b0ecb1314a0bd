"""What people do without an API."""

from typing import Any

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import CONFIGURATION, EXAM, REVIEWED, Call, Make, sid

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-06-15T14:00:00Z")


def attempt(sandbox: RemoteSandbox, action: str, **arguments: Any) -> requests.Response:
    body = {"action": f"smarterproctoring.{action}", "arguments": arguments}
    return sandbox.http.post(f"{sandbox.admin_url}/actions", json=body, timeout=20)


def do(sandbox: RemoteSandbox, session: str, *actions: str) -> list[str]:
    """Carry out actions and return the status after each."""
    return [sandbox.action(f"smarterproctoring.{each}", session_sid=session)["status"] for each in actions]


def test_a_session_is_taken_from_start_to_end(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    sandbox.action("smarterproctoring.open_onboarding", session_sid=session["sid"])
    for step in ("system-check", "identity", "room-scan"):
        sandbox.action("smarterproctoring.pass_onboarding_step", session_sid=session["sid"], step=step)
    assert do(sandbox, session["sid"], "begin", "end", "close") == ["In Progress", "Processing", "Closed"]
    closed = call("GET", session["path"]).json()
    assert (closed["statusReason"], closed["systemCheckStartDate"]) == ("exam-completed", "2025-06-15T14:00:00.000Z")


def test_an_incident_is_closed_with_its_reason(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    do(sandbox, session["sid"], "begin")
    sandbox.action("smarterproctoring.report_incident", session_sid=session["sid"], reason="Second person.")
    stopped = call("GET", session["path"]).json()
    assert (stopped["status"], stopped["statusReason"]) == ("Incident", "Second person.")
    closed = sandbox.action("smarterproctoring.close", session_sid=session["sid"], reason="technical-issue")
    assert (closed["status"], closed["status_reason"]) == ("Closed", "technical-issue")


def test_a_session_with_review_is_reviewed_once(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    exam = {**EXAM, "configuration": {**CONFIGURATION, "proctorTypes": {REVIEWED: {"options": {"roomScan": {}}}}}}
    session = make_appointment(exam=exam)
    assert (session["reviewRequired"], session["modalityOptions"]) == (True, {"roomScan": {}})
    assert attempt(sandbox, "review", session_sid=session["sid"]).status_code == 409
    do(sandbox, session["sid"], "begin", "end", "review")
    reviewed = call("GET", session["path"]).json()
    assert (reviewed["reviewed"], reviewed["reviewCompletedDate"]) == (True, "2025-06-15T14:00:00.000Z")
    assert attempt(sandbox, "review", session_sid=session["sid"]).status_code == 409


def test_a_session_without_review_is_not_reviewed(sandbox: RemoteSandbox, make_appointment: Make) -> None:
    session = make_appointment()
    do(sandbox, session["sid"], "begin", "end")
    assert attempt(sandbox, "review", session_sid=session["sid"]).status_code == 409


@pytest.mark.parametrize("action", ["approve", "deny", "end", "report_incident", "close", "review"])
def test_an_action_out_of_turn_is_refused_with_the_reason(
    sandbox: RemoteSandbox, make_appointment: Make, action: str
) -> None:
    refused = attempt(sandbox, action, session_sid=make_appointment()["sid"])
    assert refused.status_code == 409
    assert "is Scheduled" in refused.json()["detail"]


@pytest.mark.parametrize("action", ["begin", "open_onboarding"])
def test_a_session_without_an_appointment_is_not_entered(
    sandbox: RemoteSandbox, make_session: Make, action: str
) -> None:
    refused = attempt(sandbox, action, session_sid=make_session()["sid"])
    assert refused.status_code == 409
    assert "is Needs Proctor" in refused.json()["detail"]


def test_approval_of_an_exam_is_switched_on_and_off(sandbox: RemoteSandbox, make_session: Make) -> None:
    exam = make_session()["made"]["exam"]["sid"]
    for required in (True, False):
        made = sandbox.action("smarterproctoring.require_approval", exam_sid=exam, required=required)
        assert made["require_approval"] is required


@pytest.mark.parametrize(
    ("action", "arguments", "status"),
    [
        ("begin", {}, 400),
        ("begin", {"session_sid": 1}, 400),
        ("begin", {"session_sid": sid("ES", 99)}, 404),
        ("require_approval", {"exam_sid": "x"}, 404),
        ("close", {"session_sid": "x", "reason": "y"}, 400),
        ("pass_onboarding_step", {"session_sid": "x", "step": "y"}, 400),
        ("expire_token", {"token_id": "x"}, 404),
        ("revoke_token", {"token_id": "x"}, 404),
    ],
)
def test_wrong_arguments_are_refused(
    sandbox: RemoteSandbox, action: str, arguments: dict[str, Any], status: int
) -> None:
    assert attempt(sandbox, action, **arguments).status_code == status
