"""Sessions: who has one, when it may take place, and how one is onboarded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract_tests.server.receiver import Receiver
from contract_tests.server.smarterproctoring.install import OVER, Data, Enrolled, Install, instant

pytestmark = pytest.mark.writes

_LIST = "smarterproctoring.list_enrollment_exam_sessions"
_ASSIGN = "smarterproctoring.update_course_exam_assignments"


def _active(install: Install, who: Enrolled) -> list[Data]:
    return [each for each in install.sessions(who, status="active") if each.get("status") not in OVER]


def _assign(install: Install, who: Enrolled, **scope: object) -> None:
    path = install.path("courses", who.course, "exams", who.exam, "assignments")
    install.needs(install.api("PUT", path, json=scope or {"add": [{"enrollmentSid": who.enrollment}]}))


@pytest.mark.clause("smarterproctoring.every-learner-a-session", _LIST)
def test_every_learner_has_a_session(install: Install) -> None:
    """Every enrollment of an exam's course has a session by itself."""
    found = _active(install, install.enrolled())
    told = "A learner of the course has a session."
    install.holds("smarterproctoring.every-learner-a-session", len(found) == 1, told, expected="one session", got=found)


@pytest.mark.clause("smarterproctoring.limited-scope", _ASSIGN)
def test_limited_scope_waits_for_an_assignment(install: Install) -> None:
    """With limited scope an enrollment has no session until it is assigned."""
    who = install.enrolled(limitedScope=True)
    before = _active(install, who)
    told = "Who is not assigned has no session."
    install.holds("smarterproctoring.limited-scope", not before, told, expected="none", got=before)
    _assign(install, who)
    after = _active(install, who)
    told = "Who is assigned has a session."
    install.holds("smarterproctoring.limited-scope", len(after) == 1, told, expected="one session", got=after)
    status = after[0].get("status")
    told = "The session of an assignment wants a proctor."
    clause = "smarterproctoring.assigned-needs-proctor"
    install.holds(clause, status == "Needs Proctor", told, expected="Needs Proctor", got=status)


@pytest.mark.parametrize("way", ["assignment", "assignments"])
@pytest.mark.clause("smarterproctoring.assigned-needs-proctor", "smarterproctoring.removed")
def test_assigned_and_removed(install: Install, way: str) -> None:
    """Taking an enrollment off an exam cancels its active sessions."""
    who = install.enrolled(limitedScope=True)
    path = install.path("exams", who.exam, way)
    scope: object = [who.enrollment] if way == "assignment" else {"enrollmentSid": [who.enrollment]}
    install.needs(install.api("PUT", path, json={"added": scope}))
    there = _active(install, who)
    told = "An assigned enrollment has a session."
    install.holds("smarterproctoring.assigned-needs-proctor", len(there) == 1, told, got=there)
    install.needs(install.api("PUT", path, json={"removed": scope}))
    left = _active(install, who)
    told = "Who is taken off has no session any more."
    install.holds("smarterproctoring.removed", not left, told, expected="none", got=left)


@pytest.mark.clause("smarterproctoring.list-active", "smarterproctoring.list-default")
def test_the_active_ones_are_listed(install: Install) -> None:
    """status=active lists the sessions that are not over."""
    who, session = install.scheduled()
    listed = [each.get("sid") for each in install.sessions(who, status="active")]
    told = "A session that is not over is listed."
    install.holds("smarterproctoring.list-active", session in listed, told, expected=session, got=listed)
    everything = [each.get("sid") for each in install.sessions(who, includeActive="true")]
    install.holds("smarterproctoring.list-default", session in everything, told, expected=session, got=everything)
    install.needs(install.api("DELETE", install.session_path(who, session), json={"cancellationMemo": "check"}))
    after = [each.get("sid") for each in install.sessions(who, status="active")]
    told = "A session that was cancelled is not."
    install.holds("smarterproctoring.list-active", session not in after, told, got=after)
    told = "The learner can choose another appointment."
    install.holds("smarterproctoring.new-session-after-cancel", after, told, expected="another session", got=after)


