"""The article's request samples, byte for byte save host and key, on the documented fixtures."""

from itertools import permutations
from random import Random

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call

pytestmark = pytest.mark.boot(fixtures="documented")

USER = """{
"username": "tom.palmer@example.com",
"status": "ACT",
"roleCode": "ADM",
"timeZoneId": "UTC",
"interfaceLanguageId": 15,
"examLanguageId": 15,
"firstName": "Tom",
"lastName": "Palmer",
"email": "tom.palmer@example.com",
"externalId": "user-5678"
}"""
AUTHORIZATION = """{
"authorizationExternalId": "exampleAuthorizationId",
"testId": 100320,
"externalTestId": "EXT_TEST_001",
"candidateId": 100001,
"candidateExternalId": "user-5678",
"candidateUsername": "tom.palmer@example.com",
"expirationDatetime": "2025-12-31T23:59:59Z"
}"""
SSO_LINK = """{
"userId": 100001,
"username": "tom.palmer@example.com",
"userExternalId": "user-5678",
"page": "myTests.xhtml",
"refererUrl": "https://www.external-system.com/assignment/12345",
"expirationTime": "2025-05-31T23:59:59Z"
}"""
WEBHOOK = """{
"event": "attempt",
"resource": "finish",
"url": "https://your-system.com/webhook/receive",
"secret": "your-shared-secret",
"active": true
}"""

SAMPLES = {
    "GET /users/externalId=user-5678": ("", 200),
    "GET /users/username=tom.palmer@example.com": ("", 200),
    "GET /users/100001": ("", 200),
    "POST /authorizations": (AUTHORIZATION, 201),
    "POST /ssoLinks": (SSO_LINK, 201),
    "POST /webhooks": (WEBHOOK, 201),
}
"""All but the one that creates the user whom the others name."""


def send(call: Call, sample: str) -> requests.Response:
    method, path = sample.split(" ")
    body, expected = SAMPLES[sample]
    headers = {"Content-Type": "application/json"} if body else {}
    answer = call(method, path, data=body or None, headers=headers)
    assert answer.status_code == expected, answer.text
    return answer


def create_tom(call: Call) -> requests.Response:
    return call("POST", "/users/", data=USER, headers={"Content-Type": "application/json"})


def test_the_first_user_created_gets_the_id_of_the_other_samples(call: Call) -> None:
    answer = create_tom(call)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": 100001,
        "username": "tom.palmer@example.com",
        "status": "ACT",
        "roleCode": "ADM",
        "timeZoneId": "UTC",
        "interfaceLanguageId": 15,
        "examLanguageId": 15,
        "firstName": "Tom",
        "lastName": "Palmer",
        "email": "tom.palmer@example.com",
        "externalId": "user-5678",
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_succeeds_once_the_user_is_there(call: Call, sample: str) -> None:
    create_tom(call)
    send(call, sample)


@pytest.mark.parametrize("order", Random(1).sample(list(permutations(SAMPLES)), 8))
def test_the_samples_succeed_in_any_order_once_the_user_is_there(call: Call, order: tuple[str, ...]) -> None:
    create_tom(call)
    for sample in order:
        send(call, sample)


def test_the_article_is_one_story(call: Call, sandbox: RemoteSandbox) -> None:
    assert call("GET", "/users/externalId=user-5678").status_code == 404
    assert create_tom(call).status_code == 201
    assert send(call, "GET /users/externalId=user-5678").json()["id"] == 100001
    assert send(call, "GET /users/username=tom.palmer@example.com").json()["externalId"] == "user-5678"
    assert send(call, "GET /users/100001").json()["username"] == "tom.palmer@example.com"
    authorization = send(call, "POST /authorizations").json()
    assert authorization == {
        "id": 100001,
        "authorizationExternalId": "exampleAuthorizationId",
        "testId": 100320,
        "externalTestId": "EXT_TEST_001",
        "candidateId": 100001,
        "candidateExternalId": "user-5678",
        "candidateUsername": "tom.palmer@example.com",
        "expirationDatetime": "2025-12-31T23:59:59Z",
        "active": True,
        "attemptsLimit": 1,
        "attemptsLeft": 1,
        "usedAttempts": 0,
    }
    link = send(call, "POST /ssoLinks").json()
    assert link["expirationTime"] == "2025-05-31T23:59:59Z"
    page = requests.get(link["link"], timeout=20)
    assert "Geograhpy test" in page.text
    assert "https://www.external-system.com/assignment/12345" in page.text
    webhook = send(call, "POST /webhooks").json()
    assert (webhook["event"], webhook["resource"], webhook["active"]) == ("attempt", "finish", True)
    attempt = sandbox.action("youtestme.book", user_id=100001, session_id=5033)
    sandbox.action("youtestme.start", attempt_id=attempt["id"])
    finished = sandbox.action("youtestme.submit", attempt_id=attempt["id"], points=60)
    assert (finished["id"], finished["number"], finished["test_version_id"]) == (100001, 1, 10004)
    assert (finished["status"], finished["points"]) == ("finished", 60)


def test_the_bundle_of_identifiers_is_refused_before_its_user_exists(call: Call) -> None:
    headers = {"Content-Type": "application/json"}
    refused = call("POST", "/authorizations", data=AUTHORIZATION, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (404, "USER_NOT_FOUND")
