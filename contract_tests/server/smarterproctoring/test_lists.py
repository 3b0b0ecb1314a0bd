"""Lists: which sessions, reports and appointments they hold, page by page."""

from typing import Any

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.smarterproctoring.calls import EVENT
from contract_tests.server.smarterproctoring.install import Data, Enrolled, Install, sid_of

pytestmark = pytest.mark.writes

_SESSIONS = "smarterproctoring.list_enrollment_exam_sessions"
_EVENTS = "smarterproctoring.list_session_events"
_APPOINTMENTS = "smarterproctoring.list_appointments"


_RESULTS = f"{_SESSIONS}.response.200.body.results"


def _listed(install: Install, who: Enrolled, **query: str) -> Reply:
    """Make a call with a query that only the reference has, and hold the list's shape against the server."""
    path = install.path("enrollments", who.enrollment, "exams", who.exam, "sessions")
    return install.needs(install.api("GET", path, params=query), clause=_RESULTS)


def _sids(found: list[Data]) -> list[Any]:
    return [each.get("sid") for each in found]


@pytest.mark.clause("smarterproctoring.list-active", "smarterproctoring.list-active-scheduled")
def test_what_can_be_scheduled_is_active(install: Install) -> None:
    """status=active lists the sessions that are eligible for scheduling, and only these."""
    who = install.enrolled()
    listed = install.sessions(who, status="active")
    told = "A session that has no appointment yet is listed."
    install.holds("smarterproctoring.list-active", listed, told, expected="a session", got=listed)
    session = sid_of(listed[-1])
    install.needs(install.schedule(who, session, install.soon()))
    then = _sids(install.sessions(who, status="active"))
    told = "It is listed as long as it is not over; no document says so."
    install.holds("smarterproctoring.list-active-scheduled", session in then, told, expected=session, got=then)
    install.cancel(who, session)
    for each in install.sessions(who, status="active"):
        reply = install.schedule(who, sid_of(each), install.soon())
        told = "What is listed after a cancellation can be scheduled."
        install.holds("smarterproctoring.list-active", reply.ok, told, expected="an appointment", got=reply.told)


@pytest.mark.clause("smarterproctoring.list-default", _SESSIONS)
def test_all_of_them_are_listed(install: Install) -> None:
    """includeActive=true lists the sessions that are not over besides the others; no document says of which others."""
    who, session = install.scheduled()
    install.cancel(who, session)
    active = _sids(install.active(who))
    everything, over = _sids(install.sessions(who, includeActive="true")), _sids(install.sessions(who))
    told = "Without status the sessions that are over are listed, and with includeActive the others too."
    fits = over == [session] and set(everything) == {session, *active}
    install.holds("smarterproctoring.list-default", fits, told, expected=[session, *active], got=[over, everything])


@pytest.mark.clause(_RESULTS)
def test_sessions_by_status(install: Install) -> None:
    """A list asked for by status holds sessions of that status only."""
    who, session = install.scheduled()
    for status, wanted in (("Scheduled", [session]), ("Needs Proctor", []), ("Closed", [])):
        found = _sids(_listed(install, who, status=status).records("results"))
        install.holds(_RESULTS, found == wanted, f"These are {status}.", expected=wanted, got=found)


def _three_sessions(install: Install) -> tuple[Enrolled, list[Any]]:
    who, session = install.scheduled()
    for _ in range(2):
        install.cancel(who, session)
        session = install.session(who)
        install.needs(install.schedule(who, session, install.soon()))
    return who, _sids(install.sessions(who, includeActive="true"))


@pytest.mark.clause(f"{_SESSIONS}.response.200.body.next")
def test_a_list_in_pages(install: Install) -> None:
    """Pages of one session each hold all of them, each once, and count what they hold."""
    who, whole = _three_sessions(install)
    listed: list[Any] = []
    for offset in range(3):
        page = _listed(install, who, includeActive="true", limit="1", offset=str(offset), sortKeys="createdDate")
        listed += _sids(page.records("results"))
        got = {name: page.json.get(name) for name in ("total", "count", "offset")}
        told = "A page says what it holds."
        fits = got == {"total": 3, "count": 1, "offset": offset}
        install.holds(f"{_SESSIONS}.response.200.body.count", fits, told, expected=offset, got=got)
        more = page.json.get("next") is not None
        told = "There is a next page as long as there is more."
        install.holds(f"{_SESSIONS}.response.200.body.next", more == (offset < 2), told, got=page.told)
    told = "The pages hold every session once."
    install.holds(_RESULTS, listed == whole, told, expected=whole, got=listed)
    backwards = _sids(_listed(install, who, includeActive="true", sortOrder="DESC").records("results"))
    told = "The other way round they are the same ones."
    install.holds(_RESULTS, set(backwards) == set(whole), told, expected=whole, got=backwards)


@pytest.mark.clause("smarterproctoring.add_session_event", _EVENTS)
def test_something_is_reported(install: Install) -> None:
    """What happened in a session is reported, and listed with all that was said."""
    who, session = install.scheduled()
    path = install.session_path(who, session, "events")
    for said in (EVENT, {**EVENT, "subject": "Silence", "status": "Closed", "details": "At last."}):
        made = install.needs(install.api("POST", path, json=said))
        install.holds("smarterproctoring.add_session_event", _has(made.json, said), "It is taken.", got=made.told)
    listed = install.needs(install.api("GET", path)).records("results")
    there = [each.get("subject") for each in listed]
    told = "Both reports are listed."
    install.holds(_EVENTS, there == ["Noise", "Silence"], told, expected="Noise, Silence", got=there)
    first = install.needs(install.api("GET", path, params={"limit": "1", "sortOrder": "ASC"})).records("results")
    install.holds(_EVENTS, first == listed[:1], "A page is as long as was asked.", expected=listed[:1], got=first)


def _has(found: Any, said: Data) -> bool:
    """Tell whether a report has what was said; its dates are the vendor's to spell."""
    return isinstance(found, dict) and all(found.get(key) == said[key] for key in said if key != "eventTime")


@pytest.mark.clause(_APPOINTMENTS)
@pytest.mark.parametrize("asked", ["examSid", "courseSid", "learnerSid", "status", "type"])
def test_appointments_are_reported(install: Install, asked: str) -> None:
    """The sessions of an install are reported, those alone that were asked for."""
    who, session = install.scheduled()
    other, _ = install.scheduled()
    about = {"examSid": who.exam, "courseSid": who.course, "learnerSid": who.user}
    # Others may have made appointments as well, and a page need not hold them all.
    query = {"examSid": who.exam, asked: {**about, "status": "Scheduled", "type": "automated"}[asked]}
    path = install.path("reports", "appointments")
    found = _sids(install.needs(install.api("GET", path, params=query)).records("results"))
    install.holds(_APPOINTMENTS, found == [session], "This session is reported.", expected=[session], got=found)
    wrong = {"examSid": other.exam, "courseSid": other.course, "learnerSid": other.user}
    query[asked] = {**wrong, "status": "Closed", "type": "vtc"}[asked]
    left = _sids(install.needs(install.api("GET", path, params=query)).records("results"))
    install.holds(_APPOINTMENTS, session not in left, "It is not among others.", expected="none of it", got=left)
