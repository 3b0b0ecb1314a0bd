"""What is repeated, what is not, and how long is waited, against real answers of a real server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from contract_tests.clients.calling import Caller, CallFailed, Refused, Unavailable, Unreadable
from tests.receiver import Receiver, Reply
from tests.server import free_port

JSON = {"Content-Type": "application/json"}
FINE = Reply(200, JSON, b'{"id": 1, "new": "unknown field"}')
BUSY = Reply(503, JSON, b'{"message": "Restarting."}')
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()
Make = Callable[..., Caller]


@pytest.fixture
def waited() -> list[float]:
    """The seconds that were waited, in their order."""
    return []


@pytest.fixture
def make(receiver: Receiver, waited: list[float]) -> Make:
    """Make a caller of the test's own server, which answers what its ``answers`` say."""

    def make(**manner: Any) -> Caller:
        return Caller(receiver.url, wait=waited.append, clock=lambda: NOW, **manner)

    return make


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_idempotent_is_repeated_with_growing_pauses(
    method: str, make: Make, receiver: Receiver, waited: list[float]
) -> None:
    receiver.answers.extend([BUSY, Reply(502), Reply(504), FINE])
    assert make().record(method, "/things")["id"] == 1
    assert waited == [0.5, 1.0, 2.0]
    assert [each.method for each in receiver.requests] == [method] * 4


def test_what_may_do_work_twice_is_not_repeated(make: Make, receiver: Receiver, waited: list[float]) -> None:
    receiver.answers.extend([BUSY, FINE])
    with pytest.raises(Unavailable, match="Restarting") as raised:
        make().record("POST", "/things", json={})
    assert raised.value.status == 503
    assert (len(receiver.requests), waited) == (1, [])


def test_a_caller_that_says_safe_is_repeated(make: Make, receiver: Receiver) -> None:
    receiver.answers.extend([BUSY, FINE])
    assert make().record("POST", "/things", json={"a": 1}, safe=True)["id"] == 1
    assert [each.body for each in receiver.requests] == [b'{"a": 1}'] * 2


def test_it_gives_up_after_so_many_attempts(make: Make, receiver: Receiver, waited: list[float]) -> None:
    receiver.answers.extend([BUSY] * 3)
    with pytest.raises(Unavailable):
        make(attempts=2).json("GET", "/things")
    assert (len(receiver.requests), waited) == (2, [0.5])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refusal_is_not_repeated_and_says_why(
    status: int, make: Make, receiver: Receiver, waited: list[float]
) -> None:
    receiver.answers.append(Reply(status, {**JSON, "Retry-After": "1"}, b'{"message": "No such thing."}'))
    with pytest.raises(Refused, match=f"GET /things was refused with {status}: No such thing.") as raised:
        make().json("GET", "/things")
    assert (raised.value.status, raised.value.body) == (status, {"message": "No such thing."})
    assert (len(receiver.requests), waited) == (1, [])


@pytest.mark.parametrize("status", [500, 501])
def test_a_failure_of_the_server_is_not_repeated(status: int, make: Make, receiver: Receiver) -> None:
    receiver.answers.append(Reply(status, {"Content-Type": "text/html"}, b"<h1>Oops</h1>"))
    with pytest.raises(Unavailable, match="<h1>Oops</h1>"):
        make().json("GET", "/things")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "told", ["7", " 7 ", format_datetime(datetime.fromtimestamp(NOW + 7, UTC), usegmt=True)], ids=repr
)
def test_a_server_that_says_when_is_asked_again_then_whatever_the_method(
    status: int, told: str, make: Make, receiver: Receiver, waited: list[float]
) -> None:
    receiver.answers.extend([Reply(status, {"Retry-After": told}), FINE])
    assert make().record("POST", "/things")["id"] == 1
    assert waited == [7.0]


@pytest.mark.parametrize("told", ["soon", "-1", "1.5", "²"])
def test_what_says_no_time_is_as_if_nothing_was_said(
    told: str, make: Make, receiver: Receiver, waited: list[float]
) -> None:
    receiver.answers.extend([Reply(503, {"Retry-After": told}), FINE])
    make().json("GET", "/things")
    assert waited == [0.5]


def test_a_date_that_has_passed_means_at_once(make: Make, receiver: Receiver, waited: list[float]) -> None:
    past = format_datetime(datetime.fromtimestamp(NOW, UTC) - timedelta(hours=1), usegmt=True)
    receiver.answers.extend([Reply(429, {"Retry-After": past}), FINE])
    make().json("GET", "/things")
    assert waited == [0.0]


def test_too_many_requests_without_a_time_are_waited_out(make: Make, receiver: Receiver, waited: list[float]) -> None:
    receiver.answers.extend([Reply(429), Reply(429), FINE])
    make().record("POST", "/things")
    assert waited == [0.5, 1.0]


