"""The kinds of faults there are: every module of the two packages beside this one is one."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import msgspec

from mockserver.core.faults import answers, deliveries
from mockserver.core.faults.kind import Kind
from mockserver.core.faults.reading import read, refused

_OF_A_RULE = ("operation", "kind", "at", "skip", "times", "probability", "until")


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """Return every kind by its name, which is its module's; those of answers first."""
    found: dict[str, type[Kind]] = {}
    for package in (answers, deliveries):
        for module in sorted(each.name for each in iter_modules(package.__path__)):
            found[module] = _kind_in(f"{package.__name__}.{module}")
    return found


def _kind_in(module: str) -> type[Kind]:
    members = vars(import_module(module)).values()
    [kind] = [
        each for each in members if isinstance(each, type) and issubclass(each, Kind) and each.__module__ == module
    ]
    taken = set(kind.__struct_fields__) & set(_OF_A_RULE)
    if taken:
        raise TypeError(f"{module} calls a setting {min(taken)}, which is a field of every rule")
    return kind


def make(name: str, settings: Mapping[str, Any], *, strict: bool = True) -> Kind:
    """Return a kind with settings; raise ``BadRequest`` for an unknown kind, an unknown setting or a wrong one."""
    of = kinds().get(name)
    if of is None:
        raise refused("kind", f"There is no kind {name[:100]!r}; known are {', '.join(kinds())}.")
    known = of.__struct_fields__
    for each in settings:
        if each not in known:
            of_kind = f"{name} has {', '.join(known)}" if known else f"{name} has no settings"
            raise refused(each, f"No such field; a rule has {', '.join(_OF_A_RULE)}, and {of_kind}.")
    return read(settings, of, strict=strict)


def described() -> list[dict[str, Any]]:
    """Return what each kind is, where it strikes, what the other side sees, and its settings as JSON Schema."""
    return [
        {
            "kind": name,
            "says": (kind.__doc__ or "").partition("\n")[0],
            "seen": kind.seen,
            "at": list(kind.points),
            "settings": _settings(kind),
        }
        for name, kind in kinds().items()
    ]


def _settings(kind: type[Kind]) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
    required = schema.get("required", ())
    return {name: {"required": name in required, **about} for name, about in schema["properties"].items()}
