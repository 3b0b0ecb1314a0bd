"""What is wrong with plain data by a schema of a contract, each by its place and the keyword that it breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from mockserver.contract.bodies import Unreadable, jwt_payload
from mockserver.contract.contract import Contract

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
    validator = contract.validator(pointer) if pointer else Draft202012Validator(dict(contract.resolved(schema)))
    for error in validator.iter_errors(value):
        yield from _told(error)
    yield from _inside_tokens(contract, schema, value)


def _told(error: ValidationError) -> Iterator[Wrong]:
    if error.context:
        nearest = best_match(error.context)
        if nearest is not None:
            yield from _told(nearest)
            return
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if keyword == "required" and isinstance(error.validator_value, list):
        missing = next(name for name in error.validator_value if error.message.startswith(repr(name)))
        yield Wrong((*path, missing), "required", "it is there", "nothing")
    else:
        yield Wrong(path, keyword, f"{keyword}: {_short(error.validator_value)}", _short(error.instance))


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


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
