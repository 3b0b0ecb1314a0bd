"""The journal: exchanges in order, bounded by count and by bytes, the oldest evicted and counted."""

from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import pytest

from mockserver.core.journal import Exchange, Journal, Kept


def exchange(number: int, **changes: Any) -> Exchange:
    plain: dict[str, Any] = {
        "number": number,
        "at": datetime(2025, 5, 15, tzinfo=UTC),
        "vendor": "toy",
        "operation": "toy.read_note",
        "method": "GET",
        "target": "/",
        "client": "",
        "request_headers": "",
        "request_body": b"",
        "status": 200,
        "answer_headers": "",
        "answer_body": b"",
        "size": 10,
    }
    return Exchange(**{**plain, **changes})


def numbers(journal: Journal) -> list[int]:
    return [each.number for each in journal]


def filled(count: int, *, most: int = 100, most_bytes: int = 10_000) -> Journal:
    journal = Journal(most, most_bytes)
    for _ in range(count):
        journal.record(exchange)
    return journal


def test_exchanges_are_numbered_from_one_in_order() -> None:
    journal = filled(3)
    assert numbers(journal) == [1, 2, 3]
    assert (len(journal), journal.bytes, journal.evicted) == (3, 30, 0)


def test_the_oldest_are_evicted_beyond_a_count_and_counted() -> None:
    journal = filled(5, most=3)
    assert numbers(journal) == [3, 4, 5]
    assert (len(journal), journal.bytes, journal.evicted) == (3, 30, 2)


def test_the_oldest_are_evicted_beyond_a_number_of_bytes_and_counted() -> None:
    journal = filled(3, most_bytes=30)
    assert numbers(journal) == [1, 2, 3]
    journal.record(lambda number: exchange(number, size=15))
    assert numbers(journal) == [3, 4]
    assert (journal.bytes, journal.evicted) == (25, 2)


def test_an_exchange_over_the_whole_limit_is_evicted_itself() -> None:
    journal = filled(2, most_bytes=30)
    journal.record(lambda number: exchange(number, size=31))
    assert (numbers(journal), journal.bytes, journal.evicted) == ([], 0, 3)
    journal.record(exchange)
    assert numbers(journal) == [4]


def test_a_cleared_journal_tells_how_many_there_were_and_goes_on_counting() -> None:
    journal = filled(5, most=3)
    assert journal.clear() == 3
    assert (len(journal), journal.bytes, journal.evicted) == (0, 0, 2)
    journal.record(exchange)
    assert numbers(journal) == [6]


def test_a_loop_over_the_journal_sees_it_as_it_was() -> None:
    journal = filled(2)
    for _ in journal:
        journal.record(exchange)
    assert len(journal) == 4


def test_an_exchange_that_fails_to_be_made_does_not_block_the_next() -> None:
    journal = filled(1)
    with pytest.raises(ZeroDivisionError):
        journal.record(lambda number: exchange(number // 0))
    journal.record(exchange)
    assert len(journal) == 2


def test_recording_from_several_threads_gives_each_a_number_of_its_own() -> None:
    def record_many() -> None:
        for _ in range(200):
            journal.record(exchange)

    journal = Journal(10_000, 1_000_000)
    threads = [Thread(target=record_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(journal) == list(range(1, 1601))
    assert journal.bytes == 16_000


def test_an_exchange_is_matched_if_an_operation_answered() -> None:
    assert exchange(1).matched
    assert not exchange(1, operation="").matched


def test_what_is_gone_is_told_by_number_and_instant_however_it_went() -> None:
    journal = Journal(2, 10_000)
    assert (journal.kept().last, journal.kept().lost, journal.kept().lost_at) == (0, 0, None)
    late, early = (datetime(2025, 5, day, tzinfo=UTC) for day in (16, 15))
    for at in (late, early, early, late):
        journal.record(lambda number, at=at: exchange(number, at=at))  # type: ignore[misc]
    kept = journal.kept()
    assert (kept.lost, kept.lost_at, kept.evicted, kept.cleared, kept.last) == (2, late, 2, 0, 4)
    journal.clear()
    kept = journal.kept()
    assert (kept.exchanges, kept.lost, kept.evicted, kept.cleared, kept.last) == ([], 4, 2, 2, 4)


class Waiter:
    """A thread that waits for so many exchanges after a number; ``asked`` is set once it has seen what there is."""

    def __init__(self, journal: Journal, count: int, *, after: int = 0, seconds: float = 60) -> None:
        self.seen: list[int] = []
        self.asked = Event()
        self._count = count
        self._thread = Thread(target=journal.wait, args=(self._enough, after, seconds))
        self._thread.start()
        assert self.asked.wait(20)

    def _enough(self, new: Kept) -> bool:
        self.seen += [each.number for each in new.exchanges]
        self.asked.set()
        return len(self.seen) >= self._count

    def ended(self) -> bool:
        self._thread.join(20)
        return not self._thread.is_alive()


def test_waiting_ends_as_soon_as_there_is_enough() -> None:
    journal = filled(1)
    waiter = Waiter(journal, 3)
    journal.record(exchange)
    assert not waiter.seen[2:]
    journal.record(exchange)
    assert waiter.ended()
    assert waiter.seen == [1, 2, 3]


def test_waiting_ends_at_once_if_there_is_enough() -> None:
    waiter = Waiter(filled(3), 2, after=1)
    assert waiter.ended()
    assert waiter.seen == [2, 3]


def test_waiting_ends_after_its_time() -> None:
    waiter = Waiter(filled(1), 2, seconds=0.01)
    assert waiter.ended()
    assert waiter.seen == [1]


def test_waiting_ends_when_the_journal_is_closed() -> None:
    journal = filled(1)
    waiters = [Waiter(journal, 2), Waiter(journal, 9)]
    journal.close()
    assert all(waiter.ended() for waiter in waiters)
    assert Waiter(journal, 9).ended()


def test_who_waits_is_told_that_the_journal_was_cleared() -> None:
    journal = filled(2)
    asked: list[Kept] = []
    begun = Event()

    def cleared(kept: Kept) -> bool:
        asked.append(kept)
        begun.set()
        return kept.cleared > 0

    thread = Thread(target=journal.wait, args=(cleared, 0, 60))
    thread.start()
    assert begun.wait(20)
    journal.clear()
    thread.join(20)
    assert not thread.is_alive()
    assert (asked[-1].exchanges, asked[-1].lost) == ([], 2)


def test_who_waits_is_told_of_each_exchange_once_though_the_oldest_are_evicted_meanwhile() -> None:
    journal = filled(3, most=3)
    waiter = Waiter(journal, 6)
    for _ in range(3):
        journal.record(exchange)
    assert waiter.ended()
    assert waiter.seen == [1, 2, 3, 4, 5, 6]
