"""What is wrong with plain data by a schema of a contract, each by its place and the keyword that it breaks."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jsonschema import ValidationError

from mockserver.contract.bodies import Unreadable, jwt_payload
from mockserver.contract.contract import Contract, escaped
from mockserver.contract.observed import MASK

Path = tuple[str | int, ...]
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Wrong:
    """One break of a schema."""

    path: Path
    keyword: str
    expected: str
    got: str


def wrong_with(contract: Contract, pointer: str, value: Any) -> Iterator[Wrong]:
    """Yield what is wrong with a value by the schema that stands at a place of the contract."""
    # Each of several errors about missing fields of an object tells all of them.
    yield from dict.fromkeys(each for error in contract.validator(pointer).iter_errors(value) for each in _told(error))
    yield from _inside_tokens(contract, pointer, value)


def _told(error: ValidationError) -> Iterator[Wrong]:
    if error.context:
        yield from _of_alternatives(error)
        return
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    wanted, given = error.validator_value, error.instance
    if keyword == "required" and isinstance(wanted, list) and isinstance(given, dict):
        for missing in (name for name in wanted if name not in given):
            yield Wrong((*path, missing), "required", "a value", "nothing")
    elif "propertyNames" in error.absolute_schema_path:
        yield Wrong(path, "propertyNames", f"names with {keyword}: {_wanted(wanted)}", short(error.instance))
    else:
        expected = _other_than(wanted) if keyword == "not" else f"{keyword}: {_wanted(wanted)}"
        yield Wrong(path, keyword, expected, short(error.instance))


def _of_alternatives(error: ValidationError) -> Iterator[Wrong]:
    """Yield what is wrong by the alternative that was likely meant: one of the right type, wrong deepest inside."""
    alternatives: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        alternatives.setdefault(each.relative_schema_path[0], []).append(each)
    if lacking := _lacking(alternatives.values()):
        expected = f"one of {', '.join(str(each.path[-1]) for each in lacking)}" if len(lacking) > 1 else "a value"
        yield replace(lacking[0], expected=expected)
        return
    meant = [each for each in alternatives.values() if not any(_of_wrong_type(inner) for inner in each)]
    if meant:
        for inner in max(meant, key=lambda each: max(len(inner.relative_path) for inner in each)):
            yield from _told(inner)
        return
    kinds = [
        _wanted(inner.validator_value) for each in alternatives.values() for inner in each if _of_wrong_type(inner)
    ]
    yield Wrong(tuple(error.absolute_path), "type", f"type: {' or '.join(kinds)}", short(error.instance))


def _lacking(alternatives: Collection[Sequence[ValidationError]]) -> list[Wrong]:
    """Return what is missing where each alternative lacks one field of the same object, and nothing else is wrong."""
    found = [list(_told(each[0])) for each in alternatives if len(each) == 1 and each[0].validator == "required"]
    wrongs = [each for told in found for each in told]
    alike = len(wrongs) == len(alternatives) and len({each.path[:-1] for each in wrongs}) == 1
    return wrongs if alike else []


def _of_wrong_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path


def _inside_tokens(contract: Contract, pointer: str, value: Any) -> Iterator[Wrong]:
    """Yield what is wrong with the payload of a token, or of tokens in a form, which validators read over."""
    node = contract.node(pointer)
    place, schema = contract.place(node, pointer), contract.resolved(node)
    if isinstance(value, dict):
        for name in schema.get("properties", {}).keys() & value.keys():
            for wrong in _inside_tokens(contract, f"{place}/properties/{escaped(name)}", value[name]):
                yield replace(wrong, path=(name, *wrong.path))
    if not isinstance(value, str) or MASK in value or schema.get("contentMediaType") != "application/jwt":
        return
    try:
        payload = jwt_payload(value)
    except Unreadable as error:
        yield Wrong((), "contentMediaType", "a JWT", str(error))
        return
    for wrong in wrong_with(contract, f"{place}/contentSchema", payload):
        yield replace(wrong, path=("content", *wrong.path))


def _wanted(value: Any) -> str:
    """Return what a keyword asks for as people say it."""
    if isinstance(value, list):
        return " or ".join(each if isinstance(each, str) else short(each) for each in value)
    return value if isinstance(value, str) else short(value)


def _other_than(schema: Any) -> str:
    """Return what must be, as people say it, where a value must not be as a schema has it."""
    match schema:
        case {"type": "string", "minLength": 1, **more} if not more:
            return "no text, or an empty one"
        case {"type": "string", "not": {"pattern": pattern}, **more} if not more:
            return f"pattern: {pattern}, if it is a text"
        case {"type": str(kind), **more} if not more:
            return f"anything but {kind}"
    return f"not: {_wanted(schema)}"


def short(value: Any) -> str:
    """Return a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
