"""Sandbox time: how it is written, and that it only moves forward."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mockserver.core.clock import Clock, clock_from, format_instant, later, parse_duration, parse_instant
from mockserver.core.errors import BadRequest, Conflict

NOON = datetime(2025, 5, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(hours=36)),
        ("1.5s", timedelta(milliseconds=1500)),
        ("250ms", timedelta(milliseconds=250)),
        ("2w", timedelta(days=14)),
        ("1h1m1s1ms", timedelta(hours=1, minutes=1, seconds=1, milliseconds=1)),
        ("0s", timedelta(0)),
        ("36525d", timedelta(days=36525)),
    ],
)
def test_a_duration_is_amounts_with_units(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text",
    ["", "5", "m", "-5m", "+5m", "5 m", " 5m", "5m ", "5x", "1e3s", "1.s", ".5s", "5M", "P1D", "nan s", "36525d1ms"],
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_duration(text)
    assert repr(text) in refusal.value.message


@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_a_duration_of_any_number_of_digits_is_refused_not_overflown(digits: int) -> None:
    with pytest.raises(BadRequest, match="longer than 36525 days"):
        parse_duration(f"{'9' * digits}w")


@pytest.mark.parametrize(
    "text",
    ["2025-05-15T12:00:00Z", "2025-05-15T14:00:00+02:00", "2025-05-15T12:00:00.000000+00:00", "2025-05-15T07:00-05:00"],
)
def test_an_instant_is_read_as_utc(text: str) -> None:
    assert parse_instant(text) == NOON
    assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2025-05-15T12:00:00", "no offset"),
        ("2025-05-15", "no offset"),
        ("", "not an ISO 8601"),
        ("noon", "not an ISO 8601"),
        ("2025-13-01T00:00:00Z", "not an ISO 8601"),
        ("2025-02-30T00:00:00Z", "not an ISO 8601"),
        ("2025-05-15T12:00:00Z ", "not an ISO 8601"),
        ("2025-05-15T12:00:00+99:00", "not an ISO 8601"),
        ("0001-01-01T00:00:00+14:00", "not an ISO 8601"),
        ("9999-12-31T23:59:59-14:00", "not an ISO 8601"),
        ("2025-05-15T12:00:00\ud800", "not an ISO 8601"),
        ("9" * 5000, "not an ISO 8601"),
    ],
)
def test_anything_else_is_no_instant(text: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        parse_instant(text)


def test_an_instant_is_written_in_utc_and_whole_seconds() -> None:
    there = datetime(2025, 5, 15, 14, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert format_instant(there) == "2025-05-15T12:00:00Z"


@pytest.mark.parametrize(
    ("instant", "by", "result"),
    [
        (NOON, timedelta(hours=1), NOON + timedelta(hours=1)),
        (NOON, timedelta.max, datetime.max.replace(tzinfo=UTC)),
        (NOON, timedelta.min, datetime.min.replace(tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), timedelta(microseconds=1), datetime.max.replace(tzinfo=UTC)),
        (datetime.min.replace(tzinfo=UTC), timedelta(microseconds=-1), datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_later_holds_at_the_ends_of_the_calendar(instant: datetime, by: timedelta, result: datetime) -> None:
    assert later(instant, by) == result


def test_a_live_clock_runs_with_real_time_from_its_start() -> None:
    clock = Clock(NOON)
    first, second = clock.now(), clock.now()
    assert NOON <= first <= second < NOON + timedelta(minutes=1)


def test_a_live_clock_without_a_start_tells_the_present() -> None:
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_frozen_clock_stands() -> None:
    clock = Clock(NOON, frozen=True)
    assert [clock.now(), clock.now()] == [NOON, NOON]


@pytest.mark.parametrize("frozen", [True, False])
def test_advance_moves_by_the_duration_and_keeps_the_mode(frozen: bool) -> None:
    clock = Clock(NOON, frozen=frozen)
    reached = clock.advance(timedelta(days=1))
    assert NOON + timedelta(days=1) <= reached <= clock.now() < NOON + timedelta(days=1, minutes=1)
    assert clock.frozen is frozen


def test_advance_holds_at_the_end_of_the_calendar() -> None:
    clock = Clock(NOON)
    assert clock.advance(timedelta.max) == datetime.max.replace(tzinfo=UTC)
    assert clock.now() == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("frozen", [True, False])
def test_no_move_goes_back(frozen: bool) -> None:
    clock = Clock(NOON, frozen=frozen)
    with pytest.raises(Conflict, match="only moves forward"):
        clock.advance(timedelta(microseconds=-1))
    with pytest.raises(Conflict, match=r"reset the sandbox with a clock of 2025-05-15T11:59:59Z"):
        clock.freeze(NOON - timedelta(seconds=1))
    assert clock.frozen is frozen
    assert clock.now() >= NOON


def test_freeze_stops_the_clock_where_it_stands_or_at_a_later_instant() -> None:
    clock = Clock(NOON)
    stopped = clock.freeze()
    assert (clock.now(), clock.frozen) == (stopped, True)
    assert clock.freeze(NOON + timedelta(hours=1)) == clock.now() == NOON + timedelta(hours=1)


def test_thaw_lets_it_run_from_where_it_stood() -> None:
    clock = Clock(NOON, frozen=True)
    assert clock.thaw() == NOON
    assert not clock.frozen
    assert NOON <= clock.now() < NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "frozen", "start"),
    [
        ("live", False, None),
        ("frozen", True, None),
        ("2025-05-15T12:00:00Z", True, NOON),
        ("live@2025-05-15T14:00:00+02:00", False, NOON),
    ],
)
def test_a_setting_describes_a_clock(text: str, frozen: bool, start: datetime | None) -> None:
    clock = clock_from(text)
    assert clock.frozen is frozen
    assert abs(clock.now() - (start or datetime.now(UTC))) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "Live", "now", "live@", "live@noon", "frozen@2025-05-15T12:00:00Z", "2025-05-15"])
def test_anything_else_describes_none_and_the_forms_are_told(text: str) -> None:
    with pytest.raises(BadRequest, match=r"A clock is live, frozen, an instant, or live@<instant>\."):
        clock_from(text)
