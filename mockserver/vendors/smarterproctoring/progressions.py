"""How a session moves on without anybody acting, at the pace of the reads that show it."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.core.progression import Progression, Step
from mockserver.vendors.smarterproctoring import listing
from mockserver.vendors.smarterproctoring.entities import Session
from mockserver.vendors.smarterproctoring.state import SmarterProctoring


def _one(state: SmarterProctoring, session_sid: str, **_: Any) -> Iterator[str]:
    yield session_sid


def _listed(
    state: SmarterProctoring, install_sid: str, enrollment_sid: str, exam_sid: str, data: Mapping[str, Any], **_: Any
) -> Iterator[str]:
    enrollment, exam = state.enrollment(install_sid, enrollment_sid), state.exam(install_sid, exam_sid)
    found = listing.sessions_of_enrollment(state, enrollment, exam, data)
    first = data["offset"]
    for session in found[first : first + data.get("limit", state.settings.default_limit)]:
        yield session.sid


def _follows(state: SmarterProctoring, session: Session) -> Step | None:
    """Return the next of: begin at the appointment, end, review where it is wanted, close."""
    named = {"session_sid": session.sid}
    match state.status_of(session):
        case "Scheduled" if session.appointment_end_date and state.now() < session.appointment_end_date:
            return Step("begin", named, not_before=session.appointment_date)
        case "In Progress":
            return Step("end", named)
        case "Processing" if session.review_required and session.review_completed_date is None:
            return Step("review", named)
        case "Processing":
            return Step("close", named)
    return None


PROGRESSIONS = (
    Progression(operation="get_exam_session", collection="sessions", reads=_one, follows=_follows),
    Progression(operation="get_session_status", collection="sessions", reads=_one, follows=_follows),
    Progression(operation="list_enrollment_exam_sessions", collection="sessions", reads=_listed, follows=_follows),
)
