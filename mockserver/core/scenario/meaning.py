"""What no schema can say about a scenario: that its parts fit each other and what the vendors declare."""

import re
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from mockserver.core.actions import find_action
from mockserver.core.clock import parse_duration, parse_instant
from mockserver.core.errors import ApiError, BadRequest, Conflict
from mockserver.core.sandbox import Sandbox
from mockserver.core.scenario.expectations import problems_of_expectations
from mockserver.core.settings import changed
from mockserver.core.sources import flatten
from mockserver.plain_yaml import Path

Found = Iterator[tuple[Path, str]]
_NAME = re.compile(r"\$\{([^}]*)\}")
_NEEDS = {"after": "duration", "polls": "count"}


def problems_of_meaning(plain: Mapping[str, Any], sandbox: Sandbox, ill: Set[Path]) -> Found:
    """Yield what does not fit, by place; what the schema has found ill already is left out."""
    if ("clock",) not in ill and "clock" in plain:
        yield from _refused(("clock",), lambda: parse_instant(plain["clock"]))
    if isinstance(plain.get("settings"), dict) and ("settings",) not in ill:
        yield from _refused(("settings",), lambda: changed(sandbox.settings, plain["settings"]))
    yield from _durations(plain, ill)
    yield from _paces(_mapping(plain.get("progressions")))
    yield from _vendors(plain)
    captured: set[str] = set()
    for number, step in enumerate(_list(plain.get("steps"))):
        path: Path = ("steps", number)
        if isinstance(step, dict):
            yield from _names({"when": step.get("when")}, path, captured)
            captured |= {name for name, place in _mapping(step.get("capture")).items() if not _is_result(place)}
            yield from _names({name: part for name, part in step.items() if name != "when"}, path, captured)
            yield from _does(step, path, sandbox, ill)
            yield from _fails(step.get("fault"), (*path, "fault"), sandbox, plain.get("clock"))
            yield from _captures(step, path)
            captured |= _mapping(step.get("capture")).keys()
    yield from _names(_mapping(plain.get("expect")), ("expect",), captured)
    yield from problems_of_expectations(_mapping(plain.get("expect")), sandbox, ill)
    yield from _unreachable(_list(plain.get("steps")))


def _paces(paces: Mapping[str, Any]) -> Found:
    for operation, pace in paces.items():
        if not isinstance(pace, dict):
            continue
        needed = _NEEDS.get(pace.get("mode", ""))
        if needed and needed not in pace:
            yield ("progressions", operation), f"{needed} is missing, which mode {pace['mode']} needs"
        for name in pace.keys() & set(_NEEDS.values()) - {needed}:
            yield ("progressions", operation, name), f"does not go with mode {pace.get('mode')}"


def _durations(plain: Mapping[str, Any], ill: Set[Path]) -> Found:
    """Tell of durations that are written rightly and are longer than any that a clock can be moved by."""
    places: list[tuple[Path, Any]] = [
        *((("steps", number), step) for number, step in enumerate(_list(plain.get("steps")))),
        *((("progressions", name), pace) for name, pace in _mapping(plain.get("progressions")).items()),
        *(
            (("expect", "time", number), each)
            for number, each in enumerate(_list(_mapping(plain.get("expect")).get("time")))
        ),
    ]
    for path, part in places:
        for name in ("after", "duration", "at_least", "at_most"):
            text = _mapping(part).get(name)
            if isinstance(text, str) and (*path, name) not in ill:
                yield from _refused((*path, name), partial(parse_duration, text))


def _vendors(plain: Mapping[str, Any]) -> Found:
    """Tell of what belongs to a vendor that is not among those that the scenario is about."""
    about = [each for each in _list(plain.get("vendors")) if isinstance(each, str)]
    for part in ("steps", "expect", "settings", "progressions"):
        for path, name in _ids(plain.get(part), (part,)):
            vendor = name.partition(".")[0]
            if vendor and vendor not in about and "*" not in vendor:
                yield path, f"belongs to {vendor}, which is not among vendors ({', '.join(about)})"


