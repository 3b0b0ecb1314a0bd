"""Sign-on links and the page that they end at."""

import re

import pytest
import requests

from mockserver.core.auth import sign_jwt, unverified_claims
from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import INTEGRATION, USER, Call, Data, Make

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-06-15T13:50:00Z")

WISH = {"integrationSid": INTEGRATION}


def show(sandbox: RemoteSandbox, signon: Data) -> requests.Response:
    return sandbox.http.get(signon["redirect"], timeout=20)


def submit(sandbox: RemoteSandbox, signon: Data, path: str, **form: str) -> requests.Response:
    data = {"token": signon["token"], **form}
    return sandbox.post(f"/smarterproctoring/signon/sessions/{path}", data=data, allow_redirects=False)


def test_the_link_shows_the_users_sessions(sandbox: RemoteSandbox, make_session: Make, provision: Make) -> None:
    make_session()
    signon = provision(signon=WISH)["signon"]
    shown = show(sandbox, signon)
    assert shown.status_code == 200
    assert "Jane Smith" in shown.text
    assert "Professional Certification" in shown.text
    assert show(sandbox, signon).status_code == 200


def test_without_sessions_the_page_says_so(sandbox: RemoteSandbox, provision: Make) -> None:
    assert "There are none." in show(sandbox, provision(signon=WISH)["signon"]).text


def test_the_token_is_a_jwt_of_the_user(provision: Make) -> None:
    made = provision(signon=WISH)
    claims = unverified_claims(made["signon"]["token"])
    assert claims["sub"] == made["user"]["sid"]
    assert claims["exp"] - claims["iat"] == 3600


def test_the_link_expires(sandbox: RemoteSandbox, provision: Make) -> None:
    signon = provision(signon=WISH)["signon"]
    sandbox.advance("60m")
    expired = show(sandbox, signon)
    assert expired.status_code == 410
    assert "expired" in expired.text


def test_how_long_the_link_is_good_for_is_a_setting(sandbox: RemoteSandbox, provision: Make) -> None:
    sandbox.settings(smarterproctoring={"signon_minutes": 5})
    signon = provision(signon=WISH)["signon"]
    sandbox.advance("5m")
    assert show(sandbox, signon).status_code == 410


@pytest.mark.parametrize(
    "token",
    ["x", "\u00e9\n", "a.b.c", sign_jwt({"jti": ["x"]}, "secret"), sign_jwt({"jti": {}}, "s"), sign_jwt({}, "s")],
)
def test_a_wrong_token_is_a_410_page(sandbox: RemoteSandbox, token: str) -> None:
    answer = sandbox.get("/smarterproctoring/signon", params={"token": token})
    assert answer.status_code == 410
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_token_signed_by_somebody_else_is_a_410_page(sandbox: RemoteSandbox, provision: Make) -> None:
    claims = unverified_claims(provision(signon=WISH)["signon"]["token"])
    forged = sign_jwt(claims, "another secret")
    assert sandbox.get("/smarterproctoring/signon", params={"token": forged}).status_code == 410


def test_what_hangs_on_to_a_token_never_reaches_a_header(
    sandbox: RemoteSandbox, make_appointment: Make, provision: Make
) -> None:
    session = make_appointment()["sid"]
    token = provision(signon=WISH)["signon"]["token"] + "\r\nX-Injected: yes"
    data = {"token": token}
    path = f"/smarterproctoring/signon/sessions/{session}/cancellation"
    answer = sandbox.post(path, data=data, allow_redirects=False)
    assert answer.status_code in {303, 410}
    assert "X-Injected" not in answer.headers


def test_no_token_is_a_400_page(sandbox: RemoteSandbox) -> None:
    assert sandbox.get("/smarterproctoring/signon").status_code == 400


def test_the_user_schedules_enters_onboarding_and_cancels(
    sandbox: RemoteSandbox, call: Call, make_session: Make, provision: Make
) -> None:
    session = make_session()
    signon = provision(signon=WISH)["signon"]
    assert forms(sandbox, signon) == ["appointment"]
    booked = submit(sandbox, signon, f"{session['sid']}/appointment", appointmentDateTime="2025-06-15T14:00:00Z")
    assert (booked.status_code, booked.headers["Location"]) == (303, signon["redirect"])
    assert call("GET", session["path"]).json()["status"] == "Scheduled"

    assert forms(sandbox, signon) == ["onboarding", "cancellation"]
    entered = submit(sandbox, signon, f"{session['sid']}/onboarding")
    assert entered.status_code == 303
    assert sandbox.http.get(entered.headers["Location"], timeout=20).status_code == 200

    assert submit(sandbox, signon, f"{session['sid']}/cancellation").status_code == 303
    assert call("GET", session["path"]).json()["status"] == "Cancelled"
    assert forms(sandbox, signon) == ["appointment"]


def forms(sandbox: RemoteSandbox, signon: Data) -> list[str]:
    return re.findall(r'<form method="post" action="[^"]*/(\w+)">', show(sandbox, signon).text)


def test_what_is_not_possible_is_a_page(sandbox: RemoteSandbox, make_session: Make, provision: Make) -> None:
    session = make_session()["sid"]
    signon = provision(signon=WISH)["signon"]
    assert submit(sandbox, signon, f"{session}/onboarding").status_code == 409
    assert submit(sandbox, signon, f"{session}/cancellation").status_code == 409
    assert submit(sandbox, signon, f"{session}/appointment").status_code == 400
    outside = submit(sandbox, signon, f"{session}/appointment", appointmentDateTime="2027-01-01T00:00:00Z")
    assert outside.status_code == 400
    assert "accessible" in outside.text


def test_sessions_of_others_are_not_found(sandbox: RemoteSandbox, make_session: Make, provision: Make) -> None:
    session = make_session()["sid"]
    signon = provision(user={**USER, "ids": {"external": "other"}}, signon=WISH)["signon"]
    assert submit(sandbox, signon, f"{session}/onboarding").status_code == 404
    assert session not in show(sandbox, signon).text


def test_the_link_stays_in_its_sandbox(sandbox: RemoteSandbox, provision: Make) -> None:
    assert provision(signon=WISH)["signon"]["redirect"].startswith(sandbox.url("/smarterproctoring/signon?token="))
