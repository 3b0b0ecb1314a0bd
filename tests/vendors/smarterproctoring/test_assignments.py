"""Assignments, in the guide's shape and the two of the reference."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import (
    CONFIGURATION,
    COURSE,
    EXAM,
    USER,
    V1,
    Call,
    Data,
    Make,
    invalid,
    refusal,
)

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")


def paths(made: Data) -> dict[str, str]:
    course, exam = made["course"]["sid"], made["exam"]["sid"]
    return {
        "guide": f"{V1}/courses/{course}/exams/{exam}/assignments",
        "list": f"{V1}/exams/{exam}/assignment",
        "scope": f"{V1}/exams/{exam}/assignments",
    }


def bodies(verb: str, enrollment: str) -> dict[str, Data]:
    return {
        "guide": {verb: [{"enrollmentSid": enrollment}]},
        "list": {"removed" if verb == "remove" else "added": [enrollment]},
        "scope": {"removed" if verb == "remove" else "added": {"enrollmentSid": [enrollment]}},
    }


def statuses(sandbox: RemoteSandbox) -> list[tuple[str, str | None]]:
    return [(each["status"], each["status_reason"]) for each in sandbox.entities("smarterproctoring", "sessions")]


@pytest.mark.parametrize("shape", ["guide", "list", "scope"])
def test_each_shape_assigns_and_takes_off(sandbox: RemoteSandbox, call: Call, provision: Make, shape: str) -> None:
    made = provision()
    enrollment = made["enrollment"]["sid"]
    answer = call("PUT", paths(made)[shape], json=bodies("add", enrollment)[shape])
    assert (answer.status_code, answer.json()) == (200, "Successful")
    assert statuses(sandbox) == [("Needs Proctor", None)]
    assert call("PUT", paths(made)[shape], json=bodies("remove", enrollment)[shape]).status_code == 200
    assert statuses(sandbox) == [("Cancelled", "removed-by-limited-scope")]


def test_assigning_again_changes_nothing(sandbox: RemoteSandbox, call: Call, make_session: Make) -> None:
    session = make_session()
    body = {"appointmentDateTime": "2025-06-15T14:00:00Z"}
    assert call("POST", session["path"], json=body).status_code == 200
    make_session()
    assert statuses(sandbox) == [("Scheduled", None)]


def test_taking_off_cancels_whatever_is_active(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    enrollment = session["enrollmentSid"]
    assert call("PUT", paths(session["made"])["guide"], json=bodies("remove", enrollment)["guide"]).ok
    assert statuses(sandbox) == [("Cancelled", "removed-by-limited-scope")]
    assert call("PUT", paths(session["made"])["guide"], json=bodies("add", enrollment)["guide"]).ok
    assert [status for status, _ in statuses(sandbox)] == ["Cancelled", "Needs Proctor"]


@pytest.mark.parametrize(("attempts", "expected"), [(1, ["Closed"]), (2, ["Closed", "Needs Proctor"])])
def test_another_attempt_is_opened_while_some_are_left(
    sandbox: RemoteSandbox, make_appointment: Make, make_session: Make, attempts: int, expected: list[str]
) -> None:
    exam = {**EXAM, "configuration": {**CONFIGURATION, "attempts": attempts}}
    session = make_appointment(exam=exam)
    sandbox.freeze("2025-06-15T14:00:00Z")
    for verb in ("begin", "end", "close"):
        sandbox.action(f"smarterproctoring.{verb}", session_sid=session["sid"])
    make_session(exam=exam)
    assert [status for status, _ in statuses(sandbox)] == expected


@pytest.mark.parametrize("shape", ["guide", "list", "scope"])
def test_an_unknown_enrollment_changes_nothing(sandbox: RemoteSandbox, call: Call, provision: Make, shape: str) -> None:
    made = provision()
    sids = [made["enrollment"]["sid"], f"EN{'0' * 32}"]
    body: Data = {
        "guide": {"add": [{"enrollmentSid": each} for each in sids]},
        "list": {"added": sids},
        "scope": {"added": {"enrollmentSid": sids}},
    }[shape]
    refusal(call("PUT", paths(made)[shape], json=body), 404, "RESOURCENOTFOUND")
    assert statuses(sandbox) == []


def test_only_learners_of_the_course_can_be_assigned(call: Call, provision: Make) -> None:
    made = provision()
    teacher = provision(user={**USER, "ids": {"external": "t"}}, enrollment={"role": "instructor"})
    stranger = provision(course={**COURSE, "ids": {"external": "other"}}, exam=None)
    for other in (teacher, stranger):
        body = bodies("add", other["enrollment"]["sid"])["guide"]
        assert invalid(call("PUT", paths(made)["guide"], json=body)).startswith("enrollmentSid: ")


def test_nobody_is_both_added_and_removed(call: Call, provision: Make) -> None:
    made = provision()
    one = [{"enrollmentSid": made["enrollment"]["sid"]}]
    assert invalid(call("PUT", paths(made)["guide"], json={"add": one, "remove": one})).startswith("enrollmentSid: ")


def test_the_guides_shape_must_hold_something(call: Call, provision: Make) -> None:
    made = provision()
    for body in ({}, {"added": [made["enrollment"]["sid"]]}):
        assert invalid(call("PUT", paths(made)["guide"], json=body)).startswith("add: ")
    for shape in ("list", "scope"):
        assert call("PUT", paths(made)[shape], json={}).status_code == 200


def test_a_whole_course_can_be_assigned(sandbox: RemoteSandbox, call: Call, provision: Make) -> None:
    made = provision()
    provision(user={**USER, "ids": {"external": "u-2"}})
    provision(user={**USER, "ids": {"external": "t"}}, enrollment={"role": "instructor"})
    body = {"added": {"courseSid": made["course"]["sid"]}}
    assert call("PUT", paths(made)["scope"], json=body).status_code == 200
    assert len(statuses(sandbox)) == 2
    assert call("PUT", paths(made)["scope"], json={"removed": body["added"]}).status_code == 200
    assert {status for status, _ in statuses(sandbox)} == {"Cancelled"}


def test_a_scope_of_another_course_or_of_no_section_is_refused(call: Call, provision: Make) -> None:
    made = provision()
    other = provision(course={**COURSE, "ids": {"external": "other"}}, exam=None)
    body: Data = {"added": {"courseSid": other["course"]["sid"]}}
    assert invalid(call("PUT", paths(made)["scope"], json=body)).startswith("courseSid: ")
    body = {"added": {"sectionSid": [f"CS{'0' * 32}"]}}
    refusal(call("PUT", paths(made)["scope"], json=body), 404, "RESOURCENOTFOUND")


def test_an_exam_of_another_course_is_not_found(call: Call, provision: Make) -> None:
    made = provision()
    other = provision(course={**COURSE, "ids": {"external": "other"}}, exam=None)
    path = paths(made)["guide"].replace(made["course"]["sid"], other["course"]["sid"])
    refusal(call("PUT", path, json=bodies("add", made["enrollment"]["sid"])["guide"]), 404, "RESOURCENOTFOUND")
