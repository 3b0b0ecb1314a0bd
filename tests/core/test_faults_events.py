"""Faults of what a vendor sends: deliveries doubled, held, late, lost or wrong, and their retries."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.core.actions import act
from mockserver.core.faults.catalogue import kinds
from mockserver.core.faults.deliveries.altered_body import AlteredBody
from mockserver.core.faults.deliveries.bad_signature import BadSignature
from mockserver.core.faults.kind import AnswerKind, AttemptKind
from mockserver.core.outbox import Delivery
from mockserver.core.sandbox import Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.signing import hmac_sha256
from tests.core.faulty import read, rule
from tests.receiver import Received, Receiver, Reply, running_receiver

NOW = datetime(2025, 5, 15, 10, tzinfo=UTC)


@pytest.fixture
def receiver(local: Sandbox) -> Iterator[Receiver]:
    """Told of every new note."""
    with running_receiver() as made:
        local.change_settings({"toy": {"hook": made.url}})
        yield made


def write(sandboxes: Sandboxes, local: Sandbox, title: str = "new", *, let: timedelta = timedelta(0)) -> None:
    """Let a note be written, and all leave that is due within so much time."""
    act(local, "toy.write", {"title": title})
    sandboxes.timeline.advance(local, let)


def outbox(sandbox: Sandbox) -> list[Delivery]:
    return list(sandbox.outbox.deliveries)


def told(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["title"] for each in receiver.requests]


def verifies(request: Received) -> bool:
    return request.headers["x-toy-sign"] == hmac_sha256("fake-toy-key", request.body)


def signed_at(request: Received) -> datetime:
    return datetime.fromisoformat(request.headers["x-toy-at"])


def test_a_delivery_is_duplicated_with_its_id(sandboxes: Sandboxes, local: Sandbox, receiver: Receiver) -> None:
    rule(local, "duplicate", copies=2, gap="1m", times=1)
    write(sandboxes, local)
    assert told(receiver) == ["new"]
    sandboxes.timeline.advance(local, timedelta(minutes=2))
    assert told(receiver) == ["new", "new", "new"]
    assert len({each.id for each in outbox(local)}) == 1
    assert [(each.fault, each.stage) for each in outbox(local)] == [("duplicate", "delivered")] * 3
    assert all(verifies(each) for each in receiver.requests)


def test_a_dropped_delivery_is_remembered_and_never_sent(
    sandboxes: Sandboxes, local: Sandbox, receiver: Receiver
) -> None:
    rule(local, "dropped", times=1)
    write(sandboxes, local, "lost", let=timedelta(days=1))
    write(sandboxes, local, "told")
    assert told(receiver) == ["told"]
    assert [(each.fault, each.stage, each.due) for each in outbox(local)] == [
        ("dropped", "dropped", None),
        ("", "delivered", None),
    ]


def test_a_late_delivery_is_signed_when_it_leaves(sandboxes: Sandboxes, local: Sandbox, receiver: Receiver) -> None:
    rule(local, "late", by="10m")
    write(sandboxes, local, let=timedelta(minutes=9))
    assert receiver.requests == []
    sandboxes.timeline.advance(local, timedelta(minutes=1))
    assert signed_at(receiver.requests[0]) == NOW + timedelta(minutes=10)


def test_a_held_delivery_is_overtaken_by_the_next_to_the_same_receiver(
    sandboxes: Sandboxes, local: Sandbox, receiver: Receiver
) -> None:
    rule(local, "reorder", times=1)
    write(sandboxes, local, "first", let=timedelta(minutes=1))
    assert receiver.requests == []
    write(sandboxes, local, "second")
    assert told(receiver) == ["second", "first"]
    assert [each.stage for each in outbox(local)] == ["delivered", "delivered"]


def test_a_held_delivery_waits_no_longer_than_it_may(sandboxes: Sandboxes, local: Sandbox, receiver: Receiver) -> None:
    rule(local, "reorder", within="5m")
    write(sandboxes, local, let=timedelta(minutes=5))
    assert signed_at(receiver.requests[0]) == NOW + timedelta(minutes=5)


def test_a_held_delivery_is_not_set_free_by_another_receivers(
    sandboxes: Sandboxes, local: Sandbox, receiver: Receiver
) -> None:
    rule(local, "reorder", times=1)
    write(sandboxes, local, "held")
    with running_receiver() as other:
        local.change_settings({"toy": {"hook": other.url}})
        write(sandboxes, local, "elsewhere")
        assert (told(other), told(receiver)) == (["elsewhere"], [])


def test_each_attempt_suffers_and_the_attempts_tell(sandboxes: Sandboxes, local: Sandbox, receiver: Receiver) -> None:
    rule(local, "bad_signature", times=1)
    receiver.answers.extend([Reply(401), Reply(401)])
    write(sandboxes, local, let=timedelta(hours=1))
    write(sandboxes, local)
    assert [verifies(each) for each in receiver.requests] == [False, False, False, True]
    assert [[each.fault for each in delivery.attempts] for delivery in outbox(local)] == [["bad_signature"] * 3, [""]]
    assert [each.fault for each in local.journal] == ["bad_signature"] * 3 + [""]
    assert [each.forged for each in local.journal] == [True] * 3 + [False]


def test_only_the_first_attempts_suffer_if_so_many_are_named(
    sandboxes: Sandboxes, local: Sandbox, receiver: Receiver
) -> None:
    rule(local, "bad_signature", attempts=1)
    receiver.answers.append(Reply(401))
    write(sandboxes, local, let=timedelta(hours=1))
    assert [verifies(each) for each in receiver.requests] == [False, True]
    assert [each.fault for each in outbox(local)[0].attempts] == ["bad_signature", ""]


def test_attempts_are_right_again_when_the_rule_is_gone(
    sandboxes: Sandboxes, local: Sandbox, receiver: Receiver
) -> None:
    number = rule(local, "altered_body")
    receiver.answers.append(Reply(500))
    write(sandboxes, local)
    with local.transaction():
        local.faults.remove(number)
    sandboxes.timeline.advance(local, timedelta(hours=1))
    assert [verifies(each) for each in receiver.requests] == [False, True]


def test_an_altered_body_is_kept_as_it_was_sent(sandboxes: Sandboxes, local: Sandbox, receiver: Receiver) -> None:
    rule(local, "altered_body")
    write(sandboxes, local, "note 7")
    assert told(receiver) == ["note 8"]
    assert outbox(local)[0].attempts[0].body == receiver.requests[0].body
    assert outbox(local)[0].body != receiver.requests[0].body
    assert [each.forged for each in local.journal] == [True]


def test_a_stale_attempt_is_signed_for_the_past(sandboxes: Sandboxes, local: Sandbox, receiver: Receiver) -> None:
    rule(local, "stale_timestamp", by="10m")
    write(sandboxes, local)
    assert signed_at(receiver.requests[0]) == NOW - timedelta(minutes=10)
    assert verifies(receiver.requests[0])
    assert outbox(local)[0].attempts[0].at == NOW
    assert [(each.fault, each.forged) for each in local.journal] == [("stale_timestamp", False)]


def test_rules_of_events_skip_count_and_throw_dice_as_others_do(local: Sandbox) -> None:
    first = rule(local, "dropped", skip=1, times=1)
    second = rule(local, "late", operation="toy.note_*")
    struck = []
    for _ in range(3):
        with local.transaction():
            chosen = local.faults.on_event("toy.note_written")
        struck.append(chosen[0].number if chosen else None)
    assert struck == [second, first, second]
    assert [local.faults.get(each).matches for each in (first, second)] == [2, 3]


def test_an_event_whose_verb_fails_is_no_match(local: Sandbox, receiver: Receiver) -> None:
    number = rule(local, "dropped")
    with pytest.raises(RuntimeError, match="slipped"):
        act(local, "toy.slip", {})
    assert (local.faults.get(number).matches, outbox(local)) == (0, [])


def test_faults_of_deliveries_leave_answers_alone(local: Sandbox) -> None:
    rule(local, "dropped")
    assert read(local).status == 200
    assert [each.fault for each in local.journal] == [""]


JWT = "JWT eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("value", "bent"),
    [
        (JWT, "JWT eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.a2lnbmF0dXJl"),
        ("sha256=0fa9", "sha256=1fa9"),
        ("sha256=9fa9", "sha256=0fa9"),
        ("v1,abc+/A==", "v1,bbc+/A=="),
        ("v1,Abc=", "v1,Bbc="),
        ("v1,/bc=", "v1,Abc="),
        ("token", "aoken"),
        ("", ""),
    ],
)
def test_a_bad_signature_differs_in_one_character_that_counts(value: str, bent: str) -> None:
    headers, body = BadSignature().spoil({"X-Proof": value, "Other": value}, b"{}", ["x-proof"])
    assert (headers, body) == ({"Other": value, "X-Proof": bent}, b"{}")


@pytest.mark.parametrize(
    ("body", "altered"),
    [
        (b'{"points": 19, "ok": true}', b'{"points": 10, "ok": true}'),
        (b"status=done&score=5&x", b"status=done&score=6&x"),
        (b'{"ok": true}', b'{"ok": true} '),
        (b"", b" "),
    ],
)
def test_an_altered_body_is_another_one(body: bytes, altered: bytes) -> None:
    assert AlteredBody().spoil({}, body, []) == ({}, altered)


@pytest.mark.parametrize("settings", [{"by": "0s"}, {"by": "soon"}])
def test_a_stale_timestamp_is_in_the_past(settings: dict[str, Any], local: Sandbox) -> None:
    with pytest.raises(Exception, match=r"^by: "):
        rule(local, "stale_timestamp", **settings)


def test_each_kind_of_deliveries_owes_something_at_a_known_time() -> None:
    of_deliveries = [each for each in kinds().values() if not issubclass(each, AnswerKind)]
    assert len(of_deliveries) >= 7
    for kind in of_deliveries:
        owed = kind().owed(NOW)  # type: ignore[attr-defined]
        assert owed
        assert all(each.due is None or each.due >= NOW for each in owed)
        assert issubclass(kind, AttemptKind) == (len(owed) == 1 and owed[0].due == NOW)
