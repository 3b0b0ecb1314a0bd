"""The verbs: what each move needs, what it changes, and that a refused one changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.core.errors import BadRequest, Conflict, NotFound
from mockserver.core.sandbox import Sandbox
from mockserver.vendors.constructor.entities import Integration, Session, Status
from mockserver.vendors.constructor.state import MOVES, ConstructorProctor
from tests.local import local_sandbox

NOON = datetime(2025, 5, 15, 12, tzinfo=UTC)
EXAM: dict[str, Any] = {
    "account_id": "acme",
    "account_name": "Acme",
    "exam_id": "exam-1",
    "exam_name": "Welding",
    "duration": 60,
    "schedule": True,
    "proctoring": "online",
    "start_date": datetime(2025, 5, 1, tzinfo=UTC),
    "end_date": datetime(2025, 6, 1, tzinfo=UTC),
}
ATTEMPT = {"session_id": "session-1", "session_url": "https://lms.example/exam"}


@pytest.fixture
def world() -> Sandbox:
    return local_sandbox()


@pytest.fixture
def state(world: Sandbox) -> ConstructorProctor:
    found = world.states["constructor"]
    assert isinstance(found, ConstructorProctor)
    return found


def opened(state: ConstructorProctor, attempt: dict[str, Any] | None = None, **exam: Any) -> Session:
    return state.open_session("demo", {**EXAM, **exam}, {"user_id": "user-1"}, {**ATTEMPT, **(attempt or {})})


def in_status(world: Sandbox, state: ConstructorProctor, status: Status, **exam: Any) -> Session:
    """Return a session brought to a status by the verbs and the clock alone."""
    session = opened(state, **exam)
    if status is Status.NOT_SCHEDULED:
        return session
    session = state.book_slot(session, NOON)
    if status is Status.EARLY:
        return session
    world.clock.advance(timedelta(hours=2, minutes=16 if status is Status.LATE else 0))
    if status in {Status.READY, Status.LATE}:
        return session
    session = state.start_session(session)
    return session if status is Status.STARTED else state.finish_session(session)


VERBS: dict[str, Callable[[ConstructorProctor, Session], Any]] = {
    "booked": lambda state, session: state.book_slot(session, state.now() + timedelta(hours=1)),
    "cancelled": lambda state, session: state.cancel_slot(session),
    "agreed to": lambda state, session: state.accept_agreement(session),
    "started": lambda state, session: state.start_session(session),
    "warned about": lambda state, session: state.raise_warning(session, "WARNING_PHONE"),
    "finished": lambda state, session: state.finish_session(session),
    "concluded": lambda state, session: state.conclude_session(session, "accepted"),
}


def test_every_move_has_a_verb() -> None:
    assert set(VERBS) == set(MOVES)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", VERBS)
def test_a_move_is_made_where_the_table_allows_it(
    world: Sandbox, state: ConstructorProctor, move: str, status: Status
) -> None:
    session = in_status(world, state, status)
    if move == "agreed to":
        state.put_exam("demo", {**EXAM, "user_agreement_url": "https://lms.example/agreement"})
    before = (list(state.sessions), list(state.warnings))
    assert state.status_of(session) is status
    if status in MOVES[move]:
        VERBS[move](state, session)
        assert (list(state.sessions), list(state.warnings)) != before
    else:
        with pytest.raises(Conflict):
            VERBS[move](state, session)
        assert (list(state.sessions), list(state.warnings)) == before


def test_a_refusal_says_where_the_session_stands_and_where_it_must(state: ConstructorProctor) -> None:
    with pytest.raises(Conflict, match="is not_scheduled and can only be started when it is ready_to_start"):
        state.start_session(opened(state))


def test_a_booked_session_waits_is_ready_and_is_missed(world: Sandbox, state: ConstructorProctor) -> None:
    session = state.book_slot(opened(state), NOON)
    seen = []
    for wait in (timedelta(hours=2, seconds=-1), timedelta(seconds=1), timedelta(minutes=15), timedelta(seconds=1)):
        world.clock.advance(wait)
        seen.append(str(state.status_of(session)))
    assert seen == ["early_to_start", "ready_to_start", "ready_to_start", "late_to_start"]


def test_a_session_without_calendar_goes_by_its_own_dates(world: Sandbox, state: ConstructorProctor) -> None:
    dates = {"start_date": NOON, "end_date": NOON + timedelta(hours=1)}
    session = opened(state, schedule=False, **dates)
    opened(state, {"session_id": "session-2"}, schedule=False)
    seen = [str(state.status_of(session))]
    for wait in (timedelta(hours=2), timedelta(hours=1), timedelta(seconds=1)):
        world.clock.advance(wait)
        seen.append(str(state.status_of(session)))
    assert seen == ["early_to_start", "ready_to_start", "ready_to_start", "late_to_start"]
    assert state.status_of(state.session("demo", "session-2")) is Status.READY


def test_new_dates_of_a_scheduled_exam_count_for_every_session(state: ConstructorProctor) -> None:
    session = opened(state)
    state.put_exam("demo", {**EXAM, "start_date": NOON + timedelta(days=1)})
    with pytest.raises(BadRequest):
        state.book_slot(session, NOON)


@pytest.mark.parametrize("start", [datetime(2025, 5, 15, 9, tzinfo=UTC), datetime(2025, 6, 1, 0, 1, tzinfo=UTC)])
def test_a_slot_lies_ahead_and_within_the_exams_dates(state: ConstructorProctor, start: datetime) -> None:
    with pytest.raises(BadRequest) as refused:
        state.book_slot(opened(state), start)
    assert list(refused.value.fields) == ["start"]


def test_only_a_scheduled_exam_has_slots(state: ConstructorProctor) -> None:
    session = opened(state, schedule=False)
    with pytest.raises(Conflict, match="no calendar"):
        state.book_slot(session, NOON)
    with pytest.raises(Conflict, match="no booked slot"):
        state.cancel_slot(session)


def test_a_missed_slot_can_be_booked_anew(world: Sandbox, state: ConstructorProctor) -> None:
    session = in_status(world, state, Status.LATE)
    assert state.status_of(state.book_slot(session, NOON + timedelta(days=1))) is Status.EARLY


def test_cancelling_ends_at_the_deadline(world: Sandbox, state: ConstructorProctor) -> None:
    world.change_settings({"constructor": {"cancel_deadline_minutes": 60}})
    session = state.book_slot(opened(state), NOON)
    assert session.cancel_deadline == NOON - timedelta(hours=1)
    world.clock.advance(timedelta(hours=1))
    assert state.status_of(state.cancel_slot(session)) is Status.NOT_SCHEDULED
    session = state.book_slot(state.session("demo", "session-1"), NOON)
    world.clock.advance(timedelta(seconds=1))
    with pytest.raises(Conflict, match="could be cancelled until 2025-05-15T11:00:00Z"):
        state.cancel_slot(session)


def test_an_agreement_is_accepted_once_and_before_the_start(world: Sandbox, state: ConstructorProctor) -> None:
    session = in_status(world, state, Status.READY, user_agreement_url="https://lms.example/agreement")
    with pytest.raises(Conflict, match="agreement is not accepted"):
        state.start_session(session)
    session = state.accept_agreement(session)
    assert session.agreement_accepted == state.now()
    with pytest.raises(Conflict, match="It was agreed to at 2025-05-15T12:00:00Z"):
        state.accept_agreement(session)
    assert state.start_session(session).session_start == state.now()


def test_without_an_agreement_there_is_nothing_to_accept(state: ConstructorProctor) -> None:
    with pytest.raises(Conflict, match="no user agreement"):
        state.accept_agreement(opened(state))


def test_a_warning_is_now_unless_said_otherwise(world: Sandbox, state: ConstructorProctor) -> None:
    session = in_status(world, state, Status.STARTED)
    earlier = state.now() - timedelta(minutes=1)
    now, since, until, ahead = (
        state.raise_warning(session, "WARNING_PHONE"),
        state.raise_warning(session, "WARNING_PHONE", start=earlier),
        state.raise_warning(session, "WARNING_PHONE", end=earlier),
        state.raise_warning(session, "WARNING_PHONE", start=state.now() + timedelta(minutes=1)),
    )
    assert (now.start, now.end) == (state.now(), state.now())
    assert (since.start, since.end) == (earlier, state.now())
    assert (until.start, until.end) == (earlier, earlier)
    assert ahead.start == ahead.end
    assert [each.id for each in state.warnings] == [1, 2, 3, 4]
    assert all(each.cyber for each in state.warnings)
    with pytest.raises(BadRequest):
        state.raise_warning(session, "WARNING_PHONE", start=state.now(), end=earlier)


@pytest.mark.parametrize(
    ("score_config", "warnings", "score"),
    [
        (None, [], 0),
        (None, ["WARNING_AVERT_EYES", "WARNING_NO_USER_IN_FRAME"], 35),
        (None, ["WARNING_TALK"], 10),
        ({"look_away": 4}, ["WARNING_AVERT_EYES"], 40),
        ({"avertEyes": 0.25, "look_away": 4}, ["WARNING_AVERT_EYES"], 2),
        ({"phone": 10}, ["WARNING_PHONE"] * 3, 100),
    ],
)
def test_finishing_adds_the_weights_up(
    world: Sandbox, state: ConstructorProctor, score_config: Any, warnings: list[str], score: int
) -> None:
    session = in_status(world, state, Status.STARTED, score_config=score_config)
    for each in warnings:
        state.raise_warning(session, each)
    finished = state.finish_session(session)
    assert (finished.score, finished.conclusion, finished.session_end) == (score, "unknown", state.now())


@pytest.mark.parametrize(("level", "conclusion"), [(9, "rejected"), (10, "accepted")])
@pytest.mark.parametrize("spelling", ["cheaterLevel", "cheater_level"])
def test_the_ai_concludes_by_the_cheater_level(
    world: Sandbox, state: ConstructorProctor, level: int, conclusion: str, spelling: str
) -> None:
    session = in_status(world, state, Status.STARTED, proctoring="auto", score_config={spelling: level})
    state.raise_warning(session, "WARNING_PHONE")
    assert state.finish_session(session).conclusion == conclusion


def test_what_a_warning_counts_can_be_chosen(world: Sandbox, state: ConstructorProctor) -> None:
    world.change_settings({"constructor": {"points_per_warning": 3}})
    session = in_status(world, state, Status.STARTED)
    state.raise_warning(session, "WARNING_PHONE")
    assert state.finish_session(session).score == 3


def test_a_conclusion_changes_again_and_again(world: Sandbox, state: ConstructorProctor) -> None:
    session = in_status(world, state, Status.FINISHED)
    session = state.conclude_session(session, "rejected", score=90, comment="A phone.")
    session = state.conclude_session(session, "unknown")
    assert (session.conclusion, session.score, session.comment) == ("unknown", 90, "A phone.")
    session = state.conclude_session(session, "accepted", score=0, comment="")
    assert (session.conclusion, session.score, session.comment) == ("accepted", 0, "")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (Status.NOT_SCHEDULED, "not_changed"),
        (Status.EARLY, "canceled"),
        (Status.READY, "canceled"),
        (Status.LATE, "canceled"),
        (Status.STARTED, "finished"),
        (Status.FINISHED, "not_changed"),
    ],
)
def test_finishing_for_the_client(world: Sandbox, state: ConstructorProctor, status: Status, message: str) -> None:
    session = in_status(world, state, status)
    assert state.finish_remotely(session, "https://lms.example/end") == message
    after = state.session("demo", "session-1")
    ended = status in {Status.STARTED, Status.FINISHED}
    assert state.status_of(after) is (Status.FINISHED if ended else Status.NOT_SCHEDULED)
    assert after.session_finish_url == ("https://lms.example/end" if message == "finished" else None)


def test_opening_again_updates_user_and_session(state: ConstructorProctor) -> None:
    first = opened(state)
    again = state.open_session(
        "demo",
        {**EXAM, "account_id": "acme"},
        {"user_id": "user-1", "first_name": "Ada"},
        {**ATTEMPT, "session_url": "https://lms.example/new"},
    )
    assert (again.id, again.session_url) == (first.id, "https://lms.example/new")
    assert [user.first_name for user in state.users] == ["Ada"]
    assert (len(state.exams), len(state.sessions)) == (1, 1)


def test_a_finished_session_stays_as_it_is(world: Sandbox, state: ConstructorProctor) -> None:
    finished = in_status(world, state, Status.FINISHED)
    assert opened(state, {"session_url": "https://lms.example/new"}) == finished


@pytest.mark.parametrize(
    ("exam", "user"), [({"exam_id": "exam-2"}, {}), ({"account_id": "other"}, {}), ({}, {"user_id": "user-2"})]
)
def test_a_session_belongs_to_one_test_taker_and_exam(
    world: Sandbox, state: ConstructorProctor, exam: dict[str, Any], user: dict[str, Any]
) -> None:
    opened(state)
    with pytest.raises(Conflict, match="belongs to another"), world.transaction():
        state.open_session("demo", {**EXAM, **exam}, {"user_id": "user-1", **user}, ATTEMPT)
    assert (len(state.exams), len(state.users), len(state.sessions)) == (1, 1, 1)


def test_integrations_keep_their_own(state: ConstructorProctor) -> None:
    state.integrations.add(Integration(name="other", secret="other"))
    opened(state)
    state.open_session("other", EXAM, {"user_id": "user-1"}, ATTEMPT)
    assert (len(state.exams), len(state.users), len(state.sessions)) == (2, 2, 2)
    with pytest.raises(BadRequest, match="2 integrations have a session"):
        state.session_named("session-1")
    assert state.session_named("session-1", "other").integration == "other"
    for name, integration in (("session-2", None), ("session-2", "other"), ("session-1", "nobody")):
        with pytest.raises(NotFound):
            state.session_named(name, integration)


def test_the_addresses_of_an_integration_change_one_by_one(state: ConstructorProctor) -> None:
    state.change_urls("demo", review_url="https://lms.example/review", warning_url="https://lms.example/warning")
    changed = state.change_urls("demo", warning_url=None)
    assert (changed.review_url, changed.warning_url) == ("https://lms.example/review", None)
    with pytest.raises(NotFound):
        state.change_urls("nobody", review_url=None)
