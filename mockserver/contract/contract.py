"""One vendor's contract, ready to be asked: its operations by method and path, its webhooks, its clauses by id."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.contract.clauses import METHODS, Clause, clauses

_PARAMETER = re.compile(r"\{(\w+)\}")
_URI = "contract:"


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation or a webhook; ``pointer`` is where it stands in the document."""

    name: str
    method: str
    path: str
    pointer: str
    node: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]


class Contract:
    """What one vendor documents."""

    def __init__(self, vendor: str, document: Mapping[str, Any]) -> None:
        self.vendor = vendor
        self.document = document
        self.clauses: Mapping[str, Clause] = {each.id: each for each in clauses(vendor, document)}
        self.operations = list(self._entries("paths"))
        self.webhooks = {each.name: each for each in self._entries("webhooks")}

    def source(self, key: str | None) -> str | None:
        """Return the title of a source."""
        title: str | None = self.document.get("x-sources", {}).get(key, {}).get("title") if key else None
        return title or key

    def operation(self, method: str, path: str) -> tuple[Entry, Mapping[str, str]] | None:
        """Return the operation of a method and a path below the vendor's base, with its path parameters.

        A slash at the end is one with none; the path of the fewest parameters wins.
        """
        for entry, pattern in self._patterns:
            found = pattern.fullmatch(path.rstrip("/") or "/")
            if found and entry.method == method.upper():
                return entry, found.groupdict()
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that a path has, none for a path that nobody documents."""
        return sorted({entry.method for entry, pattern in self._patterns if pattern.fullmatch(path.rstrip("/") or "/")})

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a reference leads to, or the node itself."""
        return self._at(node["$ref"].removeprefix("#")) if "$ref" in node else node

    def place(self, node: Mapping[str, Any], pointer: str) -> str:
        """Return where a node that stands at a pointer really is, its reference followed."""
        return str(node["$ref"]).removeprefix("#") if "$ref" in node else pointer

    def validator(self, pointer: str) -> Draft202012Validator:
        """Return what validates against the schema at a place of the document; formats are checked."""
        schema = {"$ref": f"{_URI}#{pointer}"}
        return Draft202012Validator(schema, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER)

    @cached_property
    def _registry(self) -> "Registry[Any]":
        empty: Registry[Any] = Registry()
        full: Registry[Any] = empty.with_resource(_URI, DRAFT202012.create_resource(dict(self.document)))
        return full

    @cached_property
    def _patterns(self) -> list[tuple[Entry, re.Pattern[str]]]:
        ordered = sorted(self.operations, key=lambda each: (each.path.count("{"), -len(each.path)))
        return [(each, _pattern(each.path)) for each in ordered]

    def _entries(self, part: str) -> Iterator[Entry]:
        for path, item in self.document.get(part, {}).items():
            for method in METHODS:
                if method in item:
                    node = item[method]
                    given = [*item.get("parameters", ()), *node.get("parameters", ())]
                    yield Entry(
                        name=node["operationId"],
                        method=method.upper(),
                        path=path,
                        pointer=f"/{part}/{escaped(path)}/{method}",
                        node={"security": self.document.get("security", []) if part == "paths" else [], **node},
                        parameters=tuple(self.resolved(each) for each in given),
                    )

    def _at(self, pointer: str) -> Mapping[str, Any]:
        node: Any = self.document
        for step in pointer.strip("/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        found: Mapping[str, Any] = node
        return self.resolved(found)


def escaped(step: str) -> str:
    """Return a step as JSON Pointer writes it."""
    return step.replace("~", "~0").replace("/", "~1")


def _pattern(path: str) -> re.Pattern[str]:
    """Return what matches a documented path; a parameter at the very end may hold slashes."""
    steps = _PARAMETER.split(path.rstrip("/") or "/")
    text = ""
    for number, step in enumerate(steps):
        last = number == len(steps) - 2 and not steps[-1]
        text += re.escape(step) if number % 2 == 0 else f"(?P<{step}>{'.+' if last else '[^/]+'})"
    return re.compile(text)
