"""Who is let in, over what, and by which identifiers."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import (
    EVERYTHING,
    INSTALL,
    TOKEN,
    V1,
    V2,
    Call,
    Make,
    invalid,
    refusal,
    sid,
)

pytestmark = pytest.mark.boot(fixtures="demo", clock="2026-01-05T09:00:00Z")

CHECK = "/smarterproctoring/v1/check"


def test_the_token_of_the_credentials_opens_the_api(sandbox: RemoteSandbox) -> None:
    credentials = sandbox.credentials["smarterproctoring"]
    assert sandbox.get(CHECK, headers={"token": credentials["token"]}).json() == {"status": "ok"}
    assert credentials["install_sid"] == INSTALL
    assert credentials["integration_sid"].startswith("II")


@pytest.mark.parametrize("headers", [{}, {"token": ""}, {"token": "wrong"}, {"Authorization": f"Bearer {TOKEN}"}])
def test_without_a_good_token_authentication_fails(sandbox: RemoteSandbox, headers: dict[str, str]) -> None:
    assert refusal(sandbox.get(CHECK, headers=headers), 403, "AUTHENTICATIONFAILED").startswith("token: ")


def test_authentication_comes_before_everything_else(sandbox: RemoteSandbox) -> None:
    refusal(sandbox.post("/smarterproctoring/v2/installs/x/provision", data=b"{"), 403, "AUTHENTICATIONFAILED")


def test_a_token_can_expire_and_be_revoked(sandbox: RemoteSandbox, call: Call) -> None:
    sandbox.action("smarterproctoring.expire_token", token_id="default")
    assert "expired" in refusal(call("GET", "/v1/check"), 403, "AUTHENTICATIONFAILED")
    sandbox.action("smarterproctoring.revoke_token", token_id="default")
    assert "revoked" in refusal(call("GET", "/v1/check"), 403, "AUTHENTICATIONFAILED")


def test_the_code_of_a_missing_token_is_a_setting(sandbox: RemoteSandbox) -> None:
    sandbox.settings(smarterproctoring={"unauthenticated_code": "INVALIDAUTHENTICATIONINFO"})
    refusal(sandbox.get(CHECK), 400, "INVALIDAUTHENTICATIONINFO")
    refusal(sandbox.get(CHECK, headers={"token": "wrong"}), 403, "AUTHENTICATIONFAILED")


def test_the_status_of_failed_authentication_is_a_setting(sandbox: RemoteSandbox) -> None:
    sandbox.settings(smarterproctoring={"authentication_failed_status": 401})
    refusal(sandbox.get(CHECK), 401, "AUTHENTICATIONFAILED")


def test_ssl_is_demanded_by_a_setting(sandbox: RemoteSandbox, call: Call) -> None:
    assert call("GET", "/v1/check").status_code == 200
    sandbox.settings(smarterproctoring={"require_tls": True})
    refusal(call("GET", "/v1/check"), 400, "INVALIDPROTOCOL")
    refusal(call("GET", "/v1/check", headers={"X-Forwarded-Proto": "http"}), 400, "INVALIDPROTOCOL")
    assert call("GET", "/v1/check", headers={"X-Forwarded-Proto": "HTTPS, http"}).status_code == 200


def test_secrets_stay_out_of_the_listings(sandbox: RemoteSandbox, call: Call, provision: Make) -> None:
    made = provision(signon={"integrationSid": sandbox.credentials["smarterproctoring"]["integration_sid"]})
    assert [each["token"] for each in sandbox.entities("smarterproctoring", "tokens")] == ["***"]
    journal = str(sandbox.journal())
    for secret in (TOKEN, made["signon"]["token"], "exam-secure-password"):
        assert secret not in journal


def test_another_method_is_an_unsupported_verb(call: Call) -> None:
    answer = call("GET", f"{V2}/provision")
    refusal(answer, 405, "UNSUPPORTEDHTTPVERB")
    assert answer.headers["Allow"] == "POST"


SESSION = f"{V1}/exams/{sid('EX', 2)}/sessions/{sid('ES', 1)}"
UNKNOWN = "0" * 32
PLACES = {
    "install": ("GET", SESSION.replace(INSTALL, f"AI{UNKNOWN}"), None),
    "install of a provision": ("POST", f"/v2/installs/AI{UNKNOWN}/provision", EVERYTHING),
    "exam": ("GET", SESSION.replace(sid("EX", 2), f"EX{UNKNOWN}"), None),
    "session": ("GET", SESSION.replace(sid("ES", 1), f"ES{UNKNOWN}"), None),
    "session of another exam": ("GET", SESSION.replace(sid("EX", 2), sid("EX", 1)), None),
    "session of a status": ("GET", f"/v1/sessions/ES{UNKNOWN}/status", None),
    "enrollment": ("GET", f"{V1}/enrollments/EN{UNKNOWN}/exams/{sid('EX', 1)}/sessions", None),
    "course": ("PUT", f"{V1}/courses/CU{UNKNOWN}/exams/{sid('EX', 1)}/assignments", {"add": []}),
    "report": ("GET", f"/v1/installs/AI{UNKNOWN}/reports/appointments", None),
    "the guide's enrollment": (
        "GET",
        f"{V1}/enrollments/EN5f4e3d2c1b0a9z8y7x6w5v4u3t2s1r/exams/{sid('EX', 1)}/sessions",
        None,
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_sid_is_not_found(call: Call, place: str) -> None:
    method, path, body = PLACES[place]
    assert "does not exist" in refusal(call(method, path, json=body), 404, "RESOURCENOTFOUND")


@pytest.mark.parametrize("wrong", ["x", "EX", sid("EX", 2), f"ES{'g' * 29}", f"ES{'0' * 35}", "ES" + "1" * 5000])
def test_what_has_no_shape_of_a_sid_is_invalid(call: Call, wrong: str) -> None:
    assert invalid(call("GET", SESSION.replace(sid("ES", 1), wrong))).startswith("sessionSid: ")


def test_strict_sids_are_a_setting(sandbox: RemoteSandbox, call: Call) -> None:
    path = f"{V1}/enrollments/EN5f4e3d2c1b0a9z8y7x6w5v4u3t2s1r/exams/{sid('EX', 1)}/sessions"
    refusal(call("GET", path), 404, "RESOURCENOTFOUND")
    sandbox.settings(smarterproctoring={"strict_sids": True})
    assert invalid(call("GET", path)).startswith("enrollmentSid: ")
    assert call("GET", SESSION).status_code == 200


def test_location_types_are_the_same_in_every_set(call: Call) -> None:
    types = call("GET", "/v1/proctors/locations/types").json()
    assert len(types) == 7
    assert {"sid": "LT07b8055c8a9c457c82c58b235a05d53b", "name": "Online", "key": "online"} in types


def test_the_current_time_is_the_sandboxs(call: Call) -> None:
    assert call("GET", "/v1/currentTime").json() == {"currentTime": "2026-01-05T09:00:00.000Z"}
