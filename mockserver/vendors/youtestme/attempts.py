"""Tests, their sessions, and attempts: what staff and candidates do without an API."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from mockserver.core.clock import format_instant
from mockserver.core.errors import BadRequest
from mockserver.vendors.youtestme.entities import Attempt, Authorization, Test, TestingSession, User
from mockserver.vendors.youtestme.state import YouTestMe
from mockserver.vendors.youtestme.statuses import ATTEMPT_MOVES, OPEN, invalid_state

FIRST_SESSION = 5_001
FIRST_VERSION = 10_001

_NO_SEAT = {"suspended", "did_not_show_up"}
_VERIFIABLE = {"finished", "did_not_show_up"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a candidate's page: an attempt, or a session that can be booked."""

    session: TestingSession
    test: Test
    attempt: Attempt | None = None

    @property
    def score(self) -> int | float | None:
        """Percent of the points, None as long as nobody graded."""
        if self.attempt is None or self.attempt.points is None:
            return None
        return percent(self.attempt.points, self.test.max_points)

    @property
    def passed(self) -> bool:
        """Whether the points, not rounded as the score is, reach the pass mark."""
        if self.attempt is None or self.attempt.points is None:
            return False
        return 100 * self.attempt.points >= self.test.pass_percent * self.test.max_points


def percent(points: float, most: float) -> int | float:
    """Return the share of points in percent, to two digits, whole where it is."""
    share = round(100 * points / most, 2)
    return int(share) if share.is_integer() else share


def create_test(state: YouTestMe, *, name: str, external_id: str | None = None, **details: Any) -> Test:
    """Make a test; raise ``Conflict`` if its external id is taken."""
    versions = count(FIRST_VERSION + len(state.tests))
    version = next(each for each in versions if state.tests.find(version_id=each) is None)
    test_id = state.next_id(state.tests)
    return state.tests.add(Test(id=test_id, name=name, version_id=version, external_id=external_id, **details))


def create_session(state: YouTestMe, *, test_id: int, name: str | None = None, **details: Any) -> TestingSession:
    """Open a test to candidates, by default to those who hold an authorization and enroll themselves."""
    test = state.tests.get(test_id)
    opens, closes = details.get("opens"), details.get("closes")
    if opens and closes and closes <= opens:
        raise BadRequest("A session cannot close before it opens.", fields={"closes": ["Must be after opens."]})
    session_id = state.next_id(state.testing_sessions, FIRST_SESSION)
    return state.testing_sessions.add(TestingSession(id=session_id, test_id=test.id, name=name or test.name, **details))


def book(state: YouTestMe, *, user_id: int, session_id: int) -> Attempt:
    """Enroll a candidate, as candidates do themselves where the session lets them."""
    session = state.testing_sessions.get(session_id)
    if not session.self_enroll:
        raise invalid_state(f"Session {session.id} does not let candidates enroll themselves.", "session_id")
    _check_active(state, user_id)
    return assign(state, user_id=user_id, session_id=session_id)


def assign(state: YouTestMe, *, user_id: int, session_id: int) -> Attempt:
    """Enroll a candidate, as staff do in any session."""
    user, session = state.users.get(user_id), state.testing_sessions.get(session_id)
    obstacle = _obstacle_to_booking(state, user, session)
    if obstacle is not None:
        raise invalid_state(obstacle, "session_id")
    authorization = _usable(state, user, session) if session.requires_authorization else None
    earlier = sum(1 for _ in state.attempts.where(candidate_id=user.id, test_id=session.test_id))
    return state.attempts.add(
        Attempt(
            id=state.next_id(state.attempts),
            number=earlier + 1,
            candidate_id=user.id,
            test_id=session.test_id,
            session_id=session.id,
            test_version_id=state.tests.get(session.test_id).version_id,
            authorization_id=authorization.id if authorization else None,
        )
    )


