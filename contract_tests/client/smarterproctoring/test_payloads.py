"""Every call in its plainest and in its fullest form; the judge looks at each."""

import json
from datetime import timedelta

import pytest

from contract_tests.client.smarterproctoring.bookings import (
    COURSE,
    LOCATION,
    PROCTORS,
    USER,
    assigned,
    exam,
    scheduled,
    tomorrow,
)
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import SmarterProctoringAdapter

ORDER = [
    "provision",
    "update_course_exam_assignments",
    "list_enrollment_exam_sessions",
    "schedule_exam_session",
    "get_onboarding_url",
]


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.enrolled", "smarterproctoring.token")
def test_provisioning(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Course, user and exam are made, and the user is enrolled; the SIDs are those that the vendor gave."""
    sids = client.provision(COURSE, USER, exam(stage))
    for kind in ("course", "user", "exam", "enrollment"):
        (made,) = stage.vendor.entities(f"{kind}s")
        stage.expect(sids[kind] == made["sid"], f"The SID of the {kind} is the vendor's.", made["sid"], sids[kind])


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
    stage.expect(made == 2, "Two exams were made.", 2, made)


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.enrolled")
def test_provisioning_an_instructor_who_signs_on(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A role and the integration for signing on can be sent besides."""
    signon = {"integrationSid": stage.vendor.credentials["integration_sid"]}
    with stage.optional():
        client.provision(COURSE, USER, exam(stage), enrollment={"role": "instructor"}, signon=signon)
    (made,) = stage.vendor.entities("enrollments")
    stage.expect(made["role"] == "instructor", "The role is taken.", "instructor", made["role"])


@pytest.mark.clause("smarterproctoring.provision", "smarterproctoring.enrolled")
def test_provisioning_without_a_role(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An enrollment may be sent without a role; the user is a learner then."""
    with stage.optional():
        client.provision(COURSE, USER, exam(stage), enrollment={})
    (made,) = stage.vendor.entities("enrollments")
    stage.expect(made["role"] == "learner", "The role is the default.", "learner", made["role"])


@pytest.mark.clause("smarterproctoring.one-identifier", "smarterproctoring.unknown-sid")
def test_provisioning_by_sid(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """What is there already may be named by the SIDs that the vendor gave; nothing is made twice."""
    sids = client.provision(COURSE, USER, exam(stage))
    course = {**COURSE, "ids": {"external": "acme", "sid": sids["course"]}}
    user = {**USER, "ids": {"external": "u-1", "sid": sids["user"]}}
    again = client.provision(course, user, {**exam(stage), "ids": {"external": "geo-1", "sid": sids["exam"]}})
    stage.expect(again == sids, "The SIDs are the same.", sids, again)


@pytest.mark.clause("smarterproctoring.provision-again", "smarterproctoring.provision")
def test_provisioning_again(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Provisioning again with the same identifiers makes nothing twice."""
    first = client.provision(COURSE, USER, exam(stage))
    second = client.provision(COURSE, {**USER, "lastName": "Palmer-Smith"}, exam(stage))
    stage.expect(first == second, "The SIDs are the same.", first, second)
    for kind in ("courses", "users", "exams", "enrollments"):
        made = len(stage.vendor.entities(kind))
        stage.expect(made == 1, f"There is one of {kind}.", 1, made)


@pytest.mark.clause("smarterproctoring.limited-scope", "smarterproctoring.update_course_exam_assignments")
def test_assigning(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An enrollment that is assigned to an exam of limited scope has a session."""
    sids = client.provision(COURSE, USER, exam(stage))
    client.assign(sids["course"], sids["exam"], [sids["enrollment"]])
    found = client.sessions(sids["enrollment"], sids["exam"])
    stage.expect(len(found) == 1, "There is one session.", 1, len(found))


@pytest.mark.clause("smarterproctoring.list_enrollment_exam_sessions")
def test_sessions_of_a_candidate(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A session that is not over is in the list, before and after it has an appointment."""
    booked = scheduled(stage, client)
    sids = client.provision(COURSE, USER, exam(stage))
    found = [each["sid"] for each in client.sessions(sids["enrollment"], sids["exam"])]
    stage.expect(booked.session in found, "The scheduled session is listed.", booked.session, found)


@pytest.mark.clause("smarterproctoring.schedule_exam_session", "smarterproctoring.access-window")
def test_scheduling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A session is given an appointment, with all that the guide's sample has."""
    booked = assigned(stage, client)
    client.schedule(
        booked.exam,
        booked.session,
        tomorrow(stage),
        proctorLocationSid=LOCATION,
        amount=25.5,
        currencyCode="USD",
        externalAppointmentId="order-1",
    )
    (session,) = stage.vendor.entities("sessions")
    stage.expect(session["status"] == "Scheduled", "It is scheduled.", "Scheduled", session["status"])


@pytest.mark.clause("smarterproctoring.reschedule_exam_session")
def test_rescheduling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An appointment is moved, and the session is the same."""
    booked = scheduled(stage, client)
    moved = client.reschedule(booked.exam, booked.session, tomorrow(stage) + timedelta(days=2))
    stage.expect(moved["sid"] == booked.session, "The session is the same.", booked.session, moved["sid"])


@pytest.mark.clause("smarterproctoring.cancel_exam_session")
def test_cancelling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An appointment is cancelled; a second time changes nothing."""
    booked = scheduled(stage, client)
    client.cancel(booked.exam, booked.session, "The candidate is ill.")
    client.cancel(booked.exam, booked.session, "The candidate is ill.")
    found = client.status(booked.session)
    stage.expect(found == "Cancelled", "It is cancelled.", "Cancelled", found)


@pytest.mark.clause("smarterproctoring.get_session_status", "smarterproctoring.list_session_events")
def test_following_a_session(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Status and events of a session can be read."""
    booked = scheduled(stage, client)
    found = client.status(booked.session)
    stage.expect(found == "Scheduled", "The status is the vendor's word.", "Scheduled", found)
    client.events(booked.exam, booked.session)
    session = client.session(booked.exam, booked.session)
    stage.expect(session["status"] == "Scheduled", "The session says the same.", "Scheduled", session["status"])


@pytest.mark.clause("smarterproctoring.get_onboarding_url", "smarterproctoring.onboard-scheduled")
def test_onboarding(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """The onboarding URL of a scheduled session is an address."""
    booked = scheduled(stage, client)
    url = client.onboarding_url(booked.exam, booked.session)
    stage.expect(url.startswith("http"), "It is an address.", "http...", url)


@pytest.mark.clause(
    "smarterproctoring.get_onboarding_url.request.single-use.url",
    "smarterproctoring.onboard-single-use",
    "smarterproctoring.onboard-expires",
)
def test_the_onboarding_url_is_asked_for_anew(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A URL that opens once and expires is not kept: each visit of the candidate has a new one."""
    booked = scheduled(stage, client)
    urls = [client.onboarding_url(booked.exam, booked.session) for _ in range(3)]
    different = len(set(urls))
    stage.expect(different == 3, "Three visits have three URLs.", "3 different URLs", f"{different} different")
    stage.expect_count(stage.calls("get_onboarding_url"), 3, "Asking for the onboarding URL")


@pytest.mark.clause(
    "smarterproctoring.get_onboarding_url.request.after.scheduling",
    *(f"smarterproctoring.{each}" for each in ORDER),
)
def test_the_documented_order(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Provision, assign, list, schedule, onboard: each call follows the one whose answer it depends on."""
    session = client.book(COURSE, USER, exam(stage), tomorrow(stage))
    (made,) = stage.vendor.entities("exams")
    client.onboarding_url(made["sid"], session["sid"])
    called = list(dict.fromkeys(each.operation for each in stage.calls() if each.operation in ORDER))
    stage.expect(called == ORDER, "The calls come in the documented order.", ORDER, called)


@pytest.mark.clause(
    "smarterproctoring.schedule_exam_session.request.path.sessionSid.given",
    "smarterproctoring.schedule_exam_session.request.path.examSid.given",
    "smarterproctoring.update_course_exam_assignments.request.path.courseSid.given",
    "smarterproctoring.update_course_exam_assignments.request.path.examSid.given",
    "smarterproctoring.list_enrollment_exam_sessions.request.path.enrollmentSid.given",
    "smarterproctoring.list_enrollment_exam_sessions.request.path.examSid.given",
    "smarterproctoring.get_onboarding_url.request.path.examSid.given",
    "smarterproctoring.get_onboarding_url.request.path.sessionSid.given",
    "smarterproctoring.unknown-sid",
)
def test_sids_are_the_vendors(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Every SID in a call was given by the vendor before; none is invented."""
    booked = client.book(COURSE, USER, exam(stage), tomorrow(stage))
    (made,) = stage.vendor.entities("exams")
    client.onboarding_url(made["sid"], booked["sid"])
    known = json.dumps(stage.vendor.credentials)
    for call in stage.calls():
        for part in call.seen.path.split("/"):
            if len(part) > 30:
                stage.expect(part in known, f"{call}: the vendor gave {part}.", "a SID from an answer", part)
        known += call.seen.answer.decode(errors="replace")


@pytest.mark.clause("caller.unknown-fields")
def test_unknown_fields_are_ignored(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Answers with fields that nobody has heard of are as good as others."""
    booked = scheduled(stage, client)
    client.status(booked.session)
    known = stage.answer_of("get_session_status")
    stage.fault("status", "get_session_status", status=200, body={**known, "zz": {"new": [1]}})
    found = client.status(booked.session)
    stage.expect(found == "Scheduled", "The status is read.", "Scheduled", found)


@pytest.mark.mockserver(settings={"smarterproctoring": {"default_limit": 2}})
@pytest.mark.clause("smarterproctoring.list_enrollment_exam_sessions")
def test_all_pages_are_read(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A list that fills several pages is read to its end, on the vendor's host alone."""
    sids = client.provision(COURSE, USER, exam(stage))
    client.assign(sids["course"], sids["exam"], [sids["enrollment"]])
    for _ in range(4):
        # As the vendor has it: a client that misses a page would miss this one too.
        (active,) = [each for each in stage.vendor.entities("sessions") if each["status"] != "Cancelled"]
        client.schedule(sids["exam"], active["sid"], tomorrow(stage))
        client.cancel(sids["exam"], active["sid"], "Again.")
    made = {each["sid"] for each in stage.vendor.entities("sessions")}
    found = {each["sid"] for each in client.sessions(sids["enrollment"], sids["exam"])}
    stage.expect(found == made, "All sessions are found.", f"{len(made)} sessions", f"{len(found & made)} of them")
