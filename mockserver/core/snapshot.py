"""A sandbox as one versioned JSON document, and a sandbox from one. The journal is not part of it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mockserver.core.clock import Clock
from mockserver.core.collection import Collection
from mockserver.core.errors import ApiError, BadRequest
from mockserver.core.sandbox import Boot, Sandbox, Shared
from mockserver.core.state import entity_reader

VERSION = 1
Rows = dict[str, list[dict[str, Any]]]


class Moment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a clock stood."""

    now: datetime
    mode: Literal["live", "frozen"]


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The document. A change that an older reader would misunderstand counts ``version`` up."""

    format: Literal["mockserver-snapshot"]
    version: int
    boot: Boot
    seed: int
    clock: Moment
    counters: dict[str, Annotated[int, Meta(ge=0)]]
    settings: dict[str, dict[str, Any]]
    sandbox: Rows
    """Agenda, deliveries, fault rules and whatever else the sandbox itself remembers, by collection."""
    states: dict[str, Rows]
    """What each vendor remembers, by collection."""


def take_snapshot(sandbox: Sandbox) -> dict[str, Any]:
    """Return all that a sandbox is at one moment, as JSON data; what is being sent counts as waiting."""
    with sandbox.lock:
        now = sandbox.clock.now()
        snapshot = Snapshot(
            format="mockserver-snapshot",
            version=VERSION,
            boot=sandbox.boot,
            seed=sandbox.seed,
            clock=Moment(now, "frozen" if sandbox.clock.frozen else "live"),
            counters=dict(sorted(sandbox.ids.counters.items())),
            settings=msgspec.to_builtins(sandbox.settings),
            sandbox=_rows(sandbox.collections),
            states={name: _rows(state.collections) for name, state in sandbox.states.items()},
        )
        for row in snapshot.sandbox["deliveries"]:
            if row["stage"] == "sending":
                row.update(stage="waiting", due=msgspec.to_builtins(now))
        plain: dict[str, Any] = msgspec.to_builtins(snapshot)
    return plain


def read_snapshot(name: str, document: Mapping[str, Any], shared: Shared) -> Sandbox:
    """Return a sandbox that is what a snapshot was taken of; raise ``BadRequest`` that names the place at fault."""
    snapshot = _understood(document)
    if snapshot.clock.now.tzinfo is None:
        raise _unreadable("clock.now", "it has no offset; end it with Z")
    try:
        now = snapshot.clock.now.astimezone(UTC)
    except OverflowError:
        raise _unreadable("clock.now", "it lies outside the calendar in UTC") from None
    clock = Clock(now, frozen=snapshot.clock.mode == "frozen")
    sandbox = Sandbox(name, snapshot.boot, shared, seed=snapshot.seed, clock=clock)
    sandbox.change_settings(snapshot.settings)
    _fill(sandbox.collections, snapshot.sandbox, "sandbox")
    for vendor, rows in snapshot.states.items():
        if vendor not in sandbox.states:
            raise _unreadable(f"states.{vendor}", f"there is no such vendor; known are {', '.join(sandbox.states)}")
        _fill(sandbox.states[vendor].collections, rows, f"states.{vendor}")
    sandbox.ids.counters = dict(snapshot.counters)
    for place, reason in _misfits(sandbox):
        raise _unreadable(f"sandbox.{place}", reason)
    return sandbox


def _misfits(sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    """Yield the rows of the sandbox's own collections that no sandbox could have come to, each with the reason."""
    events = {f"{vendor.name}.{event.name}" for vendor in sandbox.vendors for event in vendor.events}
    for number, delivery in enumerate(sandbox.outbox.deliveries):
        place, event = f"deliveries[{number}]", f"{delivery.vendor}.{delivery.event}"
        if event not in events:
            yield place, f"there is no event {event!r}"
        if delivery.stage == "sending":
            yield place, "nothing is being sent in a snapshot; such a delivery is waiting, and due"
        if delivery.stage == "waiting" and delivery.due is None:
            yield place, "it is waiting and never due"
    yield from _misnumbered(sandbox)
    for number, pace in enumerate(sandbox.paces.paces):
        if pace.operation not in sandbox.paces.declared:
            yield f"paces[{number}]", f"{pace.operation!r} is no operation with a progression"
    for number, run in enumerate(sandbox.runs.runs):
        if run.stage == "running" and not run.waits:
            yield f"runs[{number}]", "it is running and waits for nothing"


def _misnumbered(sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    for name in ("agenda", "deliveries", "faults", "received"):
        last = max((each.number for each in sandbox.collections[name]), default=0)
        if last > sandbox.ids.counters.get(name, 0):
            yield name, f"there is a number {last}, and counters.{name} is below it"


def _understood(document: Mapping[str, Any]) -> Snapshot:
    version = document.get("version")
    if document.get("format") == "mockserver-snapshot" and version != VERSION:
        raise _unreadable("version", f"it is {version!r}, and this mockserver reads {VERSION}; take the snapshot anew")
    try:
        return msgspec.convert(document, Snapshot)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise _unreadable(place.rstrip("`") or "body", message) from None


def _rows(collections: Mapping[str, Collection[Any]]) -> Rows:
    return {name: [msgspec.to_builtins(each, str_keys=True) for each in held] for name, held in collections.items()}


def _fill(collections: Mapping[str, Collection[Any]], rows: Rows, where: str) -> None:
    for name, entries in rows.items():
        if name not in collections:
            raise _unreadable(f"{where}.{name}", f"there is no such collection; known are {', '.join(collections)}")
        read = entity_reader(collections[name].of)
        for number, row in enumerate(entries):
            try:
                collections[name].add(read(row))
            except (msgspec.ValidationError, ApiError) as error:
                raise _unreadable(f"{where}.{name}[{number}]", str(error)) from None


def _unreadable(place: str, reason: str) -> BadRequest:
    message = f"The snapshot cannot be restored: {place}: {reason}."
    return BadRequest(message, fields={place: [message]})
