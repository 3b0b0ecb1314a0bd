"""The parameters that the vendor documents, out of its contract: values that each may have, and some that none may."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from mockserver.contract.load import contract_of

Data = dict[str, Any]

_PLAIN = 20
_ADDRESS = "https://lms.example/"
_FRAME = frozenset({"exp", "startDate", "endDate"})
"""What depends on the clock, and is a matter of rules rather than of values."""
_KNOWN: Mapping[str, tuple[Any, ...]] = {
    "language": ("en", "zh-cn"),
    "streamsPreset": ("default", "no_video", "no_ai_detection"),
    "email": ("tom.palmer+exams@people.example",),
    "firstName": ("Zoë",),
    "examName": ("Prüfung: Maße",),
}
"""Values that no schema says: those which the vendor's plugins send, and letters that are not ASCII."""
_ANY_NAME = "warning_mic_muted"
"""Stands for any further name of a warning."""
_SNAKE = frozenset({"voice"})
"""Scores in the spelling of the score page that do not look like it."""
_TOGETHER: Mapping[str, Data] = {
    "preliminaryCheck": {"preliminaryCheck": {"enabled": False, "photo_url": f"{_ADDRESS}face.jpg"}},
    "auxiliaryCameraMode": {"auxiliaryCamera": True},
    "secureBrowserLevel": {"secureBrowser": True},
    "desktopAppForbiddenProcesses": {"secureBrowser": True},
    "desktopAppAllowedProcesses": {"secureBrowser": True},
}
"""What has a parameter make sense."""


