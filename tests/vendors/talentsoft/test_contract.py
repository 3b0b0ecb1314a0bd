"""What the contract holds against whom, and how certainly: as the guide says it, and no more than that."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.judge import judge
from mockserver.contract.load import read_contract
from mockserver.contract.observed import Finding, Observed

CONTRACT = Contract("talentsoft", read_contract("mockserver.vendors.talentsoft"))
JSON = {"content-type": "application/json"}
TOKEN, CAMPAIGNS = "/api/v1/token", "/api/v1/assessment/campaigns"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
APPLICATION = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
ENVELOPE = {"code": 200, "status": "success", "message": None}
GIVEN = {"access_token": "fake", "token_type": "bearer", "expires_in": "3600"}
CAMPAIGN = {"campaign_id": "1", "name": "Analysts", "language": "enGB"}
ASSESSMENT = {
    "campaign_id": "1",
    "applicant_id": "dabe28c0-7f0b-470a-8c5b-27bc59092001",
    "status": "completed",
    "assessment_invitation_link": "https://partner.com/1",
    "recruiter_link": "https://partner.com/2",
    "readonly_link": "https://partner.com/3",
    "global_score": "80",
    "global_report": {"name": "global", "url": "https://partner.com/4", "report_type": "PDF"},
    "scores": [{"name": "logic", "value": "75.5 %"}],
    "reports": [],
}
Found = set[tuple[str, str]]
_OF_BODY = re.compile(r"^talentsoft\.\w+\.(request|response\.\w+)\.body\.")


def answered(operation: str, body: Any, status: int = 200) -> Found:
    """Return the clauses that an answer breaks, shortened, and how certain each is."""
    entry = next(each for each in CONTRACT.operations if each.name == operation)
    answer = b"" if body is None else json.dumps(body).encode()
    seen = Observed(method=entry.method, path=entry.path, headers={}, status=status, answer_headers=JSON, answer=answer)
    return _told(judge(CONTRACT, seen, {"server"}))


def asked(form: dict[str, str]) -> Found:
    """Return the clauses that a form of the token call breaks, shortened, and how certain each is."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    seen = Observed(method="POST", path=TOKEN, headers=headers, body=urlencode(form).encode(), answer_headers={})
    return _told(judge(CONTRACT, seen, {"client"}))


def _told(findings: list[Finding]) -> Found:
    return {(_OF_BODY.sub("", each.clause), each.confidence) for each in findings}


def campaigns(**changes: Any) -> Any:
    return {**ENVELOPE, "data": [{**CAMPAIGN, **changes}]}


def assessments(**changes: Any) -> Any:
    return {**ENVELOPE, "data": [{**ASSESSMENT, **changes}]}


@pytest.mark.parametrize(
    "assertion",
    [jwt.encode({"iss": "ts_customer"}, "s" * 32), jwt.encode({"iss": "a", "aud": "b", "exp": 1}, "s" * 32)],
)
def test_forms_of_the_token_call_that_are_kept(assertion: str) -> None:
    assert asked(APPLICATION) == set()
    assert asked({"grant_type": JWT_BEARER, "assertion": assertion}) == set()


FORMS = [
    ({"grant_type": "password"}, ("grant_type", "documented")),
    ({**APPLICATION, "grant_type": "password"}, ("grant_type", "documented")),
    ({"grant_type": "client_credentials", "client_id": "a"}, ("client_secret.required", "documented")),
    ({"grant_type": "client_credentials", "client_secret": "a"}, ("client_id.required", "documented")),
    ({"grant_type": JWT_BEARER}, ("assertion.required", "documented")),
    ({"grant_type": JWT_BEARER, "assertion": "a.b.c"}, ("assertion", "documented")),
    (
        {"grant_type": JWT_BEARER, "assertion": jwt.encode({"sub": "x"}, "s" * 32)},
        ("assertion.content.iss.required", "documented"),
    ),
    ({"client_id": "a"}, ("grant_type.required", "documented")),
]


@pytest.mark.parametrize(("form", "wrong"), FORMS)
def test_forms_of_the_token_call_that_are_not(form: dict[str, str], wrong: tuple[str, str]) -> None:
    assert asked(form) == {wrong}


KEPT = [
    ("create_token", GIVEN),
    ("create_token", {**GIVEN, "token_type": "Bearer", "expires_in": 3600}),
    ("list_campaigns", {**ENVELOPE, "code": "200", "data": []}),
    ("list_campaigns", campaigns(language="sr-Latn-RS")),
    ("list_assessments", assessments()),
    ("list_assessments", assessments(global_score=None, global_report=None, scores=None, reports=None)),
    ("list_assessments", assessments(reports=[{**ASSESSMENT["global_report"], "language": None, "comment": None}])),  # type: ignore[dict-item]
    ("erase_applicant", ENVELOPE),
]


@pytest.mark.parametrize(("operation", "body"), KEPT)
def test_answers_that_are_kept(operation: str, body: Any) -> None:
    assert answered(operation, body) == set()


