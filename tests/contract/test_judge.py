"""Judging exchanges: each break names its clause, the place, whose doing it is, and how certain the clause is."""

import gzip
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.exercised import exercised
from mockserver.contract.judge import judge, judge_answer, judge_call
from mockserver.contract.observed import Observed
from tests.contract.small import JSON, THING, TOY, contract_of, put, read, start, start_by_link, token, webhook

REQUEST, ANSWER = "toy.put_thing.request.", "toy.put_thing.response.201."
BODY = f"{REQUEST}body."


def told(seen: Observed) -> list[tuple[str, str, str]]:
    """Return clause, confidence and place of each finding."""
    return [(each.clause, each.confidence, each.place) for each in judge(TOY, seen)]


@pytest.mark.parametrize(
    "seen",
    [
        put(),
        put({**THING, "either": None, "tags": ["ab"], "labels": {"x": "y"}, "free": {"x": 1}, "closed": {"only": "a"}}),
        put(
            {**THING, "either": {"deep": 1}, "at": "2026-01-31T09:00:00.123456789+02:00", "link": "mailto:a@b.example"}
        ),
        put(query="dry=true&ids=1&ids=2"),
        put(query="ids=1,2"),
        put(headers={**JSON, "authorization": "BEARER x", "x-who": "a@b"}),
        put(status=422, answer=b"anything"),
        put(status=0, answer=b""),
        read(path="/things/7/"),
        read(path="/things/%37"),
        read(method="GET", headers={"x-key": "k"}),
        start(),
        webhook({"id": 1}),
        webhook({"id": 1}, status=0),
    ],
)
def test_an_exchange_that_keeps_to_the_contract_has_no_findings(seen: Observed) -> None:
    assert told(seen) == []


@pytest.mark.parametrize(
    ("thing", "clause", "confidence", "place"),
    [
        ({"size": 1}, "name.required", "documented", "/name"),
        ({"name": "box"}, "size.required", "public", "/size"),
        ({**THING, "name": 5}, "name.type", "documented", "/name"),
        ({**THING, "name": "a" * 10}, "name.maxLength", "documented", "/name"),
        ({**THING, "name": "Box"}, "name.pattern", "documented", "/name"),
        ({**THING, "size": "2"}, "size.type", "example", "/size"),
        ({**THING, "size": 0}, "size.minimum", "example", "/size"),
        ({**THING, "size": True}, "size.type", "example", "/size"),
        ({**THING, "kind": "c"}, "kind", "inferred", "/kind"),
        ({**THING, "shape": "flat"}, "shape", "documented", "/shape"),
        ({**THING, "at": "2026-01-31"}, "at.format", "documented", "/at"),
        ({**THING, "at": "2026-02-30T00:00:00Z"}, "at.format", "documented", "/at"),
        ({**THING, "link": "not a link"}, "link.format", "inferred", "/link"),
        ({**THING, "tags": ["ab", "c"]}, "tags.[].minLength", "documented", "/tags/1"),
        ({**THING, "either": {"deep": "x"}}, "either.deep.type", "documented", "/either/deep"),
        ({**THING, "either": {}}, "either.deep.required", "documented", "/either/deep"),
        ({**THING, "either": "x"}, "either.type", "documented", "/either"),
        ({**THING, "labels": {"a/b": 1}}, "labels.*.type", "documented", "/labels/a~1b"),
        ({**THING, "closed": {"other": 1}}, "closed", "documented", "/closed"),
        ({**THING, "colour": 1}, "colour.type", "public", "/colour"),
        ([], "type", "documented", ""),
    ],
)
def test_a_body_is_judged_by_every_keyword_on_both_sides(thing: Any, clause: str, confidence: str, place: str) -> None:
    assert told(put(thing)) == [(f"{REQUEST}body.{clause}", confidence, f"request.body{place}")]
    assert told(put(answer=thing)) == [(f"{ANSWER}body.{clause}", confidence, f"answer.body{place}")]


@pytest.mark.parametrize(
    ("thing", "place"),
    [
        ({**THING, "extra": 1}, "/extra"),
        ({**THING, "either": {"deep": 1, "deeper": 2}}, "/either/deeper"),
    ],
)
def test_what_nothing_is_documented_of_is_the_weakest_finding(thing: Any, place: str) -> None:
    clause = place.replace("/", ".")
    assert told(put(thing)) == [(f"{REQUEST}body{clause}", "undocumented", f"request.body{place}")]
    assert told(put(answer=thing)) == [(f"{ANSWER}body{clause}", "undocumented", f"answer.body{place}")]


