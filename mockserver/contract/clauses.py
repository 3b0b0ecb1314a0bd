"""The clauses of a contract: every checkable claim in it, with its source and its confidence.

What no schema says of a single call is said of several, by the operation objects of ``paths``. Each is a clause of the
caller of the operation that it binds, and has ``x-source`` and ``x-confidence`` of its own:

- ``links`` of a response, as in OpenAPI: what another operation carries comes from here. ``parameters`` are qualified
  (``path.examSid``); ``x-fields`` does the same for the body, by pointer (``/add/*/enrollmentSid``), ``x-security`` for
  the credentials of a scheme (``bearer``). Several links into one place are one claim, for which the first speaks.
  Clause: ``<vendor>.<operation>.request.path.examSid.given``.
- ``x-after``, by name: this operation follows ``any`` of others, each with what is the ``same`` in both, pairs of an
  expression over the other and one over this. The other has succeeded; with ``outcome: any`` it was answered anyhow,
  with ``outcome: refused`` the last of them was refused, as a look-up is that finds nothing.
  Clause: ``<vendor>.<operation>.request.after.<name>``.
- ``x-single-use``, by name: the address at ``value`` is opened once. Clause:
  ``<vendor>.<operation>.request.single-use.<name>``.

``expressions`` has the expressions, ``order`` the judging.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mockserver.contract.dependencies import dependencies
from mockserver.contract.pointers import resolved

CONFIDENCES = ("documented", "example", "public", "inferred")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

PLAIN = (
    "type",
    "format",
    "pattern",
    "const",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
)
DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Clause:
    """One claim. ``id`` is made from its place: ``<vendor>.put_exam.request.body.duration.required``."""

    id: str
    says: str
    source: str | None
    confidence: str | None
    """One of ``CONFIDENCES``, None if the contract forgot to say."""


class _Place(NamedTuple):
    """Where a walk stands, and what is inherited there."""

    id: str
    source: str | None
    confidence: str | None

    def below(self, step: str, node: Mapping[str, Any] | None = None) -> "_Place":
        """Return a place further in; what the node says of itself overrides what it inherits."""
        confidence = (node or {}).get("x-confidence", self.confidence)
        inherited = None if confidence == "inferred" else self.source
        return _Place(f"{self.id}.{step}" if step else self.id, (node or {}).get("x-source", inherited), confidence)

    def clause(self, says: str) -> Clause:
        return Clause(self.id, says, self.source, self.confidence)


def clauses(vendor: str, document: Mapping[str, Any]) -> Iterator[Clause]:
    """Yield the clauses of a contract, each once: operations, webhooks, the order of operations, then rules.

    Raises ``ValueError`` if two places that say different things make the same id.
    """
    seen: dict[str, Clause] = {}
    for clause in _claims(vendor, document):
        known = seen.setdefault(clause.id, clause)
        if known is clause:
            yield clause
        elif known.says != clause.says:
            raise ValueError(f"The contract says two things under {clause.id}: {known.says!r} and {clause.says!r}.")


def _claims(vendor: str, document: Mapping[str, Any]) -> Iterator[Clause]:
    """Yield every claim; one schema under two content types makes the same claims twice."""
    walk = _Walk(document)
    top = _Place(vendor, None, None).below("", document)
    for item in document.get("paths", {}).values():
        yield from walk.path_item(top.below("", item), item, document.get("security", ()))
    for item in document.get("webhooks", {}).values():
        # How the vendor knows its callers says nothing about how it is known itself.
        yield from walk.path_item(top.below("", item), item, ())
    for each in dependencies(vendor, document):
        yield Clause(each.clause, each.says, each.source, each.confidence)
    for rule in document.get("x-rules", ()):
        yield Clause(rule["id"], rule["says"], rule.get("source"), rule.get("confidence"))


class _Walk:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def path_item(self, place: _Place, item: Mapping[str, Any], security: Any) -> Iterator[Clause]:
        for method in METHODS:
            if method in item:
                yield from self._operation(place, item, {"security": security, **item[method]}, method)

    def _operation(
        self, outer: _Place, item: Mapping[str, Any], operation: Mapping[str, Any], method: str
    ) -> Iterator[Clause]:
        place = outer.below(operation["operationId"], operation)
        yield place.clause(f"{method.upper()} {operation.get('summary', '')}")
        yield from self._security(place, operation["security"])
        for each in [*item.get("parameters", ()), *operation.get("parameters", ())]:
            parameter = self._resolved(each)
            inner = place.below(f"request.{parameter['in']}.{parameter['name']}", parameter)
            yield inner.clause("parameter")
            if parameter.get("required"):
                yield inner.below("required", _of_requiring(parameter)).clause("required")
            yield from self._schema(inner, parameter.get("schema", {}))
        if "requestBody" in operation:
            body = self._resolved(operation["requestBody"])
            inner = place.below("request.body", body)
            if body.get("required"):
                yield inner.below("(required)", _of_requiring(body)).clause("a body is required")
            yield from self._content(inner, body)
        for status, each in operation.get("responses", {}).items():
            yield from self._response(place, str(status), self._resolved(each))

    def _security(self, place: _Place, choices: Any) -> Iterator[Clause]:
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        for name in sorted({name for choice in choices for name in choice}):
            scheme = schemes.get(name, {})
            inner = place.below(f"request.security.{name}", scheme)
            yield inner.clause("security scheme")
            yield from self._schema(inner, scheme.get("x-schema", {}))

    def _response(self, outer: _Place, status: str, response: Mapping[str, Any]) -> Iterator[Clause]:
        place = outer.below(f"response.{status}", response)
        yield place.clause(response.get("description", "").strip())
        for name, each in response.get("headers", {}).items():
            header = self._resolved(each)
            yield place.below(f"header.{name}", header).clause("header")
        yield from self._content(place.below("body"), response)

    def _content(self, place: _Place, holder: Mapping[str, Any]) -> Iterator[Clause]:
        for kind, media in holder.get("content", {}).items():
            inner = place.below("", media)
            yield replace(inner.clause("content type"), id=f"{inner.id}.content.{kind}")
            yield from self._schema(inner, media.get("schema", {}))

    def _schema(self, outer: _Place, given: Any, depth: int = 0) -> Iterator[Clause]:
        if not isinstance(given, Mapping) or depth > DEEPEST:
            return
        schema = self._resolved(given)
        place = outer.below("", schema).below("", {key: given[key] for key in _MARKS if key in given})
        if schema.get("type") == "null":
            yield place.below("null").clause("may be null")
            return
        names = schema.get("properties", {})
        for keyword in PLAIN:
            if keyword in schema:
                # A field may be called "type" too; the keyword then steps aside.
                step = f"({keyword})" if keyword in names else keyword
                yield place.below(step).clause(f"{keyword}: {schema[keyword]}")
        yield from self._enum(place, schema)
        yield from self._names(place, schema)
        for name, inner in names.items():
            own = place.below(name, self._marks(inner))
            yield own.clause("field")
            yield from self._schema(own, inner, depth + 1)
        for keyword in ("items", "additionalProperties"):
            if isinstance(schema.get(keyword), Mapping):
                yield from self._schema(place.below("[]" if keyword == "items" else "*"), schema[keyword], depth + 1)
        for inner in (*(each for keyword in _PARTS for each in schema.get(keyword, ())), schema.get("then")):
            yield from self._schema(place, inner, depth + 1)
        # What a text holds, such as the payload of a token.
        yield from self._schema(place.below("content"), schema.get("contentSchema"), depth + 1)

    def _enum(self, place: _Place, schema: Mapping[str, Any]) -> Iterator[Clause]:
        for value in schema.get("enum", ()):
            said = {mark: schema.get(mark.replace("x-", "x-enum-"), {}) for mark in _MARKS}
            marks = {mark: each[value] for mark, each in said.items() if value in each}
            yield place.below(f"enum.{value}", marks).clause(f"allowed value {value!r}")

    def _names(self, place: _Place, schema: Mapping[str, Any]) -> Iterator[Clause]:
        for name in schema.get("required", ()):
            yield place.below(f"{name}.required", _of_requiring(schema, name)).clause("required")
        if "propertyNames" in schema:
            yield place.below("propertyNames", schema["propertyNames"]).clause("names of fields")

    def _marks(self, schema: Any) -> Mapping[str, Any]:
        """Return what a property says of its own confidence, its reference's word counting less."""
        said = {**self._resolved(schema), **schema} if isinstance(schema, Mapping) else {}
        return {key: said[key] for key in _MARKS if key in said}

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        return resolved(self._document, node)


_PARTS = ("allOf", "oneOf", "anyOf")
_MARKS = ("x-source", "x-confidence")


def _of_requiring(node: Mapping[str, Any], name: str = "") -> Mapping[str, Any]:
    """Return what a parameter, a body, or a schema of one of its fields, says of the source of its being required."""
    said = {mark: node.get(mark.replace("x-", "x-required-"), {}) for mark in _MARKS}
    told = {mark: each if isinstance(each, str) else each.get(name) for mark, each in said.items()}
    return {mark: each for mark, each in told.items() if each}