@pytest.mark.clause("smarterproctoring.schedule_exam_session", "smarterproctoring.appointment-end")
def test_an_appointment_is_made(install: Install) -> None:
    """A session is given its appointment, and is Scheduled."""
    who, session = install.scheduled()
    status = install.status(session)
    told = "A session with an appointment is Scheduled."
    clause = "smarterproctoring.schedule_exam_session"
    install.holds(clause, status == "Scheduled", told, expected="Scheduled", got=status)
    read = install.needs(install.api("GET", install.session_path(who, session)))
    install.holds("smarterproctoring.get_exam_session", read.at("sid") == session, "It is that session.", got=read.told)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.clause("smarterproctoring.access-window")
def test_no_appointment_outside_the_access(install: Install, when: str) -> None:
    """An appointment begins between access.open and access.close."""
    now = install.now()
    access = {"open": instant(now + timedelta(days=2)), "close": instant(now + timedelta(days=4))}
    who = install.enrolled({"access": access})
    session = install.session(who)
    at = now + (timedelta(days=1) if when == "before" else timedelta(days=5))
    reply = install.schedule(who, session, at)
    install.refuses(reply, "smarterproctoring.access-window", f"Nothing begins {when} the access.")
    inside = install.schedule(who, session, now + timedelta(days=3))
    install.needs(inside, clause="smarterproctoring.access-window")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.clause("smarterproctoring.scheduling-window")
def test_no_appointment_is_made_outside_the_scheduling(install: Install, when: str) -> None:
    """An appointment is made between scheduling.open and scheduling.close."""
    now = install.now()
    days = (1, 2) if when == "before" else (-2, -1)
    scheduling = dict(zip(("open", "close"), (instant(now + timedelta(days=each)) for each in days), strict=True))
    access = {"open": instant(now - timedelta(days=3)), "close": instant(now + timedelta(days=9))}
    who = install.enrolled({"access": access, "scheduling": scheduling})
    reply = install.schedule(who, install.session(who), now + timedelta(days=5))
    install.refuses(reply, "smarterproctoring.scheduling-window", f"None is made {when} the window of scheduling.")


@pytest.mark.clause("smarterproctoring.scheduling-without-window")
def test_scheduling_without_window(install: Install) -> None:
    """Without dates of scheduling an appointment can be made until access.close."""
    who = install.enrolled({"scheduling": {"open": "", "close": ""}})
    reply = install.schedule(who, install.session(who), install.now() + timedelta(days=2))
    install.needs(reply, clause="smarterproctoring.scheduling-without-window")


@pytest.mark.clause("smarterproctoring.reschedule_exam_session")
def test_an_appointment_is_moved(install: Install) -> None:
    """An appointment can be moved."""
    who, session = install.scheduled()
    at = instant(install.now() + timedelta(days=2))
    install.needs(install.api("PUT", install.session_path(who, session), json={"appointmentDateTime": at}))
    found = install.needs(install.api("GET", install.session_path(who, session))).json
    told = "The session has its new appointment."
    fits = str(found.get("appointmentDate", "")).startswith(at[:19])
    install.holds(
        "smarterproctoring.reschedule_exam_session", fits, told, expected=at, got=found.get("appointmentDate")
    )


@pytest.mark.clause("smarterproctoring.onboard-scheduled", "smarterproctoring.get_onboarding_url")
def test_onboarding_of_a_scheduled_session(install: Install) -> None:
    """The onboarding URL can be asked for at any time after a session is scheduled."""
    who, session = install.scheduled()
    reply = install.api("GET", install.session_path(who, session, "onboard"))
    install.needs(reply, clause="smarterproctoring.onboard-scheduled")
    again = install.api("GET", install.session_path(who, session, "onboard"))
    install.needs(again, clause="smarterproctoring.onboard-scheduled")
    told = "Each URL is for a single use, so each is another."
    fresh = reply.at("url") != again.at("url")
    install.holds("smarterproctoring.onboard-single-use", fresh, told, expected="two URLs", got=again.told)


@pytest.mark.clause("smarterproctoring.onboard-scheduled")
def test_no_onboarding_without_appointment(install: Install) -> None:
    """Before a session is scheduled there is no onboarding."""
    who = install.enrolled()
    reply = install.api("GET", install.session_path(who, install.session(who), "onboard"))
    install.refuses(reply, "smarterproctoring.onboard-scheduled", "There is nothing to onboard to.")


