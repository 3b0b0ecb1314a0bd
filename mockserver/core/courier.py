"""Sends what outboxes owe: one thread a receiver while it has something, receivers side by side."""

import logging
from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING

from mockserver.core.attempts import attempt
from mockserver.core.outbound import Sends

if TYPE_CHECKING:
    from mockserver.core.outbox import Delivery
    from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")
MOST_THREADS = 256

Lane = tuple[int, str]
"""A sandbox and the scheme and authority of a URL, which may be malformed: that is for the sender to refuse."""


class Courier:
    """Makes attempts in threads of its own.

    A lane is one sandbox's deliveries to one receiver, which arrive in order. A receiver that hangs holds up its own
    lane; others only when ``MOST_THREADS`` receivers hang at once, and then by turns.
    """

    def __init__(self, sender: Sends) -> None:
        self._sender = sender
        self._lock = Lock()
        self._lanes: dict[Lane, deque[Callable[[], None]]] = {}
        self._ready: deque[Lane] = deque()
        self._threads = 0

    def send(self, sandbox: "Sandbox", delivery: "Delivery") -> None:
        """Make the next attempt at a delivery that is marked as being sent, behind others to the same receiver."""
        lane = (id(sandbox), "/".join(delivery.url.split("/", 3)[:3]))
        job = partial(attempt, sandbox, delivery.number, self._sender)
        sandbox.in_flight.begin()
        with self._lock:
            if lane in self._lanes:
                self._lanes[lane].append(job)
                return
            self._lanes[lane] = deque([job])
            self._ready.append(lane)
            if self._threads >= MOST_THREADS:
                return
            self._threads += 1
        Thread(target=self._work, name="courier", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._ready:
                    self._threads -= 1
                    return
                lane = self._ready.popleft()
                job = self._lanes[lane].popleft()
            try:
                job()
            except Exception:
                LOG.exception("A delivery failed by a defect of mockserver")
            with self._lock:
                if self._lanes[lane]:
                    self._ready.append(lane)
                else:
                    del self._lanes[lane]
