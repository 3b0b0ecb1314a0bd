"""The reference client of SmarterProctoring against the mock, with what goes wrong on the way."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from contract_tests.clients.calling import CallFailed, Refused, Unavailable, Unreadable
from contract_tests.clients.receiving import Receiver
from contract_tests.clients.smarterproctoring import SmarterProctoring, code_of
from contract_tests.clients.smarterproctoring_webhook import StatusChanges
from tests.server import RemoteSandbox

FROZEN = "2025-06-15T10:00:00Z"
AT = datetime(2025, 6, 15, 14, tzinfo=UTC)
INSTALL = "AIa1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
TOKEN = "fake-smarterproctoring-token"
UNKNOWN = "ES00000000000000000000000000000000"
COURSE = {"ids": {"external": "acme"}, "title": "Acme", "code": "A-1"}
USER = {"ids": {"external": "u-1"}, "firstName": "Tom", "lastName": "Palmer", "email": "tom@people.example"}
EXAM = {
    "ids": {"external": "geo-1"},
    "title": "Geography",
    "configuration": {
        "url": "https://exams.example/geo-1",
        "access": {"open": "2025-01-01T00:00:00Z", "close": "2025-12-31T23:59:59Z"},
        "duration": 60,
        "password": "fake-exam-password",
        "proctorTypes": {"TS4b894875d26194988853e490dfb9bc41": {}},
    },
}
LOST = [{"kind": "lost_response"}, {"kind": "truncated"}, {"kind": "status", "at": "after"}]
NOT_DONE = [{"kind": "status", "status": 503}, {"kind": "reset", "at": "before"}]
pytestmark = pytest.mark.boot(fixtures="empty", clock=FROZEN)


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def client(sandbox: RemoteSandbox, waited: list[float]) -> SmarterProctoring:
    """A client that waits by moving the sandbox's clock."""

    def wait(seconds: float) -> None:
        waited.append(seconds)
        sandbox.advance(f"{seconds}s")

    return SmarterProctoring(sandbox.url("/smarterproctoring"), TOKEN, INSTALL, wait=wait, timeout=5)


@pytest.fixture
def session(client: SmarterProctoring) -> tuple[str, str]:
    """Exam and session of Tom, who is assigned and has no appointment."""
    sids = client.provision(COURSE, USER, EXAM)
    client.assign(sids["course"], sids["exam"], [sids["enrollment"]])
    [found] = client.sessions(sids["enrollment"], sids["exam"])
    return sids["exam"], found["sid"]


@pytest.fixture
def appointment(client: SmarterProctoring, session: tuple[str, str]) -> tuple[str, str]:
    client.schedule(*session, AT)
    return session


@pytest.fixture
def changes() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def receiver(client: SmarterProctoring, changes: list[tuple[str, str]]) -> Iterator[Receiver]:
    inlet = StatusChanges(TOKEN, client.status, on_change=lambda *change: changes.append(change))
    with Receiver({"/status": inlet}) as running:
        yield running


def fault(sandbox: RemoteSandbox, operation: str, **rule: Any) -> None:
    rule = {"status": 503, **rule} if rule["kind"] == "status" else rule
    sandbox.admin("POST", "/faults", json={"operation": f"smarterproctoring.{operation}", "times": 1, **rule})


def calls(sandbox: RemoteSandbox, *operations: str) -> list[str]:
    """Return which operations were called, of these or of all, in their order."""
    called = [each["operation"].partition(".")[2] for each in sandbox.journal() if each["direction"] == "in"]
    return [each for each in called if not operations or each in operations]


def count(sandbox: RemoteSandbox, *kinds: str) -> Sequence[int]:
    return [len(sandbox.entities("smarterproctoring", kind)) for kind in kinds]


def test_the_documented_order_leads_to_onboarding(client: SmarterProctoring, sandbox: RemoteSandbox) -> None:
    booked = client.book(COURSE, USER, EXAM, AT, externalAppointmentId="order-1")
    assert (booked["status"], booked["appointmentDate"]) == ("Scheduled", "2025-06-15T14:00:00.000Z")
    assert booked["externalAppointmentId"] == "order-1"
    sids = client.sids["acme", "u-1", "geo-1"]
    page = requests.get(client.onboarding_url(sids["exam"], booked["sid"]), timeout=20)
    assert (page.status_code, "Geography" in page.text) == (200, True)
    assert calls(sandbox)[:6] == [
        "provision",
        "update_course_exam_assignments",
        "list_enrollment_exam_sessions",
        "get_exam_session",
        "schedule_exam_session",
        "get_onboarding_url",
    ]


