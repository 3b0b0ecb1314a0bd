"""Who is calling: what a security scheme says of the secret is held against whoever shows one."""

import time
from typing import Any

import jwt
import pytest
import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.exercised import exercised
from mockserver.contract.judge import judge_call
from mockserver.contract.observed import Observed

CONTRACT = Contract(
    "toy",
    yaml.safe_load("""
openapi: 3.1.0
x-source: guide
x-confidence: documented
security: [{jwt: []}]
components:
  securitySchemes:
    jwt:
      type: apiKey
      in: header
      name: Authorization
      x-prefix: "JWT "
      x-schema:
        type: string
        contentMediaType: application/jwt
        contentSchema:
          type: object
          required: [exp, iss]
          x-required-confidence: {iss: public}
          x-required-source: {iss: blog}
          properties: {exp: {type: integer}, iss: {type: string, x-confidence: example}}
    cookie: {type: apiKey, in: cookie, name: sid, x-schema: {type: string, pattern: "^[a-f]+$"}}
paths:
  /things:
    get: {operationId: read, summary: Read., responses: {200: {description: Read.}}}
    put: {operationId: write, summary: Write., security: [{cookie: []}], responses: {200: {description: Written.}}}
"""),
)
READ = "toy.read.request.security.jwt"


def token(**claims: Any) -> str:
    return jwt.encode(claims, "s" * 32)


def calling(**headers: str) -> Observed:
    return Observed(method="GET", path="/things", headers=headers, status=401, answer_headers={})


def clauses(seen: Observed) -> list[str]:
    return [each.clause for each in judge_call(CONTRACT, seen)]


@pytest.mark.parametrize(
    ("shown", "broken"),
    [
        (f"JWT {token(exp=int(time.time()), iss='a')}", []),
        (f"jwt {token(exp=1, iss='a')}", []),
        (f"JWT {token(iss='a')}", [f"{READ}.content.exp.required"]),
        (f"JWT {token(exp='soon', iss='a')}", [f"{READ}.content.exp.type"]),
        ("JWT no.token", [READ]),
        (f"Bearer {token(exp=1, iss='a')}", [READ]),
        ("JWT ", [READ]),
        ("JWT ***", []),
    ],
)
def test_a_token_is_judged_by_what_it_says(shown: str, broken: list[str]) -> None:
    assert clauses(calling(authorization=shown)) == broken


def test_a_field_is_required_by_a_source_of_its_own() -> None:
    [finding] = judge_call(CONTRACT, calling(authorization=f"JWT {token(exp=1)}"))
    assert (finding.confidence, finding.source) == ("public", "blog")


def test_what_a_token_says_is_put_to_the_test() -> None:
    shown = exercised(CONTRACT, calling(authorization=f"JWT {token(exp=1, iss='a')}"))
    assert {READ, f"{READ}.content.exp.required", f"{READ}.content.exp.type", f"{READ}.content.iss"} <= shown
    assert f"{READ}.content.exp" not in exercised(CONTRACT, calling(authorization="Bearer x"))


def test_a_secret_that_is_wrong_is_not_told() -> None:
    seen = Observed(method="PUT", path="/things", headers={"cookie": "a=1; sid=secret"}, status=200, answer_headers={})
    [finding] = judge_call(CONTRACT, seen)
    assert finding.clause == "toy.write.request.security.cookie.pattern"
    assert "secret" not in f"{finding.got}{finding.expected}{finding.place}"