def test_a_wait_that_is_too_long_is_not_begun(make: Make, receiver: Receiver, waited: list[float]) -> None:
    receiver.answers.append(Reply(429, {"Retry-After": "121"}, b"Later."))
    with pytest.raises(Refused, match="Later"):
        make(longest_wait=120).json("GET", "/things")
    assert (len(receiver.requests), waited) == (1, [])


def test_a_connection_that_was_never_made_is_tried_again_whatever_the_method(waited: list[float]) -> None:
    caller = Caller(f"http://127.0.0.1:{free_port()}", wait=waited.append)
    with pytest.raises(Unavailable) as raised:
        caller.send("POST", "/things")
    assert raised.value.status is None
    assert waited == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, b'{"id": 1'),
        (JSON, b'{"id": NaN}'),
        (JSON, b"\xff"),
        (JSON, b"[" * 100_000),
        ({"Content-Type": "text/html"}, b'{"id": 1}'),
        ({}, b'{"id": 1}'),
    ],
)
def test_what_is_no_json_is_unreadable_and_not_repeated(
    headers: dict[str, str], body: bytes, make: Make, receiver: Receiver
) -> None:
    receiver.answers.append(Reply(200, headers, body))
    with pytest.raises(Unreadable):
        make().json("GET", "/things")
    assert len(receiver.requests) == 1


def test_another_shape_than_promised_is_unreadable(make: Make, receiver: Receiver) -> None:
    receiver.answers.extend([Reply(200, JSON, b"[1]")] * 2 + [Reply(204)])
    with pytest.raises(Unreadable):
        make().record("GET", "/things")
    with pytest.raises(Unreadable):
        make().records("GET", "/things")
    assert make().json("DELETE", "/things") is None


def test_only_not_found_is_nothing_found(make: Make, receiver: Receiver) -> None:
    receiver.answers.extend([Reply(404), FINE, Reply(403)])
    caller = make()
    assert caller.find("/things") is None
    assert caller.find("/things") == {"id": 1, "new": "unknown field"}
    with pytest.raises(Refused):
        caller.find("/things")


def test_a_redirect_is_not_followed(make: Make, receiver: Receiver) -> None:
    receiver.answers.append(Reply(302, {"Location": receiver.url}))
    assert make().send("POST", "/things").status_code == 302
    assert len(receiver.requests) == 1


def test_a_request_is_signed_anew_at_each_attempt(make: Make, receiver: Receiver) -> None:
    numbers = iter("123")

    def sign(request: Any) -> Any:
        request.headers["Authorization"] = next(numbers)
        return request

    receiver.answers.extend([BUSY, BUSY, FINE])
    make(auth=sign).json("GET", "/things")
    assert [each.headers["authorization"] for each in receiver.requests] == ["1", "2", "3"]


def test_what_is_found_is_not_made(make: Make) -> None:
    assert make().made_once(lambda: {"id": 1}, lambda: pytest.fail("It was made.")) == {"id": 1}


def test_a_lost_answer_is_looked_up_and_made_again_only_if_it_is_not_there(make: Make, waited: list[float]) -> None:
    found = iter([None, None, {"id": 2}])
    made: list[int] = []

    def lose() -> dict[str, Any]:
        made.append(1)
        raise Unavailable("POST /things", "lost")

    assert make().made_once(lambda: next(found), lose) == {"id": 2}
    assert (len(made), waited) == (2, [0.5, 1.0])


def test_what_stays_lost_is_given_up(make: Make, receiver: Receiver) -> None:
    receiver.answers.extend([Reply(404), Reply(500)] * 3 + [Reply(404)])
    caller = make(attempts=3)
    with pytest.raises(Unavailable):
        caller.made_once(lambda: caller.find("/things/1"), lambda: caller.record("POST", "/things"))
    assert [each.method for each in receiver.requests] == ["GET", "POST"] * 3 + ["GET"]


@pytest.mark.parametrize(("status", "there", "looks"), [(409, True, 2), (409, False, 2), (400, True, 1)])
def test_a_conflict_is_looked_up_once_and_other_refusals_are_not(
    status: int, there: bool, looks: int, make: Make, receiver: Receiver
) -> None:
    receiver.answers.extend([Reply(404), Reply(status), FINE if there else Reply(404)])
    caller = make()

    def ensure() -> dict[str, Any]:
        return caller.made_once(lambda: caller.find("/things/1"), lambda: caller.record("POST", "/things"))

    if status == 409 and there:
        assert ensure()["id"] == 1
    else:
        with pytest.raises(CallFailed, match=str(status)):
            ensure()
    assert [each.method for each in receiver.requests] == ["GET", "POST", "GET"][: looks + 1]
