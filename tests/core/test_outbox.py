"""What a sandbox owes to receivers: sent, tried again on its ladder, settled, and kept."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mockserver.core.actions import act
from mockserver.core.errors import Conflict
from mockserver.core.outbox import Delivery
from mockserver.core.sandbox import DEFAULT, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.signing import hmac_sha256
from tests.receiver import Receiver, Reply, running_receiver
from tests.toy import Toy, toy_sandboxes, write_set


@pytest.fixture
def sandboxes(tmp_path: Path, receiver: Receiver) -> Sandboxes:
    write_set(tmp_path)
    return toy_sandboxes(tmp_path, settings={"toy": {"hook": receiver.url}})


@pytest.fixture
def sandbox(sandboxes: Sandboxes) -> Sandbox:
    return sandboxes.get(DEFAULT)


def write(sandbox: Sandbox, title: str = "new") -> Delivery:
    act(sandbox, "toy.write", {"title": title})
    return list(sandbox.outbox.deliveries)[-1]


def again(sandbox: Sandbox, delivery: Delivery) -> Delivery:
    return sandbox.outbox.deliveries.get(delivery.number)


def test_a_verb_owes_its_event_and_the_attempt_leaves_when_told(
    sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver
) -> None:
    delivery = write(sandbox)
    assert delivery.stage == "waiting"
    assert receiver.requests == []
    sandboxes.timeline.advance(sandbox, timedelta(0))
    [request] = receiver.requests
    assert request.method == "POST"
    assert request.body == b'{"id":3,"title":"new"}'
    assert request.headers["x-toy-sign"] == hmac_sha256("fake-toy-key", request.body)
    assert request.headers["content-type"] == "application/json"
    assert again(sandbox, delivery).stage == "delivered"


def test_dispatch_sends_without_the_clock_moving(sandbox: Sandbox, receiver: Receiver) -> None:
    write(sandbox)
    sandbox.dispatch()
    receiver.wait(1)


def test_a_receiver_that_fails_twice_gets_exactly_three_attempts(
    sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.answers.extend([Reply(500, body=b"no"), Reply(302, {"Location": receiver.url})])
    delivery = write(sandbox)
    fired = sandboxes.timeline.advance(sandbox, timedelta(days=1))
    assert len(receiver.requests) == 3
    assert [(each["attempt"], each["status"], each["stage"]) for each in fired] == [
        (1, 500, "waiting"),
        (2, 302, "waiting"),
        (3, 200, "delivered"),
    ]
    attempts = again(sandbox, delivery).attempts
    assert [each.at.isoformat()[11:19] for each in attempts] == ["10:00:00", "10:00:05", "10:01:05"]
    assert [each.answer_body for each in attempts] == [b"no", b"", b""]
    assert [request.headers["x-toy-at"][11:19] for request in receiver.requests] == ["10:00:00", "10:00:05", "10:01:05"]


def test_the_ladder_ends_in_failure(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.extend([Reply(500)] * 9)
    delivery = write(sandbox)
    sandboxes.timeline.until_idle(sandbox, timedelta(days=1))
    assert len(receiver.requests) == 3
    assert again(sandbox, delivery).stage == "failed"
    assert sandbox.clock.now().isoformat()[11:19] == "10:01:05"


def test_410_ends_a_delivery(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.append(Reply(410))
    delivery = write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(days=1))
    assert len(receiver.requests) == 1
    assert again(sandbox, delivery).stage == "failed"


@pytest.mark.parametrize(
    ("headers", "second"),
    [
        ({"Retry-After": "30"}, "10:00:30"),
        ({"Retry-After": "2"}, "10:00:05"),
        ({"Retry-After": "Thu, 15 May 2025 10:02:00 GMT", "Date": "Thu, 15 May 2025 10:00:00 GMT"}, "10:02:00"),
        ({"Retry-After": "soon"}, "10:00:05"),
        ({"Retry-After": "99999999999"}, None),
    ],
)
def test_retry_after_is_honoured(
    sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver, headers: dict[str, str], second: str | None
) -> None:
    receiver.answers.append(Reply(503, headers))
    delivery = write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(days=1))
    times = [each.at.isoformat()[11:19] for each in again(sandbox, delivery).attempts]
    assert times[1:] == ([] if second is None else [second])


def test_a_refused_connection_is_tried_again(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    with running_receiver() as gone:
        sandbox.change_settings({"toy": {"hook": gone.url}})
    delivery = write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(days=1))
    settled = again(sandbox, delivery)
    assert settled.stage == "failed"
    assert len(settled.attempts) == 3
    assert all(each.status is None and each.error for each in settled.attempts)


def test_a_forbidden_receiver_is_refused_at_once(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    sandbox.change_settings({"toy": {"hook": "http://10.0.0.1/hook"}})
    delivery = write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(days=1))
    settled = again(sandbox, delivery)
    assert settled.stage == "refused"
    [attempt] = settled.attempts
    assert "--allow-callback-host" in attempt.error


def test_what_happened_undone_owes_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(Conflict):
        act(sandbox, "toy.stumble", {})
    assert len(sandbox.outbox.deliveries) == 0


def test_the_vendor_is_told_of_the_end(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.append(Reply(500))
    write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(days=1))
    state = sandbox.state("toy")
    assert isinstance(state, Toy)
    assert state.notes.get(3).owner == "delivered 200"


def test_a_delivery_whose_reason_is_gone_is_cancelled(
    sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver
) -> None:
    delivery = write(sandbox)
    with sandbox.transaction():
        sandbox.state("toy").collections["notes"].remove(3)
    sandboxes.timeline.advance(sandbox, timedelta(0))
    assert again(sandbox, delivery).stage == "cancelled"
    assert receiver.requests == []


def test_an_attempt_that_breaks_settles_its_delivery(
    sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """One that counts as being sent for ever could be neither cancelled nor sent again nor forgotten."""
    delivery = write(sandbox)
    with sandbox.transaction():
        sandbox.outbox.deliveries.save(replace(delivery, key="no number"))
    sandboxes.timeline.advance(sandbox, timedelta(0))
    broken = again(sandbox, delivery)
    assert (broken.stage, [each.status for each in broken.attempts]) == ("failed", [None])
    assert "defect" in broken.attempts[0].error
    assert "ValueError" in caplog.text
    assert receiver.requests == []


def test_one_that_was_held_back_keeps_its_ladder_once_it_was_tried(
    sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver
) -> None:
    with sandbox.transaction():
        sandbox.faults.add({"kind": "reorder", "within": "1m", "times": 1})
    held = write(sandbox, "held")
    receiver.answers.append(Reply(500))
    sandboxes.timeline.advance(sandbox, timedelta(seconds=61))
    write(sandbox, "later")
    sandboxes.timeline.advance(sandbox, timedelta(minutes=1))
    assert [each.at.isoformat()[11:19] for each in again(sandbox, held).attempts] == ["10:01:00", "10:01:05"]


def test_deliveries_to_one_receiver_arrive_in_order(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    titles = [f"note {number}" for number in range(30)]
    for title in titles:
        write(sandbox, title)
    sandboxes.timeline.advance(sandbox, timedelta(0))
    assert [request.body for request in receiver.requests] == [
        b'{"id":%d,"title":"%s"}' % (number + 3, title.encode()) for number, title in enumerate(titles)
    ]


def test_a_receiver_that_hangs_holds_up_no_other(sandbox: Sandbox, receiver: Receiver) -> None:
    hold = threading.Event()
    with running_receiver() as other:
        receiver.answers.append(Reply(hold=hold))
        write(sandbox)
        sandbox.dispatch()
        receiver.wait(1)
        sandbox.change_settings({"toy": {"hook": other.url}})
        write(sandbox)
        sandbox.dispatch()
        other.wait(1)
        assert sandbox.outbox.count("sending") >= 1
        hold.set()


def test_redelivering_starts_the_ladder_anew(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    delivery = write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(0))
    receiver.answers.append(Reply(500))
    with sandbox.transaction():
        sandbox.outbox.redeliver(delivery.number, sandbox.clock.now())
    sandboxes.timeline.advance(sandbox, timedelta(minutes=1))
    assert [each.status for each in again(sandbox, delivery).attempts] == [200, 500, 200]
    with sandbox.transaction(), pytest.raises(Conflict):
        sandbox.outbox.cancel(delivery.number)


def test_a_waiting_delivery_is_cancelled_and_not_redelivered(sandbox: Sandbox) -> None:
    delivery = write(sandbox)
    with sandbox.transaction():
        with pytest.raises(Conflict):
            sandbox.outbox.redeliver(delivery.number, sandbox.clock.now())
        assert sandbox.outbox.cancel(delivery.number).stage == "cancelled"


def test_a_reset_lets_nothing_of_the_old_sandbox_leave(sandboxes: Sandboxes, receiver: Receiver) -> None:
    old = sandboxes.get(DEFAULT)
    write(old)
    new, _ = sandboxes.put(DEFAULT)
    old.dispatch()
    write(new, "from the new")
    sandboxes.timeline.advance(new, timedelta(0))
    assert old.in_flight.wait(20)
    assert [request.body for request in receiver.requests] == [b'{"id":3,"title":"from the new"}']


def test_an_attempt_is_journaled_as_going_out(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    write(sandbox)
    sandboxes.timeline.advance(sandbox, timedelta(0))
    [exchange] = list(sandbox.journal)
    assert (exchange.direction, exchange.operation, exchange.status) == ("out", "toy.note_written", 200)
    assert exchange.target == receiver.url
    assert exchange.request_body == receiver.requests[0].body
