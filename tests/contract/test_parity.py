"""The code and the contracts answer to each other: no operation, field or mark without the other half."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from marshmallow import Schema, fields
from marshmallow import validate as validators
from openapi_spec_validator import validate

from mockserver.contract.clauses import CONFIDENCES, METHODS, clauses
from mockserver.contract.load import read_contract
from mockserver.core.operation import Operation
from mockserver.core.vendor import Vendor
from mockserver.vendors import discover
from tests.local import local_sandbox

VENDORS = list(discover())
each_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
OPERATIONS = [each for vendor in VENDORS for each in vendor.api.operations if not each.page]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)


def contract_of(operation: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
    package = next(vendor.package for vendor in VENDORS if vendor.name == operation.vendor)
    document = read_contract(package)
    return document, document["paths"][operation.path][operation.method.lower()]


@each_vendor
def test_the_contract_is_valid_openapi(vendor: Vendor) -> None:
    validate(read_contract(vendor.package))


@each_vendor
def test_operations_and_contract_entries_are_the_same(vendor: Vendor) -> None:
    entries = {
        (method.upper(), path, item[method]["operationId"])
        for path, item in read_contract(vendor.package)["paths"].items()
        for method in METHODS
        if method in item
    }
    declared = {(each.method, each.path, each.name) for each in vendor.api.operations if not each.page}
    assert declared == entries


@each_vendor
def test_events_and_webhooks_are_the_same(vendor: Vendor) -> None:
    """And none has an operation's name, since the journal knows both by name."""
    hooks = read_contract(vendor.package).get("webhooks", {}).values()
    entries = [item[method]["operationId"] for item in hooks for method in METHODS if method in item]
    assert sorted(entries) == sorted(event.name for event in vendor.events)
    assert set(entries) & {each.name for each in vendor.api.operations} == set()


@each_vendor
def test_progressions_follow_operations_and_collections_that_there_are(vendor: Vendor) -> None:
    state = local_sandbox().states[vendor.name]
    operations = [each.operation for each in vendor.progressions]
    assert set(operations) <= {each.name for each in vendor.api.operations}
    assert len(set(operations)) == len(operations)
    assert {each.collection for each in vendor.progressions} <= set(state.collections)


@each_vendor
def test_every_clause_has_a_confidence_and_where_it_claims_one_a_source(vendor: Vendor) -> None:
    document = read_contract(vendor.package)
    found = list(clauses(vendor.name, document))
    assert found
    unmarked = [each.id for each in found if each.confidence not in CONFIDENCES]
    sourceless = [
        each.id for each in found if each.confidence != "inferred" and each.source not in document["x-sources"]
    ]
    assert (unmarked, sourceless) == ([], [])


@each_vendor
def test_rules_have_ids_of_their_own(vendor: Vendor) -> None:
    ids = [rule["id"] for rule in read_contract(vendor.package).get("x-rules", ())]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith(f"{vendor.name}.") for each in ids)


@each_operation
def test_path_parameters_are_in_the_contract(operation: Operation) -> None:
    document, entry = contract_of(operation)
    shared = document["paths"][operation.path].get("parameters", [])
    given = [resolve(document, each) for each in [*shared, *entry.get("parameters", [])]]
    named = {each["name"] for each in given if each["in"] == "path"}
    assert named == {part.partition("}")[0] for part in operation.path.split("{")[1:]}


@each_operation
def test_every_field_read_is_in_the_contract(operation: Operation) -> None:
    document, entry = contract_of(operation)
    missing = []
    for source in operation.accepts:
        if source.where in {"body", "form"}:
            body = resolve(document, entry["requestBody"])
            known = [media["schema"] for media in body["content"].values()]
            missing += [place for place in places(source.schema, "load") if not has(document, known, place)]
        else:
            shared = document["paths"][operation.path].get("parameters", [])
            kind = {"query": "query", "headers": "header", "cookies": "cookie"}[source.where]
            named = {
                each["name"].lower()
                for each in (resolve(document, one) for one in [*shared, *entry.get("parameters", [])])
                if each["in"] == kind
            }
            missing += [place for place in places(source.schema, "load") if place[0].lower() not in named]
    assert missing == []


