"""The base of what one vendor remembers in one sandbox."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import msgspec

from mockserver.core.agenda import Agenda
from mockserver.core.clock import Clock
from mockserver.core.collection import Collection, UndoLog
from mockserver.core.errors import ApiError, BadRequest
from mockserver.core.ids import Ids

E = TypeVar("E")
K = TypeVar("K")


class Surroundings(Protocol):
    """What a state may ask of the sandbox it lives in."""

    clock: Clock
    ids: Ids
    undo: UndoLog
    agenda: Agenda

    def settings_of(self, vendor: str) -> Any:
        """Return the vendor's settings as they stand now."""

    def url(self, path: str) -> str:
        """Return the absolute address of a path inside the sandbox."""

    def tell(self, vendor: str, event: str, about: Mapping[str, Any]) -> None:
        """Owe the calls of an event to its receivers."""

    def stir(self) -> None:
        """Note that something may be due."""


class State:
    """Collections, and verbs over them.

    A verb checks first and changes after. One that raises has changed nothing: the transaction it runs in puts
    everything back.
    """

    def __init__(self, vendor: str, sandbox: Surroundings) -> None:
        self.vendor = vendor
        self.ids = sandbox.ids
        self.collections: dict[str, Collection[Any]] = {}
        self._sandbox = sandbox

    def now(self) -> datetime:
        """Return sandbox time."""
        return self._sandbox.clock.now()

    def url(self, path: str) -> str:
        """Return the absolute address of one of the vendor's own paths, which starts with a slash."""
        return self._sandbox.url(f"/{self.vendor}{path}")

    def tell(self, event: str, **about: Any) -> None:
        """Let one of the vendor's events happen; what it tells of must be saved already."""
        self._sandbox.tell(self.vendor, event, about)

    def plan(self, action: str, due: datetime, key: str, **arguments: Any) -> None:
        """Put one of the vendor's actions on the agenda, in place of what was planned under the same key."""
        self._sandbox.agenda.add(f"{self.vendor}.{action}", arguments, due, f"{self.vendor} {key}")
        self._sandbox.stir()

    def unplan(self, key: str) -> None:
        """Take back what was planned under a key."""
        self._sandbox.agenda.drop(f"{self.vendor} {key}")

    def _collection(
        self,
        name: str,
        of: type[E],
        *,
        key: str = "id",
        unique: Iterable[str] = (),
        index: Iterable[str] = (),
    ) -> Collection[E]:
        """Return a new collection that the fixtures and the admin API know by this name."""
        made = Collection(name, of, key=key, unique=unique, index=index, undo=self._sandbox.undo)
        self.collections[name] = made
        return made

    def _mint(self, collection: Collection[Any], make: Callable[[str], K]) -> K:
        """Return the next id of a collection that is not taken; ``make`` is one of the methods of ``self.ids``."""
        kind = f"{self.vendor}.{collection.name}"
        while (key := make(kind)) in collection:
            pass
        return key

    def load(self, rows: Mapping[str, Any], where: str) -> None:
        """Fill the collections from fixture data, ``{collection: [entity, ...]}``; ids go on after their count.

        Raises ``BadRequest`` that names the place (``where``), the collection, the row and the field.
        """
        for name, entries in rows.items():
            collection = self.collections.get(name)
            if collection is None:
                names = ", ".join(sorted(self.collections))
                raise BadRequest(f"{where}: {name!r} is no collection of {self.vendor}; known are {names}.")
            if not isinstance(entries, list):
                raise BadRequest(f"{where}: {name} must be a list of entities.")
            read = entity_reader(collection.of)
            for number, entry in enumerate(entries):
                try:
                    collection.add(read(entry))
                except (msgspec.ValidationError, ApiError) as error:
                    raise BadRequest(f"{where}: {name}[{number}]: {error}") from None
            self.ids.counters[f"{self.vendor}.{name}"] = len(entries)


def _check_instant(name: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise BadRequest(f"{name} {value.isoformat()} has no offset; end it with Z or an offset like +02:00.")
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise BadRequest(f"{name} {value.isoformat()} lies outside the calendar in UTC.") from None


def entity_reader(of: type[E]) -> Callable[[Any], E]:
    """Return what makes an entity of a row of plain data.

    It raises ``msgspec.ValidationError`` for a wrong type, ``BadRequest`` for a field that is none and for an instant
    that no clock can be compared with.
    """
    known = {each.name for each in fields(of)}  # type: ignore[arg-type]

    def read(row: Any) -> E:
        entity = msgspec.convert(row, of)
        unknown = row.keys() - known
        if unknown:
            raise BadRequest(f"{min(unknown)!r} is no field; known are {', '.join(sorted(known))}.")
        for name in known:
            value = getattr(entity, name)
            if isinstance(value, datetime):
                _check_instant(name, value)
        return entity

    return read
