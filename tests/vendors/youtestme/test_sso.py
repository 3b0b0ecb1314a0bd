"""SSO links, and the pages behind them."""

import re
from typing import Any

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call

USER = {"userId": 100001, "username": "amara.okafor@people.example", "userExternalId": "cand-1001"}
FROZEN = pytest.mark.boot(fixtures="demo", clock="2025-05-15T10:00:00Z")


@pytest.fixture
def visitor() -> requests.Session:
    return requests.Session()


def open_for(call: Call, visitor: requests.Session, user_id: int, **fields: Any) -> requests.Response:
    made = call("POST", "/ssoLinks", json={"userId": user_id, "page": "myTests.xhtml", **fields})
    assert made.status_code == 201, made.text
    return visitor.get(made.json()["link"], timeout=20)


def press(visitor: requests.Session, page: requests.Response, verb: str, **more: Any) -> requests.Response:
    """Send the form of a verb as a browser would, with what stands in its hidden fields."""
    form = re.search(rf'action="([^"]*/{verb})">\s*<input type="hidden" name="(\w+)" value="(\d+)"', page.text)
    assert form is not None, f"there is no {verb} form in {page.text}"
    return visitor.post(form[1], data={form[2]: form[3], **more}, timeout=20)


@FROZEN
@pytest.mark.parametrize("identifier", USER)
def test_a_link_is_made_for_any_one_identifier(call: Call, sandbox: RemoteSandbox, identifier: str) -> None:
    body = {identifier: USER[identifier], "page": "myTests.xhtml"}
    answer = call("POST", "/ssoLinks", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["link"] == made["url"]
    assert made["link"].startswith(sandbox.url("/youtestme/sso?token="))
    assert {key: made[key] for key in ("id", "userId", "page", "refererUrl", "expirationTime")} == {
        "id": 100001,
        "userId": 100001,
        "page": "myTests.xhtml",
        "refererUrl": None,
        "expirationTime": "2025-05-16T10:00:00Z",
    }


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"username": "bruno.keller@people.example"}, 400, "IDENTIFIER_MISMATCH"),
        ({"userId": 5}, 404, "USER_NOT_FOUND"),
        (dict.fromkeys(USER), 400, "VALIDATION_ERROR"),
        ({"expirationTime": "2020-01-01T00:00:00Z"}, 400, "VALIDATION_ERROR"),
        ({"refererUrl": "javascript:alert(1)"}, 400, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_link_is_refused(call: Call, changes: dict[str, Any], status: int, code: str) -> None:
    answer = call("POST", "/ssoLinks", json={**USER, "page": "myTests.xhtml", **changes})
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert set(changes) <= {each["field"] for each in answer.json()["errors"]}


@pytest.mark.boot(fixtures="demo", clock="2025-05-15T10:00:00Z", settings={"youtestme": {"link_hours": 1}})
def test_how_long_a_link_is_good_for_is_a_setting(call: Call) -> None:
    made = call("POST", "/ssoLinks", json={"userId": 100001, "page": "x.xhtml"}).json()
    assert made["expirationTime"] == "2025-05-15T11:00:00Z"


def test_links_are_a_function_of_the_seed(sandbox: RemoteSandbox, call: Call) -> None:
    tokens = []
    for seed in (1, 1, 2):
        sandbox.boot(fixtures="demo", seed=seed)
        tokens.append(call("POST", "/ssoLinks", json={**USER, "page": "x"}).json()["link"])
    assert tokens[0] == tokens[1] != tokens[2]


def test_opening_a_link_signs_in_and_leads_to_the_page(call: Call, sandbox: RemoteSandbox) -> None:
    link = call("POST", "/ssoLinks", json={**USER, "page": "myTests.xhtml"}).json()["link"]
    answer = requests.get(link, allow_redirects=False, timeout=20)
    assert answer.status_code == 302
    assert answer.headers["Location"] == sandbox.url("/youtestme/myTests.xhtml")
    assert f"Path=/sandbox/{sandbox.name}/youtestme/; HttpOnly; SameSite=Lax" in answer.headers["Set-Cookie"]


@FROZEN
def test_a_link_opens_until_it_expires(call: Call, sandbox: RemoteSandbox) -> None:
    link = call("POST", "/ssoLinks", json={**USER, "page": "x", "expirationTime": "2025-05-15T10:01:00Z"}).json()["url"]
    for _ in range(2):
        assert requests.get(link, timeout=20).status_code == 200
    sandbox.advance("1m")
    over = requests.get(link, timeout=20)
    assert over.status_code == 410
    assert "expired at 2025-05-15T10:01:00Z" in over.text


@pytest.mark.boot(settings={"youtestme": {"single_use": True}})
def test_links_can_be_made_to_open_once(call: Call, visitor: requests.Session) -> None:
    link = call("POST", "/ssoLinks", json={**USER, "page": "x"}).json()["link"]
    assert visitor.get(link, timeout=20).status_code == 200
    assert visitor.get(link, timeout=20).status_code == 410


@pytest.mark.parametrize(("query", "status"), [("?token=none", 404), ("", 400), ("?token=", 404), ("?token=%FF", 400)])
def test_what_is_no_link_is_a_page_that_says_so(sandbox: RemoteSandbox, query: str, status: int) -> None:
    answer = sandbox.get(f"/youtestme/sso{query}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "This is not possible" in answer.text


@pytest.mark.parametrize("status", ["INA", "LCK", "SUS", "DEL"])
def test_an_account_that_is_not_active_cannot_sign_in(
    call: Call, sandbox: RemoteSandbox, visitor: requests.Session, status: str
) -> None:
    assert open_for(call, visitor, 100001).status_code == 200
    sandbox.action("youtestme.move_user", user_id=100001, status=status)
    assert visitor.get(sandbox.url("/youtestme/myTests.xhtml"), timeout=20).status_code == 403
    assert open_for(call, visitor, 100001).status_code == 403


@pytest.mark.parametrize("cookie", [None, "JSESSIONID=none", "JSESSIONID", ";;=;"])
def test_nobody_sees_a_page_without_signing_in(sandbox: RemoteSandbox, cookie: str | None) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    for path in ("/youtestme/myTests.xhtml", "/youtestme/page?name=x"):
        assert sandbox.get(path, headers=headers).status_code == 401
    assert sandbox.post("/youtestme/myTests.xhtml/book", data={"session_id": 5001}, headers=headers).status_code == 401


@FROZEN
def test_a_login_lasts_half_a_day(call: Call, sandbox: RemoteSandbox, visitor: requests.Session) -> None:
    page = open_for(call, visitor, 100001)
    sandbox.advance("11h59m")
    assert visitor.get(page.url, timeout=20).status_code == 200
    sandbox.advance("1m")
    assert visitor.get(page.url, timeout=20).status_code == 401


def test_another_page_is_named_escaped(call: Call, visitor: requests.Session) -> None:
    page = open_for(
        call, visitor, 100001, page="/../<b>reports</b>.xhtml?x=1&y", refererUrl="https://lms.example/?a=1&b"
    )
    assert page.status_code == 200
    assert "&lt;b&gt;reports&lt;/b&gt;.xhtml?x=1&amp;y" in page.text
    assert 'href="https://lms.example/?a=1&amp;b"' in page.text


def test_the_page_lists_only_what_the_candidate_is_authorized_for(call: Call, visitor: requests.Session) -> None:
    page = open_for(call, visitor, 100001)
    assert "Signed in as Amara Okafor" in page.text
    assert "Data Analyst Certification" in page.text
    assert "Workplace Safety Basics" not in page.text


@pytest.mark.parametrize(
    ("user_id", "shown"),
    [(100002, "Not attempted"), (100003, "In progress"), (100004, "90 %, passed"), (100005, "Report incomplete")],
)
def test_the_page_shows_each_state(call: Call, visitor: requests.Session, user_id: int, shown: str) -> None:
    page = open_for(call, visitor, user_id)
    assert shown in page.text
    assert "Can be booked" not in page.text


def test_without_a_usable_authorization_a_test_is_not_seen(call: Call, visitor: requests.Session) -> None:
    call("DELETE", "/authorizations/100002")
    assert "There is no test" in open_for(call, visitor, 100002).text
    call("DELETE", "/authorizations/100001")
    assert "There is no test" in open_for(call, visitor, 100001).text


def test_a_session_without_authorization_is_open_to_everybody(
    call: Call, sandbox: RemoteSandbox, visitor: requests.Session
) -> None:
    sandbox.action("youtestme.create_session", test_id=100002, name="Open day", requires_authorization=False)
    page = open_for(call, visitor, 100001)
    assert "Open day" in page.text
    press(visitor, open_for(call, visitor, 100007), "book")
    assert sandbox.entities("youtestme", "attempts")[-1]["authorization_id"] is None


def test_a_candidate_books_starts_leaves_returns_and_submits(
    call: Call, sandbox: RemoteSandbox, visitor: requests.Session
) -> None:
    page = press(visitor, open_for(call, visitor, 100001), "book")
    assert [each.status_code for each in page.history] == [303]
    page = press(visitor, page, "start")
    assert "In progress" in page.text
    page = press(visitor, page, "pause")
    assert "Ready to continue" in page.text
    page = press(visitor, press(visitor, page, "resume"), "submit", points="59.5")
    assert "49.58 %, failed" in page.text
    assert "<button" not in page.text
    attempt = sandbox.entities("youtestme", "attempts")[-1]
    assert (attempt["status"], attempt["points"], attempt["authorization_id"]) == ("finished", 59.5, 100001)


def test_a_candidate_may_submit_for_grading(call: Call, visitor: requests.Session) -> None:
    assert "Report incomplete" in press(visitor, open_for(call, visitor, 100003), "submit").text


@pytest.mark.parametrize("points", ["-1", "121", "NaN", "1e999", "many", ""])
def test_wrong_points_are_refused(call: Call, visitor: requests.Session, points: str) -> None:
    assert press(visitor, open_for(call, visitor, 100003), "submit", points=points).status_code == 400


@pytest.mark.parametrize("verb", ["start", "pause", "resume", "submit"])
def test_nobody_touches_the_attempt_of_another(
    call: Call, sandbox: RemoteSandbox, visitor: requests.Session, verb: str
) -> None:
    open_for(call, visitor, 100001)
    before = sandbox.entities("youtestme", "attempts")
    for attempt_id in (100002, 5):
        answer = visitor.post(
            sandbox.url(f"/youtestme/myTests.xhtml/{verb}"), data={"attempt_id": attempt_id}, timeout=20
        )
        assert answer.status_code == 404
    assert sandbox.entities("youtestme", "attempts") == before


def test_a_button_that_came_too_late_says_why(call: Call, visitor: requests.Session) -> None:
    page = open_for(call, visitor, 100001)
    press(visitor, page, "book")
    again = press(visitor, page, "book")
    assert again.status_code == 409
    assert "has an open attempt" in again.text


def test_a_form_of_another_content_type_is_refused(
    call: Call, sandbox: RemoteSandbox, visitor: requests.Session
) -> None:
    open_for(call, visitor, 100001)
    url = sandbox.url("/youtestme/myTests.xhtml/book")
    assert visitor.post(url, json={"session_id": 5001}, timeout=20).status_code == 415
    assert visitor.post(url, data={"session_id": "x"}, timeout=20).status_code == 400
