"""What is wrong with plain data by a schema of a contract, each by its place and the keyword that it breaks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from mockserver.contract.bodies import Unreadable, jwt_payload
from mockserver.contract.contract import Contract
from mockserver.contract.formats import FORMATS

Path = tuple[str | int, ...]
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Wrong:
    """One break of a schema."""

    path: Path
    keyword: str
    expected: str
    got: str


def wrong_with(contract: Contract, schema: Mapping[str, Any], pointer: str | None, value: Any) -> Iterator[Wrong]:
    """Yield what is wrong with a value; ``pointer`` is where the schema stands, None for one without references."""
    validator = contract.validator(pointer) if pointer else _of_its_own(contract.resolved(schema))
    for error in validator.iter_errors(value):
        yield from _told(error)
    yield from _inside_tokens(contract, schema, value)


def _of_its_own(schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(dict(schema), format_checker=FORMATS)


def _told(error: ValidationError) -> Iterator[Wrong]:
    if error.context:
        yield from _of_alternatives(error)
        return
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if keyword == "required" and isinstance(error.validator_value, list):
        missing = next(name for name in error.validator_value if error.message.startswith(repr(name)))
        yield Wrong((*path, missing), "required", "a value", "nothing")
    else:
        yield Wrong(path, keyword, f"{keyword}: {_wanted(error.validator_value)}", short(error.instance))


def _of_alternatives(error: ValidationError) -> Iterator[Wrong]:
    """Yield what is wrong by the alternative that was likely meant: one of the right type, wrong deepest inside."""
    alternatives: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        alternatives.setdefault(each.relative_schema_path[0], []).append(each)
    meant = [each for each in alternatives.values() if not any(_of_wrong_type(inner) for inner in each)]
    if meant:
        for inner in max(meant, key=lambda each: max(len(inner.relative_path) for inner in each)):
            yield from _told(inner)
        return
    kinds = [
        _wanted(inner.validator_value) for each in alternatives.values() for inner in each if _of_wrong_type(inner)
    ]
    yield Wrong(tuple(error.absolute_path), "type", f"type: {' or '.join(kinds)}", short(error.instance))


def _of_wrong_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path


def _inside_tokens(contract: Contract, schema: Mapping[str, Any], value: Any) -> Iterator[Wrong]:
    """Yield what is wrong with the payloads of tokens that a form carries, which validators read over."""
    properties = contract.resolved(schema).get("properties", {})
    for name, node in properties.items() if isinstance(value, dict) else ():
        inner = contract.resolved(node)
        if inner.get("contentMediaType") != "application/jwt" or not isinstance(value.get(name), str):
            continue
        try:
            payload = jwt_payload(value[name])
        except Unreadable as error:
            yield Wrong((name,), "contentMediaType", "a JWT", str(error))
            continue
        content = inner["contentSchema"]
        for wrong in wrong_with(contract, content, content.get("$ref", "").removeprefix("#") or None, payload):
            yield Wrong((name, "content", *wrong.path), wrong.keyword, wrong.expected, wrong.got)


def _wanted(value: Any) -> str:
    """Return what a keyword asks for as people say it."""
    if isinstance(value, list):
        return " or ".join(each if isinstance(each, str) else short(each) for each in value)
    return value if isinstance(value, str) else short(value)


def short(value: Any) -> str:
    """Return a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