ANSWERS = [
    ("create_token", {**GIVEN, "token_type": "mac"}, ("token_type.pattern", "documented")),
    ("create_token", {**GIVEN, "expires_in": "an hour"}, ("expires_in.pattern", "documented")),
    ("list_campaigns", {**ENVELOPE, "code": 400, "data": []}, ("code.const", "documented")),
    ("list_campaigns", {**ENVELOPE, "message": "Fine.", "data": []}, ("message", "documented")),
    ("list_campaigns", {"code": 200, "status": "success", "data": []}, ("message.required", "inferred")),
    ("list_campaigns", ENVELOPE, ("data.required", "documented")),
    ("list_campaigns", campaigns(campaign_id=1), ("data.[].campaign_id.type", "example")),
    ("list_campaigns", campaigns(language="english please"), ("data.[].language.pattern", "documented")),
    ("list_campaigns", campaigns(language="english"), ("data.[].language.pattern", "documented")),
    ("list_assessments", assessments(global_score=80), ("data.[].global_score.type", "example")),
    ("list_assessments", assessments(global_score="abc"), ("data.[].global_score.pattern", "documented")),
    ("list_assessments", assessments(recruiter_link="/1"), ("data.[].recruiter_link.format", "example")),
    ("list_assessments", assessments(scores=[{"name": "a", "value": 75}]), ("data.[].scores.[].value.type", "example")),
    ("list_assessments", assessments(status="done"), ("data.[].status", "documented")),
]


@pytest.mark.parametrize(("operation", "body", "wrong"), ANSWERS)
def test_answers_that_are_not(operation: str, body: Any, wrong: tuple[str, str]) -> None:
    assert answered(operation, body) == {wrong}


@pytest.mark.parametrize(
    ("operation", "item", "field", "wrong"),
    [
        ("list_campaigns", CAMPAIGN, "campaign_id", {("data.[].campaign_id.required", "example")}),
        ("list_campaigns", CAMPAIGN, "name", {("data.[].name.required", "example")}),
        ("list_assessments", ASSESSMENT, "status", {("data.[].status.required", "example")}),
        ("list_assessments", ASSESSMENT, "readonly_link", {("data.[].readonly_link.required", "example")}),
        (
            "list_assessments",
            {**ASSESSMENT, "status": "waiting"},
            "recruiter_link",
            {("data.[].recruiter_link.required", "example")},
        ),
        ("list_assessments", {**ASSESSMENT, "status": "expired"}, "recruiter_link", set()),
        ("list_assessments", ASSESSMENT, "global_score", {("data.[].global_score.required", "inferred")}),
    ],
)
def test_what_every_sample_has_is_there(operation: str, item: Any, field: str, wrong: Found) -> None:
    lacking = {name: value for name, value in item.items() if name != field}
    assert answered(operation, {**ENVELOPE, "data": [lacking]}) == wrong


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("language=fr-FR", set()),
        ("language=frFR&keyword=any", set()),
        ("language=", set()),
        ("language=english%20please", {"talentsoft.list_campaigns.request.query.language.pattern"}),
    ],
)
def test_languages_that_are_asked_for(query: str, wrong: set[str]) -> None:
    headers = {"authorization": "Bearer fake"}
    seen = Observed(method="GET", path=CAMPAIGNS, query=query, headers=headers, answer_headers={})
    found = judge(CONTRACT, seen, {"client"})
    assert {each.clause for each in found} == wrong
    assert {each.confidence for each in found} <= {"documented"}


def refused(code: Any, status: str, message: str | None = "Down.") -> Any:
    return {"code": code, "status": status, "message": message}


STATUSES = [
    (503, refused("503", "fail"), set()),
    (503, refused(503, "error"), {("status.const", "documented")}),
    (503, refused("200", "fail"), {("code", "documented")}),
    (502, "<h1>Down</h1>", {("type", "inferred")}),
    (400, refused("400", "error"), set()),
    (400, refused(200, "error"), {("code.const", "documented")}),
    (400, refused(400, "fail"), {("status.const", "documented")}),
    (201, {**campaigns(), "code": 201}, set()),
    (206, {**campaigns(campaign_id=1), "code": "206"}, {("data.[].campaign_id.type", "example")}),
    (201, campaigns(), {("code.const", "documented")}),
    (202, {"message": None}, {(f"{name}.required", "documented") for name in ("code", "status", "data")}),
    (204, None, {("type", "documented")}),
    (302, None, {("talentsoft.list_campaigns", "inferred")}),
]


@pytest.mark.parametrize(("status", "body", "wrong"), STATUSES)
def test_statuses(status: int, body: Any, wrong: Found) -> None:
    assert answered("list_campaigns", body, status) == wrong


def test_what_only_samples_show_of_an_operation_is_its_path() -> None:
    """That there is a call is said for each, and what it takes and answers; where it is served is shown."""
    own = {each.name: CONTRACT.clauses[f"talentsoft.{each.name}"].confidence for each in CONTRACT.operations}
    assert own.pop("create_token_at_root") == "public"
    assert set(own.values()) == {"example"}
    said = [
        "list_campaigns.request.security.bearer",
        "list_campaigns.request.query.keyword",
        "invite_applicants.request.body.invitations.type",
        "erase_applicant.response.200.body.status.const",
        "receive_callback.request.body.client_id.required",
    ]
    assert {CONTRACT.clauses[f"talentsoft.{each}"].confidence for each in said} == {"documented"}
