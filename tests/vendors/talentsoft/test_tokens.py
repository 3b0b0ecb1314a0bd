"""The token call, and the access tokens that it gives."""

from typing import Any

import jwt
import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import (
    API,
    APPLICATION,
    CLIENT_ID,
    JWT_BEARER,
    NOW,
    NOW_SECONDS,
    SECRET,
    Caller,
    ask_token,
    assertion,
    refusal,
    token,
)

at_now = pytest.mark.boot(clock=NOW)


def oauth_refusal(answer: Any, status: int, error: str) -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"
    description: str = body["error_description"]
    assert all(" " <= char <= "~" and char not in '"\\' for char in description)
    return description


def recruiter_token(sandbox: RemoteSandbox, **changes: Any) -> Any:
    return ask_token(sandbox, grant_type=JWT_BEARER, assertion=assertion(**changes))


def test_an_application_gets_a_token_that_works(sandbox: RemoteSandbox) -> None:
    answer = ask_token(sandbox, **APPLICATION)
    assert answer.json()["expires_in"] == "3600"
    assert Caller(sandbox, answer.json()["access_token"]).assessments()


def test_the_token_path_of_the_sibling_specification_works_too(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post("/talentsoft/token", data=APPLICATION)
    assert answer.status_code == 200
    assert Caller(sandbox, answer.json()["access_token"]).assessments()


def test_credentials_may_come_by_basic(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/token", data={"grant_type": "client_credentials"}, auth=(CLIENT_ID, SECRET))
    assert answer.status_code == 200, answer.text


def test_credentials_must_not_come_twice(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/token", data=APPLICATION, auth=(CLIENT_ID, SECRET))
    oauth_refusal(answer, 400, "invalid_request")


@pytest.mark.parametrize(
    "header", ["Basic !!!", "Basic", "Basic bm9jb2xvbg==", "Basic //8="], ids=["garbled", "empty", "colon", "utf-8"]
)
def test_broken_basic_is_an_invalid_client(sandbox: RemoteSandbox, header: str) -> None:
    answer = sandbox.post(f"{API}/token", data=APPLICATION, headers={"Authorization": header})
    oauth_refusal(answer, 401, "invalid_client")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": JWT_BEARER}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"client_id": "x" * 300}, 400, "invalid_request"),
    ],
)
def test_refusals_of_an_application(sandbox: RemoteSandbox, changes: dict[str, str], status: int, error: str) -> None:
    answer = ask_token(sandbox, **{**APPLICATION, **changes})
    oauth_refusal(answer, status, error)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_a_missing_grant_type_is_named(sandbox: RemoteSandbox) -> None:
    assert "grant_type" in oauth_refusal(ask_token(sandbox, client_id=CLIENT_ID), 400, "invalid_request")


def test_an_empty_scope_is_no_scope(sandbox: RemoteSandbox) -> None:
    assert ask_token(sandbox, **APPLICATION, scope="").status_code == 200


def test_a_plus_in_a_secret_must_be_encoded(sandbox: RemoteSandbox) -> None:
    """A form turns + into a blank, so a client that does not encode its secret is refused."""
    body = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={SECRET.replace('-', '+')}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    oauth_refusal(sandbox.post(f"{API}/token", data=body, headers=headers), 401, "invalid_client")


def test_a_repeated_field_is_an_invalid_request(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/token", data=[*APPLICATION.items(), ("client_id", "again")])
    oauth_refusal(answer, 400, "invalid_request")


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/xwww-form-urlencoded", "application/x-www-formurlencoded", 'a"\\b/c', ""],
)
def test_another_content_type_is_an_invalid_request(sandbox: RemoteSandbox, kind: str) -> None:
    """The two spellings that print made of the content type are none."""
    answer = sandbox.post(f"{API}/token", data=b"grant_type=client_credentials", headers={"Content-Type": kind})
    oauth_refusal(answer, 400, "invalid_request")


def test_another_method_is_refused_the_oauth_way(sandbox: RemoteSandbox) -> None:
    answer = sandbox.get(f"{API}/token")
    oauth_refusal(answer, 405, "invalid_request")
    assert answer.headers["Allow"] == "POST"


def test_an_endless_body_is_refused_the_oauth_way(sandbox: RemoteSandbox) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = sandbox.post(f"{API}/token", data=b"a" * (1024 * 1024 + 1), headers=headers)
    oauth_refusal(answer, 413, "invalid_request")


@pytest.mark.boot(settings={"talentsoft": {"expires_in_as_number": True, "token_lifetime": 60}})
def test_expires_in_may_be_a_number_and_another_one(sandbox: RemoteSandbox) -> None:
    assert ask_token(sandbox, **APPLICATION).json()["expires_in"] == 60


@at_now
def test_a_token_expires_on_the_sandboxs_clock(sandbox: RemoteSandbox) -> None:
    caller = Caller(sandbox)
    sandbox.advance("3599s")
    assert caller.request("GET", "/assessment/campaigns").status_code == 200
    sandbox.advance("1s")
    answer = caller.request("GET", "/assessment/campaigns")
    assert "expired" in refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@at_now
def test_expired_tokens_are_forgotten_when_one_is_given(sandbox: RemoteSandbox) -> None:
    for _ in range(3):
        token(sandbox)
    assert len(sandbox.entities("talentsoft", "access_tokens")) == 3
    sandbox.advance("1h")
    token(sandbox)
    assert len(sandbox.entities("talentsoft", "access_tokens")) == 1


@pytest.mark.parametrize("header", [None, "Basic dHM6eA==", "Bearer", "Token x"])
def test_a_call_without_an_access_token(sandbox: RemoteSandbox, header: str | None) -> None:
    answer = sandbox.get(f"{API}/assessment/campaigns", headers={"Authorization": header} if header else {})
    refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_call_with_an_unknown_access_token(sandbox: RemoteSandbox) -> None:
    answer = Caller(sandbox, "nonsense").request("DELETE", "/assessment/tests")
    refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@at_now
def test_a_recruiter_gets_a_token_that_works(sandbox: RemoteSandbox) -> None:
    answer = recruiter_token(sandbox)
    assert answer.status_code == 200, answer.text
    assert answer.json()["token_type"] == "bearer"
    assert Caller(sandbox, answer.json()["access_token"]).assessments()


@at_now
def test_a_recruiters_email_is_compared_without_capitals(sandbox: RemoteSandbox) -> None:
    assert recruiter_token(sandbox, email="Recruiter@Meridian.Example").status_code == 200


@at_now
@pytest.mark.parametrize("changes", [{"aud": "https://api.site.com"}, {"sub": None}, {"iat": None}, {"name": None}])
def test_claims_that_an_assertion_may_have_or_lack(sandbox: RemoteSandbox, changes: dict[str, Any]) -> None:
    assert recruiter_token(sandbox, **changes).status_code == 200


@at_now
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW_SECONDS - 60}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": 10**400}, "exp"),
        ({"iat": NOW_SECONDS + 61}, "iat"),
        ({"nbf": NOW_SECONDS + 61}, "nbf"),
        ({"iss": None}, "iss"),
        ({"iss": "nobody"}, "iss"),
        ({"iss": "ts_harbour"}, "signature"),
        ({"email": None}, "email"),
        ({"email": ["a"]}, "email"),
        ({"email": "stranger@meridian.example"}, "e-mail"),
        ({"email": "recruiter@harbour.example"}, "e-mail"),
        ({"secret": "another-secret-0123456789abcdef0123456"}, "signature"),
        ({"algorithm": "HS512"}, "HS256"),
    ],
)
@pytest.mark.filterwarnings("ignore:The HMAC key is")
def test_assertions_that_are_refused(sandbox: RemoteSandbox, changes: dict[str, Any], reason: str) -> None:
    assert reason in oauth_refusal(recruiter_token(sandbox, **changes), 400, "invalid_grant")


