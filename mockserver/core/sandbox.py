"""A sandbox: one closed world, and what it gives to the vendors' states, the pipeline and the admin API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, RLock
from typing import Any

from mockserver.core.agenda import Agenda
from mockserver.core.clock import Clock
from mockserver.core.collection import Collection, UndoLog
from mockserver.core.errors import NotFound
from mockserver.core.events import Event
from mockserver.core.faults.outgoing import owe
from mockserver.core.faults.rules import Faults
from mockserver.core.fixtures import Fixtures
from mockserver.core.ids import Ids
from mockserver.core.in_flight import InFlight
from mockserver.core.inbox import Inboxes
from mockserver.core.journal import Exchange, Journal
from mockserver.core.outbox import Outbox
from mockserver.core.pacing import Paces
from mockserver.core.recording import Turns
from mockserver.core.scenario.run import GO_ON, Runs
from mockserver.core.settings import Settings, changed
from mockserver.core.state import State
from mockserver.core.transaction import Transaction
from mockserver.core.vendor import Vendor

DEFAULT = "default"


@dataclass(frozen=True)
class Boot:
    """How a sandbox starts; None leaves it to the fixture set, and then to the defaults."""

    fixtures: str = "demo"
    seed: int | None = None
    clock: str | None = None
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """What one process keeps and allows at most."""

    sandboxes: int = 256
    exchanges: int = 10_000
    journal_bytes: int = 32 * 1024 * 1024
    fault_header: bool = True
    """Whether requests may name a fault of their own."""


@dataclass(frozen=True)
class Shared:
    """What all sandboxes of one process share; nothing of it changes."""

    vendors: tuple[Vendor, ...]
    fixtures: Fixtures
    origin: str
    limits: Limits = Limits()
    wake: Callable[["Sandbox"], None] = lambda sandbox: None
    """Told by a sandbox that something of it may be due."""


class Sandbox:
    """Everything that reset resets: clock, ids, agenda, outbox, journal, settings, and one state per vendor.

    It is made empty; ``core/booting.py`` fills it from fixtures, ``core/snapshot.py`` from another's remains.
    Whatever changes a state runs in ``transaction()``, which holds the sandbox's lock. Whoever moves the clock or
    fires what is due holds ``moving``, and takes it before the lock.
    """

    def __init__(self, name: str, boot: Boot, shared: Shared, *, seed: int, clock: Clock) -> None:
        limits, vendors = shared.limits, shared.vendors
        self.name = name
        self.boot = boot
        self.seed = seed
        self.clock = clock
        self.ids = Ids(seed)
        self.undo = UndoLog()
        self.journal = Journal(limits.exchanges, limits.journal_bytes)
        self.vendors = vendors
        self.agenda = Agenda(self.ids, self.undo)
        self.outbox = Outbox(self.ids, self.undo)
        self.paces = Paces(self)
        self.inboxes = Inboxes(self)
        self.runs = Runs(self)
        self.own_actions: Mapping[str, Callable[[], None]] = {GO_ON: self.runs.go_on}
        self.faults = Faults(self, self.vendors, header=limits.fault_header)
        self.collections: Mapping[str, Collection[Any]] = {
            "agenda": self.agenda.entries,
            "deliveries": self.outbox.deliveries,
            "faults": self.faults.rules,
            "paces": self.paces.paces,
            "reads": self.paces.reads,
            "inboxes": self.inboxes.inboxes,
            "received": self.inboxes.received,
            "runs": self.runs.runs,
        }
        """What it remembers besides the vendors' states."""
        self.turns = Turns()
        self.began = clock.now()
        self.closed = False
        self.lock = RLock()
        self.moving = Lock()
        self.in_flight = InFlight()
        self._stirred = False
        self._wake = shared.wake
        self._origin = shared.origin
        self._events = {(vendor.name, event.name): event for vendor in vendors for event in vendor.events}
        self.settings: dict[str, Any] = {vendor.name: vendor.settings() for vendor in vendors}
        self.states: dict[str, State] = {vendor.name: vendor.state(self) for vendor in vendors}

    def transaction(self) -> Transaction:
        """Hold the lock; if the block raises, put back every entity, every id counter and the settings."""
        return Transaction(self)

    def state(self, vendor: str) -> State:
        """Return what a vendor remembers; raise ``NotFound`` that lists the vendors."""
        found = self.states.get(vendor)
        if found is None:
            raise NotFound(f"There is no vendor {vendor!r}; known are {', '.join(self.states)}.", field="vendor")
        return found

    def url(self, path: str) -> str:
        """Return the absolute address of a path inside this sandbox."""
        prefix = "" if self.name == DEFAULT else f"/sandbox/{self.name}"
        return f"{self._origin}{prefix}{path}"

    def settings_of(self, vendor: str) -> Any:
        """Return the vendor's settings as they stand."""
        return self.settings[vendor]

    def change_settings(self, changes: Settings) -> None:
        """Change switches, ``{vendor: {name: value}}``; raise ``BadRequest`` and change none if one is wrong."""
        self.settings = changed(self.settings, changes)

    def event(self, vendor: str, name: str) -> Event:
        """Return what a vendor declares of an event."""
        return self._events[vendor, name]

    def tell(self, vendor: str, event: str, about: Mapping[str, Any]) -> None:
        """Owe the calls of an event to its receivers; whoever tells is in a transaction."""
        for call in self.event(vendor, event).calls(self.states[vendor], **about):
            owe(self, vendor, event, call)
            self.stir()

    def next_due(self) -> datetime | None:
        """Return when the next action or delivery falls due, None if nothing waits."""
        with self.lock:
            entry = self.agenda.next()
            dates = [each for each in (entry.due if entry else None, self.outbox.next_due()) if each is not None]
        return min(dates, default=None)

    def idle_for(self) -> timedelta | None:
        """Return how long nothing falls due, None if nothing waits."""
        due = self.next_due()
        return None if due is None else due - self.clock.now()

    def stir(self) -> None:
        """Note that something may be due, for ``dispatch`` to see to."""
        self._stirred = True

    def dispatch(self) -> None:
        """Have what is due sent and carried out, if anything may be; called when an answer has left."""
        if self._stirred:
            self._stirred = False
            self._wake(self)

    def journalize(self, make: Callable[[int], Exchange]) -> None:
        """Journal the exchange that is made for the next number, and show it to the run."""
        self.runs.saw(self.journal.record(make))

    def close(self) -> None:
        """Let nothing more leave: another sandbox takes this one's place, or none."""
        self.closed = True
        self.journal.close()
