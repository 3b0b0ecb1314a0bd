"""One vendor's contract, ready to be asked: its operations by method and path, its webhooks, its clauses by id."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.contract.clauses import METHODS, Clause, clauses
from mockserver.contract.formats import FORMATS
from mockserver.contract.pointers import at, resolved

Side = Literal["client", "server"]
BOTH: frozenset[Side] = frozenset({"client", "server"})

_PARAMETER = re.compile(r"\{(\w+)\}")
_URI = "contract:"
_REPEATS = "call_"


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation or a webhook; ``pointer`` is where it stands in the document.

    ``parameters`` are the documented ones by where each stands. ``caller`` is the side that sends the request.
    ``repeats`` names the operation that a webhook tells again, from the view of a vendor that is the caller; empty
    for any other.
    """

    name: str
    method: str
    path: str
    pointer: str
    node: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Any]]
    caller: Side
    repeats: str = ""


class Contract:
    """What one vendor documents."""

    def __init__(self, vendor: str, document: Mapping[str, Any]) -> None:
        self.vendor = vendor
        self.document = document
        self.clauses: Mapping[str, Clause] = {each.id: each for each in clauses(vendor, document)}
        self.operations = list(self._entries("paths"))
        self.webhooks = {each.name: each for each in self._entries("webhooks")}
        self._validators: dict[str, Draft202012Validator] = {}

    @property
    def title(self) -> str:
        """Return what people call the API, the vendor's name if the document has no title."""
        return str(self.document.get("info", {}).get("title", self.vendor))

    @cached_property
    def by_name(self) -> Mapping[str, Entry]:
        """Return the operations and the webhooks, by name."""
        return {each.name: each for each in (*self.operations, *self.webhooks.values())}

    def source(self, key: str | None) -> str | None:
        """Return the title of a source."""
        title: str | None = self.document.get("x-sources", {}).get(key, {}).get("title") if key else None
        return title or key

    def operation(self, method: str, path: str) -> tuple[Entry, Mapping[str, str]] | None:
        """Return the operation of a method and a path below the vendor's base, with its path parameters.

        A slash at the end is one with none; the path of the fewest parameters wins. What is percent-encoded is read
        as it stands, decoded only where nothing fits otherwise.
        """
        for spelling in (path, unquote(path)):
            for entry, pattern in self._patterns:
                found = pattern.fullmatch(spelling.rstrip("/") or "/")
                if found and entry.method == method.upper():
                    return entry, {name: unquote(value) for name, value in found.groupdict().items()}
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that a path has, none for a path that nobody documents."""
        spellings = {each.rstrip("/") or "/" for each in (path, unquote(path))}
        return sorted(
            {entry.method for entry, pattern in self._patterns if any(pattern.fullmatch(each) for each in spellings)}
        )

    def sides(self, clause: str) -> frozenset[Side]:
        """Return the sides that a clause binds: who sends the request, who answers it, or both.

        A rule binds the server unless its ``side`` says ``client`` or ``both``. A webhook that repeats an operation
        binds nobody: its operation does.
        """
        if clause in self._rules:
            return self._rules[clause]
        _, _, place = clause.partition(".")
        name, _, place = place.partition(".")
        entry = self.by_name.get(name)
        if entry is None or entry.repeats:
            return frozenset()
        if not place:
            return BOTH
        return frozenset({entry.caller}) if place.startswith("request.") else BOTH - {entry.caller}

    def allowed(self, clause: str) -> Sequence[Clause]:
        """Return the clauses of the values of a closed list; none where a clause is about something else."""
        return self._closed_lists.get(clause, ())

    def speaks_of(self, place: str) -> bool:
        """Tell whether there is a clause with this id, or of something within it."""
        return place in self._places

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a reference leads to, or the node itself."""
        return resolved(self.document, node)

    def place(self, node: Mapping[str, Any], pointer: str) -> str:
        """Return where a node that stands at a pointer really is, its reference followed."""
        return str(node["$ref"]).removeprefix("#") if "$ref" in node else pointer

    def node(self, pointer: str) -> Any:
        """Return what stands at a place of the document, a reference as it is."""
        return at(self.document, pointer)

    def validator(self, pointer: str) -> Draft202012Validator:
        """Return what validates against the schema at a place of the document; formats are checked."""
        known = self._validators.get(pointer)
        if known is None:
            schema = {"$ref": f"{_URI}#{pointer}"}
            known = Draft202012Validator(schema, registry=self._registry, format_checker=FORMATS)
            self._validators[pointer] = known
        return known

    @cached_property
    def _registry(self) -> "Registry[Any]":
        empty: Registry[Any] = Registry()
        full: Registry[Any] = empty.with_resource(_URI, DRAFT202012.create_resource(dict(self.document)))
        return full

    def is_rule(self, clause: str) -> bool:
        """Tell whether a clause is a rule, which no schema can say."""
        return clause in self._rules

    @cached_property
    def _closed_lists(self) -> Mapping[str, Sequence[Clause]]:
        found: dict[str, list[Clause]] = defaultdict(list)
        for clause in self.clauses.values():
            before, is_value, _ = clause.id.partition(".enum.")
            if is_value:
                found[before].append(clause)
        return found

    @cached_property
    def _places(self) -> frozenset[str]:
        steps = (each.split(".") for each in self.clauses)
        return frozenset(".".join(each[:count]) for each in steps for count in range(1, len(each) + 1))

    @cached_property
    def _rules(self) -> Mapping[str, frozenset[Side]]:
        named: Mapping[str, frozenset[Side]] = {"client": frozenset({"client"}), "both": BOTH}
        server: frozenset[Side] = frozenset({"server"})
        return {each["id"]: named.get(each.get("side", ""), server) for each in self.document.get("x-rules", ())}

    @cached_property
    def _patterns(self) -> list[tuple[Entry, re.Pattern[str]]]:
        ordered = sorted(self.operations, key=lambda each: (each.path.count("{"), -len(each.path)))
        return [(each, _pattern(each.path)) for each in ordered]

    def _entries(self, part: str) -> Iterator[Entry]:
        operations = {each.name for each in self.operations} if part == "webhooks" else set()
        for path, item in self.document.get(part, {}).items():
            for method in METHODS:
                if method in item:
                    node = item[method]
                    pointer = f"/{part}/{escaped(path)}"
                    told = node["operationId"].removeprefix(_REPEATS)
                    repeats = told if told in operations else ""
                    yield Entry(
                        name=node["operationId"],
                        method=method.upper(),
                        path=path,
                        pointer=f"{pointer}/{method}",
                        node={"security": self.document.get("security", []) if part == "paths" else [], **node},
                        parameters={**self._parameters(item, pointer), **self._parameters(node, f"{pointer}/{method}")},
                        caller=self._caller(part, node, repeats),
                        repeats=repeats,
                    )

    def _parameters(self, holder: Mapping[str, Any], pointer: str) -> dict[str, Mapping[str, Any]]:
        return {
            self.place(each, f"{pointer}/parameters/{number}"): self.resolved(each)
            for number, each in enumerate(holder.get("parameters", ()))
        }

    def _caller(self, part: str, node: Mapping[str, Any], repeats: str) -> Side:
        """Return who sends a request: the client an operation, unless the roles are swapped in it."""
        role = self.document.get("x-role")
        if part == "webhooks":
            return "client" if repeats else "server"
        return "client" if node.get("x-role", role) == role else "server"


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
