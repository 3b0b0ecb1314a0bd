"""Bad input is refused by field, and nothing that is sent makes the server fail."""

import json
from typing import Any

import pytest

from tests.server import RemoteSandbox

from .client import API, EXAM, PAGES, START, finish, put_exam, sign, signed, start

WRONG: dict[str, list[Any]] = {
    "accountId": [None, "", "x" * 256, True, 1.5, [], {}, 2**63],
    "accountName": [None, "", "x" * 256, 1, []],
    "examId": [None, "", "x" * 256, False, {}],
    "examName": [None, "", "x" * 501, 1],
    "courseName": ["x" * 451, 1, []],
    "userAgreementUrl": ["x", "ftp://a.example", "javascript:alert(1)", f"https://a.example/{'x' * 200}", 1],
    "duration": [None, "60", 0, -1, 1.5, True, 10**30, 1e300],
    "schedule": [None, 0, "true", []],
    "proctoring": [None, "", "live", 1, []],
    "identification": ["face_and_voice", 1],
    "trial": [0, "no"],
    "auxiliaryCamera": [1],
    "auxiliaryCameraMode": ["film"],
    "startDate": [None, "", "2025-05-01", "2025-05-01T00:00:00", "soon", 1746057600, "0001-01-01T00:00:00+23:59"],
    "endDate": [None, "9999-12-31T23:59:59-23:59", EXAM["startDate"], "2024-01-01T00:00:00Z", []],
    "rules": [[], "x", 1],
    "rules.allow_to_use_paper": [1, "yes"],
    "rules.custom_rules": [1, "x" * 10_001],
    "scoreConfig": [[], 80],
    "scoreConfig.cheaterLevel": [101, -1, "80", 1.5, True],
    "scoreConfig.cheater_level": [101],
    "scoreConfig.phone": [10.5, -1, "1", True, []],
    "scoreConfig.look_away": [11],
    "visibleWarnings": [[], True],
    "visibleWarnings.warning_timeout": [1, "no"],
    "desktopAppForbiddenProcesses": ["x", {}],
    "streamsPreset": [1],
    "ldb": ["x"],
}
CASES = [pytest.param(field, value, id=f"{field}-{str(value)[:20]}") for field, all_ in WRONG.items() for value in all_]


