"""Sessions as the API shows them: what is remembered, what follows from it, and what the mock has nothing for."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from mockserver.vendors.smarterproctoring.entities import Configuration, Exam, Session
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

_EMPTY = (
    "proctor_review_process_sid",
    "external_reserved_appointment_id",
    "external_reserved_appointment_expires",
    "external_appointment_sync_date",
    "review_by_date",
    "review_by_user_sid",
    "review_complete_notification_url",
    "platform_version",
    "cancellation_policy_sid",
    "access_key",
    "workflow_module",
    "account",
    "deployment",
    "exam_file",
    "returned_file",
)
"""What the vendor answers and no document explains: always null here."""


def summaries(state: SmarterProctoring, sessions: Sequence[Session]) -> list[dict[str, Any]]:
    """Return sessions as lists show them."""
    return [summary(state, each) for each in sessions]


def summary(state: SmarterProctoring, session: Session) -> dict[str, Any]:
    """Return what is remembered of a session, and where it stands now."""
    attributes = {each.name: getattr(session, each.name) for each in fields(session)}
    return {**attributes, "status": state.status_of(session)}


def details(state: SmarterProctoring, session: Session) -> dict[str, Any]:
    """Return a session with all that belongs to it."""
    configuration = state.configuration_of(session.exam_sid, session.enrollment_sid)
    watched = configuration.proctor_types.get(session.proctor_type_sid or "", {})
    return {
        **_appointment(state, session, _count(state, session.exam_sid)),
        "began": session.in_progress_date,
        "duration": configuration.duration,
        "url": configuration.url,
        "modality_options": watched.get("options", {}),
        "install": state.installs.get(session.install_sid),
        "course": state.courses.get(session.course_sid),
        "reviewed": session.review_completed_date is not None,
        "proctor_groups": [],
        "photos": [],
    }


def appointments(state: SmarterProctoring, sessions: Sequence[Session]) -> list[dict[str, Any]]:
    """Return sessions as the report of appointments shows them."""
    counts = {exam_sid: _count(state, exam_sid) for exam_sid in {each.exam_sid for each in sessions}}
    return [_appointment(state, each, counts[each.exam_sid]) for each in sessions]


def _appointment(state: SmarterProctoring, session: Session, counts: dict[str, int]) -> dict[str, Any]:
    configuration = state.configuration_of(session.exam_sid, session.enrollment_sid)
    return {
        **dict.fromkeys(_EMPTY),
        **summary(state, session),
        "scheduling_module": session.session_type,
        "session_report_count": sum(1 for _ in state.events.where(session_sid=session.sid)),
        "series": {},
        "mandatory_room_scan_video": False,
        "muted_annotations": {},
        "exam": {**_exam(state, state.exams.get(session.exam_sid), configuration), **counts},
        "enrollment": state.enrollments.get(session.enrollment_sid),
    }


def _count(state: SmarterProctoring, exam_sid: str) -> dict[str, int]:
    statuses = [each.status for each in state.sessions.where(exam_sid=exam_sid)]
    return {"total_sessions": len(statuses), "needs_proctor_sessions": statuses.count("Needs Proctor")}


def _exam(state: SmarterProctoring, exam: Exam, configuration: Configuration) -> dict[str, Any]:
    instructor = next(state.enrollments.where(course_sid=exam.course_sid, role="instructor"), None)
    teacher = state.users.get(instructor.user_sid) if instructor else None
    return {
        **asdict(exam),
        "type": exam.type.capitalize(),
        "url": configuration.url,
        "use_proctor_manager": False,
        "enable_appointment_suggestions": False,
        "instructor_name": f"{teacher.first_name} {teacher.last_name}" if teacher else None,
        "course_name": state.courses.get(exam.course_sid).title,
        "platform_version": None,
    }
