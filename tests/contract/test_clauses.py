"""The clauses of a contract: each claim once, with an id made from its place and the confidence it inherits."""

from typing import Any

import pytest
import yaml

from mockserver.contract.clauses import Clause, clauses

DOCUMENT = """
openapi: 3.1.0
x-source: guide
x-confidence: documented
security: [{key: []}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, x-confidence: inferred}
  parameters:
    Size: {name: size, in: query, x-confidence: example, schema: {type: integer, minimum: 1}}
  schemas:
    Name: {type: string, maxLength: 9}
    Node: {type: object, properties: {child: {$ref: "#/components/schemas/Node"}}}
paths:
  /things/{id}:
    x-source: page
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post:
      operationId: put_thing
      summary: Put a thing.
      parameters: [{$ref: "#/components/parameters/Size"}]
      requestBody:
        content:
          application/json:
            schema:
              &thing
              type: object
              required: [name, kind]
              x-required-confidence: {kind: inferred}
              properties:
                name: {$ref: "#/components/schemas/Name"}
                named: {type: object, propertyNames: {enum: [x, y], x-confidence: inferred}}
                kind:
                  enum: [a, b]
                  x-enum-source: {a: page}
                  x-enum-confidence: {b: example}
                  x-source: blog
                  x-confidence: public
                tags: {type: array, items: {type: string, minLength: 1}}
                links: {type: object, additionalProperties: {format: uri}}
                either: {oneOf: [{const: 1}, {properties: {deep: {type: integer}}}]}
          application/x-www-form-urlencoded: {schema: *thing}
      responses:
        201:
          description: It was put.
          headers: {Location: {x-confidence: inferred, schema: {type: string}}}
        404: {description: Nobody., x-confidence: inferred}
  /open:
    get: {operationId: read_open, security: [], responses: {}}
webhooks:
  put:
    post: {operationId: thing_put, responses: {}}
x-rules:
  - {id: toy.rule, says: A thing is put once., source: guide, confidence: documented}
"""


def found(text: str = DOCUMENT) -> dict[str, Clause]:
    """Return the clauses by id, of which each must have its own."""
    made = list(clauses("toy", yaml.safe_load(text)))
    by_id = {each.id: each for each in made}
    assert len(by_id) == len(made)
    return by_id


@pytest.mark.parametrize(
    ("place", "confidence", "source"),
    [
        ("", "documented", "page"),
        (".request.security.key", "inferred", None),
        (".request.path.id", "documented", "page"),
        (".request.path.id.required", "documented", "page"),
        (".request.query.size", "example", "page"),
        (".request.query.size.minimum", "example", "page"),
        (".request.body.content.application/json", "documented", "page"),
        (".request.body.type", "documented", "page"),
        (".request.body.name", "documented", "page"),
        (".request.body.name.maxLength", "documented", "page"),
        (".request.body.name.required", "documented", "page"),
        (".request.body.named", "documented", "page"),
        (".request.body.named.propertyNames", "inferred", None),
        (".request.body.kind", "public", "blog"),
        (".request.body.kind.required", "inferred", None),
        (".request.body.kind.enum.a", "public", "page"),
        (".request.body.kind.enum.b", "example", "blog"),
        (".request.body.tags.[].minLength", "documented", "page"),
        (".request.body.links.*.format", "documented", "page"),
        (".request.body.either.const", "documented", "page"),
        (".request.body.either.deep.type", "documented", "page"),
        (".response.201", "documented", "page"),
        (".response.201.header.Location", "inferred", None),
        (".response.404", "inferred", None),
    ],
)
def test_a_claim_has_an_id_from_its_place_and_inherits_confidence_and_source(
    place: str, confidence: str, source: str | None
) -> None:
    clause = found()[f"toy.put_thing{place}"]
    assert (clause.confidence, clause.source) == (confidence, source)


def test_operations_webhooks_and_rules_are_claims_too() -> None:
    made = found()
    assert made["toy.put_thing"].says == "POST Put a thing."
    assert made["toy.thing_put"].source == "guide"
    assert made["toy.rule"] == Clause("toy.rule", "A thing is put once.", "guide", "documented")
    assert list(made)[-2:] == ["toy.thing_put", "toy.rule"]


def test_a_webhook_does_not_claim_the_security_of_the_api() -> None:
    assert [each for each in found() if each.startswith("toy.thing_put")] == ["toy.thing_put"]


def test_an_operation_that_anybody_may_call_claims_no_security() -> None:
    assert [each for each in found() if each.startswith("toy.read_open.")] == []


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    document: Any = yaml.safe_load(DOCUMENT)
    body = document["paths"]["/things/{id}"]["post"]["requestBody"]["content"]["application/json"]
    body["schema"] = {"$ref": "#/components/schemas/Node"}
    assert len(list(clauses("toy", document))) < 200


def test_a_contract_without_marks_makes_claims_without_confidence() -> None:
    bare = "paths: {/a: {get: {operationId: a, responses: {'200': {description: Fine.}}}}}"
    assert {(each.confidence, each.source) for each in found(bare).values()} == {(None, None)}


def test_two_claims_under_one_id_are_a_defect_of_the_contract() -> None:
    answers = {"200": {"description": "One."}, 200: {"description": "Another."}}
    document = {"paths": {"/a": {"get": {"operationId": "read", "responses": answers}}}}
    with pytest.raises(ValueError, match=r"two things under tiny\.read\.response\.200"):
        list(clauses("tiny", document))
