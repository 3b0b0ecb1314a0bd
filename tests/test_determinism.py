"""The same seed, clock and requests give the same bytes in another process."""

from typing import Any

import jwt
import requests

from tests.server import patient_session, running_server

CLOCK = "2025-05-15T10:00:00Z"
FAR = 4_102_444_800
INSTALL = "AIa1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
EXAM = {
    "accountId": 1,
    "accountName": "Acme",
    "examId": "physics",
    "examName": "Physics",
    "duration": 60,
    "schedule": False,
    "proctoring": "offline",
    "startDate": "2025-01-01T00:00:00Z",
    "endDate": "2025-12-31T00:00:00Z",
}
SECRETS = {
    "constructor": "fake-constructor-secret-0123456789abcdef",
    "partner": "fake-talentsoft-secret-0123456789abcdef",
}
YTM = {"X-API-Key": "fake-youtestme-key"}
SMARTER = {"token": "fake-smarterproctoring-token"}
JWT = {"Authorization": "JWT " + jwt.encode({"exp": FAR}, SECRETS["constructor"])}
SESSION = {**EXAM, "userId": "u1", "sessionId": "s1", "sessionUrl": "https://lms.example/exam"}
Call = tuple[str, str, dict[str, str], dict[str, Any]]


def calls() -> list[Call]:
    person = {"username": "tom", "roleCode": "STU", "firstName": "Tom", "lastName": "Palmer", "email": "t@example.com"}
    course = {"ids": {"external": "acme"}, "title": "Acme", "code": "A-1"}
    user = {"ids": {"external": "u1"}, "firstName": "Tom", "lastName": "Palmer", "email": "t@example.com"}
    api = "/constructor/api/v2/integration/simple/demo"
    start = {"token": jwt.encode(SESSION, SECRETS["constructor"])}
    grant = {"grant_type": "client_credentials", "client_id": "ts_demo", "client_secret": SECRETS["partner"]}
    return [
        ("POST", "/youtestme/users/", YTM, {"json": person}),
        ("POST", "/youtestme/users/", YTM, {"json": person}),
        ("POST", "/youtestme/ssoLinks", YTM, {"json": {"username": "tom", "page": "myTests.xhtml"}}),
        (
            "POST",
            "/youtestme/webhooks",
            YTM,
            {"json": {"event": "attempt", "resource": "finish", "url": "http://a.example"}},
        ),
        ("GET", "/youtestme/authorizations", YTM, {}),
        ("GET", "/youtestme/nowhere", YTM, {}),
        (
            "POST",
            f"/smarterproctoring/v2/installs/{INSTALL}/provision",
            SMARTER,
            {"json": {"course": course, "user": user}},
        ),
        ("POST", f"/smarterproctoring/v2/installs/{INSTALL}/provision", SMARTER, {"json": {"course": {}}}),
        ("GET", f"/smarterproctoring/v1/installs/{INSTALL}/reports/appointments", SMARTER, {}),
        ("POST", f"{api}/exams/", JWT, {"json": EXAM}),
        ("POST", "/constructor/integration/simple/demo/start/", {}, {"data": start}),
        ("GET", f"{api}/sessions/s1/status/", JWT, {}),
        ("POST", "/talentsoft/api/v1/token", {}, {"data": grant}),
        ("GET", "/talentsoft/api/v1/assessment/campaigns", {"Authorization": "Bearer $token"}, {}),
        ("GET", "/talentsoft/api/v1/assessment/tests?campaign_id=1", {"Authorization": "Bearer $token"}, {}),
    ]


def answers_of(seed: int) -> tuple[list[tuple[int, dict[str, str], bytes]], list[Any]]:
    """Return what one fresh process answers, and its journal without the client's own headers."""
    options = ("--seed", str(seed), "--clock", CLOCK, "--public-url", "http://mock.test")
    found = []
    with running_server(*options) as (origin, _), patient_session() as http:
        token = ""
        for method, path, headers, body in calls():
            sent = {name: value.replace("$token", token) for name, value in headers.items()}
            answer = http.request(method, origin + path, headers=sent, timeout=20, **body)
            if "access_token" in answer.text:
                token = answer.json()["access_token"]
            kept = {name: value for name, value in answer.headers.items() if name.lower() != "date"}
            found.append((answer.status_code, kept, answer.content))
        return found, [without_host(each) for each in journal_of(http, origin)]


def journal_of(http: requests.Session, origin: str) -> list[dict[str, Any]]:
    exchanges: list[dict[str, Any]] = http.get(f"{origin}/__admin/sandboxes/default/journal", timeout=20).json()[
        "exchanges"
    ]
    return exchanges


def without_host(exchange: dict[str, Any]) -> dict[str, Any]:
    """The port of a test's server is the one thing that two processes cannot share."""
    exchange["request"]["headers"].pop("host")
    return exchange


def test_two_processes_with_one_seed_answer_the_same_bytes() -> None:
    one = answers_of(7)
    assert [status for status, *_ in one[0]] == [
        201,
        409,
        201,
        201,
        200,
        404,
        200,
        400,
        200,
        201,
        200,
        200,
        200,
        200,
        200,
    ]
    assert answers_of(7) == one


def test_another_seed_gives_other_ids() -> None:
    one, other = answers_of(7)[0], answers_of(8)[0]
    assert [status for status, *_ in one] == [status for status, *_ in other]
    assert one != other
