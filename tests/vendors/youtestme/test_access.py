"""Who is let in, and refusals that concern every operation."""

import base64

import pytest

from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call

KEY = "fake-youtestme-key"


def _basic(user: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer  {KEY} "},
        {"X-API-Key": KEY},
        {"Authorization": _basic(KEY)},
        {"Authorization": _basic(KEY, "anything")},
    ],
)
def test_the_key_is_taken_in_each_likely_place(sandbox: RemoteSandbox, headers: dict[str, str]) -> None:
    assert sandbox.get("/youtestme/users/100001", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": KEY},
        {"Authorization": f"Digest {KEY}"},
        {"Authorization": "Basic !!!"},
        {"Authorization": _basic("")},
        {"X-API-Key": "wrong"},
        {"X-API-Key": KEY + "\u00e9".encode().decode("latin-1")},
    ],
)
def test_without_the_key_nobody_is_let_in(sandbox: RemoteSandbox, headers: dict[str, str]) -> None:
    answer = sandbox.get("/youtestme/users/100001", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_key_is_checked_before_the_body(sandbox: RemoteSandbox) -> None:
    assert sandbox.post("/youtestme/users/", data=b"{").status_code == 401


@pytest.mark.boot(settings={"youtestme": {"authentication": False}})
def test_authentication_can_be_turned_off(sandbox: RemoteSandbox) -> None:
    assert sandbox.get("/youtestme/users/100001").status_code == 200


@pytest.mark.boot(settings={"youtestme": {"rest_api_module": False}})
def test_a_tenant_without_the_module_is_refused_everything(call: Call) -> None:
    for method, path in (("GET", "/users/100001"), ("POST", "/webhooks"), ("DELETE", "/authorizations/100001")):
        answer = call(method, path)
        assert (answer.status_code, answer.json()["error"]) == (403, "REST_API_DISABLED")


def test_a_refusal_has_the_envelope(call: Call) -> None:
    assert call("GET", "/users/5").json() == {
        "status": 404,
        "error": "USER_NOT_FOUND",
        "message": "There is no user '5'.",
        "errors": [{"field": "internalId", "message": "There is no user '5'."}],
        "path": "/users/5",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/users/100001", "GET, PATCH, PUT"),
        ("GET", "/users", "POST"),
        ("PATCH", "/webhooks", "GET, POST"),
        ("GET", "/ssoLinks", "POST"),
    ],
)
def test_another_method_is_not_allowed(call: Call, method: str, path: str, allowed: str) -> None:
    answer = call(method, path)
    assert (answer.status_code, answer.json()["error"]) == (405, "METHOD_NOT_ALLOWED")
    assert ", ".join(each for each in answer.headers["Allow"].split(", ") if each != "HEAD") == allowed


def test_the_key_is_in_no_listing(call: Call, sandbox: RemoteSandbox) -> None:
    call("GET", "/users/100001")
    call("GET", "/users/100001", headers={"X-API-Key": KEY})
    assert KEY not in str(sandbox.journal())
    assert KEY not in str(sandbox.entities("youtestme", "api_keys"))
    assert sandbox.credentials["youtestme"]["api_key"] == KEY