@pytest.mark.parametrize(
    ("changes", "clause", "confidence", "place"),
    [
        ({"query": "dry=maybe"}, "query.dry.type", "documented", "request.query.dry"),
        ({"query": "ids=1&ids=x"}, "query.ids.[].type", "documented", "request.query.ids/1"),
        ({"query": "other=1"}, "query.other", "undocumented", "request.query.other"),
        ({"headers": {**JSON, "x-key": "k"}}, "header.X-Who.required", "inferred", "request.header.X-Who"),
        (
            {"headers": {**JSON, "x-key": "k", "x-who": "tom"}},
            "header.X-Who.format",
            "documented",
            "request.header.X-Who",
        ),
        ({"headers": {**JSON, "x-who": "a@b"}}, "security.key", "example", "request.headers"),
        (
            {"headers": {**JSON, "x-who": "a@b", "authorization": "Basic x"}},
            "security.key",
            "example",
            "request.headers",
        ),
        ({"body": b""}, "body.(required)", "documented", "request.body"),
        ({"body": b"{"}, "body.content.application/json", "documented", "request.body"),
        ({"body": b'{"name": NaN}'}, "body.content.application/json", "documented", "request.body"),
        ({"body": b"[" * 100_000}, "body.content.application/json", "documented", "request.body"),
    ],
)
def test_parameters_security_and_the_form_of_a_body_are_judged(
    changes: dict[str, Any], clause: str, confidence: str, place: str
) -> None:
    assert (f"{REQUEST}{clause}", confidence, place) in told(put(**changes))


def test_a_parameter_that_lacks_an_integer_is_told_as_it_came() -> None:
    [finding] = judge(TOY, put(query="ids=1&ids=x"))
    assert finding.got == '"x"'


def test_where_one_of_several_fields_has_to_be_there_all_are_named() -> None:
    [finding] = judge(TOY, put({**THING, "named": {}}))
    assert (finding.clause, finding.expected) == (f"{BODY}named.id.required", "one of id, name")
    assert judge(TOY, put({**THING, "named": {"name": "x"}})) == []


def test_a_wrong_content_type_names_those_that_are_documented() -> None:
    [finding] = judge(TOY, put(headers={"x-key": "k", "x-who": "a@b", "content-type": "Text/Plain; charset=utf-8"}))
    assert (finding.place, finding.expected, finding.got) == (
        "request.headers.content-type",
        "application/json",
        "text/plain",
    )


@pytest.mark.parametrize(
    ("status", "confidence"),
    [(200, "documented"), (302, "inferred"), (500, "inferred")],
)
def test_a_status_that_is_not_listed_is_a_finding_about_the_operation(status: int, confidence: str) -> None:
    [(clause, certainty, place)] = told(put(status=status))
    assert (clause, certainty, place) == ("toy.put_thing", confidence, "answer.status")


def test_a_list_of_statuses_is_as_certain_as_the_least_certain_of_its_class() -> None:
    """What else a vendor refuses with, nobody knows where only guesses are listed; what a success is, is documented."""
    youtestme = contract_of("youtestme")
    seen = Observed(method="GET", path="/users/7", headers={"x-api-key": "k"}, status=418, answer_headers={})
    [refusal] = judge_answer(youtestme, seen)
    assert (refusal.clause, refusal.confidence) == ("youtestme.get_user", "inferred")


def test_a_receiver_that_refuses_a_webhook_breaks_a_guess_only() -> None:
    [finding] = judge(TOY, webhook({"id": 1}, status=500))
    assert (finding.confidence, finding.side, finding.place) == ("inferred", "client", "answer.status")


@pytest.mark.parametrize(
    ("headers", "clause"),
    [
        (JSON, "header.Location"),
        ({**JSON, "location": "no address"}, "header.Location"),
        ({**JSON, "location": "https://a.example", "x-left": "many"}, "header.X-Left"),
    ],
)
def test_headers_of_an_answer_are_judged(headers: dict[str, str], clause: str) -> None:
    [(found, confidence, place)] = told(put(answer_headers=headers))
    assert (found, confidence, place) == (f"{ANSWER}{clause}", "documented", f"answer.headers.{clause[7:]}")