@dataclass(frozen=True)
class Parameter:
    """One parameter. ``path`` leads to it from the top, ``schema`` has its keywords with those that it refers to."""

    path: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What clauses call it: ``scoreConfig.cheaterLevel``."""
        return ".".join(self.path)

    @property
    def nullable(self) -> bool:
        """Whether null is allowed."""
        return "null" in self.types

    @property
    def types(self) -> list[str]:
        """The types that it may have."""
        said = self.schema.get("type", [])
        return [said] if isinstance(said, str) else list(said)

    def alone(self, value: Any) -> Data:
        """Return the parameter with this value, within the objects that hold it."""
        held = value
        for step in reversed(self._steps):
            held = {step: held}
        return dict(held)

    def placed(self, value: Any) -> Data:
        """Return the parameter with this value, and with what it makes sense with."""
        others = _TOGETHER.get(self.path[0], {})
        return _merged([others, self.alone(value)]) if len(self.path) > 1 else {**others, **self.alone(value)}

    def found(self, said: Any) -> Any:
        """Return what a mapping has for the parameter, None where it has nothing."""
        for step in self._steps:
            said = said.get(step) if isinstance(said, dict) else None
        return said

    def stands_in(self, said: Any) -> bool:
        """Tell whether a mapping has anything for the parameter, be it null."""
        for step in self._steps:
            if not isinstance(said, dict) or step not in said:
                return False
            said = said[step]
        return True

    def allowed(self) -> list[Any]:
        """Return the values of a list, both ends of a range, a short and the longest text, and null where it may be."""
        listed = list(self.schema.get("enum", ()))
        known = list(_KNOWN.get(self.path[-1], ()))
        return listed or known + [value for kind in self.types for value in _ALLOWED[kind](self)]

    def keyword(self, value: Any) -> str:
        """Return what allows a value, as clauses end: ``maximum``, ``enum.auto``."""
        if "enum" in self.schema:
            return f"enum.{value}"
        if isinstance(value, str):
            return "maxLength" if len(value) == self.schema.get("maxLength") else "type"
        ends = [each for each in ("minimum", "maximum") if each in self.schema and self.schema[each] == value]
        return ends[0] if ends else "type"

    def wrong(self) -> list[Any]:
        """Return values of another type, one beyond each end, and one that no list has; fresh at each call."""
        found = [value for kind, value in _OF_ANOTHER_TYPE.items() if kind not in self.types]
        found += [1.5] if "integer" in self.types else []
        found += ["not-in-the-list"] if "enum" in self.schema else []
        found += [self.schema["minimum"] - 1] if "minimum" in self.schema else []
        found += [self.schema["maximum"] + 1] if "maximum" in self.schema else []
        found += [self._text(self.schema["maxLength"] + 1)] if "maxLength" in self.schema else []
        found += [self._text(self.schema["minLength"] - 1)] if "minLength" in self.schema else []
        found += ["no address"] if self.schema.get("format") == "uri" else []
        found += [{}] if "required" in self.schema else []
        return found

    @property
    def _steps(self) -> list[str]:
        return [_ANY_NAME if step == "*" else step for step in self.path]

    def _texts(self) -> list[str]:
        """Return texts; where others of the shortest length are known to mean something, those do."""
        short = [] if self.path[-1] in _KNOWN else [self._text(_PLAIN + len(_ADDRESS))]
        # A text that has a least length as well is a code.
        longest = "maxLength" in self.schema and "minLength" not in self.schema
        return [*short, *([self._text(self.schema["maxLength"])] if longest else [])]

    def _text(self, length: int) -> str:
        """Return a text that was never there before, an address where one is wanted."""
        begins = _ADDRESS if self.path[-1].lower().endswith("url") else ""
        return (begins + uuid4().hex * (length // 32 + 1))[:length]

    def _numbers(self) -> list[float]:
        ends = [self.schema[each] for each in ("minimum", "maximum") if each in self.schema]
        inside = [1.5] if "number" in self.types else [] if ends else [uuid4().int % 10**9 + 1]
        return [*ends, *inside]

    def _objects(self) -> list[Data]:
        return [] if "required" in self.schema else [{}]


_ALLOWED: Mapping[str, Callable[[Parameter], Sequence[Any]]] = {
    "string": Parameter._texts,
    "integer": Parameter._numbers,
    "number": Parameter._numbers,
    "boolean": lambda _: [True, False],
    "array": lambda _: [["notepad.exe"], []],
    "object": Parameter._objects,
    "null": lambda _: [None],
}
_OF_ANOTHER_TYPE: Mapping[str, Any] = {"string": "12", "boolean": True, "array": [1]}
"""A value of each type; an integer is a number too, and what is neither text nor list is refused as an object."""


@cache
def exam_parameters() -> Mapping[str, Parameter]:
    """Return the parameters of an exam, by name."""
    return {each.name: each for each in _parameters("Exam")}


@cache
def start_parameters() -> Mapping[str, Parameter]:
    """Return what a start says of the test taker and the session, by name."""
    of_exams = {path[0] for path in (each.path for each in _parameters("Exam"))}
    return {each.name: each for each in _parameters("StartPayload") if each.path[0] not in of_exams}


@cache
def archive_parameters() -> Mapping[str, Parameter]:
    """Return what an opening of the archive says of the proctor, by name; the session is that of the path."""
    return {each.name: each for each in _parameters("ArchivePayload") if each.name != "sessionId"}


def rounds(parameters: Mapping[str, Parameter]) -> list[Data]:
    """Return mappings that have every parameter, and between them every value of each.

    Scores are in either spelling by turns. In the last two mappings all is null, or left out, that may be.
    """
    outer = [each for each in parameters.values() if len(each.path) == 1]
    inner = [each for each in parameters.values() if "properties" not in each.schema]
    most = max(len(each.allowed()) * (2 if each.path[0] == "scoreConfig" else 1) for each in inner)
    nulls = _merged(each.alone(None) for each in outer if each.nullable)
    empty = _merged(each.alone({}) for each in outer if "object" in each.types and "required" not in each.schema)
    return [*(_round(inner, number) for number in range(most)), nulls, empty]


def _round(parameters: list[Parameter], number: int) -> Data:
    """Return the value of each parameter whose turn it is."""
    chosen = []
    for each in parameters:
        turn, values = number, each.allowed()
        if each.path[0] == "scoreConfig":
            turn, snake = divmod(number, 2)
            name = each.path[-1]
            if name != "phone" and ("_" in name or name in _SNAKE) is not bool(snake):
                continue
        chosen.append(each.alone(values[turn % len(values)]))
    return _merged(chosen)


def _merged(several: Iterable[Data]) -> Data:
    made: Data = {}
    for each in several:
        for name, value in each.items():
            both = isinstance(value, dict) and isinstance(made.get(name), dict)
            made[name] = {**made[name], **value} if both else value
    return made


def _parameters(schema: str) -> Iterator[Parameter]:
    yield from _below((), _whole({"$ref": f"#/components/schemas/{schema}"}))


def _below(path: tuple[str, ...], schema: Mapping[str, Any]) -> Iterator[Parameter]:
    inner = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), Mapping):
        inner["*"] = schema["additionalProperties"]
    for name, node in inner.items():
        if name not in _FRAME:
            whole = _whole(node)
            yield Parameter((*path, name), whole)
            yield from _below((*path, name), whole)


def _whole(node: Mapping[str, Any]) -> Data:
    """Return a schema's keywords with those of what it refers to and of all of ``allOf``."""
    merged: Data = {}
    parts = [*node.get("allOf", ()), *([_referred(node["$ref"])] if "$ref" in node else [])]
    for each in (*map(_whole, parts), node):
        for keyword, said in each.items():
            if isinstance(said, dict) and keyword == "properties":
                merged[keyword] = {**merged.get(keyword, {}), **said}
            elif keyword not in {"allOf", "$ref"}:
                merged[keyword] = said
    return merged


def _referred(pointer: str) -> Data:
    found: Any = contract_of("constructor").document
    for step in pointer.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
