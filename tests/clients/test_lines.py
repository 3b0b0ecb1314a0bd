"""Adapters behind JSON lines: what becomes of a process that does not do its part, and of what it was reached by."""

import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from contract_tests.client.youtestme import ROLE
from contract_tests.clients.driving import AdapterBroken, Hung
from contract_tests.clients.lines import Lines

OPENS = """read line; echo '{"id": 1, "result": null}'"""
GIVEN = {"base_url": "http://127.0.0.1:9", "api_key": "fake-key-of-a-test"}
MORE_THAN_A_PIPE_HOLDS = "x" * 200_000


@contextmanager
def lines(script: str, seconds: float = 20) -> Iterator[Lines]:
    made = Lines(shlex.join(["sh", "-c", script]), ROLE, seconds)
    try:
        yield made
    finally:
        made.close()


def held() -> tuple[int, int, int]:
    """Return how many processes, threads and open files this process has."""
    own = psutil.Process()
    return len(own.children(recursive=True)), threading.active_count(), own.num_fds()


def is_no_more(now: tuple[int, int, int], before: tuple[int, int, int]) -> bool:
    return all(one <= other for one, other in zip(now, before, strict=True))


def test_a_process_that_does_not_read_is_ended_in_time_and_leaves_nothing() -> None:
    before = held()
    with lines(f"{OPENS}; exec sleep 600", seconds=2) as made:
        adapter = made.make(GIVEN)
        with pytest.raises(Hung, match=r"The adapter's find_user did not return within 2 s\."):
            adapter.find_user(external_id=MORE_THAN_A_PIPE_HOLDS)
    assert is_no_more(held(), before)


def test_a_process_that_reads_byte_by_byte_hears_everything() -> None:
    counts = """; read line; echo '{"id": 2, "result": '"${#line}"'}'; exec sleep 600"""
    with lines(OPENS + counts) as made:
        heard = made.make(GIVEN).find_user(external_id=MORE_THAN_A_PIPE_HOLDS)
    assert heard > len(MORE_THAN_A_PIPE_HOLDS)


def test_a_process_that_ended_is_let_go_of_when_it_is_replaced() -> None:
    with lines(f"{OPENS}; read line; exit 3") as made:
        counts = []
        for _ in range(3):
            adapter = made.make(GIVEN)
            counts.append(held())
            with pytest.raises(AdapterBroken, match="ended with code 3"):
                adapter.find_user(external_id="e-1")
    assert is_no_more(counts[2], counts[0])


@pytest.mark.parametrize(
    ("answer", "says", "is_advised"),
    [
        ("Found.", "a line that is no JSON", True),
        ('{"id": 2}', "a line that is no object with either result or error", True),
        ('{"id": 7, "result": null}', "an answer whose id is not 2, the one asked", False),
        (
            '{"id": 2, "error": "gone"}',
            "an error whose kind is none of refused, unavailable, unsupported, other",
            False,
        ),
    ],
)
def test_an_answer_that_is_wrong_is_not_taken_for_a_log(answer: str, says: str, is_advised: bool) -> None:
    with lines(f"{OPENS}; read line; echo {shlex.quote(answer)}; exec sleep 600") as made:
        adapter = made.make(GIVEN)
        with pytest.raises(AdapterBroken) as broken:
            adapter.find_user(external_id="e-1")
    advice = " Standard output is for answers alone; write logs to standard error." if is_advised else ""
    assert str(broken.value) == f"The adapter answered find_user with {says}: {answer!r}.{advice}"


def test_nothing_is_left_of_a_process_that_was_closed() -> None:
    before = held()
    with lines(f"{OPENS}; sleep 600 & exec sleep 600") as made:
        made.make(GIVEN)
    assert is_no_more(held(), before)
