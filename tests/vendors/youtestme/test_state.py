"""The rules of attempts, seen from inside."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from mockserver.core.errors import BadRequest, Conflict, NotFound
from mockserver.core.sandbox import Sandbox
from mockserver.vendors.youtestme import attempts
from mockserver.vendors.youtestme.entities import Attempt
from mockserver.vendors.youtestme.state import YouTestMe
from tests.local import local_sandbox

USER = {"username": "n", "first_name": "N", "last_name": "N", "email": "n@x.example", "role_code": "STU"}
VERBS: dict[str, Callable[..., Attempt]] = {
    "start": attempts.start,
    "pause": attempts.pause,
    "disconnect": attempts.disconnect,
    "allow_resume": attempts.allow_resume,
    "resume": attempts.resume,
    "submit": lambda state, attempt_id: attempts.submit(state, attempt_id=attempt_id, points=60),
    "submit_ungraded": attempts.submit,
    "grade": lambda state, attempt_id: attempts.grade(state, attempt_id=attempt_id, points=30),
    "reopen": attempts.reopen,
    "suspend": attempts.suspend,
    "mark_absent": attempts.mark_absent,
    "clear_absent": attempts.clear_absent,
}
PATHS: dict[str, list[str]] = {
    "not_attempted": [],
    "in_progress": ["start"],
    "ready_to_continue": ["start", "pause"],
    "ready_to_modify": ["start", "submit", "reopen"],
    "disconnected": ["start", "disconnect"],
    "report_incomplete": ["start", "submit_ungraded"],
    "finished": ["start", "submit"],
    "suspended": ["start", "suspend"],
    "did_not_show_up": ["mark_absent"],
}
"""How an attempt gets into each status."""


class World:
    """One candidate, one test with a session, one authorization."""

    def __init__(self, **settings: Any) -> None:
        self.sandbox: Sandbox = local_sandbox(settings={"youtestme": settings})
        state = self.sandbox.states["youtestme"]
        assert isinstance(state, YouTestMe)
        self.state = state
        self.user = state.create_user(USER)
        self.test = attempts.create_test(state, name="T", external_id="t", max_points=120)
        self.session = attempts.create_session(state, test_id=self.test.id)
        self.authorization = self.authorize()

    def authorize(self, **fields: Any) -> Any:
        return self.state.create_authorization({"test_id": self.test.id, "candidate_id": self.user.id, **fields})

    def book(self) -> Attempt:
        return attempts.book(self.state, user_id=self.user.id, session_id=self.session.id)

    def do(self, attempt: Attempt, *verbs: str) -> Attempt:
        for verb in verbs:
            attempt = VERBS[verb](self.state, attempt_id=attempt.id)
        return attempt

    def left(self) -> int | None:
        return self.state.standing(self.state.authorizations.get(self.authorization.id)).attempts_left


@pytest.fixture
def world() -> World:
    return World()


SUBMITTED = {"grade": "finished", "reopen": "ready_to_modify", "suspend": "suspended"}
MOVES: dict[str, dict[str, str]] = {
    "not_attempted": {"start": "in_progress", "mark_absent": "did_not_show_up", "suspend": "suspended"},
    "in_progress": {
        "pause": "ready_to_continue",
        "disconnect": "disconnected",
        "submit": "finished",
        "submit_ungraded": "report_incomplete",
        "suspend": "suspended",
    },
    "ready_to_continue": {"resume": "in_progress", "suspend": "suspended"},
    "ready_to_modify": {"resume": "in_progress", "suspend": "suspended"},
    "disconnected": {"allow_resume": "ready_to_continue", "suspend": "suspended"},
    "report_incomplete": SUBMITTED,
    "finished": SUBMITTED,
    "suspended": {},
    "did_not_show_up": {"clear_absent": "not_attempted"},
}
USER_MOVES = {
    "ACT": {"INA", "LCK", "SUS", "DEL"},
    "INA": {"ACT", "SUS", "DEL"},
    "LCK": {"ACT", "INA", "SUS", "DEL"},
    "SUS": {"ACT", "INA", "DEL"},
    "PEN": {"ACT", "DEL"},
    "DEL": set[str](),
}


@pytest.mark.parametrize(("status", "verb"), list(product(PATHS, VERBS)))
def test_a_verb_moves_an_attempt_where_it_may_or_not_at_all(world: World, status: str, verb: str) -> None:
    attempt = world.do(world.book(), *PATHS[status])
    assert attempt.status == status
    if verb in MOVES[status]:
        assert world.do(attempt, verb).status == MOVES[status][verb]
        return
    with pytest.raises(Conflict, match=f"is {status}; this needs") as refusal:
        world.do(attempt, verb)
    assert refusal.value.code == "INVALID_STATE"
    assert world.state.attempts.get(attempt.id) == attempt


@pytest.mark.parametrize(("before", "after"), list(product(USER_MOVES, USER_MOVES)))
def test_an_account_moves_where_it_may_or_not_at_all(world: World, before: Any, after: Any) -> None:
    user = world.state.create_user({**USER, "username": "m", "status": before})
    if after in USER_MOVES[before]:
        assert world.state.move_user(user_id=user.id, status=after).status == after
        return
    with pytest.raises(Conflict, match="cannot become"):
        world.state.move_user(user_id=user.id, status=after)


def test_booking_binds_the_authorization_and_numbers_the_attempt(world: World) -> None:
    first = world.book()
    assert (first.number, first.authorization_id, first.status) == (1, world.authorization.id, "not_attempted")
    assert first.test_version_id == world.test.version_id


def test_a_start_sets_the_time_and_a_submission_too(world: World) -> None:
    attempt = world.do(world.book(), "start")
    assert (attempt.started, attempt.finished) == (world.state.now(), None)
    world.sandbox.clock.advance(timedelta(minutes=30))
    assert world.do(attempt, "submit").finished == world.state.now()


def test_an_attempt_used_up_needs_another_authorization(world: World) -> None:
    world.do(world.book(), "start", "submit")
    with pytest.raises(Conflict, match=r"used up \(1 of 1\)"):
        world.book()
    other = world.authorize()
    attempt = world.book()
    assert (attempt.number, attempt.authorization_id) == (2, other.id)


def test_there_is_one_open_attempt_of_a_test_at_a_time(world: World) -> None:
    world.authorize()
    world.book()
    with pytest.raises(Conflict, match="open attempt"):
        world.book()


def test_without_an_authorization_nothing_is_booked(world: World) -> None:
    other = attempts.create_test(world.state, name="Other")
    session = attempts.create_session(world.state, test_id=other.id)
    with pytest.raises(Conflict, match="has no authorization"):
        attempts.book(world.state, user_id=world.user.id, session_id=session.id)


def test_a_session_may_ask_for_no_authorization(world: World) -> None:
    world.state.deactivate(world.authorization)
    session = attempts.create_session(world.state, test_id=world.test.id, requires_authorization=False)
    attempt = attempts.book(world.state, user_id=world.user.id, session_id=session.id)
    assert world.do(attempt, "start").authorization_id is None


@pytest.mark.parametrize("spoil", ["deactivate", "expire"])
def test_an_authorization_that_ends_blocks_booking_and_start_but_not_submitting(world: World, spoil: str) -> None:
    world.state.change_expiration(world.authorization, world.state.now() + timedelta(hours=1))
    booked = world.book()
    others = World()
    running = others.do(others.book(), "start")

    def end(where: World) -> None:
        authorization = where.state.authorizations.get(where.authorization.id)
        if spoil == "deactivate":
            where.state.deactivate(authorization)
        else:
            where.sandbox.clock.advance(timedelta(hours=1))

    end(world)
    with pytest.raises(Conflict, match=r"deactivated|expired") as refusal:
        world.do(booked, "start")
    assert list(refusal.value.fields) == ["authorization_id"]
    world.do(booked, "mark_absent")
    with pytest.raises(Conflict, match=r"deactivated|expired"):
        world.book()
    end(others)
    assert others.do(running, "submit").status == "finished"


def test_a_use_is_counted_at_the_start(world: World) -> None:
    attempt = world.book()
    assert world.left() == 1
    world.do(attempt, "start")
    assert world.left() == 0


def test_a_use_is_counted_at_the_booking_if_set() -> None:
    world = World(count_use_at="booking")
    attempt = world.book()
    assert world.left() == 0
    assert world.do(attempt, "start").status == "in_progress"


def test_an_absence_uses_nothing_up(world: World) -> None:
    world.do(world.book(), "mark_absent")
    assert world.left() == 1
    assert world.book().number == 2


def test_a_suspension_gives_the_use_back_only_without_the_authorization(world: World) -> None:
    attempt = world.do(world.book(), "start", "submit", "suspend")
    assert (attempt.authorization_id, world.left()) == (world.authorization.id, 0)
    other = World()
    attempt = other.do(other.book(), "start", "submit")
    freed = attempts.suspend(other.state, attempt_id=attempt.id, remove_authorization=True)
    assert (freed.status, freed.authorization_id, other.left()) == ("suspended", None, 1)
    assert other.book().number == 2


def test_without_a_limit_attempts_are_never_used_up() -> None:
    world = World(attempts_limit=None)
    for number in (1, 2, 3):
        attempt = world.do(world.book(), "start", "submit")
        assert attempt.number == number
    assert world.left() is None


@pytest.mark.parametrize("verb", ["grade", "reopen"])
def test_verification_freezes_the_score(world: World, verb: str) -> None:
    attempt = world.do(world.book(), "start", "submit")
    verified = attempts.verify(world.state, attempt_id=attempt.id)
    with pytest.raises(Conflict, match="verified"):
        world.do(attempt, verb)
    assert world.state.attempts.get(attempt.id) == verified
    assert world.do(attempt, "suspend").verified


def test_verification_freezes_an_absence(world: World) -> None:
    attempt = world.do(world.book(), "mark_absent")
    attempts.verify(world.state, attempt_id=attempt.id)
    with pytest.raises(Conflict, match="verified"):
        world.do(attempt, "clear_absent")


@pytest.mark.parametrize("status", sorted(set(PATHS) - {"finished", "did_not_show_up"}))
def test_only_what_is_over_can_be_verified(world: World, status: str) -> None:
    attempt = world.do(world.book(), *PATHS[status])
    with pytest.raises(Conflict, match=status):
        attempts.verify(world.state, attempt_id=attempt.id)


@pytest.mark.parametrize("points", [-1, 120.5, 121])
def test_points_stay_within_the_test(world: World, points: float) -> None:
    attempt = world.do(world.book(), "start")
    with pytest.raises(BadRequest) as refusal:
        attempts.submit(world.state, attempt_id=attempt.id, points=points)
    assert refusal.value.fields == {"points": ["Must be 0 to 120."]}
    with pytest.raises(BadRequest):
        attempts.grade(world.state, attempt_id=attempt.id, points=points)


@pytest.mark.parametrize(
    ("points", "share", "passed"),
    [(None, None, False), (0, 0, False), (59.9, 49.92, False), (60, 50, True), (120, 100, True)],
)
def test_the_score_is_a_share_of_the_points(world: World, points: float | None, share: float, passed: bool) -> None:
    attempt = world.do(world.book(), "start")
    attempts.submit(world.state, attempt_id=attempt.id, points=points)
    [line] = attempts.my_tests(world.state, world.user)
    assert (line.score, line.passed) == (share, passed)


def test_rounding_passes_nobody(world: World) -> None:
    attempt = world.do(world.book(), "start")
    attempts.submit(world.state, attempt_id=attempt.id, points=59.9999)
    [line] = attempts.my_tests(world.state, world.user)
    assert (line.score, line.passed) == (50, False)


@pytest.mark.parametrize(("path", "verb"), [(["mark_absent"], "clear_absent"), (["start", "submit"], "reopen")])
def test_nothing_is_taken_back_while_another_attempt_is_open(world: World, path: list[str], verb: str) -> None:
    first = world.do(world.book(), *path)
    world.authorize()
    second = world.book()
    with pytest.raises(Conflict, match=f"has attempt {second.id} of the same test open"):
        world.do(first, verb)
    world.do(second, "suspend")
    world.do(first, verb)


def test_an_absence_without_a_usable_authorization_is_not_seen(world: World) -> None:
    world.do(world.book(), "mark_absent")
    assert [line.attempt and line.attempt.status for line in attempts.my_tests(world.state, world.user)] == [
        "did_not_show_up",
        None,
    ]
    world.state.deactivate(world.authorization)
    assert list(attempts.my_tests(world.state, world.user)) == []


def test_a_session_opens_and_closes_with_the_clock(world: World) -> None:
    now = world.state.now()
    session = attempts.create_session(
        world.state, test_id=world.test.id, opens=now + timedelta(hours=1), closes=now + timedelta(hours=2)
    )
    attempt = attempts.book(world.state, user_id=world.user.id, session_id=session.id)
    with pytest.raises(Conflict, match="opens at 2025-05-15T11:00:00Z"):
        world.do(attempt, "start")
    world.sandbox.clock.advance(timedelta(hours=1))
    world.do(attempt, "start", "pause")
    world.sandbox.clock.advance(timedelta(hours=1))
    with pytest.raises(Conflict, match="closed at 2025-05-15T12:00:00Z"):
        world.do(attempt, "resume")
    with pytest.raises(Conflict, match="closed"):
        attempts.assign(world.state, user_id=world.user.id, session_id=session.id)


def test_a_session_cannot_close_before_it_opens(world: World) -> None:
    now = world.state.now()
    with pytest.raises(BadRequest):
        attempts.create_session(world.state, test_id=world.test.id, opens=now, closes=now)


def test_seats_run_out_and_come_back(world: World) -> None:
    session = attempts.create_session(world.state, test_id=world.test.id, seats=1)
    attempt = attempts.book(world.state, user_id=world.user.id, session_id=session.id)
    world.do(attempt, "start", "submit")
    world.authorize()
    with pytest.raises(Conflict, match="no seat left of 1"):
        attempts.book(world.state, user_id=world.user.id, session_id=session.id)
    world.do(attempt, "suspend")
    assert attempts.book(world.state, user_id=world.user.id, session_id=session.id).number == 2


def test_where_candidates_do_not_enroll_themselves_staff_assign_them(world: World) -> None:
    session = attempts.create_session(world.state, test_id=world.test.id, self_enroll=False)
    with pytest.raises(Conflict, match="enroll themselves"):
        attempts.book(world.state, user_id=world.user.id, session_id=session.id)
    assert attempts.assign(world.state, user_id=world.user.id, session_id=session.id).session_id == session.id


def test_only_active_accounts_book_and_start(world: World) -> None:
    attempt = world.book()
    world.state.move_user(user_id=world.user.id, status="SUS")
    with pytest.raises(Conflict, match="is SUS"):
        world.do(attempt, "start")
    with pytest.raises(Conflict, match="is SUS"):
        world.book()


def test_tests_get_ids_versions_and_unique_external_ids(world: World) -> None:
    second = attempts.create_test(world.state, name="U")
    assert (world.test.id, world.test.version_id) == (100001, 10001)
    assert (second.id, second.version_id) == (100002, 10002)
    with pytest.raises(Conflict):
        attempts.create_test(world.state, name="V", external_id="t")


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_attempt_is_not_found(world: World, verb: str) -> None:
    with pytest.raises(NotFound):
        VERBS[verb](world.state, attempt_id=5)


def test_a_refused_change_in_a_transaction_leaves_everything(world: World) -> None:
    before = {name: list(held) for name, held in world.state.collections.items()}
    counters = dict(world.sandbox.ids.counters)

    def book_and_submit_at_once() -> None:
        with world.sandbox.transaction():
            world.do(world.book(), "submit")

    with pytest.raises(Conflict):
        book_and_submit_at_once()
    assert {name: list(held) for name, held in world.state.collections.items()} == before
    assert world.sandbox.ids.counters == counters
