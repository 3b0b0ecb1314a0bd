"""A session that moves on at the pace of the reads that show it, or of time."""

from typing import Any

import pytest

from tests.server import RemoteSandbox

from .conftest import CONFIGURATION, EXAM, REVIEWED, V1, Call, Make

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-06-15T13:50:00Z")


def pace(sandbox: RemoteSandbox, operation: str, **how: Any) -> None:
    sandbox.admin("PUT", f"/progressions/smarterproctoring.{operation}", json=how)


def seen(call: Call, path: str, reads: int) -> list[str]:
    return [call("GET", path).json()["status"] for _ in range(reads)]


@pytest.mark.parametrize("operation", ["get_exam_session", "get_session_status"])
def test_every_read_moves_a_session_on_from_its_appointment(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make, operation: str
) -> None:
    session = make_appointment()
    path = session["path"] if operation == "get_exam_session" else f"/v1/sessions/{session['sid']}/status"
    pace(sandbox, operation, mode="polls", count=1)
    assert seen(call, path, 3) == ["Scheduled"] * 3
    sandbox.advance("10m")
    assert seen(call, path, 5) == ["Scheduled", "In Progress", "Processing", "Closed", "Closed"]
    assert call("GET", session["path"]).json()["statusReason"] == "exam-completed"


def test_a_list_is_a_read_of_what_is_on_its_page(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    listed = f"{V1}/enrollments/{session['enrollmentSid']}/exams/{session['examSid']}/sessions"
    pace(sandbox, "list_enrollment_exam_sessions", mode="polls", count=1)
    sandbox.advance("10m")
    for unseen in (listed, f"{listed}?includeActive=true&offset=1", f"{listed}?includeActive=true&limit=0"):
        assert call("GET", unseen).json()["results"] == []
    shown = [call("GET", f"{listed}?includeActive=true").json()["results"] for _ in range(3)]
    assert [each["status"] for [each] in shown] == ["Scheduled", "In Progress", "Processing"]


def test_a_session_that_wants_a_review_has_one_before_it_is_closed(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make
) -> None:
    session = make_appointment(exam={**EXAM, "configuration": {**CONFIGURATION, "proctorTypes": {REVIEWED: {}}}})
    pace(sandbox, "get_exam_session", mode="after", duration="5m")
    fired = [each["action"].partition(".")[2] for each in sandbox.advance("1d")["fired"]]
    assert fired == ["begin", "end", "review", "close"]
    closed = call("GET", session["path"]).json()
    assert (closed["inProgressDate"], closed["reviewCompletedDate"], closed["status"]) == (
        "2025-06-15T14:05:00.000Z",
        "2025-06-15T14:15:00.000Z",
        "Closed",
    )


def test_an_exam_whose_time_is_up_moves_on_from_there(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make
) -> None:
    session = make_appointment()
    sandbox.action("smarterproctoring.begin", session_sid=session["sid"])
    pace(sandbox, "get_exam_session", mode="after", duration="3h")
    fired = [each["action"].partition(".")[2] for each in sandbox.advance("1d")["fired"]]
    assert fired == ["end_overdue", "close"]
    assert call("GET", session["path"]).json()["status"] == "Closed"


def test_what_waits_for_people_stays_where_it_is(
    sandbox: RemoteSandbox, call: Call, make_session: Make, make_appointment: Make
) -> None:
    pace(sandbox, "get_exam_session", mode="polls", count=1)
    needs = make_session()
    assert seen(call, needs["path"], 3) == ["Needs Proctor"] * 3
    sandbox.settings(smarterproctoring={"require_approval": True})
    pending = make_appointment()
    sandbox.advance("10m")
    assert seen(call, pending["path"], 3) == ["Pending Approval"] * 3


def test_a_missed_appointment_stays_where_it_is(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    sandbox.advance("1d")
    for mode in ({"mode": "polls", "count": 1}, {"mode": "after", "duration": "1m"}):
        pace(sandbox, "get_exam_session", **mode)
        assert seen(call, session["path"], 3) == ["Scheduled"] * 3
        assert sandbox.advance("1d")["fired"] == []
