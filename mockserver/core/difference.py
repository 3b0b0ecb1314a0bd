"""What differs between two sandboxes, entity by entity and field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mockserver.core.collection import Collection
from mockserver.core.sandbox import Sandbox
from mockserver.core.snapshot import take_snapshot

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One entity, or one value of the sandbox, that is not the same; ``before`` and ``after`` hold what differs."""

    vendor: str | None
    """None for what the sandbox itself remembers."""
    collection: str
    key: str
    change: Literal["added", "removed", "changed"]
    before: Fields
    after: Fields


def differences(before: Sandbox, after: Sandbox) -> Iterator[Difference]:
    """Yield what one sandbox has otherwise than another; their names, journals and ways to boot do not count."""
    old, new = take_snapshot(before), take_snapshot(after)
    for part in ("clock", "counters", "settings"):
        yield from _compared(None, part, _flat(old[part]), _flat(new[part]))
    yield from _in_collections(None, before.collections, old["sandbox"], new["sandbox"])
    for vendor, state in before.states.items():
        yield from _in_collections(vendor, state.collections, old["states"][vendor], new["states"][vendor])


def _in_collections(
    vendor: str | None, collections: Mapping[str, Collection[Any]], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    for name, collection in collections.items():
        yield from _compared(vendor, name, _by_key(old[name], collection.key), _by_key(new[name], collection.key))


def _compared(
    vendor: str | None, name: str, old: Mapping[str, Fields], new: Mapping[str, Fields]
) -> Iterator[Difference]:
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = old.get(key, {}), new.get(key, {})
        if before == after:
            continue
        change: Literal["added", "removed", "changed"] = "changed"
        if key not in old or key not in new:
            change = "added" if key in new else "removed"
        names = [field for field in {**before, **after} if before.get(field) != after.get(field)]
        yield Difference(
            vendor=vendor,
            collection=name,
            key=key,
            change=change,
            before={field: before[field] for field in names if field in before},
            after={field: after[field] for field in names if field in after},
        )


def _by_key(rows: list[Fields], key: str) -> dict[str, Fields]:
    return {str(row[key]): row for row in rows}


def _flat(values: Mapping[str, Any]) -> dict[str, Fields]:
    """Return values by name as if each were an entity."""
    return {name: value if isinstance(value, dict) else {"value": value} for name, value in values.items()}