def start(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Begin a booked attempt, while its session is open and its authorization usable."""
    attempt = state.attempts.get(attempt_id)
    _check_candidate(state, attempt)
    obstacle = _obstacle_to_start(state, attempt)
    if obstacle is not None:
        raise invalid_state(obstacle, "authorization_id")
    return _move(state, attempt, "start", started=state.now())


def pause(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Leave an attempt to go on later."""
    return _move(state, state.attempts.get(attempt_id), "pause")


def disconnect(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Lose the candidate's window or connection; only staff let the attempt go on."""
    return _move(state, state.attempts.get(attempt_id), "disconnect")


def allow_resume(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Let a disconnected candidate come back, as staff do."""
    return _move(state, state.attempts.get(attempt_id), "allow_resume")


def resume(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Go on with an attempt that is ready to continue or to modify, while its session is open."""
    attempt = state.attempts.get(attempt_id)
    _check_candidate(state, attempt)
    return _move(state, attempt, "resume")


def submit(state: YouTestMe, *, attempt_id: int, points: float | None = None) -> Attempt:
    """Hand an attempt in; without points it waits for somebody to grade it."""
    attempt = state.attempts.get(attempt_id)
    _check_points(state, attempt, points)
    verb = "submit_ungraded" if points is None else "submit"
    return _move(state, attempt, verb, points=points, finished=state.now())


def grade(state: YouTestMe, *, attempt_id: int, points: float) -> Attempt:
    """Set the points of a submitted attempt that nobody verified."""
    attempt = state.attempts.get(attempt_id)
    _check_points(state, attempt, points)
    return _move(state, attempt, "grade", points=points)


def reopen(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Let the candidate change the answers of a submitted attempt, as staff do."""
    attempt = state.attempts.get(attempt_id)
    _check_no_other_open(state, attempt)
    return _move(state, attempt, "reopen")


def suspend(state: YouTestMe, *, attempt_id: int, remove_authorization: bool = False) -> Attempt:
    """Set an attempt aside; removing its authorization too gives that use back, for a free rewrite."""
    attempt = state.attempts.get(attempt_id)
    kept = None if remove_authorization else attempt.authorization_id
    return _move(state, attempt, "suspend", authorization_id=kept)


def mark_absent(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Record that the candidate did not show up, which blocks the start."""
    return _move(state, state.attempts.get(attempt_id), "mark_absent")


def clear_absent(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Take an absence back that nobody verified."""
    attempt = state.attempts.get(attempt_id)
    _check_no_other_open(state, attempt)
    return _move(state, attempt, "clear_absent")


def verify(state: YouTestMe, *, attempt_id: int) -> Attempt:
    """Freeze the score of a finished attempt, or an absence."""
    attempt = state.attempts.get(attempt_id)
    if attempt.status not in _VERIFIABLE:
        raise invalid_state(f"Attempt {attempt.id} is {attempt.status}; only finished or did_not_show_up is verified.")
    return state.attempts.save(replace(attempt, verified=True))


def my_tests(state: YouTestMe, user: User) -> Iterator[Line]:
    """Yield what a candidate sees: attempts begun or permitted to begin, then sessions that can be booked."""
    for attempt in state.attempts.where(candidate_id=user.id):
        if attempt.started is not None or _obstacle_to_start(state, attempt) is None:
            session = state.testing_sessions.get(attempt.session_id)
            yield Line(session, state.tests.get(attempt.test_id), attempt)
    for session in state.testing_sessions.where(self_enroll=True):
        if _obstacle_to_booking(state, user, session) is None:
            yield Line(session, state.tests.get(session.test_id))


def _move(state: YouTestMe, attempt: Attempt, verb: str, **changes: Any) -> Attempt:
    """Do to an attempt what the verb does; raise ``Conflict`` if its status or its verification forbids it."""
    move = ATTEMPT_MOVES[verb]
    if attempt.status not in move.sources:
        needed = " or ".join(sorted(move.sources))
        raise invalid_state(f"Attempt {attempt.id} is {attempt.status}; this needs {needed}.")
    if attempt.verified and move.unless_verified:
        raise invalid_state(f"Attempt {attempt.id} has been verified, which is final.", "verified")
    moved = state.attempts.save(replace(attempt, status=move.target, **changes))
    if _is_told(state, attempt, moved):
        state.tell("attempt_finished", attempt_id=moved.id)
    return moved


def _is_told(state: YouTestMe, before: Attempt, after: Attempt) -> bool:
    """Tell whether a move is the one that subscribers hear of: once an attempt, unless it is reopened."""
    if state.settings.webhook_at == "submitted":
        return before.status == "in_progress" and after.status in {"finished", "report_incomplete"}
    return before.status != "finished" and after.status == "finished"


def _check_candidate(state: YouTestMe, attempt: Attempt) -> None:
    """Raise ``Conflict`` unless the account is active and the session open."""
    _check_active(state, attempt.candidate_id)
    session = state.testing_sessions.get(attempt.session_id)
    if session.opens is not None and state.now() < session.opens:
        raise invalid_state(f"Session {session.id} opens at {format_instant(session.opens)}.", "session_id")
    if session.closes is not None and session.closes <= state.now():
        raise invalid_state(f"Session {session.id} closed at {format_instant(session.closes)}.", "session_id")


def _check_active(state: YouTestMe, user_id: int) -> None:
    user = state.users.get(user_id)
    if user.status != "ACT":
        raise invalid_state(f"User {user.id} is {user.status}; only ACT can take tests.", "user_id")


def _check_points(state: YouTestMe, attempt: Attempt, points: float | None) -> None:
    most = state.tests.get(attempt.test_id).max_points
    if points is not None and not 0 <= points <= most:
        raise BadRequest(f"The test has {most} points.", fields={"points": [f"Must be 0 to {most}."]})


def _obstacle_to_start(state: YouTestMe, attempt: Attempt) -> str | None:
    if attempt.authorization_id is None:
        return None
    return state.obstacle(state.authorizations.get(attempt.authorization_id), besides=attempt.id)


def _obstacle_to_booking(state: YouTestMe, user: User, session: TestingSession) -> str | None:
    if session.closes is not None and session.closes <= state.now():
        return f"Session {session.id} closed at {format_instant(session.closes)}."
    if session.seats is not None and _seats_taken(state, session) >= session.seats:
        return f"Session {session.id} has no seat left of {session.seats}."
    if _open_attempt(state, user.id, session.test_id) is not None:
        return f"User {user.id} has an open attempt of test {session.test_id} already."
    if session.requires_authorization and _usable(state, user, session) is None:
        return _why_none_usable(state, user, session)
    return None


def _seats_taken(state: YouTestMe, session: TestingSession) -> int:
    return sum(1 for each in state.attempts.where(session_id=session.id) if each.status not in _NO_SEAT)


def _open_attempt(state: YouTestMe, user_id: int, test_id: int) -> Attempt | None:
    held = state.attempts.where(candidate_id=user_id, test_id=test_id)
    return next((each for each in held if each.status in OPEN), None)


def _check_no_other_open(state: YouTestMe, attempt: Attempt) -> None:
    other = _open_attempt(state, attempt.candidate_id, attempt.test_id)
    if other is not None and other.id != attempt.id:
        raise invalid_state(f"User {attempt.candidate_id} has attempt {other.id} of the same test open.")


def _usable(state: YouTestMe, user: User, session: TestingSession) -> Authorization | None:
    held = state.authorizations.where(candidate_id=user.id, test_id=session.test_id)
    return next((each for each in held if state.obstacle(each) is None), None)


def _why_none_usable(state: YouTestMe, user: User, session: TestingSession) -> str | None:
    held = list(state.authorizations.where(candidate_id=user.id, test_id=session.test_id))
    return state.obstacle(held[-1]) if held else f"User {user.id} has no authorization for test {session.test_id}."