def test_booking_again_is_the_same_appointment(client: SmarterProctoring, sandbox: RemoteSandbox) -> None:
    first, second = (client.book(COURSE, USER, EXAM, AT) for _ in range(2))
    assert first["sid"] == second["sid"]
    assert count(sandbox, "courses", "users", "exams", "enrollments", "sessions") == [1, 1, 1, 1, 1]
    assert calls(sandbox, "schedule_exam_session") == ["schedule_exam_session"]


@pytest.mark.parametrize("rule", [*LOST, *NOT_DONE], ids=str)
def test_whatever_befalls_provisioning_makes_nothing_twice(
    rule: dict[str, Any], client: SmarterProctoring, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "provision", **rule)
    sids = client.provision(COURSE, USER, EXAM)
    [exam] = sandbox.entities("smarterproctoring", "exams")
    assert (exam["sid"], exam["limited_scope"]) == (sids["exam"], True)
    assert count(sandbox, "courses", "users", "enrollments", "sessions") == [1, 1, 1, 0]
    assert client.sids == {("acme", "u-1", "geo-1"): sids}


@pytest.mark.parametrize("body", [{}, {"course": {}}, {"course": None}], ids=str)
def test_a_sid_that_does_not_come_is_not_made_up(
    body: dict[str, Any], client: SmarterProctoring, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "provision", kind="status", status=200, body=body)
    with pytest.raises(Unreadable, match="no SID"):
        client.provision(COURSE, USER, EXAM)
    assert client.sids == {}


def test_without_an_assignment_there_is_no_session(client: SmarterProctoring) -> None:
    sids = client.provision(COURSE, USER, EXAM)
    assert client.sessions(sids["enrollment"], sids["exam"]) == []


def test_a_lost_answer_to_assigning_opens_one_session(client: SmarterProctoring, sandbox: RemoteSandbox) -> None:
    fault(sandbox, "update_course_exam_assignments", kind="lost_response")
    client.book(COURSE, USER, EXAM, AT)
    assert count(sandbox, "sessions") == [1]


@pytest.mark.parametrize("rule", [*LOST, {"kind": "malformed_json"}], ids=str)
def test_a_lost_answer_to_scheduling_is_looked_up(
    rule: dict[str, Any], client: SmarterProctoring, sandbox: RemoteSandbox, session: tuple[str, str]
) -> None:
    fault(sandbox, "schedule_exam_session", **rule)
    assert client.schedule(*session, AT)["status"] == "Scheduled"
    assert calls(sandbox, "schedule_exam_session") == ["schedule_exam_session"]


@pytest.mark.parametrize("rule", NOT_DONE, ids=str)
def test_what_was_not_scheduled_is_scheduled_at_the_second_attempt(
    rule: dict[str, Any],
    client: SmarterProctoring,
    sandbox: RemoteSandbox,
    session: tuple[str, str],
    waited: list[float],
) -> None:
    fault(sandbox, "schedule_exam_session", **rule)
    assert client.schedule(*session, AT)["status"] == "Scheduled"
    assert calls(sandbox, "get_exam_session", "schedule_exam_session") == [
        "get_exam_session",
        "schedule_exam_session",
        "get_exam_session",
        "schedule_exam_session",
    ]
    assert waited == [0.5]


def test_a_session_with_another_appointment_is_left_alone(
    client: SmarterProctoring, sandbox: RemoteSandbox, appointment: tuple[str, str]
) -> None:
    with pytest.raises(CallFailed, match="another appointment, at 2025-06-15T14"):
        client.schedule(*appointment, AT.replace(hour=16))
    assert calls(sandbox, "schedule_exam_session") == ["schedule_exam_session"]


def test_a_limit_is_waited_out(client: SmarterProctoring, sandbox: RemoteSandbox, waited: list[float]) -> None:
    fault(sandbox, "provision", kind="rate_limit", quota=0, window="40s")
    sandbox.advance("10s")
    client.provision(COURSE, USER, EXAM)
    assert waited == [30.0]
    assert calls(sandbox) == ["provision", "provision"]