@at_now
@pytest.mark.parametrize("text", ["x", "a.b.c", "é.é.é", "eyJhbGciOiJIUzI1NiJ9.W10.x", "." * 3000])
def test_assertions_that_are_none(sandbox: RemoteSandbox, text: str) -> None:
    oauth_refusal(ask_token(sandbox, grant_type=JWT_BEARER, assertion=text), 400, "invalid_grant")


@at_now
def test_an_unhashable_issuer_names_nobody(sandbox: RemoteSandbox) -> None:
    text = jwt.api_jws.encode(b'{"iss": {}}', SECRET, algorithm="HS256")
    oauth_refusal(ask_token(sandbox, grant_type=JWT_BEARER, assertion=text), 400, "invalid_grant")


@at_now
def test_an_unsigned_assertion_is_refused(sandbox: RemoteSandbox) -> None:
    text = jwt.encode({"iss": CLIENT_ID, "exp": NOW_SECONDS + 60}, "", algorithm="none")
    oauth_refusal(ask_token(sandbox, grant_type=JWT_BEARER, assertion=text), 400, "invalid_grant")


@at_now
def test_clocks_may_differ_by_a_minute(sandbox: RemoteSandbox) -> None:
    assert recruiter_token(sandbox, exp=NOW_SECONDS - 59).status_code == 200
    assert recruiter_token(sandbox, iat=NOW_SECONDS + 60).status_code == 200


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"strict_assertion": True}})
def test_a_strict_partner_wants_sub_and_aud(sandbox: RemoteSandbox) -> None:
    oauth_refusal(recruiter_token(sandbox), 400, "invalid_grant")
    oauth_refusal(recruiter_token(sandbox, aud="https://api.site.com", sub=None), 400, "invalid_grant")
    assert recruiter_token(sandbox, aud="https://api.site.com").status_code == 200


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"recruiter_grant": False}})
def test_a_partner_without_the_recruiters_grant(sandbox: RemoteSandbox) -> None:
    oauth_refusal(recruiter_token(sandbox), 400, "unauthorized_client")
    assert ask_token(sandbox, **APPLICATION).status_code == 200


