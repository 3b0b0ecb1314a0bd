"""Every call in its plainest and in its fullest form; the judge looks at each."""

import json
from datetime import datetime, timedelta

import pytest

from contract_tests.client import returned
from contract_tests.client.arrival import Value, expect_arrived, kept_as
from contract_tests.client.smarterproctoring.bookings import (
    ASSIGNING,
    COURSE,
    LOCATION,
    PROCTORS,
    STATUS,
    USER,
    assigned,
    calling,
    cancel,
    exam,
    expect_given,
    expect_status,
    first_sent,
    followed,
    listed,
    on_the_way,
    provided,
    provisioned,
    schedule,
    scheduled,
    session_of,
    sessions_of,
    sids_of,
    skip_if_needless,
    status_of,
    tomorrow,
)
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import SmarterProctoringAdapter

SCHEDULE = "smarterproctoring.schedule_exam_session.request.body"


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.enrolled", "smarterproctoring.token")
def test_provisioning(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Course, user and exam are made, and the user is enrolled; the SIDs are those that the vendor gave."""
    expect_given(stage, sids_of(client.provision(COURSE, USER, exam(stage))))


NEW = {"course": ("title", "code"), "user": ("firstName", "lastName", "email"), "exam": ("title", "configuration")}
"""What each kind of thing is provisioned with where it is new."""


@pytest.mark.clause("smarterproctoring.new-course", "smarterproctoring.new-user", "smarterproctoring.new-exam")
def test_what_is_new_is_described(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A new course, a new user and a new exam are sent with all that a new one needs."""
    with calling(stage, "provision"), stage.may_fail():
        client.provision(COURSE, USER, exam(stage))
    for kind, needed in NEW.items():
        with on_the_way(stage, f"new-{kind}"):
            sent = first_sent(stage, kind)
            lacking = [each for each in needed if each not in sent]
            stage.expect(not lacking, f"A new {kind} is described.", ", ".join(needed), f"no {', '.join(lacking)}")


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.one-identifier")
def test_provisioning_with_everything(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Everything that the guide lists can be sent."""
    window = {"open": stage.now() - timedelta(days=1), "close": stage.now() + timedelta(days=30)}
    dates = {name: at.isoformat(timespec="seconds").replace("+00:00", "Z") for name, at in window.items()}
    described = exam(
        stage,
        scheduling=dates,
        attempts=2,
        notes={"student": "Bring a passport.", "proctor": "No notes."},
        permittedItems={},
        proctorTypes={PROCTORS: {}},
    )
    described["type"] = "online"
    described["ids"] = {"external": "geo-1"}
    course = {**COURSE, "ids": {"external": "acme", "api": "acme-api", "lms": "acme-lms"}}
    user = {
        **USER,
        "ids": {"external": "u-1", "api": "u-1-api", "lms": "u-1-lms"},
        "timeZone": "Europe/London",
        "currencyCode": "GBP",
    }
    client.provision(course, user, described)
    client.provision(course, user, {**described, "ids": {"external": "geo-2"}, "type": "written"})
    made = len(stage.vendor.entities("exams"))
    stage.expect(made == 2, "Two exams are made.", 2, made)
    expect_arrived(stage, provided(stage, "course", COURSE))
    expect_arrived(stage, provided(stage, "user", user))
    expect_arrived(stage, provided(stage, "exam", described))


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.enrolled")
def test_provisioning_an_instructor_who_signs_on(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A role and the integration for signing on can be sent besides."""
    signon = {"integrationSid": stage.vendor.credentials["integration_sid"]}
    with stage.optional():
        client.provision(COURSE, USER, exam(stage), enrollment={"role": "instructor"}, signon=signon)
    made = stage.the_only(stage.vendor.entities("enrollments"), "Enrollments made")
    stage.expect(made["role"] == "instructor", "The role is taken.", "instructor", made["role"])


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.enrolled")
def test_provisioning_without_a_role(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An enrollment may be sent without a role; the user is a learner then."""
    with stage.optional():
        client.provision(COURSE, USER, exam(stage), enrollment={})
    made = stage.the_only(stage.vendor.entities("enrollments"), "Enrollments made")
    stage.expect(made["role"] == "learner", "The role is the default.", "learner", made["role"])


@pytest.mark.clause("smarterproctoring.one-identifier", "smarterproctoring.unknown-sid")
def test_provisioning_by_sid(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """What is there already may be named by the SIDs that the vendor gave; nothing is made twice."""
    sids = provisioned(stage, client)
    course = {**COURSE, "ids": {"external": "acme", "sid": sids.course}}
    user = {**USER, "ids": {"external": "u-1", "sid": sids.user}}
    before = len(stage.calls("provision"))
    again = sids_of(client.provision(course, user, {**exam(stage), "ids": {"external": "geo-1", "sid": sids.exam}}))
    stage.expect(again == sids, "The SIDs are the same.", sids, again)
    expect_given(stage, sids)
    if len(stage.calls("provision")) == before:
        pytest.skip("The client does not provision again what it has provisioned.")


@pytest.mark.clause("smarterproctoring.provision-again", "smarterproctoring.provision")
def test_provisioning_again(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Provisioning again with the same identifiers makes nothing twice, and changes what is other than before."""
    first = provisioned(stage, client)
    with calling(stage, "provision"):
        second = sids_of(client.provision(COURSE, {**USER, "lastName": "Palmer-Smith"}, exam(stage)))
    stage.expect(first == second, "The SIDs are the same.", first, second)
    expect_given(stage, first)
    name = stage.vendor.entities("users")[0]["last_name"]
    stage.expect(name == "Palmer-Smith", "The last name is the new one.", "Palmer-Smith", name)


@pytest.mark.clause("smarterproctoring.update_course_exam_assignments", "smarterproctoring.limited-scope")
def test_assigning(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An enrollment that is assigned to an exam of limited scope has a session."""
    sids = provisioned(stage, client)
    skip_if_needless(stage, ASSIGNING)
    with on_the_way(stage, "limited-scope"):
        before = len(sessions_of(stage, sids))
        stage.expect(before == 0, "There is no session before.", 0, before)
    with calling(stage, "update_course_exam_assignments"):
        client.assign(sids.course, sids.exam, [sids.enrollment])
    made = len(sessions_of(stage, sids))
    stage.expect(made == 1, "There is one session.", 1, made)


@pytest.mark.clause("smarterproctoring.list_enrollment_exam_sessions")
def test_sessions_of_a_candidate(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A session that is not over is in the list, before and after it has an appointment."""
    booked = scheduled(stage, client)
    found = listed(client, booked.enrollment, booked.exam)
    stage.expect(found == [booked.session], "The scheduled session is listed.", booked.session, found)


@pytest.mark.clause("smarterproctoring.schedule_exam_session", "smarterproctoring.access-window")
def test_scheduling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A session is given the appointment that the verb is given."""
    booked = scheduled(stage, client)
    made = session_of(stage, booked.session)["appointment_date"]
    given, came = tomorrow(stage), datetime.fromisoformat(made)
    expect_arrived(stage, [Value(f"{SCHEDULE}.appointmentDateTime", "appointmentDateTime", given, came)])


@pytest.mark.clause("smarterproctoring.schedule_exam_session")
def test_scheduling_with_everything(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """All that the guide's sample has can be sent with an appointment."""
    booked = assigned(stage, client)
    details = {
        "proctorLocationSid": LOCATION,
        "amount": 25.5,
        "currencyCode": "USD",
        "externalAppointmentId": "order-1",
    }
    with stage.optional():
        client.schedule(booked.exam, booked.session, tomorrow(stage), **details)
    expect_status(stage, booked.session, "Scheduled")
    made = session_of(stage, booked.session)
    kept = {**made["arrangement"], **made}
    expect_arrived(
        stage,
        [Value(f"{SCHEDULE}.{name}", name, each, kept.get(kept_as(name))) for name, each in details.items()],
    )


@pytest.mark.clause("smarterproctoring.reschedule_exam_session")
def test_rescheduling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An appointment is moved, and the session is the same."""
    booked = scheduled(stage, client)
    at = tomorrow(stage) + timedelta(days=2)
    moved = returned.record("reschedule", client.reschedule(booked.exam, booked.session, at), "sid")["sid"]
    stage.expect(moved == booked.session, "The session is the same.", booked.session, moved)
    expect_status(stage, booked.session, "Scheduled")
    made = session_of(stage, booked.session)["appointment_date"]
    stage.expect(datetime.fromisoformat(made) == at, "The appointment is moved.", at, made)


@pytest.mark.clause("smarterproctoring.cancel_exam_session")
def test_cancelling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An appointment is cancelled; a second time changes nothing."""
    booked = scheduled(stage, client)
    for _ in range(2):
        client.cancel(booked.exam, booked.session, "The candidate is ill.")
        expect_status(stage, booked.session, "Cancelled")


@pytest.mark.clause("smarterproctoring.get_session_status")
def test_the_status_of_a_session(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """The status of a session can be read, in the vendor's words."""
    followed(stage, client)
    if not stage.calls("get_session_status"):
        pytest.skip("The client reads the status of a session by another call.")


@pytest.mark.clause("smarterproctoring.get_exam_session")
def test_everything_of_a_session(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A session can be read."""
    booked = scheduled(stage, client)
    with calling(stage, "get_exam_session", "list_enrollment_exam_sessions"):
        session = returned.record("session", client.session(booked.exam, booked.session), "sid", "status")
    found = session["sid"], session["status"]
    wanted = booked.session, "Scheduled"
    stage.expect(found == wanted, "It is as the vendor has it.", wanted, found)
    if not stage.calls("get_exam_session"):
        pytest.skip("The client reads a session by another call.")


@pytest.mark.clause("smarterproctoring.list_session_events")
def test_events_of_a_session(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """What was reported of a session can be read."""
    booked = scheduled(stage, client)
    with calling(stage, "list_session_events"):
        found = [each["sid"] for each in returned.records("events", client.events(booked.exam, booked.session), "sid")]
    made = [each["sid"] for each in stage.vendor.entities("events")]
    stage.expect(found == made, "The events are the vendor's.", made, found)


@pytest.mark.clause("caller.unknown-fields")
def test_unknown_fields_are_ignored(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Answers with fields that nobody has heard of are as good as others."""
    booked = followed(stage, client)
    operation = stage.calls(*STATUS)[-1].operation
    known = stage.answer_of(operation)
    stage.fault("status", operation, status=200, body={**known, "zz": {"new": [1]}})
    with calling(stage, operation):
        found = status_of(client, booked.session)
    stage.expect(found == "Scheduled", "The status is read.", "Scheduled", found)


@pytest.mark.mockserver(settings={"smarterproctoring": {"default_limit": 2}})
@pytest.mark.clause("smarterproctoring.list_enrollment_exam_sessions.response.200.body.next")
def test_all_pages_are_read(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A list that fills several pages is read to its end, on the vendor's host alone."""
    booked = assigned(stage, client)
    for _ in range(4):
        # As the vendor has it: a client that misses a page would miss this one too.
        active = [each["sid"] for each in stage.vendor.entities("sessions") if each["status"] != "Cancelled"]
        session = stage.the_only(active, "Sessions that are not cancelled")
        schedule(stage, client, booked.exam, session)
        cancel(stage, client, booked.exam, session)
    before = len(stage.calls("list_enrollment_exam_sessions"))
    with calling(stage, "list_enrollment_exam_sessions"):
        found = listed(client, booked.enrollment, booked.exam)
    # How many there are depends on what the client asks for.
    first = json.loads(stage.calls("list_enrollment_exam_sessions")[before].seen.answer)
    if first["next"] is None:
        pytest.skip("What the client asks for fills one page.")
    stage.expect(len({*found}) == first["total"], "All sessions are found.", first["total"], len({*found}))
    stage.expect(len(found) == len({*found}), "Each is found once.", len({*found}), len(found))
