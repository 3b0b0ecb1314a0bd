"""A small contract with one of everything, exchanges that keep to it, and a way to spoil them."""

import base64
import json
from dataclasses import replace
from functools import cache
from typing import Any

import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Check, Evidence, Kind, Subject
from mockserver.contract.judge import judge
from mockserver.contract.load import read_contract
from mockserver.contract.observed import Finding, Observed
from mockserver.contract.waivers import Waiver
from mockserver.vendors import discover

DOCUMENT = """
openapi: 3.1.0
info: {title: Toy API, version: "1"}
x-role: serves
x-source: guide
x-confidence: documented
x-sources: {guide: {title: The Toy Guide}, blog: {title: The Toy Blog}}
security: [{key: []}, {bearer: []}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, x-confidence: example}
    bearer: {type: http, scheme: bearer, x-confidence: public}
  schemas:
    Token:
      type: string
      contentMediaType: application/jwt
      contentSchema: {type: object, required: [sub], properties: {sub: {type: string}}}
    Thing:
      type: object
      required: [name, size]
      x-required-confidence: {size: public}
      properties:
        name: {type: string, maxLength: 9, pattern: "^[a-z]"}
        size: {type: integer, minimum: 1, x-confidence: example}
        kind: {enum: [a, b], x-enum-confidence: {b: inferred}}
        shape: {enum: [round, square]}
        colour: {type: string, default: red, x-source: blog, x-confidence: public}
        at: {type: string, format: date-time}
        link: {type: string, format: uri, x-confidence: inferred}
        tags: {type: array, items: {type: string, minLength: 2}}
        either:
          anyOf:
            - {type: object, required: [deep], properties: {deep: {type: integer}}}
            - {type: "null", x-confidence: inferred}
        labels: {type: object, additionalProperties: {type: string}}
        free: {type: object}
        named: {type: object, anyOf: [{required: [id]}, {required: [name]}]}
        kept: {type: object, if: {required: [at]}, then: {required: [by]}, properties: {by: {type: string}}}
        closed: {type: object, additionalProperties: false, properties: {only: {type: string}}}
paths:
  /things:
    post:
      operationId: put_thing
      summary: Put a thing.
      parameters:
        - {name: dry, in: query, schema: {type: boolean}}
        - {name: ids, in: query, schema: {type: array, items: {type: integer}}}
        - name: X-Who
          in: header
          required: true
          x-required-confidence: inferred
          schema: {type: string, format: email}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
      responses:
        "201":
          description: It was put.
          headers:
            Location: {required: true, schema: {type: string, format: uri}}
            X-Left: {schema: {type: string, pattern: "^[0-9]+$"}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
        "400": {description: Wrong., x-confidence: inferred}
        4XX: {description: Refused., x-confidence: public}
  /things/{id}:
    get:
      operationId: read_thing
      summary: Read a thing.
      parameters: [{name: id, in: path, required: true, schema: {type: string, pattern: "^[0-9]+$"}}]
      responses:
        "200": {description: The thing., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
  /start:
    get:
      operationId: start_by_link
      summary: Start by a link.
      security: []
      parameters: [{name: token, in: query, required: true, schema: {$ref: "#/components/schemas/Token"}}]
      responses: {"200": {description: Started.}}
    post:
      operationId: start
      summary: Start.
      security: []
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [token]
              properties:
                token: {$ref: "#/components/schemas/Token"}
                password: {type: string, format: password}
                pin: {type: string, format: password}
      responses: {"200": {description: Started.}}
  /told:
    post:
      operationId: tell
      x-role: called-by-vendor
      summary: What the server calls at the client.
      security: []
      requestBody: {content: {application/json: {schema: {type: object, required: [id]}}}}
      responses: {"204": {description: Noted.}}
webhooks:
  put:
    post:
      operationId: thing_put
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [id]}}}}
      responses: {2XX: {description: Taken., x-confidence: inferred}}
  call_read:
    get: {operationId: call_read_thing, responses: {}}
x-rules:
  - {id: toy.once, says: A thing is put once., source: guide, confidence: documented}
  - {id: toy.waits, says: A client waits., source: blog, confidence: public, side: client}
  - {id: toy.guess, says: Nobody knows., confidence: inferred}
"""

THING: dict[str, Any] = {"name": "box", "size": 2}
JSON = {"content-type": "application/json"}
TOY = Contract("toy", yaml.safe_load(DOCUMENT))


@cache
def contract_of(vendor: str) -> Contract:
    package = next(each.package for each in discover() if each.name == vendor)
    return Contract(vendor, read_contract(package))


def put(thing: Any = THING, answer: Any = THING, **changes: Any) -> Observed:
    """Return a POST of a thing that is right, unless it is changed."""
    seen = Observed(
        method="POST",
        path="/things",
        headers={**JSON, "x-key": "fake-key-of-toy", "x-who": "tom@people.example"},
        body=json.dumps(thing).encode(),
        status=201,
        answer_headers={**JSON, "location": "https://toy.example/things/1"},
        answer=answer if isinstance(answer, bytes) else json.dumps(answer).encode(),
        number=1,
        url="https://toy.example/v1/things",
    )
    return replace(seen, **changes)


def read(**changes: Any) -> Observed:
    seen = put(method="GET", path="/things/7", body=b"", status=200, url="https://toy.example/v1/things/7", number=2)
    return replace(seen, **changes)


def token(claims: Any = None) -> str:
    """Return a token that says these claims, signed with nothing."""
    payload = base64.urlsafe_b64encode(json.dumps(claims or {"sub": "tom"}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{payload}.c2ln"


def start_by_link(query: str) -> Observed:
    return read(path="/start", query=query, answer=b"", answer_headers={})


def start(claims: Any = None, **changes: Any) -> Observed:
    """Return a form with a token that says these claims."""
    made = put(
        path="/start",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=f"token={token(claims)}&password=hunter2hunter2&pin=4711".encode(),
        status=200,
        answer=b"",
        answer_headers={},
        number=3,
        url="https://toy.example/v1/start",
    )
    return replace(made, **changes)


def webhook(body: Any, **changes: Any) -> Observed:
    return replace(put(body, webhook="thing_put", path="", status=204, answer=b"", number=4), **changes)


def evidence(
    *exchanges: Observed,
    kind: Kind = "client",
    checks: tuple[Check, ...] = (),
    findings: tuple[Finding, ...] = (),
    unchecked: tuple[Waiver, ...] = (),
) -> Evidence:
    """Return what is known of a subject: its exchanges and all that is wrong with them on its side."""
    subject = Subject(kind, "toy", "npm test")
    found = [*(said for each in exchanges for said in judge(TOY, each, subject.sides)), *findings]
    return Evidence(
        subject=subject, contract=TOY, exchanges=exchanges, findings=found, checks=checks, unchecked=unchecked
    )
