"""The journal: exchanges in order, bounded by count and by bytes, the oldest evicted and counted."""

from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest

from mockserver.core.journal import Exchange, Journal


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
