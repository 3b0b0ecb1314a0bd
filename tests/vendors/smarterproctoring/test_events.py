"""What SmarterProctoring tells of sessions if a sandbox wants it, and what time does to them by itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from mockserver.core.actions import act
from mockserver.core.agenda import Entry
from mockserver.core.errors import BadRequest
from mockserver.core.sandbox import Sandbox
from mockserver.vendors.smarterproctoring import assignments, proctoring, scheduling
from mockserver.vendors.smarterproctoring.entities import Session
from mockserver.vendors.smarterproctoring.provision import provision as put
from mockserver.vendors.smarterproctoring.state import SmarterProctoring
from mockserver.vendors.smarterproctoring.statuses import Status
from tests.contract.deliveries import delivery_violations
from tests.local import local_sandbox
from tests.receiver import Receiver, Reply
from tests.server import RemoteSandbox

from .conftest import CONFIGURATION, EXAM, INSTALL, TOKEN, Call, Make, sid
from .test_state import GIVEN, START, standing, state_of

HOOK = "http://platform.test/hook"
boot = pytest.mark.boot(fixtures="empty", clock="2025-06-15T14:00:00Z")


@pytest.fixture
def world() -> Sandbox:
    return local_sandbox(clock="2025-06-15T14:00:00Z", settings={"smarterproctoring": {"status_webhook_url": HOOK}})


@pytest.fixture
def state(world: Sandbox) -> SmarterProctoring:
    return state_of(world)


@pytest.fixture
def session(state: SmarterProctoring) -> Session:
    """A session that needs a proctor."""
    put(state, INSTALL, GIVEN)
    [session] = state.sessions
    return session


def told(world: Sandbox) -> list[dict[str, Any]]:
    """Return what was told; each call must be as the contract has it."""
    deliveries = list(world.outbox.deliveries)
    assert {each.url for each in deliveries} <= {HOOK}
    violations = [
        said
        for each in deliveries
        for said in delivery_violations(f"{each.vendor}.{each.event}", each.content_type, each.body)
    ]
    assert violations == []
    return [json.loads(each.body) for each in deliveries]


def waiting(world: Sandbox) -> list[Entry]:
    return list(world.agenda.entries.where(stage="waiting"))


def scheduled(state: SmarterProctoring, session: Session) -> Session:
    return scheduling.schedule(state, session, {"appointment_date": START})


def test_each_change_of_status_is_told(world: Sandbox, state: SmarterProctoring, session: Session) -> None:
    scheduled(state, session)
    proctoring.begin(state, session_sid=session.sid)
    proctoring.end(state, session_sid=session.sid)
    proctoring.close(state, session_sid=session.sid)
    assert [each["status"] for each in told(world)] == ["Scheduled", "In Progress", "Processing", "Closed"]
    assert told(world)[0] == {
        "session_id": session.sid,
        "status": "Scheduled",
        "student_name": "Jane Smith",
        "student_email": "jane@people.example",
        "course_name": "Course",
        "exam_name": "Exam",
        "timestamp": "2025-06-15T14:00:00Z",
    }


def test_approval_incident_and_cancellation_are_changes_too(
    world: Sandbox, state: SmarterProctoring, session: Session
) -> None:
    world.change_settings({"smarterproctoring": {"require_approval": True}})
    scheduled(state, session)
    proctoring_of = {"session_sid": session.sid}
    scheduling.deny(state, **proctoring_of)
    scheduled(state, state.sessions.get(session.sid))
    scheduling.approve(state, **proctoring_of)
    proctoring.begin(state, **proctoring_of)
    proctoring.report_incident(state, **proctoring_of)
    scheduling.cancel(state, state.sessions.get(session.sid), {})
    assert [each["status"] for each in told(world)] == [
        "Pending Approval",
        "Approval Denied",
        "Pending Approval",
        "Scheduled",
        "In Progress",
        "Incident",
        "Cancelled",
    ]
    assert {each["session_id"] for each in told(world)} == {session.sid}


def test_taking_somebody_off_an_exam_is_told(world: Sandbox, state: SmarterProctoring, session: Session) -> None:
    assignments.update(state, state.exams.get(session.exam_sid), (), [session.enrollment_sid])
    assert [each["status"] for each in told(world)] == ["Cancelled"]


def test_what_changes_no_status_is_not_told(world: Sandbox, state: SmarterProctoring, session: Session) -> None:
    scheduled(state, session)
    scheduling.reschedule(state, state.sessions.get(session.sid), {"notes": "Bring a pen."})
    assert [each["status"] for each in told(world)] == ["Scheduled"]


def test_nothing_is_told_unless_a_sandbox_wants_it(world: Sandbox, state: SmarterProctoring, session: Session) -> None:
    world.change_settings({"smarterproctoring": {"status_webhook_url": None}})
    scheduled(state, session)
    assert told(world) == []
    assert local_sandbox().settings_of("smarterproctoring").status_webhook_url is None


@pytest.mark.parametrize("status", get_args(Status))
def test_a_status_may_be_spelled_as_in_the_sample(
    world: Sandbox, state: SmarterProctoring, session: Session, status: Status
) -> None:
    world.change_settings({"smarterproctoring": {"status_webhook_spelling": "sample"}})
    other: Status = "Scheduled" if status == "Needs Proctor" else "Needs Proctor"
    state.change(standing(state, session, other), status=status)
    [said] = told(world)
    assert said["status"] == ("COMPLETED" if status == "Closed" else status.upper().replace(" ", "_"))


@pytest.mark.parametrize("url", ["", "platform.test/hook", "ftp://platform.test", "http://", "http://a b", 1])
def test_what_is_no_address_is_refused(world: Sandbox, url: Any) -> None:
    with pytest.raises(BadRequest, match="status_webhook_url"):
        world.change_settings({"smarterproctoring": {"status_webhook_url": url}})


def test_an_exam_that_begins_is_to_end_when_its_time_is_up(
    world: Sandbox, state: SmarterProctoring, session: Session
) -> None:
    scheduled(state, session)
    assert waiting(world) == []
    proctoring.begin(state, session_sid=session.sid)
    [entry] = waiting(world)
    assert (entry.action, entry.arguments) == ("smarterproctoring.end_overdue", {"session_sid": session.sid})
    assert entry.due == START + timedelta(hours=2)


@pytest.mark.parametrize(
    "leave",
    [
        lambda state, session: proctoring.end(state, session_sid=session.sid),
        lambda state, session: proctoring.close(state, session_sid=session.sid),
        lambda state, session: proctoring.report_incident(state, session_sid=session.sid),
        lambda state, session: scheduling.cancel(state, state.sessions.get(session.sid), {}),
    ],
    ids=["end", "close", "report_incident", "cancel"],
)
def test_an_exam_that_ended_before_is_not_to_end_again(
    world: Sandbox, state: SmarterProctoring, session: Session, leave: Callable[..., Session]
) -> None:
    scheduled(state, session)
    proctoring.begin(state, session_sid=session.sid)
    leave(state, session)
    assert waiting(world) == []


def test_another_duration_moves_the_end_of_an_exam_in_progress(
    world: Sandbox, state: SmarterProctoring, session: Session
) -> None:
    scheduled(state, session)
    proctoring.begin(state, session_sid=session.sid)
    given: Any = GIVEN["exam"]
    exam = {**given, "configuration": {**given["configuration"], "duration": 30}}
    put(state, INSTALL, {**GIVEN, "exam": exam})
    [entry] = waiting(world)
    assert entry.due == START + timedelta(minutes=30)


def test_ending_what_is_not_overdue_changes_nothing(world: Sandbox, state: SmarterProctoring, session: Session) -> None:
    for status in get_args(Status):
        stood = standing(state, session, status)
        assert act(world, "smarterproctoring.end_overdue", {"session_sid": session.sid}) == stood
    assert told(world) == []


def rows_of(state: SmarterProctoring, *sessions: Session) -> dict[str, Any]:
    """Return fixture data of a state, other sessions in it; what every set has is left out."""
    there = {"tokens", "installs", "integrations"}
    held: dict[str, Any] = {name: list(each) for name, each in state.collections.items() if name not in there}
    plain: dict[str, Any] = msgspec.to_builtins({**held, "sessions": list(sessions)})
    return plain


def test_an_exam_of_the_fixtures_that_is_in_progress_will_end(state: SmarterProctoring, session: Session) -> None:
    going = standing(state, session, "In Progress")
    over = replace(going, sid=sid("ES", 2), in_progress_date=START - timedelta(hours=3))
    fresh = local_sandbox(clock="2025-06-15T14:00:00Z")
    loaded = state_of(fresh)
    loaded.load(rows_of(state, going, over), "set.yaml")
    assert [entry.arguments for entry in waiting(fresh)] == [{"session_sid": going.sid}]
    assert loaded.status_of(loaded.sessions.get(over.sid)) == "Processing"


def test_an_exam_in_progress_that_has_no_configuration_is_refused_with_the_fixtures(
    state: SmarterProctoring, session: Session
) -> None:
    rows = rows_of(state, standing(state, session, "In Progress"))
    with pytest.raises(BadRequest, match=r"set\.yaml: sessions: .* has no configuration"):
        state_of(local_sandbox()).load({**rows, "configurations": []}, "set.yaml")


def listen(sandbox: RemoteSandbox, receiver: Receiver, **settings: Any) -> None:
    sandbox.settings(smarterproctoring={"status_webhook_url": receiver.url, **settings})


def statuses(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["status"] for each in receiver.requests]


@boot
def test_a_platform_is_told_what_the_clock_does(
    sandbox: RemoteSandbox, receiver: Receiver, call: Call, make_appointment: Make
) -> None:
    listen(sandbox, receiver)
    session = make_appointment()
    receiver.wait(1)
    sandbox.action("smarterproctoring.begin", session_sid=session["sid"])
    receiver.wait(2)
    assert sandbox.advance("119m")["fired"] == []
    fired = sandbox.advance("1h")["fired"]
    assert [each.get("action") or each["event"] for each in fired] == [
        "smarterproctoring.end_overdue",
        "smarterproctoring.session_status_change",
    ]
    assert statuses(receiver) == ["Scheduled", "In Progress", "Processing"]
    last = receiver.requests[-1]
    assert json.loads(last.body) == {
        "session_id": session["sid"],
        "status": "Processing",
        "student_name": "Jane Smith",
        "student_email": "jane@people.example",
        "course_name": "Acme Corp",
        "exam_name": "Professional Certification",
        "timestamp": "2025-06-15T16:00:00Z",
    }
    assert (last.method, last.headers["content-type"]) == ("POST", "application/json")
    assert {each.headers["token"] for each in receiver.requests} == {TOKEN}
    ended = call("GET", session["path"]).json()
    assert (ended["status"], ended["editDate"]) == ("Processing", "2025-06-15T16:00:00.000Z")


@boot
def test_a_session_of_its_own_duration_ends_after_that(
    sandbox: RemoteSandbox, receiver: Receiver, make_appointment: Make
) -> None:
    listen(sandbox, receiver)
    exam = {**EXAM, "configuration": {**CONFIGURATION, "duration": 30}}
    sandbox.action("smarterproctoring.begin", session_sid=make_appointment(exam=exam)["sid"])
    sandbox.advance("30m")
    assert statuses(receiver) == ["Scheduled", "In Progress", "Processing"]


@boot
def test_an_attempt_carries_the_token_that_is_good_at_that_time(
    sandbox: RemoteSandbox, receiver: Receiver, make_appointment: Make
) -> None:
    listen(sandbox, receiver, status_webhook_retries=["10s", "10s"])
    receiver.answers.append(Reply(503))
    make_appointment()
    receiver.wait(1)
    sandbox.action("smarterproctoring.revoke_token", token_id="default")
    sandbox.advance("1h")
    [delivery] = sandbox.admin("GET", "/outbox")["deliveries"]
    assert delivery["stage"] == "cancelled"
    assert len(receiver.requests) == 1


@boot
def test_a_call_is_repeated_until_it_is_taken(
    sandbox: RemoteSandbox, receiver: Receiver, make_appointment: Make
) -> None:
    listen(sandbox, receiver)
    receiver.answers.extend([Reply(500), Reply(502)])
    make_appointment()
    receiver.wait(1)
    fired = sandbox.advance("1h")["fired"]
    assert [datetime.fromisoformat(each["at"]).strftime("%H:%M:%S") for each in fired] == ["14:00:30", "14:05:30"]
    assert len(receiver.requests) == 3
    assert TOKEN not in json.dumps(sandbox.admin("GET", "/outbox"))


@boot
def test_no_platform_is_told_by_default(sandbox: RemoteSandbox, make_appointment: Make) -> None:
    make_appointment()
    assert sandbox.admin("GET", "/outbox")["deliveries"] == []