def test_a_claim_inside_a_token_is_judged() -> None:
    [(clause, _, place)] = told(start({"sub": 5}))
    assert (clause, place) == ("toy.start.request.body.token.content.sub.type", "request.body/token/content/sub")
    [(clause, _, _)] = told(start(body=b"token=abc"))
    assert clause == "toy.start.request.body.token"


@pytest.mark.parametrize(
    ("query", "clause", "place"),
    [
        (f"token={token({'sub': 5})}", ".content.sub.type", "/content/sub"),
        (f"token={token({'who': 'tom'})}", ".content.sub.required", "/content/sub"),
        ("token=abc", "", ""),
        ("", ".required", ""),
    ],
)
def test_a_token_in_a_link_is_judged(query: str, clause: str, place: str) -> None:
    [(found, _, at)] = told(start_by_link(query))
    assert (found, at) == (f"toy.start_by_link.request.query.token{clause}", f"request.query.token{place}")


@pytest.mark.parametrize(
    ("changes", "place", "expected"),
    [
        ({"path": "/nowhere"}, "request.path", "a path that is documented"),
        ({"method": "PATCH"}, "request.method", "one of POST"),
    ],
)
def test_a_call_of_what_is_not_documented_is_the_clients_doing(
    changes: dict[str, Any], place: str, expected: str
) -> None:
    [finding] = judge(TOY, put(**changes))
    assert (finding.clause, finding.side, finding.place, finding.expected) == ("toy.paths", "client", place, expected)
    assert judge(TOY, put(**changes), {"server"}) == []


@pytest.mark.parametrize(("status", "confidence"), [(404, "documented"), (405, "documented"), (200, "undocumented")])
def test_who_has_what_is_not_documented_answers_for_it(status: int, confidence: str) -> None:
    [finding] = judge(TOY, put(path="/nowhere", status=status), {"client"})
    assert finding.confidence == confidence


@pytest.mark.parametrize("changes", [{"method": "OPTIONS"}, {"method": "HEAD", "path": "/things/7"}])
def test_what_http_has_for_every_address_is_nobodys_mistake(changes: dict[str, Any]) -> None:
    assert judge(TOY, put(**{**changes, "status": 405, "body": b""})) == []


@pytest.mark.parametrize(
    ("coding", "body", "found"),
    [
        ("gzip", gzip.compress(b'{"name": 1, "size": 2}', mtime=0), [f"{BODY}name.type"]),
        ("deflate", zlib.compress(b'{"name": 1, "size": 2}'), [f"{BODY}name.type"]),
        ("gzip", b'{"name": 1, "size": 2}', [f"{BODY}name.type"]),
        ("br", b"\x8b\x01\x80", []),
        ("", b"\x8b\x01\x80", [f"{BODY}content.application/json"]),
    ],
    ids=["gzip", "deflate", "decoded already", "unknown", "none"],
)
def test_a_coded_body_is_judged_by_what_it_holds(coding: str, body: bytes, found: list[str]) -> None:
    seen = put(body=body)
    coded = replace(seen, headers={**seen.headers, "content-encoding": coding})
    assert [each.clause for each in judge_call(TOY, coded)] == found


def test_requests_are_the_callers_doing_and_answers_the_others() -> None:
    both = put({"size": 1}, answer={"size": 1})
    assert [each.side for each in judge(TOY, both)] == ["client", "server"]
    assert judge_call(TOY, both) == judge(TOY, both, {"client"})
    assert judge_answer(TOY, both) == judge(TOY, both, {"server"})


def test_a_webhook_is_the_servers_doing() -> None:
    [finding] = judge(TOY, webhook({}), {"server"})
    assert (finding.clause, finding.side) == ("toy.thing_put.request.body.id.required", "server")
    assert judge(TOY, webhook({}), {"client"}) == []


def test_an_operation_whose_role_is_swapped_is_called_by_the_server() -> None:
    seen = put({}, path="/told", status=204, answer=b"")
    assert [(each.clause, each.side) for each in judge(TOY, seen)] == [("toy.tell.request.body.id.required", "server")]


def test_a_webhook_that_nobody_documents_is_not_judged() -> None:
    assert judge(TOY, webhook({}, webhook="unknown")) == []
    assert judge(TOY, webhook({}, webhook="unknown")) == []


