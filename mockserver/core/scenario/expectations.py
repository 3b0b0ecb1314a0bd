"""Expectations of a scenario that hold whatever a client does, or that nothing can make hold."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import fields
from typing import Any

from mockserver.core.sandbox import Sandbox
from mockserver.plain_yaml import Path

_COUNTED = ("calls", "deliveries", "state")


def problems_of_expectations(expect: Mapping[str, Any], sandbox: Sandbox, ill: Set[Path]) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with counts and fields, by place; what the schema has found ill already is left out."""
    if any(path[:1] == ("expect",) for path in ill):
        return
    for part in _COUNTED:
        for number, wanted in enumerate(expect.get(part, ())):
            yield from _counts(wanted, ("expect", part, number))
    for number, wanted in enumerate(expect.get("state", ())):
        yield from _fields(wanted, ("expect", "state", number), sandbox)


def _counts(wanted: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    least, most = wanted.get("at_least"), wanted.get("at_most")
    if "count" in wanted:
        for name in wanted.keys() & {"at_least", "at_most"}:
            yield (*path, name), "does not go with count"
    elif least is not None and most is not None and least > most:
        yield (*path, "at_least"), f"{least} is more than at_most, {most}, so it never holds"
    elif least == 0 and most is None and not wanted.get("has"):
        yield (*path, "at_least"), "0 or more is what there always is; say how many at least or at most"


def _fields(wanted: Mapping[str, Any], path: Path, sandbox: Sandbox) -> Iterator[tuple[Path, str]]:
    vendor, _, name = wanted["collection"].partition(".")
    collection = sandbox.states[vendor].collections[name]
    known = [each.name for each in fields(collection.of)]
    for part in ("where", "has"):
        for field in wanted.get(part, {}).keys() - set(known):
            yield (*path, part, field), f"is no field of {wanted['collection']}; known are {', '.join(known)}"
