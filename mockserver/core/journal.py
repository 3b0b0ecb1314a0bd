"""The bounded list of exchanges that a sandbox has seen, in either direction."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Lock
from typing import Literal

import msgspec


class Exchange(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One request and its answer, as the client saw them.

    Holds flat strings and bytes only, so that ten thousand of them cost the garbage collector nothing: headers are
    one text of ``Name: value`` lines. ``operation`` is ``vendor.id``, empty when none answered. Where the vendor itself
    was the client (``direction`` is ``out``), it is the event's id, ``target`` is the whole address, and ``status`` is 0
    if no answer came.
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
    error: str = ""
    """Why no answer came, of one that went out."""

    @property
    def matched(self) -> bool:
        """Whether an operation answered."""
        return bool(self.operation)


class Journal:
    """Exchanges in order, the oldest evicted beyond a count or a number of bytes; it tells how many."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.evicted = 0
        self.bytes = 0
        self._count = 0
        self._exchanges: deque[Exchange] = deque()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        with self._lock:
            return iter(list(self._exchanges))

    def record(self, make: Callable[[int], Exchange]) -> None:
        """Keep the exchange that is made for the next number, and evict the oldest beyond the limits."""
        with self._lock:
            self._count += 1
            exchange = make(self._count)
            self._exchanges.append(exchange)
            self.bytes += exchange.size
            while len(self._exchanges) > self.most or self.bytes > self.most_bytes:
                self.bytes -= self._exchanges.popleft().size
                self.evicted += 1

    def clear(self) -> int:
        """Forget all exchanges, return how many there were, and go on counting."""
        with self._lock:
            gone = len(self._exchanges)
            self._exchanges.clear()
            self.bytes = 0
            return gone
