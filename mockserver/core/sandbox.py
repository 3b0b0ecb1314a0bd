"""Sandboxes: closed worlds that share nothing, created on first use and emptied by booting again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from threading import RLock
from typing import Any

import msgspec

from mockserver.core.clock import clock_from
from mockserver.core.collection import UndoLog
from mockserver.core.errors import BadRequest, Full, NotFound
from mockserver.core.fixtures import Fixtures
from mockserver.core.ids import Ids
from mockserver.core.journal import Journal
from mockserver.core.state import State
from mockserver.core.vendor import Vendor

DEFAULT = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Boot:
    """How a sandbox starts; None leaves it to the fixture set, and then to the defaults."""

    fixtures: str = "demo"
    seed: int | None = None
    clock: str | None = None
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """What one process keeps at most."""

    sandboxes: int = 256
    exchanges: int = 10_000
    journal_bytes: int = 32 * 1024 * 1024


class Sandbox:
    """Everything that reset resets: clock, ids, journal, settings, and one state per vendor, as booted.

    Whatever changes a state runs in ``transaction()``, which holds the sandbox's lock.
    """

    def __init__(
        self,
        name: str,
        boot: Boot,
        vendors: Sequence[Vendor],
        fixtures: Fixtures,
        *,
        origin: str,
        limits: Limits,
    ) -> None:
        chosen = fixtures.get(boot.fixtures)
        about = chosen.about
        self.name = name
        self.boot = boot
        self.seed = next((each for each in (boot.seed, about.seed) if each is not None), 0)
        self.ids = Ids(self.seed)
        self.undo = UndoLog()
        self.journal = Journal(limits.exchanges, limits.journal_bytes)
        self.states: dict[str, State] = {}
        self._origin = origin
        self.lock = RLock()
        self.settings: dict[str, Any] = {vendor.name: vendor.settings() for vendor in vendors}
        try:
            self.clock = clock_from(about.clock or "live")
            self.change_settings(about.settings)
        except BadRequest as error:
            raise BadRequest(f"{chosen.head}: {error.message}") from None
        if boot.clock:
            self.clock = clock_from(boot.clock)
        self.change_settings(boot.settings)
        for vendor in vendors:
            state = vendor.state(self)
            state.load(chosen.rows(vendor.name), str(chosen.file(vendor.name)))
            self.states[vendor.name] = state

    def transaction(self) -> "Transaction":
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
        changed = {vendor: self._changed(vendor, values) for vendor, values in changes.items()}
        self.settings = {**self.settings, **changed}

    def _changed(self, vendor: str, values: Mapping[str, Any]) -> Any:
        current = self.settings.get(vendor)
        if current is None:
            raise BadRequest(
                f"There is no vendor {vendor!r}; known are {', '.join(self.settings)}.",
                fields={vendor: ["No such vendor."]},
            )
        if not isinstance(values, Mapping):
            raise BadRequest(f"{vendor}: an object of settings is expected.", fields={vendor: ["Must be an object."]})
        known = [each.name for each in fields(current)]
        for name in values:
            if name not in known:
                raise BadRequest(
                    f"{vendor} has no setting {name!r}; known are {', '.join(known) or 'none'}.",
                    fields={f"{vendor}.{name}": ["No such setting."]},
                )
        try:
            return msgspec.convert({**msgspec.to_builtins(current), **values}, type(current))
        except msgspec.ValidationError as error:
            place = str(error).rpartition("$.")[2].strip("`") if "$." in str(error) else ""
            raise BadRequest(f"{vendor}: {error}", fields={f"{vendor}.{place}".rstrip("."): [str(error)]}) from None


class Transaction:
    """One change of a sandbox, whole or not at all; one inside another is part of it."""

    __slots__ = ("_before", "_outermost", "_sandbox")

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __enter__(self) -> None:
        sandbox = self._sandbox
        sandbox.lock.acquire()
        self._outermost = not sandbox.undo.active
        if self._outermost:
            sandbox.undo.begin()
            self._before = (dict(sandbox.ids.counters), sandbox.settings)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        sandbox = self._sandbox
        try:
            if self._outermost and kind is None:
                sandbox.undo.commit()
            elif self._outermost:
                sandbox.undo.rollback()
                sandbox.ids.counters, sandbox.settings = self._before
        finally:
            sandbox.lock.release()


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
    ) -> None:
        self.vendors = tuple(vendors)
        self.fixtures = fixtures
        self.boot = boot
        self.origin = origin
        self.limits = limits or Limits()
        self._sandboxes: dict[str, Sandbox] = {}
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
                found = self._sandboxes.get(name) or self._boot(name, self.boot)
        return found

    def put(self, name: str, boot: Boot | None = None) -> tuple[Sandbox, bool]:
        """Create a sandbox or reset the one of that name, and tell whether it is new.

        Without ``boot`` it starts as it did before, or as the process's defaults say. A reset is a boot: a new sandbox
        takes the old one's place, so nothing can survive, and a boot that fails leaves the old one as it was.
        """
        with self._lock:
            known = self._sandboxes.get(name)
            return self._boot(name, boot or (known.boot if known else self.boot)), known is None

    def _boot(self, name: str, boot: Boot) -> Sandbox:
        if not _NAME.fullmatch(name):
            message = "A sandbox's name is 1 to 64 letters, digits, '.', '_' or '-', and starts with a letter or digit."
            raise BadRequest(message, fields={"sandbox": [message]})
        if name not in self._sandboxes and len(self._sandboxes) >= self.limits.sandboxes:
            raise Full(
                f"There are {len(self._sandboxes)} sandboxes, the most that this process keeps; "
                "delete one, or start with a larger --max-sandboxes."
            )
        made = Sandbox(name, boot, self.vendors, self.fixtures, origin=self.origin, limits=self.limits)
        self._sandboxes[name] = made
        return made

    def existing(self, name: str) -> Sandbox:
        """Return a sandbox that exists; raise ``NotFound``."""
        found = self._sandboxes.get(name)
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
            self.existing(name)
            del self._sandboxes[name]
