"""Who is let in: a token of the right scheme, algorithm and secret that has not expired."""

import base64
import json
from typing import Any

import jwt
import pytest

from mockserver.core.operation import Request
from mockserver.vendors.constructor import vendor
from mockserver.vendors.constructor.access import signed_call
from tests.local import local_sandbox
from tests.server import RemoteSandbox

from .client import API, EXAM, FAR, PAGES, SECRET, START, sign, signed


def unsigned(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, ""])


REFUSED = {
    "missing": {},
    "empty": {"Authorization": ""},
    "scheme only": {"Authorization": "JWT"},
    "garbled": {"Authorization": "JWT x.y.z"},
    "one word": {"Authorization": "JWT nonsense"},
    "bearer": {"Authorization": f"Bearer {sign({'exp': FAR})}"},
    "no scheme": {"Authorization": sign({"exp": FAR})},
    "alg none": {"Authorization": f"JWT {unsigned({'exp': FAR})}"},
    "hs512": {"Authorization": f"JWT {sign({'exp': FAR}, SECRET * 2, 'HS512')}"},
    "other secret": {"Authorization": f"JWT {sign({'exp': FAR}, 'x' * 40)}"},
    "expired": {"Authorization": f"JWT {sign({'exp': 1_612_994_131})}"},
    "no exp": {"Authorization": f"JWT {sign({})}"},
    "exp as text": {"Authorization": f"JWT {sign({'session_id': 1, 'exp': None})}"},
    "endless exp": {"Authorization": f"JWT {sign({'exp': 10**400})}"},
}
CALLS = [("POST", "/exams/"), ("POST", "/sessions/chiara-safety/finish/"), ("GET", "/sessions/chiara-safety/status/")]


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED.keys())
def test_other_tokens_are_refused_with_the_reason(sandbox: RemoteSandbox, headers: dict[str, str]) -> None:
    for method, path in CALLS:
        answer = sandbox.request(method, API + path, json=EXAM, headers=headers)
        assert (answer.status_code, list(answer.json())) == (401, ["detail"])
        assert answer.headers["WWW-Authenticate"] == 'JWT realm="api"'


def test_the_token_is_checked_before_the_body(sandbox: RemoteSandbox) -> None:
    assert sandbox.post(f"{API}/exams/", data="{").status_code == 401


def test_further_claims_do_no_harm(sandbox: RemoteSandbox) -> None:
    headers = signed(session_id="s", iat=1_600_000_000)
    assert sandbox.post(f"{API}/exams/", json=EXAM, headers=headers).status_code == 201


def test_an_unknown_integration_is_not_found(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post("/constructor/api/v2/integration/simple/other/exams/", json=EXAM, headers=signed())
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    page = sandbox.post("/constructor/integration/simple/other/start/", data={"token": sign(START)})
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.boot(clock="2025-05-15T10:00:00Z")
def test_a_token_lives_in_sandbox_time(sandbox: RemoteSandbox) -> None:
    headers = {"Authorization": f"JWT {sign({'exp': 1_747_303_230})}"}  # 2025-05-15T10:00:30Z
    assert sandbox.post(f"{API}/exams/", json=EXAM, headers=headers).status_code == 201
    sandbox.advance("30s")
    assert sandbox.post(f"{API}/exams/", json=EXAM, headers=headers).status_code == 401


@pytest.mark.boot(clock="2025-05-15T10:00:00Z", settings={"constructor": {"token_leeway_seconds": 5}})
def test_leeway_lets_a_token_live_longer(sandbox: RemoteSandbox) -> None:
    headers = {"Authorization": f"JWT {sign({'exp': 1_747_303_230})}"}
    sandbox.advance("34s")
    assert sandbox.post(f"{API}/exams/", json=EXAM, headers=headers).status_code == 201
    sandbox.advance("1s")
    assert sandbox.post(f"{API}/exams/", json=EXAM, headers=headers).status_code == 401


@pytest.mark.boot(clock="2025-05-15T10:00:00Z", settings={"constructor": {"longest_token_seconds": 300}})
@pytest.mark.parametrize(("ahead", "expected"), [(30, 201), (300, 201), (301, 401)])
def test_the_lifetime_of_tokens_can_be_capped(sandbox: RemoteSandbox, ahead: int, expected: int) -> None:
    headers = {"Authorization": f"JWT {sign({'exp': 1_747_303_200 + ahead})}"}
    assert sandbox.post(f"{API}/exams/", json=EXAM, headers=headers).status_code == expected


PAGE_TOKENS = {
    "garbled": "x.y.z",
    "alg none": unsigned(START),
    "other secret": sign(START, "x" * 40),
    "expired": sign({**START, "exp": 1_612_994_131}),
    "endless exp": sign({**START, "exp": 10**400}),
}


@pytest.mark.parametrize("token", PAGE_TOKENS.values(), ids=PAGE_TOKENS.keys())
@pytest.mark.parametrize("path", ["/start/", "/archive/elena-safety/"])
def test_pages_refuse_other_tokens_with_a_page(sandbox: RemoteSandbox, path: str, token: str) -> None:
    for answer in (
        sandbox.post(PAGES + path, data={"token": token}),
        sandbox.get(PAGES + path, params={"token": token}),
    ):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "The token is bad" in answer.text


@pytest.mark.parametrize("claims", [{}, {"exp": FAR}], ids=["without exp", "with exp"])
def test_the_start_token_needs_no_exp(sandbox: RemoteSandbox, claims: dict[str, int]) -> None:
    assert sandbox.post(f"{PAGES}/start/", data={"token": sign({**START, **claims})}).status_code == 200


def test_the_credentials_are_those_that_sign(sandbox: RemoteSandbox) -> None:
    credentials = sandbox.credentials["constructor"]
    assert (credentials["integration"], credentials["secret"]) == ("demo", SECRET)


@pytest.mark.parametrize("clock", ["2020-01-01T12:00:00Z", "2025-05-15T10:00:00.900Z", "9999-12-31T23:59:59Z"])
def test_the_token_for_trying_by_hand_lives_five_minutes_of_sandbox_time(clock: str) -> None:
    state: Any = local_sandbox(clock=clock).states["constructor"]
    call = Request(
        "POST", "/api/v2/integration/simple/demo/exams/", headers={"authorization": f"JWT {token_of(state)}"}
    )
    signed_call(state, call)
    lives = jwt.decode(token_of(state), SECRET, ["HS256"], {"verify_exp": False})["exp"] - int(state.now().timestamp())
    assert lives == 300


def test_without_an_integration_there_is_no_token() -> None:
    state: Any = local_sandbox().states["constructor"]
    state.integrations.remove("demo")
    assert (token_of(state), vendor.credentials(state)) == ("", {"integration": "", "secret": ""})


def token_of(state: Any) -> str:
    assert vendor.token
    return vendor.token(state)
