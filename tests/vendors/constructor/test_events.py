"""What Constructor Proctor calls its client about: when, with what in it, and signed how."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from mockserver.core.actions import act
from mockserver.core.errors import Conflict
from mockserver.core.outbox import Delivery
from mockserver.core.sandbox import Sandbox
from mockserver.vendors.constructor.entities import Session
from mockserver.vendors.constructor.parameters import WARNINGS
from mockserver.vendors.constructor.state import MOST_WARNINGS, ConstructorProctor
from mockserver.vendors.constructor.titles import TITLES
from tests.contract.deliveries import delivery_violations
from tests.local import local_sandbox
from tests.receiver import Receiver, Reply
from tests.server import RemoteSandbox

from .client import ATTEMPT as WIRE_ATTEMPT
from .client import SCHEDULED, SECRET, START, buttons, finish, press, start
from .test_state import ATTEMPT, EXAM, NOON

frozen = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")
WHO = {"session_id": "session-1"}
URLS = ("review_url", "schedule_url", "warning_url", "agreement_acceptance_url")
AGREED = {**SCHEDULED, "userAgreementUrl": "https://lms.example/agreement"}
Open = Callable[..., Session]


@pytest.fixture
def world() -> Sandbox:
    made = local_sandbox()
    urls = {name: f"http://lms.test/{name}" for name in URLS}
    act(made, "constructor.change_urls", {"integration_name": "demo", **urls})
    return made


@pytest.fixture
def state(world: Sandbox) -> ConstructorProctor:
    found = world.states["constructor"]
    assert isinstance(found, ConstructorProctor)
    return found


@pytest.fixture
def opened(state: ConstructorProctor) -> Open:
    """Open a session; without a calendar it can be started at once."""

    def opened(attempt: dict[str, Any] | None = None, **exam: Any) -> Session:
        given = {**EXAM, "schedule": False, **exam}
        return state.open_session("demo", given, {"user_id": "user-1"}, {**ATTEMPT, **(attempt or {})})

    return opened


def told(world: Sandbox) -> list[tuple[str, dict[str, Any]]]:
    """Return where each call goes and what it says; each must be as the contract has it."""
    deliveries = list(world.outbox.deliveries)
    assert [said for each in deliveries for said in violations(each)] == []
    return [(each.url.rpartition("/")[2], json.loads(each.body)) for each in deliveries]


def violations(delivery: Delivery) -> list[str]:
    return delivery_violations(f"{delivery.vendor}.{delivery.event}", delivery.content_type, delivery.body)


def test_booking_and_cancelling_are_told(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    world.change_settings({"constructor": {"cancel_deadline_minutes": 60}})
    session = state.book_slot(opened(schedule=True), NOON)
    state.cancel_slot(session)
    named = {"accountId": "acme", "sessionId": "session-1"}
    assert told(world) == [
        (
            "schedule_url",
            {
                **named,
                "event": "scheduled",
                "start": "2025-05-15T12:00:00Z",
                "cancelDeadline": "2025-05-15T11:00:00Z",
            },
        ),
        ("schedule_url", {**named, "event": "canceled"}),
    ]


def test_finishing_that_takes_a_booking_back_tells_of_the_schedule_and_no_result(
    world: Sandbox, state: ConstructorProctor, opened: Open
) -> None:
    state.finish_remotely(state.book_slot(opened(schedule=True), NOON))
    assert [(where, said.get("event")) for where, said in told(world)] == [
        ("schedule_url", "scheduled"),
        ("schedule_url", "canceled"),
    ]


def test_finishing_what_has_not_begun_tells_nothing(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    state.finish_remotely(opened())
    assert told(world) == []


def test_accepting_the_agreement_is_told(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    state.accept_agreement(opened(user_agreement_url="https://lms.example/agreement"))
    assert told(world) == [
        (
            "agreement_acceptance_url",
            {"accountId": "acme", "sessionId": "session-1", "timestamp": "2025-05-15T10:00:00Z"},
        )
    ]


def test_each_warning_is_told_as_it_is_raised(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    session = state.start_session(opened())
    earlier = state.now() - timedelta(seconds=5)
    state.raise_warning(session, "WARNING_PHONE", start=earlier)
    state.raise_warning(session, "WARNING_TALK")
    [(where, first), (_, second)] = told(world)
    assert where == "warning_url"
    assert first == {
        "accountId": "acme",
        "sessionId": "session-1",
        "id": 1,
        "type": "WARNING_PHONE",
        "start": "2025-05-15T09:59:55Z",
        "end": "2025-05-15T10:00:00Z",
        "cyber": True,
    }
    assert (second["id"], second["type"]) == (2, "WARNING_TALK")


def test_a_result_has_every_key_even_where_nothing_is_known(
    world: Sandbox, state: ConstructorProctor, opened: Open
) -> None:
    state.finish_session(state.start_session(opened({"session_id": "a b/ü"})))
    assert told(world) == [
        (
            "review_url",
            {
                "accountId": "acme",
                "sessionId": "a b/ü",
                "archive": "http://mock.test/sandbox/local/constructor/integration/simple/demo/archive/a%20b%2F%C3%BC/",
                "conclusion": "unknown",
                "comment": None,
                "score": 0,
                "threshold": {"attention": 60, "rejected": 80},
                "sessionStart": "2025-05-15T10:00:00Z",
                "sessionEnd": "2025-05-15T10:00:00Z",
                "warnings": [],
                "warningTitles": {},
            },
        )
    ]


def test_a_result_lists_the_warnings_of_its_session_and_their_titles(
    world: Sandbox, state: ConstructorProctor, opened: Open
) -> None:
    other = state.start_session(opened({"session_id": "session-2"}))
    state.raise_warning(other, "WARNING_BOOKS")
    session = state.start_session(opened())
    for kind in ("WARNING_PHONE", "WARNING_AVERT_EYES", "WARNING_PHONE"):
        state.raise_warning(session, kind)
    state.finish_session(session)
    _, result = told(world)[-1]
    assert [each["type"] for each in result["warnings"]] == ["WARNING_PHONE", "WARNING_AVERT_EYES", "WARNING_PHONE"]
    assert result["warnings"][0] == {
        "type": "WARNING_PHONE",
        "start": "2025-05-15T10:00:00Z",
        "end": "2025-05-15T10:00:00Z",
        "cyber": True,
    }
    assert set(result["warningTitles"]) == {"WARNING_PHONE", "WARNING_AVERT_EYES"}
    assert set(result["warningTitles"]["WARNING_PHONE"]) == {"en", "de"}
    assert result["score"] == 35


def test_every_type_of_warning_has_a_title() -> None:
    assert set(TITLES) == set(WARNINGS)


def test_every_conclusion_is_told_again(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    session = state.finish_session(state.start_session(opened()))
    for conclusion, comment in (("rejected", "A phone."), ("unknown", None), ("accepted", "")):
        session = state.conclude_session(session, conclusion, comment=comment)  # type: ignore[arg-type]
    assert [(said["conclusion"], said["comment"]) for _, said in told(world)] == [
        ("unknown", None),
        ("rejected", "A phone."),
        ("unknown", "A phone."),
        ("accepted", ""),
    ]


def test_the_ai_tells_its_conclusion_at_the_finish(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    session = state.start_session(opened(proctoring="auto", score_config={"cheaterLevel": 5}))
    state.raise_warning(session, "WARNING_PHONE")
    state.finish_session(session)
    _, result = told(world)[-1]
    assert (result["conclusion"], result["score"], result["threshold"]) == (
        "rejected",
        10,
        {"attention": 5, "rejected": 5},
    )


def test_from_which_score_a_session_deserves_a_look_is_a_setting(
    world: Sandbox, state: ConstructorProctor, opened: Open
) -> None:
    world.change_settings({"constructor": {"attention_score": 25}})
    state.finish_session(state.start_session(opened()))
    assert told(world)[-1][1]["threshold"] == {"attention": 25, "rejected": 80}


@pytest.mark.parametrize("wanted", [False, True])
def test_the_results_of_trial_exams_are_sent_by_a_setting_only(
    world: Sandbox, state: ConstructorProctor, opened: Open, wanted: bool
) -> None:
    world.change_settings({"constructor": {"review_trial_exams": wanted}})
    session = state.finish_session(state.start_session(opened(trial=True)))
    state.conclude_session(session, "accepted")
    assert len(told(world)) == (2 if wanted else 0)


@pytest.mark.parametrize(("spelling", "account"), [("text", "123"), ("as_written", 123)])
def test_a_scheduling_call_may_have_the_account_as_a_number(
    world: Sandbox, state: ConstructorProctor, opened: Open, spelling: str, account: Any
) -> None:
    world.change_settings({"constructor": {"scheduling_account_id": spelling}})
    session = opened(schedule=True, account_id=123, user_agreement_url="https://lms.example/agreement")
    state.accept_agreement(state.book_slot(session, NOON))
    assert [said["accountId"] for _, said in told(world)] == [account, "123"]


def test_instants_may_have_fractions_of_a_second(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    world.change_settings({"constructor": {"callback_fractions": True}})
    world.clock.advance(timedelta(milliseconds=250))
    session = state.start_session(opened())
    state.raise_warning(session, "WARNING_PHONE")
    state.finish_session(session)
    [(_, warning), (_, result)] = told(world)
    assert warning["start"] == result["sessionEnd"] == "2025-05-15T10:00:00.250000Z"


def test_a_session_has_so_many_warnings_and_no_more(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    session = state.start_session(opened())
    for _ in range(MOST_WARNINGS):
        state.raise_warning(session, "WARNING_PHONE")
    with pytest.raises(Conflict, match="the most that a session can have"):
        state.raise_warning(session, "WARNING_PHONE")
    state.finish_session(session)
    assert len(told(world)[-1][1]["warnings"]) == MOST_WARNINGS


def test_nobody_is_called_where_no_address_is_known(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    act(world, "constructor.change_urls", {"integration_name": "demo", **dict.fromkeys(URLS)})
    session = state.book_slot(opened(schedule=True, user_agreement_url="https://lms.example/agreement"), NOON)
    session = state.accept_agreement(session)
    world.clock.advance(timedelta(hours=2))
    session = state.start_session(session)
    state.raise_warning(session, "WARNING_PHONE")
    state.finish_session(session)
    assert told(world) == []


def test_a_refused_move_tells_nothing(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    session = opened()
    for action in ("book_first_slot", "cancel_slot", "accept_agreement", "finish_session"):
        with pytest.raises(Conflict):
            act(world, f"constructor.{action}", WHO)
    assert state.session("demo", "session-1") == session
    assert told(world) == []


def test_the_first_slot_is_the_next_that_the_calendar_offers(
    world: Sandbox, state: ConstructorProctor, opened: Open
) -> None:
    world.clock.advance(timedelta(minutes=1))
    assert state.book_first_slot(opened(schedule=True)).slot == datetime(2025, 5, 15, 10, 30, tzinfo=UTC)


def test_a_calendar_that_is_over_offers_no_slot(world: Sandbox, state: ConstructorProctor, opened: Open) -> None:
    session = opened(schedule=True)
    world.clock.advance(timedelta(days=30))
    with pytest.raises(Conflict, match="offers no slot any more"):
        state.book_first_slot(session)


def listen(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    sandbox.action("constructor.change_urls", integration_name="demo", **dict.fromkeys(URLS, receiver.url))


def claims(authorization: str) -> dict[str, Any]:
    """Return what a callback's token says; its signature must be right. Its time is the sandbox's, not ours."""
    scheme, token = authorization.split(" ")
    assert scheme == "JWT"
    said: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False})
    return said


def seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


@frozen
def test_a_whole_session_is_told_from_booking_to_result(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    listen(sandbox, receiver)
    page = start(sandbox, AGREED)
    assert "book" in buttons(page)
    press(sandbox, page, "book", start="2025-05-15T10:30:00Z")
    receiver.wait(1)
    sandbox.action("constructor.accept_agreement", **WHO)
    receiver.wait(2)
    sandbox.advance("30m")
    sandbox.action("constructor.start_session", **WHO)
    sandbox.action("constructor.raise_warning", **WHO, type="WARNING_PHONE")
    receiver.wait(3)
    finish(sandbox)
    receiver.wait(4)
    sandbox.action("constructor.conclude_session", **WHO, conclusion="accepted", comment="Seen.")
    bodies = [json.loads(each.body) for each in receiver.wait(5)]
    assert [each.method for each in receiver.requests] == ["POST"] * 5
    assert {each.headers["content-type"] for each in receiver.requests} == {"application/json"}
    assert [each.get("event") or each.get("type") or each.get("conclusion") for each in bodies] == [
        "scheduled",
        None,
        "WARNING_PHONE",
        "unknown",
        "accepted",
    ]
    assert {(each["accountId"], each["sessionId"]) for each in bodies} == {("acme", "session-1")}
    archive = sandbox.http.get(bodies[-1]["archive"], timeout=20)
    assert archive.status_code == 400
    assert "token" in archive.text


@frozen
def test_each_attempt_has_a_token_of_its_own_that_lives_half_a_minute(
    sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    listen(sandbox, receiver)
    receiver.answers.extend([Reply(503), Reply(500)])
    start(sandbox, START)
    sandbox.action("constructor.start_session", **WHO)
    sandbox.action("constructor.finish_session", **WHO)
    receiver.wait(1)
    sandbox.advance("1h")
    sent = receiver.wait(3)
    assert [claims(each.headers["authorization"]) for each in sent] == [
        {"exp": seconds(f"2025-05-15T{at}Z") + 30} for at in ("10:00:00", "10:00:30", "10:05:30")
    ]
    assert len({each.body for each in sent}) == 1
    [delivery] = sandbox.admin("GET", "/outbox")["deliveries"]
    assert (delivery["event"], delivery["stage"]) == ("constructor.session_reviewed", "delivered")
    shown = sandbox.admin("GET", f"/outbox/{delivery['number']}")
    assert {each["request"]["headers"]["Authorization"] for each in shown["attempts"]} == {"***"}


@frozen
def test_how_long_tokens_live_and_how_often_is_tried_are_settings(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    listen(sandbox, receiver)
    sandbox.settings(constructor={"callback_token_seconds": 300, "callback_retries": ["1s"]})
    receiver.answers.extend([Reply(500)] * 3)
    start(sandbox, {**START, **WIRE_ATTEMPT})
    sandbox.action("constructor.start_session", **WHO)
    sandbox.action("constructor.finish_session", **WHO)
    receiver.wait(1)
    sandbox.advance("1d")
    assert [claims(each.headers["authorization"])["exp"] for each in receiver.requests] == [
        seconds("2025-05-15T10:05:00Z"),
        seconds("2025-05-15T10:05:01Z"),
    ]
    [delivery] = sandbox.admin("GET", "/outbox")["deliveries"]
    assert delivery["stage"] == "failed"


@frozen
@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_status_of_success_settles_a_callback(sandbox: RemoteSandbox, receiver: Receiver, status: int) -> None:
    listen(sandbox, receiver)
    receiver.answers.append(Reply(status, body=b"" if status == 204 else b"Entry was not found"))
    start(sandbox, SCHEDULED)
    sandbox.action("constructor.book_slot", **WHO, start="2025-05-15T11:00:00Z")
    receiver.wait(1)
    sandbox.advance("1d")
    assert len(receiver.requests) == 1


def test_the_setting_of_retries_refuses_what_is_no_duration(sandbox: RemoteSandbox) -> None:
    body = {"constructor": {"callback_retries": ["soon"]}}
    refused = sandbox.http.patch(f"{sandbox.admin_url}/settings", json=body, timeout=20)
    assert refused.status_code == 400
    assert "callback_retries" in refused.text
