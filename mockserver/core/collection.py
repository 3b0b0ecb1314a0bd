"""What a state remembers of one kind: entities by key, with unique fields and indexes.

Entities are frozen dataclasses: a change is ``collection.save(replace(entity, ...))``, so a reader never sees
half a change and a transaction can be undone by putting the previous entity back.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from mockserver.core.errors import Conflict, Full, NotFound

E = TypeVar("E")

LARGEST = 1_000_000


class UndoLog:
    """What to put back when a transaction fails: one list for all collections of a sandbox."""

    def __init__(self) -> None:
        self.active = False
        self._steps: list[tuple[Collection[Any], Any, Any, int | None]] = []

    def begin(self) -> None:
        """Start remembering."""
        self.active = True

    def record(self, collection: "Collection[Any]", key: Any, previous: Any, place: int | None = None) -> None:
        """Remember what a key held before, None for nothing, and for a removal its place in the order."""
        if self.active:
            self._steps.append((collection, key, previous, place))

    def mark(self) -> int:
        """Return how far it has got, for going back to."""
        return len(self._steps)

    def rollback(self, mark: int) -> None:
        """Put back everything since a mark, newest first."""
        for collection, key, previous, place in reversed(self._steps[mark:]):
            collection.put_back(key, previous, place)
        del self._steps[mark:]

    def end(self) -> None:
        """Forget: what has changed stands, or was put back."""
        self.active = False
        self._steps.clear()

    def touched(self) -> "list[tuple[Collection[Any], Any]]":
        """Return which keys of which collections have changed so far."""
        return [(collection, key) for collection, key, _, _ in self._steps]


class Collection(Generic[E]):
    """Entities of one kind in the order they came, found by key or by a unique or indexed field.

    ``key``, ``unique`` and ``index`` name attributes or properties. Any number may have None in a unique field.
    """

    def __init__(
        self,
        name: str,
        of: type[E],
        *,
        key: str = "id",
        unique: Iterable[str] = (),
        index: Iterable[str] = (),
        undo: UndoLog | None = None,
    ) -> None:
        self.name = name
        self.of = of
        self.key = key
        self._undo = undo or UndoLog()
        self._entities: dict[Any, E] = {}
        self._unique: dict[str, dict[Any, Any]] = {field: {} for field in unique}
        self._index: dict[str, dict[Any, set[Any]]] = {field: {} for field in index}
        self._places: dict[Any, int] = {}
        self._next_place = 0

    def __len__(self) -> int:
        return len(self._entities)

    def __iter__(self) -> Iterator[E]:
        return iter(list(self._entities.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._entities

    def add(self, entity: E) -> E:
        """Remember a new entity; raise ``Conflict`` if its key or a unique field is taken."""
        key = getattr(entity, self.key)
        if key in self._entities:
            raise self._taken(self.key, key)
        if len(self._entities) >= LARGEST:
            raise Full(f"{self.name} holds {LARGEST} entities, the most that one sandbox keeps.")
        self._check_unique(key, entity)
        self._undo.record(self, key, None)
        self._places[key] = self._next_place
        self._next_place += 1
        self._put(key, entity)
        return entity

    def save(self, entity: E) -> E:
        """Replace the entity of the same key; raise ``NotFound`` or ``Conflict`` and change nothing."""
        key = getattr(entity, self.key)
        previous = self.get(key)
        self._check_unique(key, entity)
        self._undo.record(self, key, previous)
        self._drop_from_indexes(key, previous)
        self._put(key, entity)
        return entity

    def remove(self, key: Any) -> E:
        """Forget an entity and return it; raise ``NotFound``."""
        entity = self.get(key)
        self._undo.record(self, key, entity, self._places.pop(key))
        self._drop_from_indexes(key, entity)
        del self._entities[key]
        return entity

    def get(self, key: Any) -> E:
        """Return the entity of a key; raise ``NotFound``."""
        entity = self._entities.get(key)
        if entity is None:
            raise NotFound(f"No {self.name} with {self.key} {key!r}.", collection=self.name, field=self.key)
        return entity

    def find(self, **fields: Any) -> E | None:
        """Return the first entity whose fields have these values, or None; fast by key, unique or indexed field.

        By a unique field alone, None finds nobody.
        """
        if len(fields) == 1:
            [(field, value)] = fields.items()
            if field == self.key:
                return self._entities.get(value)
            if field in self._unique:
                key = self._unique[field].get(value)
                return None if key is None else self._entities[key]
        return next(self.where(**fields), None)

    def where(self, **fields: Any) -> Iterator[E]:
        """Yield the entities whose fields have these values, in order; fast if one of them is indexed."""
        indexed = next((name for name, value in fields.items() if name in self._index and value is not None), None)
        if indexed is None:
            candidates = list(self._entities.values())
        else:
            keys = self._index[indexed].get(fields[indexed], ())
            # A look without the sandbox's lock may find that one of them is gone meanwhile.
            found = (self._entities.get(key) for key in sorted(keys, key=self._places.__getitem__))
            candidates = [entity for entity in found if entity is not None]
        for entity in candidates:
            if all(getattr(entity, field) == value for field, value in fields.items()):
                yield entity

    def count(self, field: str, value: Any) -> int:
        """Count the entities whose indexed field has a value."""
        return len(self._index[field].get(value, ()))

    def put_back(self, key: Any, previous: E | None, place: int | None) -> None:
        """Undo one step: give a key what it held before, and where it was removed its place."""
        current = self._entities.get(key)
        if current is not None:
            self._drop_from_indexes(key, current)
        if previous is None:
            del self._entities[key], self._places[key]
            return
        self._put(key, previous)
        if place is not None:
            self._places[key] = place
            order = sorted(self._entities, key=self._places.__getitem__)
            self._entities = {each: self._entities[each] for each in order}

    def _check_unique(self, key: Any, entity: E) -> None:
        for field, keys in self._unique.items():
            value = getattr(entity, field)
            if value is not None and keys.get(value, key) != key:
                raise self._taken(field, value)

    def _put(self, key: Any, entity: E) -> None:
        self._entities[key] = entity
        for field, keys in self._unique.items():
            value = getattr(entity, field)
            if value is not None:
                keys[value] = key
        for field, groups in self._index.items():
            value = getattr(entity, field)
            if value is not None:
                groups.setdefault(value, set()).add(key)

    def _drop_from_indexes(self, key: Any, entity: E) -> None:
        for field, keys in self._unique.items():
            keys.pop(getattr(entity, field), None)
        for field, groups in self._index.items():
            value = getattr(entity, field)
            group = groups.get(value)
            if group is not None:
                group.discard(key)
                if not group:
                    del groups[value]

    def _taken(self, field: str, value: Any) -> Conflict:
        message = f"{self.name} already has one with {field} {value!r}."
        return Conflict(message, fields={field: [message]})