def test_an_answer_that_proves_nothing_is_not_judged() -> None:
    assert judge(TOY, put(answer={}, status=999, spoiled="a fault was put in")) == []


def test_an_answer_to_head_needs_no_body() -> None:
    assert judge_answer(TOY, read(method="HEAD")) == []


def test_a_finding_tells_its_source_and_its_exchange() -> None:
    [finding] = judge(TOY, put({**THING, "colour": 1}, number=41))
    assert (finding.source, finding.says, finding.expected, finding.got) == (
        "The Toy Blog",
        "type: string",
        "type: string",
        "1",
    )
    assert finding.exchange == 41


def test_a_long_value_is_cut() -> None:
    [finding] = judge(TOY, put({**THING, "shape": "x" * 1000}))
    assert len(finding.got) < 130


SID = "a" * 32
PROVISION = {"course": {"ids": {"external": "acme"}}}


def ask(method: str, path: str, body: Any = None, **headers: str) -> Observed:
    return Observed(
        method=method,
        path=path,
        headers={**(JSON if body is not None else {}), **headers},
        body=json.dumps(body).encode() if body is not None else b"",
        answer_headers={},
    )


REAL = [
    (
        "youtestme",
        ask("POST", "/users/", {"username": 5}, **{"x-api-key": "k"}),
        "create_user.request.body.username.type",
    ),
    ("youtestme", ask("POST", "/ssoLinks", {}), "create_sso_link.request.security.apiKey"),
    ("youtestme", ask("GET", "/users/externalId=a%2Fb", **{"x-api-key": "k"}), None),
    ("youtestme", ask("GET", "/users/username=a@b.example", authorization="Bearer k"), None),
    ("youtestme", ask("DELETE", "/users/7", **{"x-api-key": "k"}), "paths"),
    ("smarterproctoring", ask("POST", f"/v2/installs/AI{SID}/provision", PROVISION, token="t"), None),
    (
        "smarterproctoring",
        ask("POST", f"/v2/installs/AI{SID}/provision", PROVISION),
        "provision.request.security.token",
    ),
    (
        "smarterproctoring",
        ask("POST", f"/v2/installs/{SID}/provision", PROVISION, token="t"),
        "provision.request.path.installSid.pattern",
    ),
    (
        "smarterproctoring",
        ask("POST", f"/v2/installs/AI{SID}/provision", {}, token="t"),
        "provision.request.body.course.required",
    ),
    (
        "constructor",
        ask("POST", "/api/v2/integration/simple/demo/exams/", {"accountId": True}, authorization="JWT x"),
        "put_exam.request.body.accountId.type",
    ),
    (
        "constructor",
        ask("POST", "/api/v2/integration/simple/demo/exams/", authorization="JWT x"),
        "put_exam.request.body.(required)",
    ),
    (
        "constructor",
        ask("GET", "/api/v2/integration/simple/demo/sessions/1/status/"),
        "get_session_status.request.security.jwt",
    ),
    (
        "talentsoft",
        ask("GET", "/api/v1/assessment/tests", authorization="Bearer t"),
        "list_assessments.request.query.campaign_id.required",
    ),
    ("talentsoft", ask("GET", "/api/v1/assessment/campaigns"), "list_campaigns.request.security.bearer"),
    (
        "talentsoft",
        ask("POST", "/api/v1/assessment/tests", {"campaign_id": "1", "invitations": [{}]}, authorization="Bearer t"),
        "invite_applicants.request.body.invitations.[].email.required",
    ),
]


@pytest.mark.parametrize(("vendor", "seen", "clause"), REAL)
def test_calls_of_the_real_vendors_are_judged(vendor: str, seen: Observed, clause: str | None) -> None:
    contract = contract_of(vendor)
    found = {each.clause for each in judge(contract, seen)}
    assert (f"{vendor}.{clause}" in found) if clause else not found
    assert {each for each in found if not each.endswith(".paths")} <= contract.clauses.keys()


ANSWERS = [
    ("youtestme", "GET", "/users/7", {"id": "7"}, "get_user.response.200.body.id.type"),
    ("smarterproctoring", "GET", "/v1/currentTime", [], "get_current_time.response.200.body.type"),
    (
        "constructor",
        "GET",
        "/api/v2/integration/simple/d/sessions/1/status/",
        {"status": "gone"},
        "get_session_status.response.200.body.status",
    ),
    (
        "talentsoft",
        "GET",
        "/api/v1/assessment/campaigns",
        {"code": 200, "status": "ok", "message": None, "data": []},
        "list_campaigns.response.200.body.status.const",
    ),
    (
        "talentsoft",
        "GET",
        "/api/v1/assessment/campaigns",
        {"status": "success"},
        "list_campaigns.response.200.body.code.required",
    ),
]


