"""Sessions while the exam is taken and after: begun, ended, closed, reviewed, and what is reported of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from mockserver.core.clock import format_instant, later
from mockserver.vendors.smarterproctoring.entities import Event, Session
from mockserver.vendors.smarterproctoring.refusals import forbidden_now
from mockserver.vendors.smarterproctoring.state import SmarterProctoring


def begin(state: SmarterProctoring, *, session_sid: str) -> Session:
    """Let the exam begin, at the time of its appointment."""
    session = state.sessions.get(session_sid)
    state.require(session, "begin")
    obstacle = obstacle_to_begin(state, session)
    if obstacle is not None:
        raise forbidden_now("sessionSid", obstacle)
    return state.change(session, status="In Progress", in_progress_date=state.now())


def obstacle_to_begin(state: SmarterProctoring, session: Session) -> str | None:
    """Return why a scheduled exam cannot begin now, None if it can."""
    start, end, early = session.appointment_date, session.appointment_end_date, state.settings.early_start_minutes
    if start is None or end is None:
        return "It has no appointment."
    if state.now() >= end:
        return f"Its appointment ended at {format_instant(end)}."
    if early is not None and state.now() < later(start, -timedelta(minutes=early)):
        return f"Its appointment is at {format_instant(start)}; it can begin {early} minutes before."
    return None


def end(state: SmarterProctoring, *, session_sid: str) -> Session:
    """End the exam; what was recorded is processed next."""
    session = state.sessions.get(session_sid)
    state.require(session, "end")
    return state.change(session, status="Processing")


def end_overdue(state: SmarterProctoring, *, session_sid: str) -> Session:
    """End an exam whose time is up; any other session stays as it is."""
    session = state.sessions.get(session_sid)
    if session.status == state.status_of(session):
        return session
    return state.change(session, status=state.status_of(session))


def report_incident(state: SmarterProctoring, *, session_sid: str, reason: str | None = None) -> Session:
    """Stop a session because something went wrong."""
    session = state.sessions.get(session_sid)
    state.require(session, "report an incident in")
    return state.change(session, status="Incident", status_reason=reason)


def close(state: SmarterProctoring, *, session_sid: str, reason: str = "exam-completed") -> Session:
    """Close a session that was taken: one attempt is used."""
    session = state.sessions.get(session_sid)
    state.require(session, "close")
    return state.change(session, status="Closed", status_reason=reason, date_closed=state.now())


def review(state: SmarterProctoring, *, session_sid: str) -> Session:
    """Complete the review of a session that wants one."""
    session = state.sessions.get(session_sid)
    state.require(session, "review")
    if not session.review_required:
        raise forbidden_now("sessionSid", f"Session {session.sid} wants no review.")
    if session.review_completed_date is not None:
        at = format_instant(session.review_completed_date)
        raise forbidden_now("sessionSid", f"Session {session.sid} was reviewed at {at}.")
    return state.change(session, review_completed_date=state.now())


def add_event(state: SmarterProctoring, session: Session, given: Mapping[str, Any]) -> Event:
    """Report something that happened in a session."""
    sid = state.next_sid(state.events, "ER")
    return state.events.add(Event(sid=sid, session_sid=session.sid, created=state.now(), **given))
