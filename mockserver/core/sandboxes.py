"""The sandboxes of one process: created on first use, reset by booting again, copied by snapshot."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from threading import RLock
from typing import Any

import msgspec

from mockserver.core.booting import boot_sandbox
from mockserver.core.callback_hosts import CallbackHosts
from mockserver.core.courier import Courier
from mockserver.core.errors import BadRequest, Conflict, Full, NotFound
from mockserver.core.fixtures import Fixtures
from mockserver.core.journal import Past
from mockserver.core.outbound import Sender, Sends
from mockserver.core.recording import Turn
from mockserver.core.sandbox import DEFAULT, Boot, Limits, Sandbox, Shared
from mockserver.core.scenario.checking import read_scenario
from mockserver.core.scenario.library import Library
from mockserver.core.scenario.script import Scenario
from mockserver.core.snapshot import read_snapshot, take_snapshot
from mockserver.core.ticker import Ticker
from mockserver.core.timeline import Timeline
from mockserver.core.vendor import Vendor

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Sandboxes:
    """The sandboxes of one process, by name."""

    def __init__(
        self,
        vendors: Sequence[Vendor],
        fixtures: Fixtures,
        boot: Boot,
        *,
        origin: str,
        limits: Limits | None = None,
        sender: Sends | None = None,
        library: Library | None = None,
    ) -> None:
        self.vendors = tuple(vendors)
        self.fixtures = fixtures
        self.boot = boot
        self.origin = origin
        self.limits = limits or Limits()
        self.library = library or Library()
        self.timeline = Timeline(Courier(sender or Sender(CallbackHosts())))
        ticker = Ticker(self.timeline, lambda: list(self))
        self._shared = Shared(self.vendors, fixtures, origin, self.limits, ticker.wake)
        self._sandboxes: dict[str, Sandbox] = {}
        self._numbers = count(1)
        self._lock = RLock()
        self.put(DEFAULT)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(list(self._sandboxes.values()))

    def get(self, name: str) -> Sandbox:
        """Return a sandbox, created as the process's defaults say if this is the first use of its name.

        Raises ``BadRequest`` for a name that is none and ``Full`` when there are too many.
        """
        found = self._sandboxes.get(name)
        if found is None:
            with self._lock:
                found = self._sandboxes.get(name) or self.put(name)[0]
        return found

    def put(self, name: str, boot: Boot | None = None) -> tuple[Sandbox, bool]:
        """Create a sandbox or reset the one of that name, and tell whether it is new.

        Without ``boot`` it starts as it did before, or as the process's defaults say. A reset is a boot: a new sandbox
        takes the old one's place, so nothing can survive, and a boot that fails leaves the old one as it was.
        """
        with self._lock:
            self._check(name)
            known = self._sandboxes.get(name)
            return self._place(boot_sandbox(name, boot or (known.boot if known else self.boot), self._shared))

    def restore(self, name: str, snapshot: Mapping[str, Any]) -> tuple[Sandbox, bool]:
        """Put what a snapshot holds in a sandbox's place, or make one of it, and tell whether it is new.

        Raises ``BadRequest`` that names the place for a document that cannot be read, and changes nothing.
        """
        with self._lock:
            self._check(name)
            restored = self._place(read_snapshot(name, snapshot, self._shared))
        restored[0].stir()
        return restored

    def read(self, snapshot: Mapping[str, Any]) -> Sandbox:
        """Return what a snapshot holds as a sandbox that nobody can reach; raise as ``restore``."""
        return read_snapshot("snapshot", snapshot, self._shared)

    def fork(self, name: str, new_name: str) -> Sandbox:
        """Make a copy of a sandbox under a new name; raise ``Conflict`` if it is taken."""
        with self._lock:
            if new_name in self._sandboxes:
                message = f"There is a sandbox {new_name!r} already; delete it, or fork to another name."
                raise Conflict(message, fields={"name": [message]})
            snapshot = take_snapshot(self.existing(name))
            forked, _ = self.restore(new_name, snapshot)
        body = msgspec.json.encode(snapshot)
        forked.turns.add(Turn(at=forked.began, after=0, method="PUT", path="/snapshot", body=body))
        return forked

    def understand(self, text: str) -> Scenario:
        """Return the scenario of a text; raise ``BadRequest`` that names all that is wrong with it."""
        return read_scenario(text, self.get(DEFAULT), [each.name for each in self.fixtures])

    def play(self, name: str, scenario: Scenario) -> Sandbox:
        """Boot a sandbox as a scenario says and begin a run there.

        Raises ``Conflict`` if one is under way there; what else the sandbox held is gone, as by any reset.
        """
        with self._lock:
            self._check(name)
            known = self._sandboxes.get(name)
            if known is not None and any(run.stage == "running" for run in known.runs.runs):
                raise Conflict(f"Sandbox {name!r} is playing a scenario; reset it, or use another one.")
            boot = Boot(scenario.fixtures, scenario.seed, scenario.clock, scenario.settings)
            sandbox = boot_sandbox(name, boot, self._shared)
            with sandbox.transaction():
                sandbox.runs.start(scenario)
            return self._place(sandbox)[0]

    def find(self, name: str) -> Sandbox | None:
        """Return a sandbox if it exists."""
        return self._sandboxes.get(name)

    def existing(self, name: str) -> Sandbox:
        """Return a sandbox that exists; raise ``NotFound``."""
        found = self.find(name)
        if found is None:
            raise NotFound(f"There is no sandbox {name!r}.", field="sandbox")
        return found

    def delete(self, name: str) -> None:
        """Forget a sandbox; the default one can only be reset."""
        if name == DEFAULT:
            raise BadRequest(
                "The default sandbox cannot be deleted; reset it.", fields={"sandbox": ["Is the default."]}
            )
        with self._lock:
            self.existing(name).close()
            del self._sandboxes[name]

    def _check(self, name: str) -> None:
        """Raise ``BadRequest`` for a name that is none, ``Full`` for one sandbox too many."""
        if not _NAME.fullmatch(name):
            message = "A sandbox's name is 1 to 64 letters, digits, '.', '_' or '-', and starts with a letter or digit."
            raise BadRequest(message, fields={"sandbox": [message]})
        if name not in self._sandboxes and len(self._sandboxes) >= self.limits.sandboxes:
            raise Full(
                f"There are {len(self._sandboxes)} sandboxes, the most that this process keeps; "
                "delete one, or start with a larger --max-sandboxes."
            )

    def _place(self, made: Sandbox) -> tuple[Sandbox, bool]:
        replaced = self._sandboxes.get(made.name)
        if replaced:
            made.journal.follow(replaced.journal)
        else:
            made.journal.past = Past(sandbox=next(self._numbers))
        self._sandboxes[made.name] = made
        if replaced:
            replaced.close()
        return made, replaced is None