@pytest.mark.parametrize("seconds", [1, 90])
def test_a_pause_that_the_vendor_names_is_kept_before_scheduling_again(
    seconds: int, client: SmarterProctoring, sandbox: RemoteSandbox, session: tuple[str, str], waited: list[float]
) -> None:
    fault(sandbox, "schedule_exam_session", kind="status", headers={"Retry-After": str(seconds)})
    client.schedule(*session, AT)
    assert waited == [seconds]
    assert calls(sandbox, "schedule_exam_session") == ["schedule_exam_session"] * 2


def test_a_vendor_that_is_away_for_long_is_given_up(
    client: SmarterProctoring, sandbox: RemoteSandbox, session: tuple[str, str], waited: list[float]
) -> None:
    fault(sandbox, "get_exam_session", kind="status", times=9)
    with pytest.raises(Unavailable) as raised:
        client.schedule(*session, AT)
    assert (raised.value.status, waited) == (503, [0.5, 1.0, 2.0])
    assert calls(sandbox, "schedule_exam_session") == []


def test_refusals_have_the_documented_codes_and_are_not_repeated(
    client: SmarterProctoring, sandbox: RemoteSandbox, session: tuple[str, str], waited: list[float]
) -> None:
    exam_sid, session_sid = session
    with pytest.raises(Refused) as raised:
        client.schedule(exam_sid, session_sid, AT.replace(year=2030))
    assert (raised.value.status, code_of(raised.value)) == (400, "INVALIDINPUT")
    with pytest.raises(Refused) as raised:
        client.session(exam_sid, UNKNOWN)
    assert (raised.value.status, code_of(raised.value)) == (404, "RESOURCENOTFOUND")
    sandbox.action("smarterproctoring.expire_token", token_id="default")
    with pytest.raises(Refused) as raised:
        client.status(session_sid)
    assert (raised.value.status, code_of(raised.value)) == (403, "AUTHENTICATIONFAILED")
    assert waited == []
    assert len(calls(sandbox, "schedule_exam_session", "get_session_status")) == 2


def test_an_answer_of_something_in_between_has_no_code() -> None:
    assert code_of(Refused("GET /", 403, "<html>")) == ""


def test_an_appointment_is_moved_and_cancelled_though_answers_are_lost(
    client: SmarterProctoring, sandbox: RemoteSandbox, appointment: tuple[str, str]
) -> None:
    fault(sandbox, "reschedule_exam_session", kind="lost_response")
    assert client.reschedule(*appointment, AT.replace(hour=16))["appointmentDate"] == "2025-06-15T16:00:00.000Z"
    fault(sandbox, "cancel_exam_session", kind="lost_response")
    client.cancel(*appointment, "Ill.")
    assert client.session(*appointment)["status"] == "Cancelled"
    assert count(sandbox, "sessions") == [2]


def test_what_cannot_be_cancelled_is_refused(client: SmarterProctoring, session: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="Needs Proctor"):
        client.cancel(*session, "Ill.")


@pytest.mark.boot(fixtures="empty", clock=FROZEN, settings={"smarterproctoring": {"default_limit": 1}})
def test_all_pages_are_read(client: SmarterProctoring, sandbox: RemoteSandbox) -> None:
    for _ in range(2):
        booked = client.book(COURSE, USER, EXAM, AT)
        client.cancel(client.sids["acme", "u-1", "geo-1"]["exam"], booked["sid"], "Ill.")
    sids = client.sids["acme", "u-1", "geo-1"]
    found = client.sessions(sids["enrollment"], sids["exam"])
    assert [each["status"] for each in found] == ["Cancelled", "Cancelled", "Needs Proctor"]
    report = {
        "subject": "Noise",
        "status": "Open",
        "eventTime": FROZEN,
        **dict.fromkeys(("directWitness", "contactPerson", "contactPhone"), "Pat"),
        "contactEmail": "pat@people.example",
        "draft": False,
    }
    path = f"/smarterproctoring/v1/installs/{INSTALL}/exams/{sids['exam']}/sessions/{booked['sid']}/events"
    for _ in range(3):
        assert sandbox.post(path, json=report, headers={"token": TOKEN}).ok
    assert [each["subject"] for each in client.events(sids["exam"], booked["sid"])] == ["Noise"] * 3


def test_pages_of_another_host_are_asked_for_here_and_circles_are_left(
    client: SmarterProctoring, sandbox: RemoteSandbox, session: tuple[str, str], receiver: Receiver
) -> None:
    page = {"results": [], "next": f"{receiver.url}/pages?offset=1"}
    body = {"status": 200, "body": page, "headers": {"Content-Type": "application/json"}}
    fault(sandbox, "list_session_events", kind="status", **{**body, "times": 2})
    with pytest.raises(Unreadable, match="circle"):
        client.events(*session)
    assert receiver.statuses == []


