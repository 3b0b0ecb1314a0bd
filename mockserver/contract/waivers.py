"""Waivers: findings that are expected, each with the reason why it may stand."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from mockserver.plain_yaml import Path, line_numbers, read_yaml

_KEYS = ("clause", "reason")


@dataclass(frozen=True, slots=True)
class Waiver:
    """``clause`` is the id of a clause, in which ``*`` stands for any characters; ``place`` is file and line."""

    clause: str
    reason: str
    place: str

    def waives(self, clause: str) -> bool:
        """Tell whether it speaks of a clause."""
        return is_named(self.clause, clause)


def is_named(pattern: str, clause: str) -> bool:
    """Tell whether a pattern fits the id of a clause; nothing but ``*`` is special, since ids hold brackets."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), clause) is not None


class BadWaivers(ValueError):
    """A file of waivers is none; ``problems`` holds everything that is wrong with it, with its lines."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_waivers(text: str, name: str) -> list[Waiver]:
    """Return the waivers of a YAML document, a list of ``{clause, reason}``; raise ``BadWaivers``."""
    try:
        document, (lines, twice) = read_yaml(text), line_numbers(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        raise BadWaivers([f"{name}:{mark.line + 1 if mark else 1}: This is no YAML: {said}."]) from None
    if document is None:
        return []
    if not isinstance(document, list):
        raise BadWaivers([f"{name}:1: This must be a list; begin each waiver with '- clause: ...'."])
    problems = [(line, f"'{key}' is written twice; leave one out.") for line, key in twice]
    known: dict[str, int] = {}
    for number, item in enumerate(document):
        problems += _problems(item, number, lines, known)
    if problems:
        raise BadWaivers([f"{name}:{line}: {said}" for line, said in sorted(problems)])
    return [
        Waiver(each["clause"].strip(), each["reason"].strip(), f"{name}:{lines[(number,)]}")
        for number, each in enumerate(document)
    ]


def _problems(item: Any, number: int, lines: dict[Path, int], known: dict[str, int]) -> list[tuple[int, str]]:
    line = lines[(number,)]
    if not isinstance(item, dict):
        return [(line, f"A waiver has a clause and a reason; this is {item!r}.")]
    found = [
        (lines.get((number, str(key)), line), f"'{key}' is not known; a waiver has clause and reason.")
        for key in item
        if key not in _KEYS
    ]
    for key in _KEYS:
        if key not in item:
            found.append((line, f"The {key} is missing."))
        elif not isinstance(item[key], str) or not item[key].strip():
            found.append((lines[number, key], f"The {key} must be a text and not empty."))
    clause = item.get("clause")
    if isinstance(clause, str) and known.setdefault(clause.strip(), line) != line:
        found.append((lines[number, "clause"], f"{clause!r} is waived on line {known[clause.strip()]} already."))
    return found
