"""Who may take an exam: the sessions that enrollments have by themselves, and by assignment."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.vendors.smarterproctoring.entities import Enrollment, Exam
from mockserver.vendors.smarterproctoring.refusals import invalid, unknown
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

REMOVED = "removed-by-limited-scope"


def supply_learner(state: SmarterProctoring, enrollment: Enrollment) -> None:
    """Give a learner a session for each exam of the course that is not limited in scope, unless there was one."""
    if enrollment.role == "learner":
        for exam in state.exams.where(course_sid=enrollment.course_sid, limited_scope=False):
            _supply(state, exam, enrollment)


def supply_exam(state: SmarterProctoring, exam: Exam) -> None:
    """Give every learner a session for an exam that is not limited in scope, unless there was one."""
    if not exam.limited_scope:
        for enrollment in state.learners(exam.course_sid):
            _supply(state, exam, enrollment)


def update(state: SmarterProctoring, exam: Exam, add: Iterable[str], remove: Iterable[str]) -> None:
    """Assign enrollments to an exam and take others off it.

    Raises ``NotFound`` for an unknown enrollment and ``BadRequest`` for one that cannot be assigned.
    """
    added = [_assignable(state, exam, sid) for sid in add]
    removed = [_of_the_course(state, exam, sid) for sid in remove]
    both = {each.sid for each in added} & {each.sid for each in removed}
    if both:
        raise invalid("enrollmentSid", f"{min(both)} is both added and removed.")
    for enrollment in added:
        _assign(state, exam, enrollment)
    for enrollment in removed:
        _take_off(state, exam, enrollment)


def chosen(state: SmarterProctoring, exam: Exam, scope: Mapping[str, Any]) -> list[str]:
    """Return the enrollments of a scope: single ones, learners of sections, all learners of the exam's course."""
    course_sid: str | None = scope.get("course_sid")
    members: list[Enrollment] = []
    if course_sid is not None:
        state.check_sid("courseSid", course_sid, "CU")
        if course_sid != exam.course_sid:
            raise invalid("courseSid", f"Exam {exam.sid} is in course {exam.course_sid}.")
        members += state.learners(course_sid)
    for section_sid in scope.get("section_sid", ()):
        members += _section(state, exam, section_sid)
    return [*scope.get("enrollment_sid", ()), *(each.sid for each in members)]


def _section(state: SmarterProctoring, exam: Exam, section_sid: str) -> list[Enrollment]:
    state.check_sid("sectionSid", section_sid, "CS")
    members = [each for each in state.learners(exam.course_sid) if each.section_sid == section_sid]
    if not members:
        raise unknown("sectionSid", section_sid)
    return members


def _supply(state: SmarterProctoring, exam: Exam, enrollment: Enrollment) -> None:
    if not state.sessions_of(exam.sid, enrollment.sid):
        state.open_session(exam, enrollment)


def _of_the_course(state: SmarterProctoring, exam: Exam, enrollment_sid: str) -> Enrollment:
    enrollment = state.enrollment(state.courses.get(exam.course_sid).install_sid, enrollment_sid)
    if enrollment.course_sid != exam.course_sid:
        raise invalid("enrollmentSid", f"{enrollment.sid} is not in course {exam.course_sid} of the exam.")
    return enrollment


def _assignable(state: SmarterProctoring, exam: Exam, enrollment_sid: str) -> Enrollment:
    enrollment = _of_the_course(state, exam, enrollment_sid)
    if enrollment.role != "learner":
        raise invalid("enrollmentSid", f"{enrollment.sid} is an {enrollment.role}; only learners take exams.")
    return enrollment


def _assign(state: SmarterProctoring, exam: Exam, enrollment: Enrollment) -> None:
    """Leave an active session as it is, and open another only while attempts are left."""
    sessions = state.sessions_of(exam.sid, enrollment.sid)
    if any(state.is_active(each) for each in sessions):
        return
    used = sum(1 for each in sessions if each.status == "Closed")
    if used < state.configuration_of(exam.sid, enrollment.sid).attempts:
        state.open_session(exam, enrollment)


def _take_off(state: SmarterProctoring, exam: Exam, enrollment: Enrollment) -> None:
    for session in state.sessions_of(exam.sid, enrollment.sid):
        if state.is_active(session):
            state.change(session, status="Cancelled", status_reason=REMOVED, date_cancelled=state.now())