@pytest.mark.clause("smarterproctoring.onboard-single-use")
def test_an_onboarding_url_opens_once(install: Install) -> None:
    """An onboarding URL can be opened once."""
    who, session = install.scheduled()
    url = install.onboarding_url(who, session)
    first, second = install.browser().open(url), install.browser().open(url)
    told = "It opens."
    install.holds("smarterproctoring.onboard-single-use", first.ok, told, expected="a page", got=first.status)
    told = "It does not open for somebody who comes second."
    install.holds("smarterproctoring.onboard-single-use", not second.ok, told, expected="a refusal", got=second.status)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.onboard-expires")
def test_an_onboarding_url_expires(install: Install) -> None:
    """An onboarding URL expires."""
    who, session = install.scheduled()
    url = install.onboarding_url(who, session)
    install.sandbox.advance("2d")
    page = install.browser().open(url)
    told = "Two days later it opens no more."
    install.holds("smarterproctoring.onboard-expires", not page.ok, told, expected="a refusal", got=page.status)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.onboard-steps")
def test_from_onboarding_to_the_end(install: Install) -> None:
    """Onboarding leads through system check, identity and room scan to the exam, which is taken and closed."""
    who, session = install.scheduled()
    text = install.browser().open(install.onboarding_url(who, session)).text.lower()
    told = "The onboarding shows its steps."
    there = all(word in text for word in ("system", "identity", "room"))
    install.holds(
        "smarterproctoring.onboard-steps", there, told, expected="system check, identity, room scan", got=text
    )
    for action, wanted in (("begin", "In Progress"), ("end", "Processing"), ("close", "Closed")):
        install.sandbox.action(action, session_sid=session)
        status = install.status(session)
        told = f"After {action} a session is {wanted}."
        install.holds("smarterproctoring.moves", status == wanted, told, expected=wanted, got=status)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.session_status_change", "smarterproctoring.status-change-token")
def test_a_changed_status_is_told(install: Install) -> None:
    """A call that tells of a changed status carries the API token in the token header."""
    receiver = Receiver().start()
    try:
        with install.sandbox.settings(status_webhook_url=f"{receiver.url}/changes"):
            install.scheduled()
            install.sandbox.advance("0s")
        came = receiver.at("/changes")
    finally:
        receiver.stop()
    install.holds("smarterproctoring.session_status_change", came, "It is told.", expected="a POST", got="nothing")
    for each in came:
        install.received(replace(each, webhook="session_status_change"))
    signed = all(each.headers.get("token") == install.signed["token"] for each in came)
    install.holds("smarterproctoring.status-change-token", signed, "It carries the token.", got=came[0].headers)


@pytest.mark.clause("smarterproctoring.add_session_event", "smarterproctoring.list_session_events")
def test_something_is_reported(install: Install) -> None:
    """What happened in a session is reported, and listed."""
    who, session = install.scheduled()
    said = {"subject": "Noise", "status": "Open", "eventTime": instant(install.now()), "directWitness": "Ann Lee"}
    said |= {"contactPerson": "Ann Lee", "contactPhone": "+15550100", "contactEmail": "ann@people.example"}
    path = install.session_path(who, session, "events")
    install.needs(install.api("POST", path, json={**said, "draft": False}))
    listed = install.needs(install.api("GET", path)).records("results")
    there = any(each.get("subject") == "Noise" for each in listed)
    install.holds("smarterproctoring.list_session_events", there, "The report is listed.", expected="Noise", got=listed)


@pytest.mark.clause("smarterproctoring.list_appointments")
def test_appointments_are_reported(install: Install) -> None:
    """The sessions of an install are reported, those of an exam alone if it is named."""
    who, session = install.scheduled()
    reply = install.needs(install.api("GET", install.path("reports", "appointments"), params={"examSid": who.exam}))
    found = reply.records("results")
    told = "The session is in the report."
    install.holds("smarterproctoring.list_appointments", session in str(found), told, expected=session, got=found)
