"""Everything that is wrong with a scenario, at once, each with its line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice
from math import isfinite
from typing import Any

import msgspec
import yaml

from mockserver.core.errors import BadRequest
from mockserver.core.sandbox import Sandbox
from mockserver.core.scenario.language import Schema, language
from mockserver.core.scenario.meaning import problems_of_meaning
from mockserver.core.scenario.script import Scenario
from mockserver.plain_yaml import Path, line_numbers, read_yaml

_MOST_NAMED = 12
_DEEPEST = 64
_MOST_PARTS = 50_000
_OF_JSON = (dict, list, str, bool, int, float, type(None))


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that is wrong with a scenario."""

    line: int
    place: str
    says: str


def read_scenario(text: str, sandbox: Sandbox, fixtures: list[str]) -> Scenario:
    """Return the scenario of a text, YAML or JSON.

    Raises ``BadRequest`` that names everything that is wrong with it, by place, each with its line.
    """
    found = problems(text, sandbox, fixtures)
    if found:
        fields: dict[str, list[str]] = {}
        for each in found:
            fields.setdefault(each.place or "scenario", []).append(f"line {each.line}: {each.says}")
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        first = found[0]
        raise BadRequest(f"The scenario, line {first.line}: {first.place}: {first.says}{more}", fields=fields)
    return msgspec.convert(read_yaml(text), Scenario)


def problems(text: str, sandbox: Sandbox, fixtures: list[str]) -> list[Problem]:
    """Return what is wrong with a scenario, in the order of its lines."""
    try:
        plain = read_yaml(text)
        if _is_endless(plain):
            return [Problem(1, "", f"is nested deeper than {_DEEPEST} levels, or has more than {_MOST_PARTS} parts")]
        lines, twice = line_numbers(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return [Problem(mark.line + 1 if mark else 1, "", f"is no YAML: {error.problem}")]
    except (yaml.YAMLError, ValueError) as error:
        return [Problem(1, "", f"is no YAML: {error}")]
    found = [Problem(line, key, "is written twice") for line, key in twice]
    if not isinstance(plain, dict):
        return [Problem(1, "", "must be a mapping with title, vendors, clock, steps and expect")]
    alien = list(_alien(plain, ()))
    if alien:
        return sorted(Problem(_line(lines, path), _place(path), says) for path, says in alien)
    schema = language(sandbox, fixtures)
    wrong = list(_against(schema, plain))
    ill = {path for path, _ in wrong}
    told = problems_of_meaning(plain, sandbox, ill)
    found += [Problem(_line(lines, path), _place(path), says) for path, says in [*wrong, *told]]
    return sorted(set(found))


def _is_endless(plain: Any) -> bool:
    """Tell whether data is nested deeper, or by its aliases has more parts, than whatever looks through it follows."""
    level, parts = [plain], 0
    for _ in range(_DEEPEST):
        inner = chain.from_iterable(_inside(each) for each in level)
        level = [each for _, each in islice(inner, _MOST_PARTS + 1)]
        parts += len(level)
        if not level or parts > _MOST_PARTS:
            break
    return bool(level)


def _inside(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _alien(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Tell of what YAML has and JSON has not."""
    if not isinstance(value, _OF_JSON) or (isinstance(value, float) and not isfinite(value)):
        yield path, f"{_shown(value)} is none of the values that JSON has"
    for key, inner in _inside(value):
        if isinstance(value, dict) and not isinstance(key, str):
            yield path, f"the key {_shown(key)} is no text; put it in quotes"
        else:
            yield from _alien(inner, (*path, key))


def _against(schema: Schema, plain: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    # A JSON Schema takes 1.0 for an integer, which what reads the scenario later does not.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    validator: Any = extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    for error in validator(schema).iter_errors(plain):
        path: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(error.schema, dict):
            known = list(error.schema["properties"])
            for name in error.instance.keys() - set(known):
                yield (*path, name), f"is not known here{_meant(name, known)}"
        elif error.validator == "enum":
            yield (
                path,
                f"{_shown(error.instance)} is not known here{_meant(str(error.instance), error.validator_value)}",
            )
        elif error.validator == "required":
            yield path, error.message.replace("is a required property", "is missing")
        elif error.validator == "type":
            yield path, f"must be of type {_kinds(error.validator_value)}, not {_shown(error.instance)}"
        else:
            said = error.schema.get("x-says") if isinstance(error.schema, dict) else None
            yield path, f"{said}, not {_shown(error.instance)}" if said else error.message


def _meant(given: str, known: list[str]) -> str:
    near = get_close_matches(given, known, 3, 0.5)
    if near:
        return f"; did you mean {' or '.join(near)}?"
    listed = ", ".join(known[:_MOST_NAMED])
    return f"; allowed are {listed}{' and more' if len(known) > _MOST_NAMED else ''}" if known else "; nothing is"


def _kinds(kinds: str | list[str]) -> str:
    names = {"object": "mapping", "array": "list", "string": "text"}
    listed = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(names.get(each, each) for each in listed)


def _shown(value: Any) -> str:
    text = str(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _line(lines: Mapping[Path, int], path: Path) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _place(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")
