"""Which clauses an exchange puts to the test: those whose place was there to be judged, kept or not."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.bodies import Coded, Unreadable, jwt_payload, read_body
from mockserver.contract.clauses import DEEPEST, PLAIN
from mockserver.contract.contract import Contract, escaped
from mockserver.contract.observed import Observed
from mockserver.contract.places import Body, Situated, situated

_OF_TEXTS = frozenset({"format", "pattern", "minLength", "maxLength"})
_OF_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_OF_LISTS = frozenset({"minItems", "maxItems", "uniqueItems"})
_OF_OBJECTS = frozenset({"minProperties", "maxProperties"})


def exercised(contract: Contract, seen: Observed) -> frozenset[str]:
    """Return the ids of the clauses that an exchange exercises, of both sides; none outside the contract."""
    where = situated(contract, seen)
    if where is None:
        return frozenset()
    touched = {where.base, *_request(where), *_answer(where)}
    return frozenset(touched & contract.clauses.keys())


def _request(where: Situated) -> Iterator[str]:
    walk = _Walk(where.contract)
    names = {name for choice in where.schemes() for name in choice}
    used = {name for name in names if where.secret(name) is not None}
    for name in used or (set() if [] in where.schemes() else names):
        base, secret = f"{where.base}.request.security.{name}", where.secret(name)
        yield base
        if secret is not None and where.secret_pointer(name):
            yield from walk.at(where.secret_pointer(name), base, secret)
    for each in where.parameters():
        yield f"{each.base}.required"
        if each.value is None:
            yield f"{each.base}.default"
        else:
            yield each.base
            yield from walk.at(each.pointer, each.base, each.value)
    body = where.asked()
    if body is not None:
        yield f"{body.base}.(required)"
        if body.raw:
            yield from _body(where, body)


def _answer(where: Situated) -> Iterator[str]:
    listed = where.listed() if where.seen.status and not where.seen.spoiled else None
    if listed is None:
        return
    base = f"{where.base}.response.{listed}"
    yield base
    for header in where.headers(listed):
        if header.value is not None or header.node.get("required"):
            yield header.base
    body = where.answered(listed)
    if body.raw or where.seen.method != "HEAD":
        yield from _body(where, body)


def _body(where: Situated, body: Body) -> Iterator[str]:
    if not body.content:
        return
    kind = body.read_as
    yield f"{body.base}.content.{kind or next(iter(body.content))}"
    try:
        value = read_body(kind, body.headers, body.raw) if kind else None
    except Coded:
        return
    except Unreadable:
        kind = ""
    if not kind:
        yield where.misread(body)
    elif "schema" in body.content[kind]:
        yield from _Walk(where.contract).at(body.schema_pointer(kind), body.base, value)


class _Walk:
    """A walk over a value and its schema together, which yields the ids of the clauses on its way."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def at(self, pointer: str, base: str, value: Any, depth: int = 0) -> Iterator[str]:
        """Walk the schema that stands at a place of the contract."""
        node = self._contract.node(pointer)
        if isinstance(node, Mapping) and depth <= DEEPEST:
            place = self._contract.place(node, pointer)
            yield from self._schema(self._contract.resolved(node), place, base, value, depth)

    def _schema(self, schema: Mapping[str, Any], place: str, base: str, value: Any, depth: int) -> Iterator[str]:
        if schema.get("type") == "null":
            if value is None:
                yield f"{base}.null"
            return
        yield from self._keywords(schema, base, value)
        if isinstance(value, dict):
            yield from self._object(schema, place, base, value, depth)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self.at(f"{place}/items", f"{base}.[]", item, depth + 1)
        for part in self._parts(schema, place, value):
            yield from self.at(part, base, value, depth + 1)
        if "contentSchema" in schema and isinstance(value, str):
            yield from self._token(f"{place}/contentSchema", base, value, depth)

    def _keywords(self, schema: Mapping[str, Any], base: str, value: Any) -> Iterator[str]:
        for keyword in PLAIN:
            if keyword in schema and keyword != "default" and _applies(keyword, value):
                yield f"{base}.({keyword})" if keyword in schema.get("properties", {}) else f"{base}.{keyword}"
        if value in schema.get("enum", ()):
            yield f"{base}.enum.{value}"

    def _object(
        self, schema: Mapping[str, Any], place: str, base: str, value: Mapping[str, Any], depth: int
    ) -> Iterator[str]:
        for name in schema.get("required", ()):
            yield f"{base}.{name}.required"
        if value:
            yield f"{base}.propertyNames"
        properties = schema.get("properties", {})
        for name in properties:
            if name in value:
                yield f"{base}.{name}"
                yield from self.at(f"{place}/properties/{escaped(name)}", f"{base}.{name}", value[name], depth + 1)
            else:
                # What holds where a field is left out is put to the test by leaving it out.
                yield f"{base}.{name}.default"
        for name, inner in value.items():
            if name not in properties and isinstance(schema.get("additionalProperties"), Mapping):
                yield from self.at(f"{place}/additionalProperties", f"{base}.*", inner, depth + 1)

    def _parts(self, schema: Mapping[str, Any], place: str, value: Any) -> Iterator[str]:
        """Yield where the schemas stand that say more of a value than this one does."""
        yield from (f"{place}/allOf/{number}" for number in range(len(schema.get("allOf", ()))))
        for keyword in ("oneOf", "anyOf"):
            yield from self._branches(schema, f"{place}/{keyword}", keyword, value)
        if "then" in schema and self._contract.validator(f"{place}/if").is_valid(value):
            yield f"{place}/then"

    def _branches(self, schema: Mapping[str, Any], place: str, keyword: str, value: Any) -> list[str]:
        """Return the alternatives that a value fits, all where it fits none."""
        every = [f"{place}/{number}" for number in range(len(schema.get(keyword, ())))]
        return [each for each in every if self._contract.validator(each).is_valid(value)] or every

    def _token(self, pointer: str, base: str, value: str, depth: int) -> Iterator[str]:
        try:
            payload = jwt_payload(value)
        except Unreadable:
            return
        yield from self.at(pointer, f"{base}.content", payload, depth + 1)


def _applies(keyword: str, value: Any) -> bool:
    """Tell whether a keyword has anything to say about a value of this type."""
    if keyword in _OF_TEXTS:
        return isinstance(value, str)
    if keyword in _OF_NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if keyword in _OF_LISTS:
        return isinstance(value, list)
    return keyword not in _OF_OBJECTS or isinstance(value, dict)