def changed(whole: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    outer, _, inner = field.partition(".")
    return {**whole, outer: {inner: value} if inner else value}


@pytest.mark.parametrize(("field", "value"), CASES)
def test_a_wrong_exam_field_is_named(sandbox: RemoteSandbox, field: str, value: Any) -> None:
    answer = put_exam(sandbox, changed(EXAM, field, value))
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert all(isinstance(message, str) for message in answer.json()[field])


@pytest.mark.parametrize("field", EXAM)
def test_a_missing_exam_field_is_named(sandbox: RemoteSandbox, field: str) -> None:
    answer = put_exam(sandbox, {name: value for name, value in EXAM.items() if name != field})
    assert (answer.status_code, list(answer.json())) == (400, [field])


BODIES = {
    "empty": b"",
    "not json": b"{",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "NaN": b'{"duration": NaN}',
    "lone surrogate": b'{"examName": "\\ud800"}',
    "not utf-8": b'{"examName": "\xff"}',
    "too deep": b'{"rules":' * 20_000,
    "deep list": b'{"desktopAppAllowedProcesses":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_object_is_refused(sandbox: RemoteSandbox, body: bytes) -> None:
    for path in ("/exams/", "/sessions/chiara-safety/finish/"):
        if body or path == "/exams/":
            answer = sandbox.post(API + path, data=body, headers={"Content-Type": "application/json", **signed()})
            assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(("depth", "expected"), [(1, 201), (3, 201), (10, 400), (300, 400), (900, 400), (1010, 400)])
def test_lists_of_processes_are_not_nested_deep(sandbox: RemoteSandbox, depth: int, expected: int) -> None:
    nested = "[" * depth + "]" * depth
    body = json.dumps(EXAM)[:-1] + f', "desktopAppAllowedProcesses": [{nested}]}}'
    answer = sandbox.post(f"{API}/exams/", data=body, headers={"Content-Type": "application/json", **signed()})
    assert answer.status_code == expected


def test_other_content_types_are_refused(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/exams/", data="a=1", headers={"Content-Type": "text/plain", **signed()})
    assert (answer.status_code, list(answer.json())) == (415, ["detail"])
    assert sandbox.post(f"{PAGES}/start/", json={"token": sign(START)}).status_code == 415


def test_a_body_over_the_limit_is_refused(sandbox: RemoteSandbox) -> None:
    answer = put_exam(sandbox, {**EXAM, "more": "x" * 1_100_000})
    assert (answer.status_code, list(answer.json())) == (413, ["detail"])
    assert start(sandbox, {**START, "more": "x" * 1_100_000}).status_code == 413


def test_a_field_given_twice_counts_once(sandbox: RemoteSandbox) -> None:
    answer = put_exam(sandbox, EXAM)
    body = answer.content.replace(b'"duration":60', b'"duration":60,"duration":90')
    answer = sandbox.post(f"{API}/exams/", data=body, headers={"Content-Type": "application/json", **signed()})
    assert answer.json()["duration"] == 90


def test_odd_text_is_kept(sandbox: RemoteSandbox) -> None:
    name = "nul \x00 <b> \U0001f6e1 ü"
    assert put_exam(sandbox, {**EXAM, "examName": name}).json()["examName"] == name
    page = start(sandbox, {**START, "examName": name})
    assert page.status_code == 200
    assert "&lt;b&gt;" in page.text


def test_dates_at_the_ends_of_the_calendar_are_kept(sandbox: RemoteSandbox) -> None:
    ends = {"startDate": "0001-01-01T00:00:00Z", "endDate": "9999-12-31T23:59:59Z"}
    for schedule in (False, True):
        page = start(sandbox, {**START, **ends, "schedule": schedule})
        assert page.status_code == 200
    assert put_exam(sandbox, {**EXAM, **ends}).json()["startDate"] == "0001-01-01T00:00:00Z"


LAST = {"startDate": "9999-12-31T23:00:00Z", "endDate": "9999-12-31T23:59:59Z", "schedule": True}


@pytest.mark.boot(clock="9999-12-31T23:50:00Z", settings={"constructor": {"late_after_minutes": 1440}})
def test_the_end_of_the_calendar_can_be_booked(sandbox: RemoteSandbox) -> None:
    headers = {"Authorization": f"JWT {sign({'exp': 10**12})}"}
    page = start(sandbox, {**START, **LAST})
    assert "No slots" not in page.text
    sandbox.action("constructor.book_slot", session_id="session-1", start="9999-12-31T23:55:00Z")
    answer = sandbox.get(f"{API}/sessions/session-1/status/", headers=headers)
    assert answer.json()["status"] == "early_to_start"


@pytest.mark.parametrize("key", ["x", "9" * 5000, "%00", "%ED%A0%80", "%FF", "a%2Fb", "..", "%20"])
def test_odd_ids_are_not_found(sandbox: RemoteSandbox, key: str) -> None:
    assert sandbox.get(f"{API}/sessions/{key}/status/", headers=signed()).status_code == 404
    assert sandbox.post(f"{API}/sessions/{key}/finish/", headers=signed()).status_code == 404
    assert sandbox.get(f"/constructor/session/{key}/").status_code == 404
    assert sandbox.get(f"/constructor/api/v2/integration/simple/{key}/exams/").status_code in {404, 405}


START_WRONG: dict[str, list[Any]] = {
    "userId": [None, "", "x" * 256, True, []],
    "email": ["x" * 256, 1],
    "lastName": ["x" * 256, 1],
    "firstName": ["x" * 256],
    "thirdName": ["x" * 256],
    "language": ["e", "en-GB-x", 1],
    "sessionId": [None, "", "x" * 231, 1],
    "sessionUrl": [None, "", "x", "javascript:alert(1)", "https://", "https://a.example/\n"],
    "sessionFinishUrl": ["x", "javascript:alert(1)", "https://a.example/\r\nX: y", 1],
    "preliminaryCheck": [[], "x"],
    "preliminaryCheck.enabled": [1],
    "biometricIdentification": [[], 1],
    "biometricIdentification.skip_fail": ["x"],
    "specialAccommodationsInfo": [1],
    "examName": [None],
    "endDate": [EXAM["startDate"]],
}
START_CASES = [
    pytest.param(field, value, id=f"{field}-{str(value)[:20]}") for field, all_ in START_WRONG.items() for value in all_
]


@pytest.mark.parametrize(("field", "value"), START_CASES)
def test_a_wrong_start_field_is_named_on_the_page(sandbox: RemoteSandbox, field: str, value: Any) -> None:
    page = start(sandbox, changed(START, field, value))
    assert page.status_code == 400
    assert f"<dt>{field}</dt>" in page.text
    assert not [each for each in sandbox.entities("constructor", "exams") if each["exam_id"] == "exam-1"]


@pytest.mark.parametrize("field", ["userId", "sessionId", "sessionUrl", "accountId", "examId", "duration"])
def test_a_missing_start_field_is_named_on_the_page(sandbox: RemoteSandbox, field: str) -> None:
    page = start(sandbox, {name: value for name, value in START.items() if name != field})
    assert page.status_code == 400
    assert f"<dt>{field}</dt>" in page.text


def test_the_pages_want_one_token(sandbox: RemoteSandbox) -> None:
    for path in ("/start/", "/archive/elena-safety/"):
        for answer in (sandbox.get(PAGES + path), sandbox.post(PAGES + path, data={"other": "x"})):
            assert answer.status_code == 400
            assert "<dt>token</dt>" in answer.text
        assert sandbox.get(f"{PAGES}{path}?token=a&token=b").status_code == 400


@pytest.mark.parametrize("url", ["x", 1, "javascript:alert(1)"])
def test_a_wrong_finish_address_is_named(sandbox: RemoteSandbox, url: Any) -> None:
    answer = finish(sandbox, "chiara-safety", json={"sessionFinishUrl": url})
    assert (answer.status_code, list(answer.json())) == (400, ["sessionFinishUrl"])
