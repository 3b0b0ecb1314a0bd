"""What the checks of SmarterProctoring are about: a course, a candidate, an exam, an appointment.

A check begins where some of it is done already. What is done on the way to there is looked at as the vendor has it, and
a step that failed is a failure of its own clause.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial, reduce
from operator import getitem
from typing import Any, NamedTuple

import pytest

from contract_tests.client import returned
from contract_tests.client.arrival import Value
from contract_tests.client.stage import Stage
from contract_tests.clients.answers import Record
from contract_tests.clients.driving import NotKept
from contract_tests.clients.protocols import SmarterProctoringAdapter

PROCTORS = "TS4b894875d26194988853e490dfb9bc41"
LOCATION = "PTa17h8i9j0k1l2m3n4o5b2c3d4e5f6g"
COURSE = {"ids": {"external": "acme"}, "title": "Acme", "code": "A-1"}
USER = {"ids": {"external": "u-1"}, "firstName": "Tom", "lastName": "Palmer", "email": "tom@people.example"}

ASSIGNING = "update_course_exam_assignments"
BOOKING = (
    "provision",
    ASSIGNING,
    "list_enrollment_exam_sessions",
    "schedule_exam_session",
)
"""The operations of a booking in the documented order."""
STATUS = ("get_session_status", "get_exam_session")
"""The operations that tell the status of a session, by either of which a client may read it."""


_KEPT = {
    "course": {"title": "title", "code": "code"},
    "user": {
        "firstName": "first_name",
        "lastName": "last_name",
        "email": "email",
        "timeZone": "time_zone",
        "currencyCode": "currency_code",
    },
    "exam": {
        "title": "title",
        "type": "type",
        "configuration.url": "url",
        "configuration.duration": "duration",
        "configuration.attempts": "attempts",
        "configuration.access.open": "access_open",
        "configuration.access.close": "access_close",
        "configuration.scheduling.open": "scheduling_open",
        "configuration.scheduling.close": "scheduling_close",
        "configuration.notes.student": "student_notes",
        "configuration.notes.proctor": "proctor_notes",
    },
}
"""What the vendor keeps of what is described, and as what; the identifiers are the client's to choose."""


class Sids(NamedTuple):
    """What was provisioned, by the SIDs that the client has."""

    course: str
    user: str
    exam: str
    enrollment: str


class Booked(NamedTuple):
    """The SIDs of an exam, an enrollment, and a session of both."""

    exam: str
    enrollment: str
    session: str


def exam(stage: Stage, **changes: Any) -> dict[str, Any]:
    """Return an exam that is open now."""
    window = {"open": _instant(stage.now() - timedelta(days=1)), "close": _instant(stage.now() + timedelta(days=60))}
    configuration = {
        "url": "https://exams.example/geo-1",
        "access": window,
        "duration": 60,
        "password": "fake-exam-password",
        "proctorTypes": {PROCTORS: {}},
        **changes,
    }
    return {"ids": {"external": "geo-1"}, "title": "Geography", "limitedScope": True, "configuration": configuration}