def test_a_used_onboarding_link_is_asked_for_anew(client: SmarterProctoring, appointment: tuple[str, str]) -> None:
    first = client.onboarding_url(*appointment)
    opened = [requests.get(first, timeout=20).status_code for _ in range(2)]
    second = client.onboarding_url(*appointment)
    assert opened == [200, 410]
    assert first != second
    assert requests.get(second, timeout=20).status_code == 200


def test_a_lost_onboarding_link_is_not_asked_for_behind_the_candidates_back(
    client: SmarterProctoring, sandbox: RemoteSandbox, appointment: tuple[str, str], waited: list[float]
) -> None:
    fault(sandbox, "get_onboarding_url", kind="lost_response")
    with pytest.raises(Unavailable):
        client.onboarding_url(*appointment)
    assert calls(sandbox, "get_onboarding_url") == ["get_onboarding_url"]
    assert requests.get(client.onboarding_url(*appointment), timeout=20).status_code == 200
    assert waited == []


def test_a_status_is_waited_for_in_the_sandboxs_time(
    client: SmarterProctoring, sandbox: RemoteSandbox, appointment: tuple[str, str], waited: list[float]
) -> None:
    sandbox.freeze("2025-06-15T14:00:00Z")
    sandbox.action("smarterproctoring.begin", session_sid=appointment[1])
    assert client.wait_for_status(appointment[1], ["Processing", "Incident"], every=1800) == "Processing"
    assert waited == [1800, 1800]


def test_a_session_that_is_over_is_not_waited_for(
    client: SmarterProctoring, appointment: tuple[str, str], waited: list[float]
) -> None:
    client.cancel(*appointment, "Ill.")
    assert client.wait_for_status(appointment[1], ["Processing"]) == "Cancelled"
    assert waited == []


def test_waiting_ends(client: SmarterProctoring, appointment: tuple[str, str], waited: list[float]) -> None:
    with pytest.raises(TimeoutError, match="still Scheduled"):
        client.wait_for_status(appointment[1], ["Closed"], every=30, within=90)
    assert waited == [30, 30, 30]


def test_a_status_that_is_told_is_read_once_or_twice_and_noted_once(
    client: SmarterProctoring,
    sandbox: RemoteSandbox,
    session: tuple[str, str],
    receiver: Receiver,
    changes: list[tuple[str, str]],
) -> None:
    hook = {"status_webhook_url": f"{receiver.url}/status", "status_webhook_spelling": "sample"}
    sandbox.settings(smarterproctoring=hook)
    fault(sandbox, "session_status_change", kind="duplicate", copies=2)
    client.schedule(*session, AT)
    sandbox.advance("0s")
    assert receiver.wait_for(3) == [200, 200, 200]
    client.cancel(*session, "Ill.")
    sandbox.advance("0s")
    assert receiver.wait_for(4) == [200, 200, 200, 200]
    assert changes == [(session[1], "Scheduled"), (session[1], "Cancelled")]


def test_a_forged_status_is_refused_and_the_genuine_retry_taken(
    client: SmarterProctoring,
    sandbox: RemoteSandbox,
    session: tuple[str, str],
    receiver: Receiver,
    changes: list[tuple[str, str]],
) -> None:
    sandbox.settings(smarterproctoring={"status_webhook_url": f"{receiver.url}/status"})
    fault(sandbox, "session_status_change", kind="bad_signature", attempts=1)
    client.schedule(*session, AT)
    sandbox.advance("0s")
    assert (receiver.wait_for(1), changes) == ([401], [])
    sandbox.advance("30s")
    assert receiver.wait_for(2) == [401, 200]
    assert changes == [(session[1], "Scheduled")]


@pytest.mark.parametrize(
    ("token", "body", "status"),
    [
        (None, b'{"session_id": "ES1"}', 401),
        ("é", b'{"session_id": "ES1"}', 401),
        (TOKEN, b"{}", 400),
        (TOKEN, b"[", 400),
    ],
)
def test_what_is_no_change_of_status_is_refused(
    token: str | None, body: bytes, status: int, receiver: Receiver
) -> None:
    headers = {} if token is None else {"token": token.encode("latin-1")}
    assert requests.post(f"{receiver.url}/status", data=body, headers=headers, timeout=20).status_code == status
    assert receiver.failures == []
