"""Where an exchange touches a contract: its operation, its parameters, its bodies, and what is documented of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mockserver.contract.bodies import is_json, media_type
from mockserver.contract.clauses import CONFIDENCES, Clause
from mockserver.contract.contract import Contract, Entry, escaped
from mockserver.contract.observed import Observed


@dataclass(frozen=True, slots=True)
class Parameter:
    """One documented parameter, or a header of an answer, its schema standing at ``pointer``.

    ``value`` is None where it was not given, else of the type that its schema asks for.
    """

    base: str
    place: str
    node: Mapping[str, Any]
    pointer: str
    value: Any


@dataclass(frozen=True, slots=True)
class Body:
    """One body, and what is documented of it: ``content`` by content type, standing at ``pointer``."""

    base: str
    place: str
    pointer: str
    content: Mapping[str, Any]
    headers: Mapping[str, str]
    raw: bytes
    status_field: str = ""
    """The field which has the status of the answer, whatever the schema says of it; empty if the schema is right."""

    @property
    def kind(self) -> str:
        """Return the content type that it says it has."""
        return media_type(self.headers)

    @property
    def read_as(self) -> str:
        """Return the documented content type that it is read as, empty if it is of none.

        JSON is read as JSON, whatever its name, and what has none may be JSON.
        """
        if self.kind in self.content:
            return self.kind
        may_be_json = is_json(self.kind) or (not self.kind and self.raw)
        return next((each for each in self.content if is_json(each) and may_be_json), "")

    def schema_pointer(self, kind: str) -> str:
        """Return where the schema of a documented content type stands."""
        return f"{self.pointer}/content/{escaped(kind)}/schema"


@dataclass(frozen=True, slots=True)
class Situated:
    """An exchange that the contract knows."""

    contract: Contract
    seen: Observed
    entry: Entry
    in_path: Mapping[str, str]

    @property
    def base(self) -> str:
        """Return what the ids of its clauses begin with."""
        return f"{self.contract.vendor}.{self.entry.name}"

    def parameters(self) -> Iterator[Parameter]:
        """Yield every documented parameter, given or not."""
        query = parse_qsl(self.seen.query, keep_blank_values=True)
        for pointer, node in self.entry.parameters.items():
            name, where = str(node["name"]), str(node["in"])
            schema = self.contract.resolved(node["schema"])
            values = {
                "path": [self.in_path[name]] if name in self.in_path else [],
                "query": [value for key, value in query if key == name],
                "header": [self.seen.headers[name.lower()]] if name.lower() in self.seen.headers else [],
            }.get(where, [])
            place = f"request.{where}.{name}"
            value = _typed(values, schema) if values else None
            yield Parameter(f"{self.base}.{place}", place, node, f"{pointer}/schema", value)

    def unknown_parameters(self) -> list[tuple[str, str]]:
        """Return what the query holds besides the documented parameters."""
        known = {node["name"] for node in self.entry.parameters.values() if node["in"] == "query"}
        return [pair for pair in parse_qsl(self.seen.query, keep_blank_values=True) if pair[0] not in known]

    def schemes(self) -> list[list[str]]:
        """Return the documented ways to say who is calling, each the schemes that it takes together."""
        return [list(each) for each in self.entry.node["security"]]

    def secret(self, scheme: str) -> str | None:
        """Return what the request shows by a security scheme, without the word before it; None if it shows nothing."""
        about = self._scheme(scheme)
        if about.get("type") != "apiKey":
            shown, word = self.seen.headers.get("authorization", ""), f"{about.get('scheme', 'bearer')} "
        else:
            shown, word = self._key(str(about.get("in")), str(about.get("name", ""))), str(about.get("x-prefix", ""))
        return shown[len(word) :].strip() or None if shown.lower().startswith(word.lower()) else None

    def secret_pointer(self, scheme: str) -> str:
        """Return where the schema of a scheme's secret stands, empty if it has none."""
        return f"/components/securitySchemes/{escaped(scheme)}/x-schema" if "x-schema" in self._scheme(scheme) else ""

    def _scheme(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.contract.document.get("components", {}).get("securitySchemes", {}).get(name, {})
        return found

    def _key(self, place: str, name: str) -> str:
        if place == "query":
            return next((value for key, value in parse_qsl(self.seen.query) if key == name), "")
        if place == "cookie":
            cookies = (each.strip().partition("=") for each in self.seen.headers.get("cookie", "").split(";"))
            return next((value for key, _, value in cookies if key == name), "")
        return self.seen.headers.get(name.lower(), "")

    def asked(self) -> Body | None:
        """Return the request's body, None if none is documented."""
        node = self.entry.node.get("requestBody")
        if node is None:
            return None
        pointer = self.contract.place(node, f"{self.entry.pointer}/requestBody")
        content = self.contract.resolved(node).get("content", {})
        base = f"{self.base}.request.body"
        return Body(base, "request.body", pointer, content, self.seen.headers, self.seen.body)

    def responses(self) -> Mapping[str, Any]:
        """Return the documented answers by status."""
        return {str(status): node for status, node in self.entry.node.get("responses", {}).items()}

    def listed(self) -> str | None:
        """Return the documented status that the answer's is, None if there is none."""
        responses = self.responses()
        wanted = (str(self.seen.status), f"{self.seen.status // 100}XX", "default")
        return next((each for each in wanted if each in responses), None)

    def headers(self, listed: str) -> Iterator[Parameter]:
        """Yield every header that is documented of the answer of a status, given or not."""
        pointer, response = self._response(listed)
        for name, each in response.get("headers", {}).items():
            node, at = self.contract.resolved(each), f"{pointer}/headers/{escaped(name)}"
            given = self.seen.answer_headers.get(name.lower())
            value = None if given is None else _typed([given], self.contract.resolved(node["schema"]))
            base = f"{self.base}.response.{listed}.header.{name}"
            yield Parameter(base, f"answer.headers.{name}", node, f"{self.contract.place(each, at)}/schema", value)

    def answered(self, listed: str) -> Body:
        """Return the answer's body, and what is documented of it for a status.

        ``x-body-of`` of a response names the status whose body it has, ``x-status-field`` the field that has its own.
        """
        about = self._response(listed)[1]
        shown = str(about.get("x-body-of", listed))
        pointer, response = self._response(shown)
        return Body(
            base=f"{self.base}.response.{shown}.body",
            place="answer.body",
            pointer=pointer,
            content=response.get("content", {}),
            headers=self.seen.answer_headers,
            raw=self.seen.answer,
            status_field=str(about.get("x-status-field", "")),
        )

    def misread(self, body: Body) -> str:
        """Return the clause that a body breaks which is nothing of what is documented.

        It has neither the type nor the shape, of which that counts which is more certain.
        """
        kinds = (f"{body.base}.content.{body.read_as or next(iter(body.content))}", f"{body.base}.type")
        return min(kinds, key=lambda each: uncertainty(self.contract.clauses.get(each)))

    def _response(self, listed: str) -> tuple[str, Mapping[str, Any]]:
        node = self.responses()[listed]
        return self.contract.place(node, f"{self.entry.pointer}/responses/{listed}"), self.contract.resolved(node)


def uncertainty(clause: Clause | None) -> int:
    """Return how uncertain a clause is, 0 for documented; none is as uncertain as can be."""
    confidence = clause.confidence if clause else None
    return CONFIDENCES.index(confidence) if confidence in CONFIDENCES else len(CONFIDENCES) - 1


def situated(contract: Contract, seen: Observed) -> Situated | None:
    """Return where an exchange stands in a contract: its webhook, or its operation; None if it has neither."""
    if seen.webhook:
        entry = contract.webhooks.get(seen.webhook)
        return Situated(contract, seen, entry, {}) if entry else None
    found = contract.operation(seen.method, seen.path)
    return Situated(contract, seen, *found) if found else None


def _typed(values: list[str], schema: Mapping[str, Any]) -> Any:
    """Return the texts of a parameter as the type that its schema asks for, if they can be read so."""
    kinds = schema.get("type", "string")
    wanted = kinds if isinstance(kinds, list) else [kinds]
    if "array" in wanted:
        items = schema.get("items", {})
        return [_typed([each], items) for each in (values if len(values) > 1 else values[0].split(","))]
    value = values[-1]
    if "boolean" in wanted and value in {"true", "false"}:
        return value == "true"
    try:
        return int(value) if "integer" in wanted else float(value) if "number" in wanted else value
    except ValueError:
        return value
