"""Which sessions and events a list holds, and in which order."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from mockserver.vendors.smarterproctoring.entities import Course, Enrollment, Event, Exam, Session, User
from mockserver.vendors.smarterproctoring.refusals import invalid
from mockserver.vendors.smarterproctoring.state import SmarterProctoring
from mockserver.vendors.smarterproctoring.statuses import ACTIVE

D = TypeVar("D", Session, Event)


def sessions_of_enrollment(
    state: SmarterProctoring, enrollment: Enrollment, exam: Exam, asked: Mapping[str, Any]
) -> list[Session]:
    """Return the sessions of the asked statuses; without any those of the past, and with ``include_active`` all."""
    statuses = set(asked["status"])
    if "active" in statuses:
        if not state.settings.accept_status_active:
            raise invalid("status", "active is no status.")
        statuses = {*statuses, *ACTIVE}
    found = [
        each
        for each in state.sessions_of(exam.sid, enrollment.sid)
        if (state.status_of(each) in statuses if statuses else asked["include_active"] or not state.is_active(each))
    ]
    return in_order(found, asked)


def in_order(found: Iterable[D], asked: Mapping[str, Any]) -> list[D]:
    """Return things by their date, the newest first if that is asked."""
    return sorted(found, key=lambda each: each.created, reverse=asked["sort_order"] == "DESC")


def appointments(state: SmarterProctoring, install_sid: str, asked: Mapping[str, Any]) -> list[Session]:
    """Return the sessions of an install that all filters let through, oldest first."""
    install = state.install(install_sid)
    for field, name, prefix in _NAMED:
        if name in asked:
            state.check_sid(field, asked[name], prefix)
    return [
        each
        for each in state.sessions
        if each.install_sid == install.sid
        and _is_wanted(state, each, asked)
        and _belongs(state, each, asked)
        and _is_within(each, asked)
    ]


_NAMED = (
    ("courseSid", "course_sid", "CU"),
    ("examSid", "exam_sid", "EX"),
    ("courseOfferingSid", "course_offering_sid", "CO"),
)


def _is_wanted(state: SmarterProctoring, session: Session, asked: Mapping[str, Any]) -> bool:
    standing = {
        "course_sid": session.course_sid,
        "exam_sid": session.exam_sid,
        "type": session.session_type,
        "status": state.status_of(session),
        "review_status": _review_status(session),
        "learner_sid": session.user_sid,
    }
    return all(asked.get(name, value) == value for name, value in standing.items())


def _belongs(state: SmarterProctoring, session: Session, asked: Mapping[str, Any]) -> bool:
    course: Course = state.courses.get(session.course_sid)
    exam: Exam = state.exams.get(session.exam_sid)
    learner: User = state.users.get(session.user_sid)
    searched = {
        "learner_first_name": learner.first_name,
        "learner_last_name": learner.last_name,
        "learner_email": learner.email,
        "course_title": course.title,
        "exam_title": exam.title,
    }
    return (
        asked.get("course_offering_sid", course.offering_sid) == course.offering_sid
        and asked.get("exam_status", exam.status) == exam.status
        and all(asked.get(name, "").lower() in value.lower() for name, value in searched.items())
    )


def _is_within(session: Session, asked: Mapping[str, Any]) -> bool:
    after, before, at = asked.get("appointment_after"), asked.get("appointment_before"), session.appointment_date
    if after is None and before is None:
        return True
    return at is not None and (after is None or at >= after) and (before is None or at < before)


def _review_status(session: Session) -> str:
    if not session.review_required:
        return "not-required"
    return "pending" if session.review_completed_date is None else "complete"
