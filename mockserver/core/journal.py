"""The bounded list of exchanges that a sandbox has seen, in either direction."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile
from threading import Condition, Lock
from typing import Literal, NamedTuple

import msgspec


class Exchange(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One request and its answer, as the client saw them.

    Holds flat strings and bytes only, so that ten thousand of them cost the garbage collector nothing: headers are
    one text of ``Name: value`` lines. ``operation`` is ``vendor.id``, empty when none answered. Where the vendor itself
    was the client (``direction`` is ``out``), it is the event's id, ``target`` is the whole address, and ``status`` is
    0 if no answer came.
    """

    number: int
    at: datetime
    vendor: str
    operation: str
    method: str
    target: str
    client: str
    request_headers: str
    request_body: bytes
    status: int
    answer_headers: str
    answer_body: bytes
    size: int
    """The bytes that it keeps, near enough to bound the journal by."""
    bug: bool = False
    direction: Literal["in", "out"] = "in"
    fault: str = ""
    """The kind of the fault that it suffered, if any."""
    forged: bool = False
    """Whether that fault made it, going out, disagree with what proves its sender."""
    error: str = ""
    """Why no answer came, of one that went out."""

    @property
    def matched(self) -> bool:
        """Whether an operation answered."""
        return bool(self.operation)


class Kept(NamedTuple):
    """A journal at one moment."""

    exchanges: list[Exchange]
    last: int
    """The number of the newest exchange that there was, 0 for none; it may be gone."""
    lost: int
    """All up to this number were evicted or cleared, 0 for none."""
    lost_at: datetime | None
    """The latest instant of any of those."""
    evicted: int
    cleared: int


class Past(NamedTuple):
    """What was in a sandbox's place before it was booted last."""

    sandbox: int = 0
    """Which one of the process it is; another one if it was deleted and made anew."""
    resets: int = 0
    """How often it began anew, by a reset or anything else that boots it."""
    exchanges: int = 0
    """How many were journalled before that."""


class Journal:
    """Exchanges in order, the oldest evicted beyond a count or a number of bytes; it tells how many."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.evicted = 0
        self.cleared = 0
        self.bytes = 0
        self.closed = False
        self.past = Past()
        self._count = 0
        self._exchanges: deque[Exchange] = deque()
        self._lost = 0
        self._lost_at: datetime | None = None
        self._lock = Lock()
        self._changed = Condition(self._lock)
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.kept().exchanges)

    def kept(self) -> Kept:
        """Return what is kept, and what is not any more, at this moment."""
        with self._lock:
            return self._kept(list(self._exchanges))

    def record(self, make: Callable[[int], Exchange]) -> Exchange:
        """Keep and return the exchange that is made for the next number; evict the oldest beyond the limits."""
        with self._lock:
            exchange = make(self._count + 1)
            self._count += 1
            self._exchanges.append(exchange)
            self.bytes += exchange.size
            while len(self._exchanges) > self.most or self.bytes > self.most_bytes:
                self._lose(self._exchanges.popleft())
                self.evicted += 1
            if self._waiting:
                self._changed.notify_all()
            return exchange

    def clear(self) -> int:
        """Forget all exchanges, return how many there were, and go on counting."""
        with self._lock:
            gone = len(self._exchanges)
            while self._exchanges:
                self._lose(self._exchanges.popleft())
            self.cleared += gone
            self._changed.notify_all()
            return gone

    def follow(self, replaced: "Journal") -> None:
        """Count on from the journal whose place this one takes, so that nobody who reads takes it for the same."""
        past = replaced.past
        self.past = Past(past.sandbox, past.resets + 1, past.exchanges + replaced.kept().last)

    def close(self) -> None:
        """Let nobody wait any longer: nothing that anybody could look for is recorded here from now on."""
        with self._lock:
            self.closed = True
            self._changed.notify_all()

    def wait(self, enough: Callable[[Kept], bool], after: int, seconds: float) -> None:
        """Block until ``enough`` holds, so many real seconds have passed, or the journal is closed.

        ``enough`` is given the exchanges after a number, each of them once and in order, those that are there already
        first. It is called while nothing can be recorded, so it has to be quick and must not ask the journal.
        """
        told = after

        def news() -> bool:
            nonlocal told
            unseen = list(takewhile(lambda each: each.number > told, reversed(self._exchanges)))[::-1]
            told = max(told, self._count)
            return enough(self._kept(unseen)) or self.closed

        with self._lock:
            self._waiting += 1
            try:
                self._changed.wait_for(news, seconds)
            finally:
                self._waiting -= 1

    def _kept(self, exchanges: list[Exchange]) -> Kept:
        return Kept(exchanges, self._count, self._lost, self._lost_at, self.evicted, self.cleared)

    def _lose(self, exchange: Exchange) -> None:
        self.bytes -= exchange.size
        self._lost = exchange.number
        # Those that went out bear the instant at which they left, so the highest number need not be the latest.
        self._lost_at = exchange.at if self._lost_at is None else max(self._lost_at, exchange.at)
