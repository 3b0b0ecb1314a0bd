"""Fault rules: which requests they strike, in what order, how often, and what they leave as it was."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mockserver.core.errors import BadRequest, Conflict, Full, NotFound
from mockserver.core.faults.rule import Rule
from mockserver.core.faults.rules import MOST_RULES
from mockserver.core.sandbox import DEFAULT, Sandbox
from tests.core.faulty import ask, last, read, rule, statuses, write
from tests.toy import Toy, toy_sandboxes

MANY = 200


def seen(local: Sandbox, number: int) -> tuple[int, int]:
    found = local.faults.get(number)
    return found.matches, found.strikes


def pattern(sets: Path, seed: int, *, before: int = 0) -> list[int]:
    """Return what a fresh sandbox answers under a rule of chance, other rules made ``before`` it."""
    sandbox = toy_sandboxes(sets, seed=seed).get(DEFAULT)
    for _ in range(before):
        rule(sandbox, "status", status=418, skip=MANY)
    rule(sandbox, "status", status=503, probability=0.3)
    return statuses(sandbox, MANY)


def test_a_rule_strikes_what_its_glob_matches_and_nothing_else(local: Sandbox) -> None:
    number = rule(local, "status", status=503, operation="toy.write_*")
    assert (write(local).status, read(local).status) == (503, 200)
    assert seen(local, number) == (1, 1)


@pytest.mark.parametrize("operation", ["*", "toy.*", "*.read_note", "toy.rea?_[mn]ote", "toy.read_note"])
def test_a_glob_has_stars_questions_and_sets(local: Sandbox, operation: str) -> None:
    rule(local, "status", status=503, operation=operation)
    assert read(local).status == 503


def test_before_the_work_nothing_is_done_not_even_the_caller_asked(local: Sandbox, toy: Toy) -> None:
    before = list(toy.notes), toy.ids.counters["toy.notes"]
    rule(local, "status", status=503)
    assert write(local).status == 503
    assert ask(local, "write_note", "no note at all").status == 503
    assert (list(toy.notes), toy.ids.counters["toy.notes"]) == before


def test_after_the_work_it_is_done(local: Sandbox, toy: Toy) -> None:
    rule(local, "status", status=503, at="after")
    assert write(local, "kept").status == 503
    assert [each.title for each in toy.notes][2:] == ["kept"]


def test_the_first_rule_that_would_strike_does_alone_and_every_one_counts(local: Sandbox) -> None:
    first = rule(local, "status", status=500, skip=1, times=1)
    second = rule(local, "status", status=502, times=1)
    third = rule(local, "status", status=504)
    assert statuses(local, 4) == [502, 500, 504, 504]
    assert [seen(local, each) for each in (first, second, third)] == [(2, 1), (1, 1), (4, 2)]


def test_one_rule_strikes_at_each_point(local: Sandbox) -> None:
    """What was answered before the work never comes to the point after it."""
    slow = rule(local, "delay", seconds=2)
    rule(local, "status", status=503, skip=1)
    assert [(each.status, each.delay) for each in (read(local), read(local))] == [(200, 2.0), (503, 0.0)]
    assert seen(local, slow) == (1, 1)


def test_skip_lets_pass_and_times_ends(local: Sandbox) -> None:
    number = rule(local, "status", status=503, skip=2, times=3)
    assert statuses(local, 7) == [200, 200, 503, 503, 503, 200, 200]
    assert seen(local, number) == (5, 3)
    assert local.faults.get(number).ended(local.clock.now()) == "times"


@pytest.mark.parametrize("until", ["90s", "2025-05-15T10:01:30Z", "2025-05-15T12:01:30+02:00"])
def test_until_ends_at_that_instant(local: Sandbox, until: str) -> None:
    number = rule(local, "status", status=503, until=until)
    local.clock.advance(timedelta(seconds=89))
    assert read(local).status == 503
    local.clock.advance(timedelta(seconds=1))
    assert read(local).status == 200
    assert local.faults.get(number).ended(local.clock.now()) == "until"
    assert seen(local, number) == (1, 1)


def test_the_same_seed_gives_the_same_failures_and_another_gives_others(sets: Path) -> None:
    first = pattern(sets, 7)
    assert pattern(sets, 7) == first
    assert pattern(sets, 8) != first
    assert set(first) == {200, 503}
    assert MANY * 0.2 < first.count(503) < MANY * 0.4


def test_two_rules_do_not_throw_the_same_dice(sets: Path) -> None:
    assert pattern(sets, 7, before=1) != pattern(sets, 7)


@pytest.mark.parametrize(("probability", "status"), [(0, 200), (1, 503)])
def test_chance_has_certain_ends(local: Sandbox, probability: float, status: int) -> None:
    rule(local, "status", status=503, probability=probability)
    assert set(statuses(local, 50)) == {status}


def test_what_a_rule_has_seen_outlives_a_refusal(local: Sandbox, toy: Toy) -> None:
    """The work is undone, the count of what the rule was about is not: its dice go on."""
    number = rule(local, "delay", seconds=1, skip=5)
    before = list(toy.notes)
    assert ask(local, "stumble").status == 409
    assert list(toy.notes) == before
    assert seen(local, number) == (1, 0)


def test_a_failed_transaction_leaves_rules_and_their_numbers_as_they_were(local: Sandbox) -> None:
    kept = rule(local, "status", status=503)
    with suppress(Conflict), local.transaction():
        local.faults.remove(kept)
        local.faults.add({"kind": "empty"})
        raise Conflict("No.")
    assert [each.number for each in local.faults.rules] == [kept]
    assert rule(local, "empty") == kept + 1


def test_a_rule_that_is_removed_strikes_no_more(local: Sandbox) -> None:
    number = rule(local, "status", status=503)
    rule(local, "status", status=502, operation="toy.write_note")
    with local.transaction():
        local.faults.remove(number)
    assert (read(local).status, write(local).status) == (200, 502)
    with pytest.raises(NotFound):
        local.faults.get(number)
    with local.transaction():
        assert local.faults.clear() == 1
    assert write(local).status == 201


def test_rules_are_bounded(local: Sandbox) -> None:
    for _ in range(MOST_RULES):
        rule(local, "empty", operation="toy.fail")
    with pytest.raises(Full):
        rule(local, "empty")
    assert len(local.faults) == MOST_RULES


def test_a_reset_forgets_the_rules(sets: Path) -> None:
    sandboxes = toy_sandboxes(sets)
    rule(sandboxes.get(DEFAULT), "status", status=503)
    sandboxes.put(DEFAULT)
    assert read(sandboxes.get(DEFAULT)).status == 200


def test_a_rule_is_plain_data(local: Sandbox) -> None:
    """It goes out and comes back whole, what its kind remembers too."""
    made = local.faults.get(rule(local, "rate_limit", quota=1, until="1h", times=3))
    statuses(local, 2)
    made = local.faults.get(made.number)
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(made)), Rule) == made
    assert made.memory
    assert made.fault == local.faults.get(made.number).fault


def test_a_defect_is_never_spoilt(local: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    number = rule(local, "status", status=200, body="all is well", at="after")
    outcome = ask(local, "fail")
    assert (outcome.status, outcome.headers["X-Mockserver-Bug"]) == (500, "toy.fail")
    assert (last(local).bug, last(local).fault) == (True, "")
    assert seen(local, number) == (0, 0)
    assert "slipped" in caplog.text


def test_the_journal_tells_the_kind_and_the_operation(local: Sandbox) -> None:
    rule(local, "status", status=503, times=1)
    statuses(local, 2)
    assert [(each.fault, each.operation, each.status) for each in local.journal] == [
        ("status", "toy.read_note", 503),
        ("", "toy.read_note", 200),
    ]


@pytest.mark.parametrize("kind", ["empty", "reset", "hang", "lost_response"])
def test_the_journal_shows_no_answer_where_the_client_saw_none(local: Sandbox, kind: str) -> None:
    rule(local, kind)
    outcome = read(local)
    assert outcome.wire is not None
    assert (last(local).fault, last(local).status, last(local).answer_headers, last(local).answer_body) == (
        kind,
        0,
        "",
        b"",
    )


def test_the_journal_shows_what_came_of_a_body_that_broke_off(local: Sandbox) -> None:
    rule(local, "truncated", size=7)
    whole = read(local).body
    assert (last(local).status, last(local).answer_body) == (200, whole[:7])
    assert "Content-Type: application/json" in last(local).answer_headers


REFUSED = [
    ({}, "kind", "known are"),
    ({"kind": "nothing"}, "kind", "known are"),
    ({"kind": 5}, "kind", "Expected `str`"),
    ({"kind": "status"}, "status", "Missing"),
    ({"kind": "status", "status": "503"}, "status", "Expected `int`"),
    ({"kind": "status", "status": 199}, "status", ">= 200"),
    ({"kind": "status", "status": 600}, "status", "<= 599"),
    ({"kind": "status", "status": 503, "time": 1}, "time", "No such field"),
    ({"kind": "empty", "seconds": 1}, "seconds", "no settings"),
    ({"kind": "empty", "operation": "toy.raed_note"}, "operation", "nearest is 'toy.read_note'"),
    ({"kind": "empty", "operation": ""}, "operation", "length >= 1"),
    ({"kind": "empty", "operation": "x" * 201}, "operation", "length <= 200"),
    ({"kind": "empty", "operation": None}, "operation", "Expected `str`"),
    ({"kind": "empty", "at": "during"}, "at", "Invalid enum value"),
    ({"kind": "empty", "at": "event"}, "at", "before or after"),
    ({"kind": "truncated", "at": "before"}, "at", "strikes after"),
    ({"kind": "rate_limit", "at": "after"}, "at", "strikes before"),
    ({"kind": "late", "at": "after", "operation": "*"}, "at", "strikes event"),
    ({"kind": "late", "operation": "toy.note_writen"}, "operation", "nearest is 'toy.note_written'"),
    ({"kind": "late", "operation": "toy.read_note"}, "operation", "It matches an operation, and late strikes deliv"),
    ({"kind": "empty", "operation": "toy.note_written"}, "operation", "It matches an event, and empty strikes answ"),
    ({"kind": "empty", "skip": -1}, "skip", ">= 0"),
    ({"kind": "empty", "times": 0}, "times", ">= 1"),
    ({"kind": "empty", "times": 1.5}, "times", "Expected `int"),
    ({"kind": "empty", "times": True}, "times", "Expected `int"),
    ({"kind": "empty", "probability": 1.01}, "probability", "<= 1"),
    ({"kind": "empty", "probability": -0.1}, "probability", ">= 0"),
    ({"kind": "empty", "until": "soon"}, "until", "not a duration"),
    ({"kind": "empty", "until": "2025-13-01"}, "until", "not an ISO 8601"),
    ({"kind": "empty", "until": "2025-05-15T11:00:00"}, "until", "no offset"),
    ({"kind": "empty", "until": "2025-05-15T10:00:00Z"}, "until", "over already"),
    ({"kind": "empty", "until": "0s"}, "until", "over already"),
    ({"kind": "empty", "until": 90}, "until", "Expected `str"),
    ({"kind": "hang", "seconds": 301}, "seconds", "<= 300"),
    ({"kind": "hang", "seconds": 0}, "seconds", "> 0"),
    ({"kind": "delay", "distribution": "normal"}, "distribution", "Invalid enum value"),
    ({"kind": "delay", "distribution": "uniform"}, "most", "Needed"),
    ({"kind": "delay", "distribution": "uniform", "most": 0.5}, "most", "Shorter"),
    ({"kind": "delay", "most": 5}, "most", "uniform"),
    ({"kind": "delay", "sigma": 1}, "sigma", "lognormal"),
    ({"kind": "truncated", "size": 1, "share": 0.5}, "share", "not both"),
    ({"kind": "truncated", "share": 1}, "share", "< 1"),
    ({"kind": "rate_limit", "window": "soon"}, "window", "not a duration"),
    ({"kind": "rate_limit", "window": "999ms"}, "window", "Shorter than 1s"),
    ({"kind": "wrong_content_type", "content_type": "text"}, "content_type", "text/html"),
    ({"kind": "wrong_content_type", "content_type": "a/b\r\nX: y"}, "content_type", "text/html"),
    ({"kind": "status", "status": 204, "body": "x"}, "body", "has no body"),
    ({"kind": "status", "status": 500, "body": "é" * 40_000}, "body", "65536 bytes"),
    ({"kind": "status", "status": 500, "body": 5}, "body", "Expected"),
    ({"kind": "status", "status": 500, "headers": {"X": 5}}, "headers", "Expected `str`"),
    ({"kind": "status", "status": 500, "headers": {"X Y": "a"}}, "headers", "no header name"),
    ({"kind": "status", "status": 500, "headers": {"": "a"}}, "headers", "no header name"),
    ({"kind": "status", "status": 500, "headers": {"X": "a\r\nY: b"}}, "headers", "printable ASCII"),
    ({"kind": "status", "status": 500, "headers": {"X": "é"}}, "headers", "printable ASCII"),
    ({"kind": "status", "status": 500, "headers": {"X": " a"}}, "headers", "spaces"),
    ({"kind": "status", "status": 500, "headers": {"X": "a" * 4097}}, "headers", "4096"),
    ({"kind": "status", "status": 500, "headers": {"X": "a", "x": "b"}}, "headers", "twice"),
    ({"kind": "status", "status": 500, "headers": {"content-length": "9"}}, "headers", "server's own"),
    ({"kind": "status", "status": 500, "headers": {"Transfer-Encoding": "chunked"}}, "headers", "server's own"),
    ({"kind": "status", "status": 500, "headers": {f"X-{n}": "" for n in range(51)}}, "headers", "50"),
]


@pytest.mark.parametrize(("asked", "field", "why"), REFUSED)
def test_a_wrong_rule_is_refused_by_field_and_changes_nothing(
    local: Sandbox, asked: dict[str, object], field: str, why: str
) -> None:
    before = dict(local.ids.counters)
    with pytest.raises(BadRequest) as refusal, local.transaction():
        local.faults.add(asked)
    assert list(refusal.value.fields) == [field]
    assert why in refusal.value.message
    assert refusal.value.message.startswith(f"{field}: ")
    assert (len(local.faults), local.ids.counters) == (0, before)
