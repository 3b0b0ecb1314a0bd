"""The appointments of sessions: made, moved, approved and cancelled."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mockserver.core.clock import format_instant, later
from mockserver.vendors.smarterproctoring.entities import Configuration, Exam, Session
from mockserver.vendors.smarterproctoring.reference import AUTOMATED_WITH_REVIEW, LOCATION_TYPES
from mockserver.vendors.smarterproctoring.refusals import forbidden_now, invalid, unknown
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

_OWN = (
    "session_type",
    "notes",
    "instructor_proctor_sid",
    "cancellation_policy_version_sid",
    "external_appointment_id",
    "exam_locale",
)
"""What a session shows of an appointment; the rest is kept as its arrangement, but for dates and a card."""

_DATES = {"appointment_date", "appointment_start_date", "appointment_end_date"}

_LOCATION_TYPE_SIDS = {each.sid for each in LOCATION_TYPES}


def schedule(state: SmarterProctoring, session: Session, given: Mapping[str, Any]) -> Session:
    """Make a session's appointment, which waits for approval where the exam wants it."""
    state.require(session, "schedule")
    configuration = state.configuration_of(session.exam_sid, session.enrollment_sid)
    start: datetime = given["appointment_date"]
    end = later(start, timedelta(minutes=configuration.duration))
    _check_dates(state, configuration, start, end)
    proctor_type = _proctor_type(state, configuration, given.get("proctor_location_sid"))
    waits = state.settings.require_approval or state.exams.get(session.exam_sid).require_approval
    return state.change(
        session,
        status="Pending Approval" if waits else "Scheduled",
        status_reason=None,
        proctor_type_sid=proctor_type,
        review_required=proctor_type == AUTOMATED_WITH_REVIEW,
        appointment_date=start,
        appointment_end_date=end,
        date_scheduled=state.now(),
        **_details(session, given),
    )


def reschedule(state: SmarterProctoring, session: Session, given: Mapping[str, Any]) -> Session:
    """Move an appointment, or change what goes with it; its approval stands."""
    state.require(session, "reschedule")
    return state.change(session, **_new_dates(state, session, given), **_details(session, given))


def cancel(state: SmarterProctoring, session: Session, given: Mapping[str, Any]) -> Session:
    """Cancel an appointment; the learner gets a new session to choose another."""
    memo = given.get("cancellation_memo")
    if state.settings.require_cancellation_memo and not memo:
        raise invalid("cancellationMemo", "Missing data for required field.")
    state.require(session, "cancel")
    cancelled = state.change(
        session,
        status="Cancelled",
        status_reason=given.get("reason"),
        cancellation_memo=memo,
        date_cancelled=state.now(),
    )
    if state.settings.new_session_after_cancel:
        state.open_session(state.exams.get(session.exam_sid), state.enrollments.get(session.enrollment_sid))
    return cancelled


def require_approval(state: SmarterProctoring, *, exam_sid: str, required: bool = True) -> Exam:
    """Make the appointments of an exam wait for approval from now on, or not any more."""
    return state.exams.save(replace(state.exams.get(exam_sid), require_approval=required))


def approve(state: SmarterProctoring, *, session_sid: str) -> Session:
    """Take an appointment that waits for approval, as its proctor or the instructor does."""
    session = state.sessions.get(session_sid)
    state.require(session, "approve")
    return state.change(session, status="Scheduled", date_approved=state.now())


def deny(state: SmarterProctoring, *, session_sid: str, reason: str | None = None) -> Session:
    """Turn down an appointment that waits for approval; another can be scheduled."""
    session = state.sessions.get(session_sid)
    state.require(session, "deny")
    return state.change(session, status="Approval Denied", status_reason=reason)


def _new_dates(state: SmarterProctoring, session: Session, given: Mapping[str, Any]) -> dict[str, datetime]:
    """Return when an appointment is from now on, nothing if no date is given."""
    if not _DATES & given.keys():
        return {}
    configuration = state.configuration_of(session.exam_sid, session.enrollment_sid)
    start = _new_start(session, given)
    end = given.get("appointment_end_date") or later(start, timedelta(minutes=configuration.duration))
    if end <= start:
        raise invalid("appointmentEndDateTime", "Must be after the start.")
    _check_dates(state, configuration, start, end)
    return {"appointment_date": start, "appointment_end_date": end}


def _new_start(session: Session, given: Mapping[str, Any]) -> datetime:
    one, other = given.get("appointment_date"), given.get("appointment_start_date")
    if one and other and one != other:
        raise invalid("appointmentStartDateTime", "Differs from appointmentDateTime.")
    start = one or other or session.appointment_date
    if start is None:
        raise forbidden_now("sessionSid", f"Session {session.sid} has no appointment to move.")
    return start


def _check_dates(state: SmarterProctoring, configuration: Configuration, start: datetime, end: datetime) -> None:
    """Hold an appointment against the exam's dates.

    It begins while the exam is accessible, and is made within the dates of scheduling, which end with access unless
    said otherwise.
    """
    now, opens = state.now(), configuration.scheduling_open
    closes = configuration.scheduling_close or configuration.access_close
    if opens is not None and now < opens:
        raise invalid("appointmentDateTime", f"Scheduling opens at {format_instant(opens)}.")
    if now > closes:
        raise invalid("appointmentDateTime", f"Scheduling closed at {format_instant(closes)}.")
    if not configuration.access_open <= start <= configuration.access_close:
        first, last = format_instant(configuration.access_open), format_instant(configuration.access_close)
        raise invalid("appointmentDateTime", f"The exam is accessible from {first} to {last}.")
    if end <= now:
        raise invalid("appointmentDateTime", f"The appointment would have ended at {format_instant(end)}.")


def _proctor_type(state: SmarterProctoring, configuration: Configuration, location_sid: str | None) -> str | None:
    """Return the proctor type of a location, or the first that the exam allows.

    A location must exist where the sandbox knows any; location types are taken too, as the documents mix the two.
    """
    location = None
    if location_sid is not None:
        state.check_sid("proctorLocationSid", location_sid, "PT", "PL", "LT")
        location = state.proctor_locations.find(sid=location_sid)
        if location is None and len(state.proctor_locations) and location_sid not in _LOCATION_TYPE_SIDS:
            raise unknown("proctorLocationSid", location_sid)
    if location is not None and location.proctor_type_sid is not None:
        return location.proctor_type_sid
    return next(iter(configuration.proctor_types), None)


def _details(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in given.items() if name not in {*_OWN, *_DATES, "card_token"}}
    own = {name: given[name] for name in _OWN if name in given}
    return {**own, "arrangement": {**session.arrangement, **rest}}
