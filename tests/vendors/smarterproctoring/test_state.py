"""The rules of the state, seen from inside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from mockserver.core.errors import ApiError, BadRequest, Conflict, Gone, NotFound
from mockserver.core.sandbox import Sandbox
from mockserver.vendors.smarterproctoring import assignments, onboarding, proctoring, scheduling
from mockserver.vendors.smarterproctoring.entities import Session, SessionType
from mockserver.vendors.smarterproctoring.paging import page
from mockserver.vendors.smarterproctoring.provision import provision
from mockserver.vendors.smarterproctoring.sids import check_sid
from mockserver.vendors.smarterproctoring.state import SmarterProctoring
from mockserver.vendors.smarterproctoring.statuses import ACTIVE, MOVES, Status
from tests.local import local_sandbox
from tests.vendors.smarterproctoring.conftest import INSTALL, LIVE, sid

START = datetime(2025, 6, 15, 14, tzinfo=UTC)
GIVEN = {
    "course": {"ids": {"external": "c"}, "title": "Course", "code": "C"},
    "user": {"ids": {"external": "u"}, "first_name": "Jane", "last_name": "Smith", "email": "jane@people.example"},
    "exam": {
        "ids": {"external": "e"},
        "title": "Exam",
        "configuration": {
            "url": "https://exams.example/1",
            "access_open": datetime(2025, 1, 1, tzinfo=UTC),
            "access_close": datetime(2025, 12, 31, tzinfo=UTC),
            "duration": 120,
            "password": "fake",
            "proctor_types": {LIVE: {}},
        },
    },
}


def state_of(sandbox: Sandbox) -> SmarterProctoring:
    state = sandbox.states["smarterproctoring"]
    assert isinstance(state, SmarterProctoring)
    return state


@pytest.fixture
def world() -> Sandbox:
    return local_sandbox(clock="2025-06-15T14:00:00Z")


@pytest.fixture
def state(world: Sandbox) -> SmarterProctoring:
    return state_of(world)


@pytest.fixture
def session(state: SmarterProctoring) -> Session:
    """A session that needs a proctor."""
    provision(state, INSTALL, GIVEN)
    [session] = state.sessions
    return session


def standing(state: SmarterProctoring, session: Session, status: Status) -> Session:
    """Put a session into a status with an appointment from 14:00 to 16:00, ready for every verb."""
    return state.sessions.save(
        replace(
            session,
            status=status,
            appointment_date=START,
            appointment_end_date=START + timedelta(hours=2),
            in_progress_date=START,
            review_required=True,
        )
    )


VERBS = {
    "schedule": lambda state, session: scheduling.schedule(state, session, {"appointment_date": START}),
    "reschedule": lambda state, session: scheduling.reschedule(state, session, {"appointment_date": START}),
    "cancel": lambda state, session: scheduling.cancel(state, session, {}),
    "approve": lambda state, session: scheduling.approve(state, session_sid=session.sid),
    "deny": lambda state, session: scheduling.deny(state, session_sid=session.sid),
    "onboard": onboarding.mint_link,
    "begin": lambda state, session: proctoring.begin(state, session_sid=session.sid),
    "end": lambda state, session: proctoring.end(state, session_sid=session.sid),
    "report an incident in": lambda state, session: proctoring.report_incident(state, session_sid=session.sid),
    "close": lambda state, session: proctoring.close(state, session_sid=session.sid),
    "review": lambda state, session: proctoring.review(state, session_sid=session.sid),
}


def test_every_move_has_its_verb() -> None:
    assert set(MOVES) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", get_args(Status))
def test_a_verb_is_done_where_it_can_be_and_refused_elsewhere(
    state: SmarterProctoring, session: Session, verb: str, status: Status
) -> None:
    session = standing(state, session, status)
    if status in MOVES[verb]:
        VERBS[verb](state, session)
        return
    with pytest.raises(Conflict, match=f"is {status}; to {verb} it"):
        VERBS[verb](state, session)
    assert list(state.sessions) == [session]


def test_active_is_what_is_neither_closed_nor_cancelled() -> None:
    assert set(get_args(Status)) - ACTIVE == {"Closed", "Cancelled"}


def test_a_refused_call_leaves_nothing_behind(world: Sandbox, state: SmarterProctoring) -> None:
    before = {name: list(held) for name, held in state.collections.items()}
    counters = dict(world.ids.counters)
    given = {**GIVEN, "signon": {"integration_sid": f"II{'0' * 32}"}}
    with pytest.raises(NotFound), world.transaction():
        provision(state, INSTALL, given)
    assert {name: list(held) for name, held in state.collections.items()} == before
    assert world.ids.counters == counters


def test_the_same_seed_and_calls_give_the_same_bytes() -> None:
    def told(seed: int) -> bytes:
        state = state_of(local_sandbox(clock="2025-06-15T14:00:00Z", seed=seed))
        provision(state, INSTALL, GIVEN)
        return msgspec.json.encode({name: list(held) for name, held in state.collections.items()})

    assert told(1) == told(1)
    assert told(1) != told(2)


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (START - timedelta(minutes=10), START + timedelta(minutes=110)),
        (START + timedelta(minutes=30), START + timedelta(minutes=120)),
    ],
)
def test_an_exam_ends_with_its_duration_or_its_appointment(began: datetime, ends: datetime) -> None:
    world = local_sandbox(clock="2025-06-15T14:00:00Z")
    state = state_of(world)
    provision(state, INSTALL, GIVEN)
    session = standing(state, next(iter(state.sessions)), "In Progress")
    session = state.sessions.save(replace(session, in_progress_date=began))
    world.clock.freeze(ends - timedelta(seconds=1))
    assert state.status_of(session) == "In Progress"
    world.clock.freeze(ends)
    assert state.status_of(session) == "Processing"
    assert state.is_active(session)


def test_a_link_is_used_up_by_opening_it(world: Sandbox, state: SmarterProctoring, session: Session) -> None:
    standing(state, session, "Scheduled")
    link = onboarding.mint_link(state, state.sessions.get(session.sid))
    visit = onboarding.open_link(state, link.token).visit
    assert visit is not None
    assert onboarding.visited(state, visit).sid == session.sid
    with pytest.raises(Gone):
        onboarding.open_link(state, link.token)


def test_sections_are_assigned_as_a_whole(state: SmarterProctoring) -> None:
    exam = {**GIVEN["exam"], "limited_scope": True}
    for name in ("u-1", "u-2", "u-3"):
        provision(state, INSTALL, {**GIVEN, "exam": exam, "user": {**GIVEN["user"], "ids": {"external": name}}})
    section = f"CS{'0' * 32}"
    members = list(state.enrollments)[:2]
    for each in members:
        state.enrollments.save(replace(each, section_sid=section))
    [made] = state.exams
    chosen = assignments.chosen(state, made, {"section_sid": [section], "enrollment_sid": [members[0].sid]})
    assignments.update(state, made, chosen, ())
    assert [each.enrollment_sid for each in state.sessions] == [each.sid for each in members]


def test_an_exam_without_a_configuration_gives_a_reason(state: SmarterProctoring, session: Session) -> None:
    for configuration in state.configurations:
        state.configurations.remove(configuration.sid)
    with pytest.raises(Conflict, match="has no configuration"):
        scheduling.schedule(state, session, {"appointment_date": START})


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("value", ["", "E", "XX" + "0" * 32, "en" + "0" * 32, "EN" + "-" * 32, "EN" + "0" * 29])
def test_what_is_no_sid_is_refused(value: str, strict: bool) -> None:
    with pytest.raises(BadRequest):
        check_sid("enrollmentSid", value, ("EN",), strict=strict)


@pytest.mark.parametrize("value", ["EN5f4e3d2c1b0a9z8y7x6w5v4u3t2s1r", f"EN{'Z' * 34}", f"EN{'A' * 32}"])
def test_the_documents_own_sids_are_good_unless_strict(value: str) -> None:
    check_sid("enrollmentSid", value, ("EN",), strict=False)
    with pytest.raises(ApiError):
        check_sid("enrollmentSid", value, ("EN",), strict=True)


def test_a_page_of_nothing_has_a_first_and_a_last() -> None:
    empty = page([], 0, 25, "http://mock.test/x?status=a%20b")
    assert empty["first"] == empty["last"] == "http://mock.test/x?status=a+b&offset=0&limit=25"
    assert (empty["next"], empty["prev"], empty["total"], empty["count"]) == (None, None, 0, 0)


@pytest.mark.parametrize(
    ("offset", "following", "previous"), [(0, 2, None), (1, 3, 0), (2, 4, 0), (4, None, 2), (9, None, 7)]
)
def test_pages_are_next_to_each_other(offset: int, following: int | None, previous: int | None) -> None:
    made = page(range(5), offset, 2, "http://mock.test/x")
    at = {name: None if made[name] is None else int(made[name].split("offset=")[1].split("&")[0]) for name in LINKS}
    assert at == {"first": 0, "next": following, "prev": previous, "last": 4}


LINKS = ("first", "next", "prev", "last")


def test_the_demo_set_shows_every_status_that_lasts() -> None:
    state = state_of(local_sandbox("demo", clock="2026-01-05T09:00:00Z"))
    shown = {state.status_of(each) for each in state.sessions}
    assert shown == set(get_args(Status)) - {"In Progress", "Approval Denied"}
    assert {each.session_type for each in state.sessions} <= {None, *get_args(SessionType)}
    assert state.sessions.get(sid("ES", 9)).review_required