def _ids(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield ids of operations, events, actions and collections, and names of vendors, with their places."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _ids(item, (*path, number))
    elif isinstance(value, dict):
        for key, inner in value.items():
            place = (*path, key)
            if key in {"when", "do", "operation", "event", "collection", "from", "to"} and isinstance(inner, str):
                yield place, inner
            elif path in {("settings",), ("progressions",)}:
                yield place, key
            elif key not in {"with", "where", "has", "body"}:
                yield from _ids(inner, place)
    elif isinstance(value, str) and path[:2] == ("expect", "order"):
        yield path, value


def _does(step: Mapping[str, Any], path: Path, sandbox: Sandbox, ill: Set[Path]) -> Found:
    given = _mapping(step.get("with"))
    if "with" in step and "do" not in step:
        yield (*path, "with"), "goes with do only"
    if "do" in step and "fault" in step:
        yield (*path, "fault"), "cannot stand beside do; make it a step of its own"
    if "do" in step and (*path, "do") not in ill:
        _, action = find_action(sandbox, step["do"])
        told = flatten(action.accepts.validate(given), action.accepts)
        for field, said in told.items():
            if not _NAME.search(str(given.get(re.split(r"[.\[]", field)[0], ""))):
                yield (*path, "with" if "with" in step else "do"), f"{field or 'it'}: {said[0]}"


def _fails(fault: Any, path: Path, sandbox: Sandbox, clock: Any) -> Found:
    """Tell of a fault that cannot be made; its instants are those of the scenario, not of the sandbox at hand."""
    if not isinstance(fault, dict) or _NAME.search(str(fault)):
        return
    until = fault.get("until")
    if isinstance(until, str) and "-" in until:
        yield from _refused((*path, "until"), lambda: _check_until(until, clock))
        fault = {name: value for name, value in fault.items() if name != "until"}
    yield from _refused(path, lambda: _try_fault(sandbox, fault))


def _check_until(until: str, clock: Any) -> None:
    instant = parse_instant(until)
    with suppress(BadRequest):
        start = parse_instant(str(clock))
        if instant <= start:
            raise Conflict(f"{until} is over when the scenario begins, at {clock}.")


def _try_fault(sandbox: Sandbox, fault: Mapping[str, Any]) -> None:
    """Make a fault rule and take it back."""
    with suppress(_Back), sandbox.transaction():
        sandbox.faults.add(fault)
        raise _Back("")


class _Back(Conflict):
    """Raised to have a transaction undone."""


def _captures(step: Mapping[str, Any], path: Path) -> Found:
    for name, place in _mapping(step.get("capture")).items():
        if _is_result(place) and "do" not in step:
            yield (*path, "capture", name), "is of what an action gives; the step has no do"
        if str(place).startswith(("request", "answer")) and "when" not in step:
            yield (*path, "capture", name), "is of an exchange; the step has no when"


def _is_result(place: Any) -> bool:
    return str(place).startswith("result")


def _names(part: Any, path: Path, captured: Set[str]) -> Found:
    """Tell of names that stand in ``${}`` and were not captured before."""
    if isinstance(part, dict | list):
        for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _names(inner, (*path, key), captured)
    elif isinstance(part, str):
        for name in _NAME.findall(part):
            if name not in captured:
                known = ", ".join(sorted(captured)) or "nothing"
                yield path, f"${{{name}}} was not captured before; captured is {known}"


def _unreachable(steps: list[Any]) -> Found:
    """Tell of a step that waits for an operation to succeed which a fault without an end lets fail."""
    endless: list[tuple[int, str]] = []
    for number, step in enumerate(steps):
        if not isinstance(step, dict):
            continue
        when = step.get("when")
        awaited = when if isinstance(when, str) else _mapping(when).get("operation")
        told = isinstance(when, str) or "status" not in _mapping(when)
        for since, glob in endless:
            if isinstance(awaited, str) and told and fnmatchcase(awaited, glob):
                yield ("steps", number, "when"), f"can never be reached: the fault of step {since + 1} never ends"
        fault = _mapping(step.get("fault"))
        if fault.get("kind") == "status" and not fault.keys() & {"times", "until", "probability", "skip"}:
            endless.append((number, str(fault.get("operation", "*"))))


def _refused(path: Path, attempt: Any) -> Found:
    try:
        attempt()
    except ApiError as error:
        for field, said in error.fields.items() if isinstance(error, BadRequest) and error.fields else [("", [])]:
            yield (*path, *field.split(".")) if field else path, said[0] if said else error.message


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