def tomorrow(stage: Stage) -> datetime:
    """Return an instant at which the exam is open."""
    return (stage.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


# What the client does on the way


def provisioned(stage: Stage, client: SmarterProctoringAdapter) -> Sids:
    """Have course, Tom, enrollment and exam made."""
    with on_the_way(stage, "provision"):
        sids = sids_of(client.provision(COURSE, USER, exam(stage)))
        expect_given(stage, sids)
    return sids


def assigned(stage: Stage, client: SmarterProctoringAdapter) -> Booked:
    """Have Tom assigned; return his session, which has no appointment yet."""
    sids = provisioned(stage, client)
    with on_the_way(stage, ASSIGNING):
        client.assign(sids.course, sids.exam, [sids.enrollment])
        made = stage.the_only(sessions_of(stage, sids), "Sessions of the enrollment that is assigned")
    with on_the_way(stage, "list_enrollment_exam_sessions"):
        found = listed(client, sids.enrollment, sids.exam)
        stage.expect(found == [made], "The client finds the session.", [made], found)
    return Booked(sids.exam, sids.enrollment, made)


def scheduled(stage: Stage, client: SmarterProctoringAdapter) -> Booked:
    """Have Tom's session scheduled for tomorrow."""
    booked = assigned(stage, client)
    schedule(stage, client, booked.exam, booked.session)
    return booked


def schedule(stage: Stage, client: SmarterProctoringAdapter, exam_sid: str, session_sid: str) -> None:
    """Have a session scheduled for tomorrow."""
    with on_the_way(stage, "schedule_exam_session"):
        client.schedule(exam_sid, session_sid, tomorrow(stage))
        expect_status(stage, session_sid, "Scheduled")


def cancel(stage: Stage, client: SmarterProctoringAdapter, exam_sid: str, session_sid: str) -> None:
    """Have an appointment cancelled."""
    with on_the_way(stage, "cancel_exam_session"):
        client.cancel(exam_sid, session_sid, "The candidate is ill.")
        expect_status(stage, session_sid, "Cancelled")


def followed(stage: Stage, client: SmarterProctoringAdapter) -> Booked:
    """Have Tom's session scheduled, and its status read."""
    booked = scheduled(stage, client)
    with on_the_way(stage, STATUS[0]), calling(stage, *STATUS):
        found = status_of(client, booked.session)
        stage.expect(found == "Scheduled", "The status is the vendor's word.", "Scheduled", found)
    return booked


def booked_at_once(stage: Stage, client: SmarterProctoringAdapter) -> Booked:
    """Have all of it done by the verb for it; what fails is the first step that is undone."""
    try:
        session = returned.record("book", client.book(COURSE, USER, exam(stage), tomorrow(stage)), "sid")["sid"]
        expect_status(stage, session, "Scheduled")
    except NotKept:
        with on_the_way(stage, undone(stage) or BOOKING[-1]):
            raise
    found = session_of(stage, session)
    return Booked(found["exam_sid"], found["enrollment_sid"], session)


@contextmanager
def on_the_way(stage: Stage, operation: str) -> Iterator[None]:
    """Do what a check needs by an operation before it comes to its point; rules and claims are named as well."""
    with stage.on_the_way(f"smarterproctoring.{operation}"):
        yield


@contextmanager
def calling(stage: Stage, *operations: str) -> Iterator[None]:
    """Do what a check is about, as ``Stage.calling``; of a booking the first step that is undone is blamed.

    A check that is about a step which the client need not take is skipped where it does not.
    """
    try:
        with stage.calling(*operations, blamed=partial(_lacking, stage)):
            yield
    except NotKept:
        if not stage.calls(*operations):
            skip_if_needless(stage, *operations)
        raise


def skip_if_needless(stage: Stage, *operations: str) -> None:
    """Skip a check that is about nothing but steps which the client need not take."""
    if {*operations} <= needless(stage):
        pytest.skip("The client's exams are not of limited scope, so it has nobody to assign.")


def undone(stage: Stage) -> str | None:
    """Return the first step of a booking of which the vendor has seen no success."""
    done = {each.operation for each in stage.calls() if 200 <= each.status < 300}
    return next((each for each in BOOKING if each not in {*done, *needless(stage)}), None)


def needless(stage: Stage) -> set[str]:
    """Return the steps of a booking that the client need not take: in exams of all enrollments nobody is assigned."""
    return set() if all(each["limited_scope"] for each in stage.vendor.entities("exams")) else {ASSIGNING}


def _lacking(stage: Stage, operation: str) -> str:
    return undone(stage) or operation if operation in BOOKING else operation


# What the vendor has, and what the client says


def expect_given(stage: Stage, sids: Sids) -> None:
    """Fail the check unless these are the SIDs that the vendor has given."""
    for kind, sid in sids._asdict().items():
        made = stage.the_only(stage.vendor.entities(f"{kind}s"), f"{kind.capitalize()}s made")
        stage.expect(sid == made["sid"], f"The SID of the {kind} is the vendor's.", made["sid"], sid)


def expect_status(stage: Stage, session_sid: str, status: str) -> None:
    """Fail the check unless the vendor has a session in a status."""
    found = session_of(stage, session_sid)["status"]
    stage.expect(found == status, f"The session is {status} at the vendor.", status, found)


def session_of(stage: Stage, session_sid: str) -> Record:
    """Return a session as the vendor has it; fail the check if there is none."""
    found = [each for each in stage.vendor.entities("sessions") if each["sid"] == session_sid]
    return stage.the_only(found, f"Sessions {session_sid}")


def sessions_of(stage: Stage, sids: Sids) -> list[str]:
    """Return the SIDs of the sessions that the vendor has of an enrollment."""
    found = stage.vendor.entities("sessions", exam_sid=sids.exam, enrollment_sid=sids.enrollment)
    return [each["sid"] for each in found]


def first_sent(stage: Stage, kind: str) -> Record:
    """Return what the client's first call about a course, a user or an exam says of it; empty if there is none."""
    bodies = [_json(each.seen.body) for each in stage.calls("provision")]
    said = (each.get(kind) for each in bodies if isinstance(each, dict))
    return next((each for each in said if isinstance(each, dict)), {})


def provided(stage: Stage, kind: str, described: Mapping[str, Any]) -> list[Value]:
    """Return what a course, a user or an exam was described as, each value beside what the vendor has."""
    found = stage.vendor.entities(f"{kind}s")
    stage.expect(found, f"A {kind} is made.", 1, 0)
    made = found[0]  # by whichever of the identifiers the client goes
    if kind == "exam":
        configurations = stage.vendor.entities("configurations", exam_sid=made["sid"])
        made = {**made, **stage.the_only(configurations, "Configurations made"), "type": made["type"]}
    place = f"smarterproctoring.provision.request.body.{kind}"
    return [
        Value(
            f"{place}.{path}", path, _told(path, reduce(getitem, path.split("."), described)), _told(path, made[name])
        )
        for path, name in _KEPT[kind].items()
    ]


def sids_of(told: Any) -> Sids:
    """Return what ``provision`` returned."""
    found = returned.record("provision", told, *Sids._fields)
    return Sids(**{kind: found[kind] for kind in Sids._fields})


def listed(client: SmarterProctoringAdapter, enrollment_sid: str, exam_sid: str) -> list[str]:
    """Return the SIDs of the sessions that the client finds."""
    return [each["sid"] for each in returned.records("sessions", client.sessions(enrollment_sid, exam_sid), "sid")]


def status_of(client: SmarterProctoringAdapter, session_sid: str) -> str:
    """Return what the client says of where a session stands."""
    return returned.text("status", client.status(session_sid))


def _told(path: str, value: Any) -> Any:
    """Return a value, or the instant that it says."""
    return datetime.fromisoformat(value) if value and path.endswith((".open", ".close")) else value


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
