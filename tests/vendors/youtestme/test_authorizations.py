"""Authorizations over the API: who may be named how, when one is active, and what can be changed."""

from itertools import product
from typing import Any

import pytest

from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call

TEST = {"testId": 100002, "externalTestId": "cert-safety"}
CANDIDATE = {
    "candidateId": 100001,
    "candidateExternalId": "cand-1001",
    "candidateUsername": "amara.okafor@people.example",
}


@pytest.mark.parametrize(("test", "candidate"), list(product(TEST, CANDIDATE)))
def test_any_one_identifier_of_each_is_enough(call: Call, test: str, candidate: str, sandbox: RemoteSandbox) -> None:
    answer = call("POST", "/authorizations", json={test: TEST[test], candidate: CANDIDATE[candidate]})
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        **TEST,
        **CANDIDATE,
        "id": 100008,
        "authorizationExternalId": None,
        "expirationDatetime": None,
        "active": True,
        "attemptsLimit": 1,
        "attemptsLeft": 1,
        "usedAttempts": 0,
    }
    assert answer.headers["Location"] == sandbox.url("/youtestme/authorizations/100008")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (CANDIDATE, {"testId", "externalTestId"}),
        (TEST, set(CANDIDATE)),
        ({**TEST, "candidateId": None}, set(CANDIDATE)),
    ],
)
def test_one_identifier_of_each_is_required(call: Call, body: dict[str, Any], fields: set[str]) -> None:
    answer = call("POST", "/authorizations", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert {each["field"] for each in answer.json()["errors"]} == fields


@pytest.mark.parametrize(
    ("field", "value", "fields"),
    [
        ("externalTestId", "cert-data-analyst", {"testId", "externalTestId"}),
        ("candidateUsername", "bruno.keller@people.example", set(CANDIDATE)),
        ("candidateExternalId", "cand-1002", set(CANDIDATE)),
    ],
)
def test_identifiers_that_disagree_are_a_mismatch(call: Call, field: str, value: str, fields: set[str]) -> None:
    answer = call("POST", "/authorizations", json={**TEST, **CANDIDATE, field: value})
    assert (answer.status_code, answer.json()["error"]) == (400, "IDENTIFIER_MISMATCH")
    assert {each["field"] for each in answer.json()["errors"]} == fields


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("testId", 5, "TEST_NOT_FOUND"),
        ("externalTestId", "none", "TEST_NOT_FOUND"),
        ("candidateId", 5, "USER_NOT_FOUND"),
        ("candidateExternalId", "none", "USER_NOT_FOUND"),
        ("candidateUsername", "none", "USER_NOT_FOUND"),
    ],
)
def test_an_unknown_identifier_is_named(call: Call, field: str, value: object, code: str) -> None:
    answer = call("POST", "/authorizations", json={**TEST, **CANDIDATE, field: value})
    assert (answer.status_code, answer.json()["error"]) == (404, code)
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_the_external_id_is_unique_unless_the_setting_says_otherwise(call: Call, sandbox: RemoteSandbox) -> None:
    body = {**TEST, **CANDIDATE, "authorizationExternalId": "order-1001"}
    refused = call("POST", "/authorizations", json=body)
    assert (refused.status_code, refused.json()["error"]) == (409, "DUPLICATE")
    assert refused.json()["errors"][0]["field"] == "authorizationExternalId"
    sandbox.settings(youtestme={"allow_duplicate_external_id": True})
    assert call("POST", "/authorizations", json=body).status_code == 201
    assert call("GET", "/authorizations/externalId=order-1001").json()["id"] == 100008


@pytest.mark.boot(fixtures="demo", clock="2025-05-15T10:00:00Z")
@pytest.mark.parametrize("instant", ["2025-05-15T10:00:00Z", "2025-05-15T11:59:59+02:00"])
def test_an_expiration_that_has_passed_is_refused(call: Call, instant: str) -> None:
    answer = call("POST", "/authorizations", json={**TEST, **CANDIDATE, "expirationDatetime": instant})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "expirationDatetime", "message": "Must be in the future."}]
    assert call("PUT", "/authorizations/100001", json={"expirationDatetime": instant}).status_code == 400


def test_offsets_are_answered_in_utc(call: Call) -> None:
    body = {**TEST, **CANDIDATE, "expirationDatetime": "2035-06-01T02:00:00.9+02:00"}
    assert call("POST", "/authorizations", json=body).json()["expirationDatetime"] == "2035-06-01T00:00:00Z"


