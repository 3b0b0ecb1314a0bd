"""Questions to the journal: filters, windows, counts and orders, and what is not answered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.core.errors import Conflict
from mockserver.core.journal import Exchange, Journal
from mockserver.core.journal_query import (
    Verdict,
    Window,
    contains,
    fits,
    judge_count,
    judge_order,
    select,
    select_whole,
    wait,
)
from tests.core.test_journal import exchange

START = datetime(2025, 5, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hourly(count: int, *, most: int = 100) -> Journal:
    """Return a journal of one exchange an hour, from ``START`` on."""
    journal = Journal(most, 10_000)
    for hour in range(count):
        journal.record(lambda number, hour=hour: exchange(number, at=START + hour * HOUR))  # type: ignore[misc]
    return journal


def numbers(exchanges: list[Exchange]) -> list[int]:
    return [each.number for each in exchanges]


OUT = {"direction": "out", "target": "https://hook.example/a?b=c", "status": 0, "error": "refused"}


@pytest.mark.parametrize(
    ("changes", "yes", "no"),
    [
        ({}, {}, {"vendor": ""}),
        ({}, {"direction": "in"}, {"direction": "out"}),
        (OUT, {"direction": "out"}, {"direction": "in"}),
        ({}, {"vendor": "toy"}, {"vendor": "to"}),
        ({"vendor": "", "operation": ""}, {"vendor": ""}, {"vendor": "toy"}),
        ({}, {"operation": "toy.read_note"}, {"operation": "toy.read"}),
        ({}, {"operation": "toy.*"}, {"operation": "*.write_*"}),
        ({"operation": ""}, {"matched": False}, {"operation": "*"}),
        ({}, {"matched": True}, {"matched": False}),
        ({"method": "PUT"}, {"method": "PUT"}, {"method": "POST"}),
        ({"status": 404}, {"status": "404"}, {"status": "400"}),
        ({"status": 404}, {"status": "4xx"}, {"status": "5xx"}),
        (OUT, {"status": "0"}, {"status": "2xx"}),
        ({"fault": "delay"}, {"fault": True}, {"fault": False}),
        ({"fault": "delay"}, {"fault": "del*"}, {"fault": "hang"}),
        ({}, {"fault": False}, {"fault": True}),
        ({}, {"fault": False}, {"fault": "*"}),
        ({"target": "/sandbox/a/toy/notes/5?b=c"}, {"path": "/toy/notes/"}, {"path": "/toy/note/"}),
        ({"target": "/toy/notes/5?b=c"}, {"path": "?b"}, {"path": "[?]b"}),
        (OUT, {"path": "hook.example/a"}, {"path": "/b"}),
        ({"status": 201}, {"vendor": "toy", "status": "2xx"}, {"vendor": "toy", "status": "4xx"}),
    ],
)
def test_an_exchange_fits_what_it_is(changes: dict[str, Any], yes: dict[str, Any], no: dict[str, Any]) -> None:
    assert fits(exchange(1, **changes), yes)
    assert not fits(exchange(1, **changes), no)


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        ({"a": [1, {"b": 2, "c": 3}]}, {"a": [1, {"b": 2}]}),
        ({"a": []}, {"a": []}),
        ({"a": 1}, {}),
        ({"a": None}, {"a": None}),
        ({"a": 1.0}, {"a": 1}),
        ([{"a": 1}], [{}]),
    ],
)
def test_json_holds_its_part(whole: Any, part: Any) -> None:
    assert contains(whole, part)


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"b": None}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": False}, {"a": 0}),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": 1}, {"a": {}}),
        ({"a": {}}, {"a": []}),
        ([], {}),
    ],
)
def test_json_does_not_hold_what_differs(whole: Any, part: Any) -> None:
    assert not contains(whole, part)


def posted(body: bytes, headers: str = "content-type: application/json") -> Exchange:
    return exchange(1, request_body=body, request_headers=headers)


def test_a_body_is_compared_as_json_or_as_a_form() -> None:
    assert fits(posted(b'{"a": 1, "b": 2}'), {"body": {"a": 1}})
    assert fits(posted(b'{"a": 1}', ""), {"body": {"a": 1}})
    form = posted(b"a=1&b=x%20y", "Content-Type: application/x-www-form-urlencoded; charset=utf-8")
    assert fits(form, {"body": {"a": "1", "b": "x y"}})
    assert not fits(form, {"body": {"a": 1}})


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"a=1", b"[" * 100_000, b"null", b"5"])
def test_a_body_that_cannot_be_read_holds_nothing(raw: bytes) -> None:
    assert not fits(posted(raw), {"body": {}})
    assert not fits(posted(raw), {"body": []})


@pytest.mark.parametrize(
    ("window", "inside"),
    [
        (Window(), [1, 2, 3, 4]),
        (Window(after=2), [3, 4]),
        (Window(since=START + HOUR), [2, 3, 4]),
        (Window(until=START + HOUR), [1, 2]),
        (Window(1, START, START + 2 * HOUR), [2, 3]),
        (Window(after=4), []),
    ],
)
def test_a_window_is_after_a_number_and_between_two_instants_both_included(window: Window, inside: list[int]) -> None:
    assert numbers(select(hourly(4), window, {})[1]) == inside


def test_a_window_is_whole_where_nothing_of_it_can_have_been_evicted() -> None:
    journal = hourly(5, most=3)
    assert numbers(select_whole(journal, Window(after=2), {})[1]) == [3, 4, 5]
    assert numbers(select_whole(journal, Window(since=START + 2 * HOUR), {})[1]) == [3, 4, 5]
    for window in (Window(), Window(after=1), Window(since=START + HOUR), Window(until=START + 9 * HOUR)):
        with pytest.raises(Conflict) as refused:
            select_whole(journal, window, {})
        assert "2 evicted and 0 cleared" in refused.value.message
        assert "after=2" in refused.value.message
        assert "--journal-exchanges (now 3)" in refused.value.message
        assert list(refused.value.fields) == ["after"]


def test_a_window_that_was_cleared_is_not_whole() -> None:
    journal = hourly(3)
    journal.clear()
    with pytest.raises(Conflict, match="0 evicted and 3 cleared"):
        select_whole(journal, Window(), {})
    journal.record(exchange)
    assert numbers(select_whole(journal, Window(after=3), {})[1]) == [4]


def test_waiting_for_what_can_no_longer_be_told_ends_at_once() -> None:
    wait(hourly(5, most=3), Window(), {}, 100, 3600)


def test_waiting_counts_what_fits_and_lies_in_the_window() -> None:
    wait(hourly(5), Window(after=1, until=START + 3 * HOUR), {"vendor": "toy"}, 3, 3600)
    wait(hourly(5), Window(after=1, until=START + 3 * HOUR), {"vendor": "toy"}, 4, 0.01)


def story(*operations: str) -> list[Exchange]:
    """Return exchanges of operations, numbered from 1; ``read:404`` is a read that was answered 404."""
    parts = [each.partition(":") for each in operations]
    return [
        exchange(number, operation=f"toy.{operation}", status=int(status or 200))
        for number, (operation, _, status) in enumerate(parts, 1)
    ]


def steps(*operations: str) -> list[dict[str, Any]]:
    return [{"operation": f"toy.{each}"} for each in operations]


READ = {"operation": "toy.read"}


@pytest.mark.parametrize(
    ("least", "most", "holds", "why"),
    [
        (2, 2, True, None),
        (1, None, True, None),
        (0, 2, True, None),
        (3, 3, False, "2 found, 3 expected."),
        (3, None, False, "2 found, at least 3 expected."),
        (1, 1, False, "2 found, 1 expected."),
        (0, 1, False, "2 found, at most 1 expected."),
        (0, 0, False, "2 found, 0 expected."),
    ],
)
def test_a_count_is_judged(least: int, most: int | None, holds: bool, why: str | None) -> None:
    verdict = judge_count(story("read", "write", "read"), READ, least, most)
    assert (verdict.holds, verdict.numbers, verdict.why) == (holds, [1, 3], why)


def test_a_count_that_is_short_tells_what_nearly_fits() -> None:
    verdict = judge_count(story("read:404", "write", "read:404"), {**READ, "status": "200"}, 1, None)
    assert verdict.why == (
        "0 found, at least 1 expected. By operation alone, these do not fit: 2."
        " By status alone, these do not fit: 1, 3."
    )


@pytest.mark.parametrize(
    ("wanted", "strict", "verdict"),
    [
        (steps("a", "b"), False, Verdict([1, 3])),
        (steps("a", "c", "b"), False, Verdict([1, 2, 3])),
        (steps("a", "b", "a", "c"), False, Verdict([1, 3, 4, 5])),
        (steps("a", "c"), True, Verdict([1, 2])),
        (steps("b", "a", "c"), True, Verdict([3, 4, 5])),
        ([{}, {}], True, Verdict([1, 2])),
        (
            steps("a", "b"),
            True,
            Verdict([1], 'Step 2 (operation "toy.b") was not found right after number 1. It fits 3.'),
        ),
        (steps("b", "b"), False, Verdict([3], 'Step 2 (operation "toy.b") was not found after number 3. It fits 3.')),
        (steps("d", "a"), False, Verdict([], 'Step 1 (operation "toy.d") was not found.')),
        (
            steps("c", "b", "c", "d"),
            True,
            Verdict([2, 3], 'Step 3 (operation "toy.c") was not found right after number 3. It fits 2, 5.'),
        ),
    ],
)
def test_an_order_is_judged(wanted: list[dict[str, Any]], strict: bool, verdict: Verdict) -> None:
    assert judge_order(story("a", "c", "b", "a", "c"), wanted, strict=strict) == verdict


def test_what_is_said_of_a_step_stays_short() -> None:
    step = {"body": {"a": "x" * 10_000}}
    verdict = judge_order(story("a"), [step])
    assert verdict.why is not None
    assert len(verdict.why) < 200