@at_now
def test_the_recruiter_named_by_a_header_is_remembered(sandbox: RemoteSandbox) -> None:
    caller = Caller(sandbox)
    caller.request("GET", "/assessment/campaigns/", headers={"X-Current-User": "someone@meridian.example"})
    caller.request("GET", "/assessment/campaignscreationlink")
    seen = {each["id"]: each for each in sandbox.entities("talentsoft", "accesses")}
    campaigns = seen["ts_demo GET /api/v1/assessment/campaigns"]
    assert campaigns == {
        "id": "ts_demo GET /api/v1/assessment/campaigns",
        "client_id": "ts_demo",
        "customer": "meridian",
        "at": NOW,
        "as_recruiter": False,
        "current_user": "someone@meridian.example",
    }
    assert seen["ts_demo GET /api/v1/assessment/campaignscreationlink"]["current_user"] is None


@at_now
def test_the_latest_call_of_an_operation_is_the_one_remembered(sandbox: RemoteSandbox) -> None:
    caller = Caller(sandbox)
    for name in ("first", "second"):
        caller.request("GET", "/assessment/campaigns", headers={"X-Current-User": f"{name}@meridian.example"})
    [access] = sandbox.entities("talentsoft", "accesses")
    assert access["current_user"] == "second@meridian.example"


@at_now
def test_two_recruiters_in_one_call_are_no_matter_by_default(sandbox: RemoteSandbox) -> None:
    caller = Caller(sandbox, recruiter_token(sandbox).json()["access_token"])
    headers = {"X-Current-User": "other@meridian.example"}
    assert caller.request("GET", "/assessment/campaigns", headers=headers).status_code == 200
    [access] = sandbox.entities("talentsoft", "accesses")
    assert access["as_recruiter"] is True


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"match_current_user": True}})
def test_two_recruiters_in_one_call_can_be_refused(sandbox: RemoteSandbox) -> None:
    recruiter = Caller(sandbox, recruiter_token(sandbox).json()["access_token"])
    other = {"X-Current-User": "other@meridian.example"}
    same = {"X-Current-User": "RECRUITER@meridian.example"}
    refusal(recruiter.request("GET", "/assessment/campaigns", headers=other), 403)
    assert recruiter.request("GET", "/assessment/campaigns", headers=same).status_code == 200
    assert recruiter.request("GET", "/assessment/campaigns").status_code == 200
    assert Caller(sandbox).request("GET", "/assessment/campaigns", headers=other).status_code == 200


@at_now
def test_secrets_and_tokens_are_not_shown_in_listings(sandbox: RemoteSandbox) -> None:
    text = recruiter_token(sandbox).json()["access_token"]
    application = token(sandbox)
    Caller(sandbox, application).assessments()
    shown = str([*sandbox.journal(), *(sandbox.entities("talentsoft", each) for each in ("clients", "access_tokens"))])
    for secret in (SECRET, text, application, assertion()):
        assert secret not in shown
