"""Fields that no schema speaks of: nothing forbids them, and nobody documents them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.clauses import DEEPEST
from mockserver.contract.contract import Contract, escaped
from mockserver.contract.shapes import Path, short


def undocumented(contract: Contract, pointer: str, value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the path of each field of a value that the schema at a place does not name, and what it holds.

    A schema without properties documents nothing of its fields; one that speaks of additional ones documents them all.
    """
    yield from _unknown(contract, [pointer], value, ())


def _unknown(contract: Contract, pointers: Sequence[str], value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(value, dict | list) or len(path) > DEEPEST:
        return
    parts = list(_parts(contract, pointers))
    if isinstance(value, list):
        items = [f"{place}/items" for place, schema in parts if "items" in schema]
        for number, item in enumerate(value):
            yield from _unknown(contract, items, item, (*path, number))
        return
    known = {name for _, schema in parts for name in schema.get("properties", {})}
    others = [f"{place}/additionalProperties" for place, schema in parts if "additionalProperties" in schema]
    for name, inner in value.items():
        if name in known:
            own = [f"{at}/properties/{escaped(name)}" for at, node in parts if name in node.get("properties", {})]
            yield from _unknown(contract, own, inner, (*path, name))
        elif others:
            yield from _unknown(contract, others, inner, (*path, name))
        elif known:
            yield (*path, name), short(inner)


def _parts(contract: Contract, pointers: Sequence[str], depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the schemas that stand at some places, those that they are made of included."""
    for pointer in pointers if depth <= DEEPEST else ():
        node = contract.node(pointer)
        if not isinstance(node, Mapping):
            continue
        place = contract.place(node, pointer)
        schema = contract.resolved(node)
        yield place, schema
        for keyword in ("allOf", "oneOf", "anyOf"):
            yield from _parts(
                contract, [f"{place}/{keyword}/{n}" for n in range(len(schema.get(keyword, ())))], depth + 1
            )