def test_a_candidate_whose_account_is_not_active_can_be_authorized(call: Call) -> None:
    assert call("POST", "/authorizations", json={**TEST, "candidateId": 100006}).status_code == 201


@pytest.mark.parametrize(("setting", "left"), [(3, 3), (None, None)])
def test_the_attempts_of_an_authorization_are_a_setting(
    call: Call, sandbox: RemoteSandbox, setting: int | None, left: int | None
) -> None:
    sandbox.settings(youtestme={"attempts_limit": setting})
    made = call("POST", "/authorizations", json={**TEST, **CANDIDATE}).json()
    assert (made["attemptsLimit"], made["attemptsLeft"]) == (setting, left)


def test_an_authorization_is_read_by_id_and_by_external_id(call: Call) -> None:
    body = {**TEST, **CANDIDATE, "authorizationExternalId": "shop/order 9"}
    made = call("POST", "/authorizations", json=body).json()
    assert call("GET", f"/authorizations/{made['id']}").json() == made
    assert call("GET", "/authorizations/externalId=shop/order%209").json() == made
    missing = call("GET", "/authorizations/externalId=none")
    assert (missing.status_code, missing.json()["error"]) == (404, "AUTHORIZATION_NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [100001, 100002, 100003, 100004, 100005, 100006, 100007]),
        ("?testId=100002", [100004, 100006, 100007]),
        ("?candidateId=100005", [100005, 100006]),
        ("?candidateId=100005&testId=100002", [100006]),
        ("?active=true", [100001, 100002]),
        ("?active=false&testId=100002", [100004, 100006, 100007]),
        ("?testId=5", []),
        ("?unknown=1&candidateId=100001", [100001]),
    ],
)
def test_the_list_is_narrowed_by_test_candidate_and_activity(call: Call, query: str, ids: list[int]) -> None:
    answer = call("GET", f"/authorizations{query}")
    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()] == ids


@pytest.mark.boot(fixtures="demo", clock="2025-05-15T10:00:00Z")
def test_an_authorization_expires_with_the_clock_and_can_be_extended(call: Call, sandbox: RemoteSandbox) -> None:
    changed = call("PUT", "/authorizations/100001", json={"expirationDatetime": "2025-05-15T11:00:00Z"})
    assert changed.status_code == 200
    assert (changed.json()["expirationDatetime"], changed.json()["active"]) == ("2025-05-15T11:00:00Z", True)
    sandbox.advance("59m59s")
    assert call("GET", "/authorizations/100001").json()["active"] is True
    sandbox.advance("1s")
    assert call("GET", "/authorizations/100001").json()["active"] is False
    extended = call("PUT", "/authorizations/100001", json={"expirationDatetime": None}).json()
    assert (extended["expirationDatetime"], extended["active"]) == (None, True)


def test_a_change_takes_what_get_answered_and_must_say_something(call: Call) -> None:
    before = call("GET", "/authorizations/100001").json()
    assert call("PUT", "/authorizations/100001", json={**before, "testId": 7}).json() == before
    refused = call("PUT", "/authorizations/100001", json={})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "expirationDatetime"


def test_deactivating_is_idempotent_and_final(call: Call) -> None:
    for _ in range(2):
        answer = call("DELETE", "/authorizations/100001")
        assert (answer.status_code, answer.content) == (204, b"")
    assert call("GET", "/authorizations/100001").json()["active"] is False
    refused = call("PUT", "/authorizations/100001", json={"expirationDatetime": None})
    assert (refused.status_code, refused.json()["error"]) == (409, "INVALID_STATE")
    assert "deactivated" in refused.json()["message"]


def test_deactivating_an_unknown_authorization_is_a_404(call: Call) -> None:
    assert call("DELETE", "/authorizations/5").json()["error"] == "AUTHORIZATION_NOT_FOUND"


def test_uses_are_counted(call: Call, sandbox: RemoteSandbox) -> None:
    attempt = sandbox.action("youtestme.book", user_id=100001, session_id=5001)
    assert call("GET", "/authorizations/100001").json()["usedAttempts"] == 0
    sandbox.action("youtestme.start", attempt_id=attempt["id"])
    used = call("GET", "/authorizations/100001").json()
    assert (used["usedAttempts"], used["attemptsLeft"], used["active"]) == (1, 0, False)


def test_the_spelling_that_links_use_for_an_expiration_is_read_over(call: Call) -> None:
    made = call("POST", "/authorizations", json={**TEST, **CANDIDATE, "expirationTime": "2035-01-01T00:00:00Z"}).json()
    assert made["expirationDatetime"] is None
