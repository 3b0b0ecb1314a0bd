"""Whatever is sent is answered by the envelope, which names the field, and never by a failure."""

from typing import Any

import pytest

from tests.vendors.youtestme.conftest import Call

USER = {
    "username": "nora",
    "status": "ACT",
    "roleCode": "STU",
    "timeZoneId": "UTC",
    "interfaceLanguageId": 15,
    "examLanguageId": 15,
    "firstName": "Nora",
    "lastName": "New",
    "email": "nora@people.example",
    "externalId": "n-1",
}
AUTHORIZATION = {
    "authorizationExternalId": "a-1",
    "testId": 100002,
    "externalTestId": "cert-safety",
    "candidateId": 100001,
    "candidateExternalId": "cand-1001",
    "candidateUsername": "amara.okafor@people.example",
    "expirationDatetime": "2035-12-31T23:59:59Z",
}
LINK = {
    "userId": 100001,
    "username": "amara.okafor@people.example",
    "userExternalId": "cand-1001",
    "page": "myTests.xhtml",
    "refererUrl": "https://lms.meridian.example/",
    "expirationTime": "2035-12-31T23:59:59Z",
}
WEBHOOK = {
    "event": "attempt",
    "resource": "finish",
    "url": "https://lms.meridian.example/results",
    "secret": "fake",
    "active": True,
}
BODIES = {"/users/": USER, "/authorizations": AUTHORIZATION, "/ssoLinks": LINK, "/webhooks": WEBHOOK}
FIELDS = [(path, field) for path, body in BODIES.items() for field in body]
FREE_TEXT = {"username", "firstName", "lastName", "externalId", "authorizationExternalId", "page", "secret"}
FREE_TEXT |= {"candidateUsername", "candidateExternalId", "externalTestId", "userExternalId"}
NO_TEXT: list[Any] = [[], {}, ["x"], 1.5, 10**40, "", "x" * 3000]
NO_VALUE = [*NO_TEXT, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("path", BODIES)
def test_the_bodies_here_are_good(call: Call, path: str) -> None:
    assert call("POST", path, json=BODIES[path]).status_code == 201


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_wrong_value_is_refused_by_its_field(call: Call, path: str, field: str) -> None:
    for wrong in NO_TEXT if field in FREE_TEXT else NO_VALUE:
        answer = call("POST", path, json={**BODIES[path], field: wrong})
        assert answer.status_code == 400, (wrong, answer.text)
        assert {each["field"] for each in answer.json()["errors"]} == {field}


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_null_is_refused_by_its_field_or_as_good_as_absent(call: Call, path: str, field: str) -> None:
    answer = call("POST", path, json={**BODIES[path], field: None})
    absent = {key: value for key, value in BODIES[path].items() if key != field}
    if answer.status_code == 400:
        assert {each["field"] for each in answer.json()["errors"]} == {field}
    else:
        assert answer.status_code == 201
        assert call("POST", path, json={**absent, **_fresh(path)}).status_code == 201


def _fresh(path: str) -> dict[str, str]:
    unique = {
        "/users/": {"username": "nora-2", "externalId": "n-2"},
        "/authorizations": {"authorizationExternalId": "b"},
    }
    return unique.get(path, {})


REQUIRED = {
    "/users/": {"username", "roleCode", "firstName", "lastName", "email"},
    "/ssoLinks": {"page"},
    "/webhooks": {"event", "resource", "url"},
}


@pytest.mark.parametrize("path", REQUIRED)
def test_missing_fields_are_all_named(call: Call, path: str) -> None:
    answer = call("POST", path, json={})
    assert answer.status_code == 400
    assert {each["field"] for each in answer.json()["errors"]} == REQUIRED[path]


RAW = [
    (b"", 400),
    (b"   ", 400),
    (b"{", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'"text"', 400),
    (b"\xff\xfe", 400),
    (b'{"username": NaN}', 400),
    (b'{"username": "\\ud800"}', 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 50_000, 400),
    (b"{" + b" " * (1024 * 1024) + b"}", 413),
]


@pytest.mark.parametrize("path", BODIES)
def test_a_body_that_is_no_object_is_refused(call: Call, path: str) -> None:
    for body, expected in RAW:
        answer = call("POST", path, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == expected, body[:20]
        assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type_is_refused(call: Call, path: str, kind: str | None) -> None:
    answer = call("POST", path, data=b"{}", headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.json()["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.json()["errors"][0]["field"] == "Content-Type"


def test_of_a_repeated_key_the_last_counts(call: Call) -> None:
    body = b'{"username":"a","username":"b","roleCode":"STU","firstName":"N","lastName":"N","email":"n@people.example"}'
    answer = call("POST", "/users/", data=body, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.json()["username"] == "b"


def test_text_of_any_kind_comes_back_as_it_was(call: Call) -> None:
    name = "\x00 \u202e 🙂 <b>&amp;</b> '\""
    made = call("POST", "/users/", json={**USER, "firstName": name})
    assert made.json()["firstName"] == name


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("testId=x", "testId"),
        ("testId=" + "9" * 5000, "testId"),
        ("candidateId=1.5", "candidateId"),
        ("active=yes", "active"),
        ("active=true&active=false", "active"),
        ("testId=%FF", "query"),
    ],
)
def test_a_wrong_query_is_refused_by_its_field(call: Call, query: str, field: str) -> None:
    answer = call("GET", f"/authorizations?{query}")
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "path",
    [f"/{kind}/{key}" for kind in ("users", "authorizations", "webhooks") for key in ("x", "0", "1e5", "9" * 4000)],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_id_that_is_none_is_a_404(call: Call, method: str, path: str) -> None:
    body = {"users": USER, "authorizations": {"expirationDatetime": None}, "webhooks": WEBHOOK}[path.split("/")[1]]
    answer = call(method, path, json=body if method == "PUT" else None)
    assert answer.status_code == 404
    assert answer.json()["error"].endswith("_NOT_FOUND")


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00"])
def test_instants_at_the_ends_of_the_calendar_are_refused(call: Call, instant: str) -> None:
    assert call("POST", "/authorizations", json={**AUTHORIZATION, "expirationDatetime": instant}).status_code == 400
    assert call("POST", "/ssoLinks", json={**LINK, "expirationTime": instant}).status_code == 400


def test_the_last_instant_is_taken(call: Call) -> None:
    answer = call("POST", "/authorizations", json={**AUTHORIZATION, "expirationDatetime": "9999-12-31T23:59:59Z"})
    assert answer.json()["expirationDatetime"] == "9999-12-31T23:59:59Z"
