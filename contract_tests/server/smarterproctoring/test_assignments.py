"""Who may take an exam: everybody in its course, or those who are assigned."""

import pytest

from contract_tests.server.smarterproctoring.install import Data, Enrolled, Install, sid_of

pytestmark = pytest.mark.writes

_ASSIGN = "smarterproctoring.update_course_exam_assignments"
_EVERY = "smarterproctoring.every-learner-a-session"


def _later(install: Install, who: Enrolled, **more: Data) -> Enrolled:
    """Return somebody else, who is enrolled in the same course when its exam is there already."""
    reply = install.needs(install.provision(course={"ids": {"sid": who.course}}, user=install.learner(), **more))
    user, enrollment = (str(reply.at(kind, "sid")) for kind in ("user", "enrollment"))
    return Enrolled(who.course, user, enrollment, who.exam, {})


@pytest.mark.clause(_EVERY)
def test_every_learner_has_a_session(install: Install) -> None:
    """Every enrollment of an exam's course has a session by itself, whoever came first."""
    who = install.enrolled()
    for each, told in (
        (who, "A learner of the course has a session."),
        (_later(install, who), "Who is enrolled later has one as well."),
    ):
        found = install.active(each)
        install.holds(_EVERY, len(found) == 1, told, expected="one session", got=found)


@pytest.mark.clause("smarterproctoring.limited-scope", _ASSIGN)
def test_limited_scope_waits_for_an_assignment(install: Install) -> None:
    """With limited scope an enrollment has no session until it is assigned."""
    who = install.enrolled(limitedScope=True)
    other = _later(install, who)
    before = install.active(who)
    told = "Who is not assigned has no session."
    install.holds("smarterproctoring.limited-scope", not before, told, expected="none", got=before)
    install.assign(who)
    after = install.active(who)
    told = "Who is assigned has a session."
    install.holds("smarterproctoring.limited-scope", len(after) == 1, told, expected="one session", got=after)
    status = after[0].get("status")
    told = "The session of an assignment wants a proctor."
    clause = "smarterproctoring.assigned-needs-proctor"
    install.holds(clause, status == "Needs Proctor", told, expected="Needs Proctor", got=status)
    others = install.active(other)
    told = "Who was not assigned then has none."
    install.holds("smarterproctoring.limited-scope", not others, told, expected="none", got=others)


@pytest.mark.parametrize("way", ["assignment", "assignments", "course"])
@pytest.mark.clause("smarterproctoring.assigned-needs-proctor", "smarterproctoring.removed")
def test_assigned_and_removed(install: Install, way: str) -> None:
    """Taking an enrollment off an exam cancels its active sessions."""
    who = install.enrolled(limitedScope=True)
    path = install.path("exams", who.exam, "assignment" if way == "assignment" else "assignments")
    scope: object = {"courseSid": who.course} if way == "course" else {"enrollmentSid": [who.enrollment]}
    scope = [who.enrollment] if way == "assignment" else scope
    install.needs(install.api("PUT", path, json={"added": scope}))
    there = install.active(who)
    told = "An assigned enrollment has a session."
    install.holds("smarterproctoring.assigned-needs-proctor", len(there) == 1, told, got=there)
    install.needs(install.api("PUT", path, json={"removed": scope}))
    left = install.active(who)
    told = "Who is taken off has no session any more."
    install.holds("smarterproctoring.removed", not left, told, expected="none", got=left)
    reason = install.read(who, sid_of(there[0])).get("statusReason")
    told = "The session says why it was cancelled."
    wanted = "removed-by-limited-scope"
    install.holds("smarterproctoring.removed", reason == wanted, told, expected=wanted, got=reason)


@pytest.mark.clause("smarterproctoring.assigned-again")
def test_assigning_again_makes_no_second_session(install: Install) -> None:
    """Assigning again leaves an active session as it is; no document says so."""
    who = install.enrolled({"attempts": 2}, limitedScope=True)
    install.assign(who)
    first = install.active(who)
    install.assign(who)
    second = install.active(who)
    told = "There is the same session as before."
    install.holds("smarterproctoring.assigned-again", second == first, told, expected=first, got=second)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.assigned-again")
def test_assigning_again_opens_another_attempt(install: Install) -> None:
    """Assigning again opens another session while attempts are left; no document says so."""
    who = install.enrolled({"attempts": 2}, limitedScope=True)
    for attempt in (1, 2, 3):
        install.assign(who)
        found = install.active(who)
        wanted = "one session" if attempt < 3 else "none, for two attempts were taken"
        fits = len(found) == (attempt < 3)
        install.holds("smarterproctoring.assigned-again", fits, f"Attempt {attempt}.", expected=wanted, got=found)
        if attempt < 3:
            install.taken(who, sid_of(found[0]))


@pytest.mark.clause("smarterproctoring.instructors-none")
def test_instructors_take_no_exam(install: Install) -> None:
    """Instructors have no exam sessions and cannot be assigned; no document says so."""
    who = install.enrolled()
    instructor = _later(install, who, enrollment={"role": "instructor"})
    found = install.active(instructor)
    told = "An instructor has no session."
    install.holds("smarterproctoring.instructors-none", not found, told, expected="none", got=found)
    reply = install.assignment(instructor)
    install.refuses(reply, "smarterproctoring.instructors-none", "An instructor is not assigned.")


@pytest.mark.clause("smarterproctoring.assignment-in-course")
def test_enrollments_of_another_course(install: Install) -> None:
    """Only enrollments of the exam's course can be assigned; no document says so."""
    who, other = install.enrolled(limitedScope=True), install.enrolled(limitedScope=True)
    reply = install.assignment(who, {"add": [{"enrollmentSid": other.enrollment}]})
    install.refuses(reply, "smarterproctoring.assignment-in-course", "Who is in another course is not assigned.")