@pytest.mark.parametrize(("vendor", "method", "path", "body", "clause"), ANSWERS)
def test_answers_of_the_real_vendors_are_judged(vendor: str, method: str, path: str, body: Any, clause: str) -> None:
    seen = Observed(
        method=method, path=path, headers={}, status=200, answer_headers=JSON, answer=json.dumps(body).encode()
    )
    found = judge(contract_of(vendor), seen, {"server"})
    assert f"{vendor}.{clause}" in {each.clause for each in found}
    assert {each.side for each in found} == {"server"}


def test_the_partners_callback_is_the_partners_doing() -> None:
    """Talentsoft is the caller of all else; its own endpoint is the partner's to call."""
    talentsoft = contract_of("talentsoft")
    form = {"content-type": "application/x-www-form-urlencoded"}
    told = Observed(method="POST", path="/api/v1/assessmentcallback", headers=form, body=b"a=b", answer_headers={})
    assert {each.side for each in judge(talentsoft, told)} == {"server"}
    as_webhook = Observed(
        method="POST", path="", webhook="assessment_updated", headers=form, body=b"a=b", answer_headers={}
    )
    assert {each.side for each in judge(talentsoft, as_webhook)} == {"server"}
    assert talentsoft.webhooks["call_list_campaigns"].caller == "client"


@pytest.mark.parametrize("kind", ["text/json", "application/vnd.toy+json; charset=utf-8", "application/x-json", ""])
def test_json_of_another_name_is_judged_as_json(kind: str) -> None:
    asked = put({**THING, "size": "x"}, headers={"x-key": "k", "x-who": "a@b", "content-type": kind})
    assert [(each.clause, each.place) for each in judge_call(TOY, asked)] == [
        (f"{BODY}content.application/json", "request.headers.content-type"),
        (f"{BODY}size.type", "request.body/size"),
    ]
    answered = put(answer_headers={**put().answer_headers, "content-type": kind})
    assert [each.clause for each in judge_answer(TOY, answered)] == [
        "toy.put_thing.response.201.body.content.application/json"
    ]


TAKEN = """
openapi: 3.1.0
x-confidence: documented
paths:
  /take:
    post:
      operationId: take
      responses:
        "200":
          content:
            application/json:
              x-confidence: inferred
              schema:
                type: object
                x-confidence: documented
                required: [code]
                properties: {code: {const: 200}, a: {type: string}}
        2XX: {x-confidence: inferred, x-body-of: "200", x-status-field: code}
"""


@pytest.mark.parametrize(
    ("status", "kind", "answer", "found"),
    [
        (201, "application/json", b'{"code": 201, "a": "b"}', []),
        (201, "application/json", b'{"code": 200}', [("code.const", "documented", "const: 201")]),
        (200, "application/json", b'{"code": 201}', [("code.const", "documented", "const: 200")]),
        (
            202,
            "application/json",
            b'{"a": 1}',
            [("code.required", "documented", "a value"), ("a.type", "documented", "type: string")],
        ),
        (200, "text/json", b'{"code": 200}', [("content.application/json", "inferred", "application/json")]),
        (202, "text/plain", b"accepted", [("type", "documented", "application/json")]),
        (200, "application/json", b"<p>", [("type", "documented", "application/json")]),
    ],
)
def test_a_status_may_have_the_body_of_another_and_the_name_of_json_be_a_guess(
    status: int, kind: str, answer: bytes, found: list[tuple[str, str, str]]
) -> None:
    contract, headers = Contract("taken", yaml.safe_load(TAKEN)), {"content-type": kind}
    seen = Observed(method="POST", path="/take", headers={}, status=status, answer_headers=headers, answer=answer)
    told = [(each.clause, each.confidence, each.expected) for each in judge_answer(contract, seen)]
    assert sorted(told) == sorted((f"taken.take.response.200.body.{clause}", *rest) for clause, *rest in found)
    assert {each[0] for each in told} <= exercised(contract, seen)
