"""What becomes of a session, and who is told of it. Only a mock lets its people act on request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from contract_tests.server.receiver import Receiver
from contract_tests.server.smarterproctoring.install import Enrolled, Install

pytestmark = [pytest.mark.writes, pytest.mark.sandbox]

_CHANGE = "smarterproctoring.session_status_change"


def _is_everywhere(install: Install, who: Enrolled, session: str, clause: str, wanted: str) -> None:
    """Hold that a session has a status, whichever way it is read."""
    read = install.read(who, session)
    listed = {each.get("sid"): each.get("status") for each in install.sessions(who, includeActive="true")}
    query = {"examSid": who.exam}
    report = install.needs(install.api("GET", install.path("reports", "appointments"), params=query))
    reported = {each.get("sid"): each.get("status") for each in report.records("results")}
    found = [install.status(session), read.get("status"), listed.get(session), reported.get(session)]
    install.holds(clause, found == [wanted] * 4, f"The session is {wanted}.", expected=wanted, got=found)


@pytest.mark.clause("smarterproctoring.approval")
def test_an_appointment_waits_for_approval(install: Install) -> None:
    """Where an exam wants approval an appointment is Pending Approval until somebody approves or denies it."""
    who = install.enrolled()
    install.sandbox.action("require_approval", exam_sid=who.exam)
    session, clause = install.session(who), "smarterproctoring.approval"
    _is_everywhere(install, who, session, clause, "Needs Proctor")
    for action, wanted in (("deny", "Approval Denied"), ("approve", "Scheduled")):
        install.needs(install.schedule(who, session, install.soon()))
        _is_everywhere(install, who, session, clause, "Pending Approval")
        install.sandbox.action(action, session_sid=session)
        _is_everywhere(install, who, session, clause, wanted)


@pytest.mark.clause("smarterproctoring.moves")
def test_from_the_appointment_to_the_end(install: Install) -> None:
    """A session is Scheduled, In Progress, Processing and Closed, and is reviewed where its proctoring wants it."""
    who, session = install.scheduled()
    for action, wanted in (("begin", "In Progress"), ("end", "Processing"), ("close", "Closed")):
        install.sandbox.action(action, session_sid=session)
        _is_everywhere(install, who, session, "smarterproctoring.moves", wanted)
    over = [each.get("sid") for each in install.sessions(who, status="Closed")]
    install.holds("smarterproctoring.moves", over == [session], "It is among those that are over.", got=over)
    if install.read(who, session).get("reviewRequired"):
        install.sandbox.action("review", session_sid=session)
        read = install.read(who, session)
        clause = "smarterproctoring.get_exam_session.response.200.body.reviewCompletedDate"
        install.holds(clause, read.get("reviewCompletedDate"), "It says when it was reviewed.", got=read)


@pytest.mark.clause("smarterproctoring.moves")
def test_an_incident_ends_a_session(install: Install) -> None:
    """What goes wrong during an exam makes it an Incident, which is closed."""
    who, session = install.scheduled()
    install.sandbox.action("begin", session_sid=session)
    install.sandbox.action("report_incident", session_sid=session, reason="power-cut")
    _is_everywhere(install, who, session, "smarterproctoring.moves", "Incident")
    install.sandbox.action("close", session_sid=session)
    _is_everywhere(install, who, session, "smarterproctoring.moves", "Closed")


@pytest.mark.clause("smarterproctoring.moves")
def test_a_cancelled_session_stays(install: Install) -> None:
    """A session that was cancelled is Cancelled wherever it is read."""
    who, session = install.scheduled()
    install.cancel(who, session)
    _is_everywhere(install, who, session, "smarterproctoring.moves", "Cancelled")


@pytest.mark.clause("smarterproctoring.time-is-up")
def test_time_is_up(install: Install) -> None:
    """An exam in progress ends by itself when its duration has passed; no document says so."""
    who, session = install.scheduled()
    install.sandbox.action("begin", session_sid=session)
    install.sandbox.advance("59m")
    _is_everywhere(install, who, session, "smarterproctoring.time-is-up", "In Progress")
    install.sandbox.advance("2m")
    _is_everywhere(install, who, session, "smarterproctoring.time-is-up", "Processing")


@contextmanager
def _receiving(listen: str = "127.0.0.1:0") -> Iterator[Receiver]:
    receiver = Receiver(listen).start()
    try:
        yield receiver
    finally:
        receiver.stop()


@pytest.mark.parametrize("spelling", ["api", "sample"])
@pytest.mark.clause(_CHANGE, "smarterproctoring.status-change-token")
def test_a_changed_status_is_told(install: Install, spelling: str) -> None:
    """A call that tells of a changed status carries the API token in the token header."""
    with _receiving() as receiver:
        url = f"{receiver.url}/changes"
        with install.sandbox.settings(status_webhook_url=url, status_webhook_spelling=spelling):
            _live_through_everything(install)
            install.sandbox.advance("0s")
        came = receiver.at("/changes")
    install.holds(_CHANGE, came, "It is told.", expected="a POST", got="nothing")
    for each in came:
        install.received(replace(each, webhook="session_status_change"))
    signed = all(each.headers.get("token") == install.signed["token"] for each in came)
    install.holds("smarterproctoring.status-change-token", signed, "It carries the token.", got=came[0].headers)


def _live_through_everything(install: Install) -> None:
    """Let sessions have every status there is."""
    who = install.enrolled()
    install.sandbox.action("require_approval", exam_sid=who.exam)
    session = install.session(who)
    for action in ("deny", "approve", "begin", "end", "report_incident", "close"):
        if action in {"deny", "approve"}:
            install.needs(install.schedule(who, session, install.soon()))
        install.sandbox.action(action, session_sid=session)
    install.cancel(*install.scheduled())


@pytest.mark.clause("smarterproctoring.status-change-retries")
def test_a_changed_status_is_told_again(install: Install) -> None:
    """A call that nobody took is repeated some times; no document says so."""
    with _receiving() as receiver:
        pass
    with install.sandbox.settings(status_webhook_url=f"{receiver.url}/changes"):
        install.scheduled()
        install.sandbox.advance("0s")
        with _receiving(receiver.url.removeprefix("http://")) as again:
            install.sandbox.advance("1h")
            came = again.at("/changes")
    install.holds("smarterproctoring.status-change-retries", came, "It comes again.", expected="a POST", got="nothing")
