"""The one thread that lets live sandboxes act when real time has come."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import chain
from threading import Condition, Thread
from typing import TYPE_CHECKING

from mockserver.core.timeline import Timeline

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")
_SHORTEST, _LONGEST = 0.001, 3600.0


class Ticker:
    """Waits until something is due in any sandbox, or until it is woken, and has it fired."""

    def __init__(self, timeline: Timeline, sandboxes: Callable[[], Iterable["Sandbox"]]) -> None:
        self._timeline = timeline
        self._sandboxes = sandboxes
        self._condition = Condition()
        self._woken: set[Sandbox] = set()
        self._started = False

    def wake(self, sandbox: "Sandbox") -> None:
        """Look at a sandbox at once: something of it may be due, or due sooner. The first call starts the thread."""
        with self._condition:
            self._woken.add(sandbox)
            if not self._started:
                self._started = True
                Thread(target=self._run, name="ticker", daemon=True).start()
            self._condition.notify()

    def _run(self) -> None:
        while True:
            # Asked before, since it takes the sandboxes' locks, and whoever wakes this thread must not wait for those.
            patience = 0.0 if self._woken else self._patience()
            with self._condition:
                if not self._woken:
                    self._condition.wait(patience)
                woken, self._woken = self._woken, set()
            for sandbox in chain(woken, self._due()):
                try:
                    self._timeline.catch_up(sandbox)
                except Exception:
                    LOG.exception("What was due in sandbox %s failed by a defect of mockserver", sandbox.name)

    def _due(self) -> Iterator["Sandbox"]:
        """Yield the live sandboxes in which something is due, whether or not another was woken."""
        for sandbox in self._sandboxes():
            wait = None if sandbox.clock.frozen else sandbox.idle_for()
            if wait is not None and wait <= timedelta(0):
                yield sandbox

    def _patience(self) -> float | None:
        """Return for how many real seconds nothing falls due, None if nothing is planned."""
        waits = [each.idle_for() for each in self._sandboxes() if not each.clock.frozen]
        soonest = min((wait.total_seconds() for wait in waits if wait is not None), default=None)
        return None if soonest is None else min(max(soonest, _SHORTEST), _LONGEST)
