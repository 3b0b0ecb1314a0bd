"""Appointments: when one may be made and take place, and how it is moved and given up."""

from datetime import timedelta

import pytest

from contract_tests.server.smarterproctoring.install import Data, Install, instant

pytestmark = pytest.mark.writes


_SCHEDULE = "smarterproctoring.schedule_exam_session"


@pytest.mark.clause(_SCHEDULE, "smarterproctoring.appointment-end")
def test_an_appointment_is_made(install: Install) -> None:
    """A session is given its appointment, is Scheduled, and ends when the exam's duration has passed."""
    who = install.enrolled({"duration": 90})
    session, at = install.session(who), install.now() + timedelta(days=1)
    reply = install.needs(install.schedule(who, session, at))
    status = install.status(session)
    told, clause = "A session with an appointment is Scheduled.", f"{_SCHEDULE}.response.200.body.status"
    install.holds(clause, status == "Scheduled", told, expected="Scheduled", got=status)
    for found in (reply.json, install.read(who, session)):
        fits = found.get("sid") == session
        install.holds(f"{_SCHEDULE}.response.200.body.sid", fits, "It is that session.", expected=session, got=found)
        begins, ends = _dates(found)
        told = "It begins at its appointment."
        clause = f"{_SCHEDULE}.response.200.body.appointmentDate"
        install.holds(clause, begins == instant(at), told, expected=instant(at), got=begins)
        wanted = instant(at + timedelta(minutes=90))
        told = "It ends when the exam's duration has passed."
        install.holds("smarterproctoring.appointment-end", ends == wanted, told, expected=wanted, got=ends)


def _dates(session: Data) -> list[str]:
    """Return begin and end of a session's appointment, without what is less than a second."""
    dates = [str(session.get(name)) for name in ("appointmentDate", "appointmentEndDate")]
    return [f"{date[:19]}Z" if date.endswith("Z") else date for date in dates]


@pytest.mark.clause("smarterproctoring.moves")
def test_a_session_has_one_appointment(install: Install) -> None:
    """A session that is scheduled is moved or cancelled, and not scheduled again; no document says so."""
    who, session = install.scheduled()
    again = install.schedule(who, session, install.now() + timedelta(days=1))
    install.refuses(again, "smarterproctoring.moves", "A scheduled session is not scheduled again.")
    install.cancel(who, session)
    path = install.session_path(who, session)
    for method, said in (("DELETE", {"cancellationMemo": "check"}), ("PUT", {"notes": "check"})):
        late = install.api(method, path, json=said)
        install.refuses(late, "smarterproctoring.moves", "A cancelled session has no appointment to change.")


@pytest.mark.clause("smarterproctoring.appointment-past")
def test_no_appointment_in_the_past(install: Install) -> None:
    """An appointment that would be over already is refused; no document says so."""
    who = install.enrolled()
    reply = install.schedule(who, install.session(who), install.now() - timedelta(hours=12))
    install.refuses(reply, "smarterproctoring.appointment-past", "What is over cannot begin.")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.clause("smarterproctoring.access-window")
def test_no_appointment_outside_the_access(install: Install, when: str) -> None:
    """An appointment that begins when the exam is not available is refused; no document says so."""
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
    begins, _ = _dates(install.read(who, session))
    told = "The session has its new appointment."
    install.holds("smarterproctoring.reschedule_exam_session", begins == at, told, expected=at, got=begins)
    moved = install.api("GET", install.session_path(who, session, "onboard"))
    install.needs(moved, clause="smarterproctoring.onboard-scheduled")


@pytest.mark.clause("smarterproctoring.cancel_exam_session", "smarterproctoring.new-session-after-cancel")
def test_an_appointment_is_cancelled(install: Install) -> None:
    """An appointment can be cancelled, and the learner can choose another."""
    who, session = install.scheduled()
    said = {"cancellationMemo": "check", "reason": "changed-time"}
    install.needs(install.api("DELETE", install.session_path(who, session), json=said))
    status = install.status(session)
    told = "What is cancelled is Cancelled."
    clause = "smarterproctoring.cancel_exam_session"
    install.holds(clause, status == "Cancelled", told, expected="Cancelled", got=status)
    left = install.active(who)
    told = "The learner can choose another appointment."
    install.holds("smarterproctoring.new-session-after-cancel", left, told, expected="another session", got=left)