@each_operation
def test_every_field_answered_is_in_the_contract(operation: Operation) -> None:
    document, entry = contract_of(operation)
    if operation.returns is None:
        return
    known = [
        media["schema"]
        for status, answer in entry["responses"].items()
        if str(status).startswith("2")
        for media in resolve(document, answer).get("content", {}).values()
    ]
    assert [place for place in places(operation.returns, "dump") if not has(document, known, place)] == []


@each_operation
def test_every_field_of_the_contract_is_read(operation: Operation) -> None:
    """A property that the mock reads over on purpose carries ``x-read-over`` with the reason."""
    document, entry = contract_of(operation)
    schemas = {source.where: source.schema for source in operation.accepts}
    if "requestBody" in entry and ("body" in schemas or "form" in schemas):
        read = set(places(schemas.get("body") or schemas["form"], "load"))
        content = resolve(document, entry["requestBody"])["content"]
        known = {place for media in content.values() for place in properties(document, media["schema"])}
        openings = {place for place in read if any(other[: len(place)] == place for other in read - {place})}
        deep = {place for place in known if len(place) == 1 or place[:-1] in openings}
        assert sorted(deep - read) == []


@each_operation
def test_allowed_values_are_the_same_in_code_and_contract(operation: Operation) -> None:
    document, entry = contract_of(operation)
    wrong = []
    for source in operation.accepts:
        if source.where in {"body", "form"}:
            known = [media["schema"] for media in resolve(document, entry["requestBody"])["content"].values()]
        else:
            parameters = [resolve(document, each) for each in entry.get("parameters", [])]
            known = [{"properties": {each["name"]: each.get("schema", {}) for each in parameters}}]
        for place, choices in allowed(source.schema):
            listed = enums(document, known, place)
            if listed and listed != choices:
                wrong.append((place, listed ^ choices))
    assert wrong == []


def allowed(schema: Schema, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Yield the fields of a schema that allow certain values only."""
    for name, each in schema.load_fields.items():
        place = (*before, each.data_key or name)
        inner = each.inner if isinstance(each, fields.List) else each
        for check in inner.validators:
            if isinstance(check, validators.OneOf):
                yield place, {str(choice) for choice in check.choices}
        if isinstance(inner, fields.Nested):
            yield from allowed(inner.schema, place)


def enums(document: Mapping[str, Any], schemas: list[Any], place: tuple[str, ...]) -> set[str]:
    """Return the values that the schemas allow at a place, none if they allow any."""
    found: set[str] = set()
    for given in schemas:
        schema = resolve(document, given)
        if not isinstance(schema, Mapping):
            continue
        inner = [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]
        if "items" in schema:
            inner.append(schema["items"])
        found |= enums(document, inner, place)
        if not place:
            found |= {str(value) for value in schema.get("enum", []) if value is not None}
        elif place[0] in schema.get("properties", {}):
            found |= enums(document, [schema["properties"][place[0]]], place[1:])
    return found


def properties(document: Mapping[str, Any], given: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every property of a schema that is not read over on purpose."""
    schema = resolve(document, given)
    if not isinstance(schema, Mapping):
        return
    for inner in [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", []), schema.get("items")]:
        yield from properties(document, inner, before)
    for name, inner in schema.get("properties", {}).items():
        if "x-read-over" not in inner:
            yield (*before, name)
            yield from properties(document, inner, (*before, name))


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, Mapping) and "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/")]
        node = found
    return node


def places(schema: Schema, direction: str, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every field of a schema, nested ones included."""
    chosen = schema.load_fields if direction == "load" else schema.dump_fields
    for name, each in chosen.items():
        place = (*before, each.data_key or name)
        yield place
        inner = each.inner if isinstance(each, fields.List) else each
        if isinstance(inner, fields.Nested):
            yield from places(inner.schema, direction, place)


def has(document: Mapping[str, Any], schemas: list[Any], place: tuple[str, ...]) -> bool:
    """Tell whether one of the schemas has a property at this place, looking through references and combinations."""
    for given in schemas:
        schema = resolve(document, given)
        if not isinstance(schema, Mapping):
            continue
        inner = [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]
        if "items" in schema:
            inner.append(schema["items"])
        if has(document, inner, place):
            return True
        properties = schema.get("properties", {})
        if place[0] in properties and (len(place) == 1 or has(document, [properties[place[0]]], place[1:])):
            return True
    return False
