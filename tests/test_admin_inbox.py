"""Inboxes: receivers inside mockserver, from outside."""

from typing import Any

import pytest
import requests

from mockserver.core.auth import sign_jwt
from tests.server import RemoteSandbox
from tests.test_admin_time import finish_an_attempt

LATER = 1_577_880_030
"""Half a minute after the sandbox's instant."""

pytestmark = pytest.mark.boot(fixtures="documented", clock="2020-01-01T12:00:00Z")


def ask(sandbox: RemoteSandbox, method: str, path: str, **options: Any) -> requests.Response:
    return sandbox.http.request(method, sandbox.admin_url + path, timeout=20, **options)


def test_a_webhook_is_taken_and_its_signature_verified(sandbox: RemoteSandbox) -> None:
    finish_an_attempt(sandbox, f"{sandbox.admin_url}/inbox/lms")
    sandbox.advance("0s")
    inbox = sandbox.admin("GET", "/inboxes/lms")
    [received] = inbox["received"]
    assert received["proofs"] == [
        {
            "vendor": "youtestme",
            "valid": True,
            "says": "Signed with the secret of subscription 100001.",
        }
    ]
    assert received["body"].startswith('{"id":100001,')


def test_a_forged_signature_is_told(sandbox: RemoteSandbox) -> None:
    ask(sandbox, "POST", "/inbox/lms", data=b"{}", headers={"X-YTM-Signature": "sha256=00"})
    [received] = sandbox.admin("GET", "/inboxes/lms")["received"]
    assert [each["valid"] for each in received["proofs"]] == [False]


def test_a_token_of_the_vendor_is_told_from_a_forged_one(sandbox: RemoteSandbox) -> None:
    secret = "fake-constructor-secret-0123456789abcdef"
    tokens = [sign_jwt({"exp": exp}, key) for exp, key in [(LATER, secret), (LATER, "other"), (0, secret)]]
    for token in tokens:
        ask(sandbox, "POST", "/inbox/lms", headers={"Authorization": f"JWT {token}"})
    proofs = [proof for each in sandbox.admin("GET", "/inboxes/lms")["received"] for proof in each["proofs"]]
    assert [each["valid"] for each in proofs] == [True, False, False]
    assert {each["vendor"] for each in proofs} == {"constructor"}
    assert "expired" in proofs[2]["says"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_any_request_is_kept_as_it_came(sandbox: RemoteSandbox, method: str) -> None:
    headers = {"X-Trace": "a", "Authorization": "Bearer fake-secret"}
    answer = ask(sandbox, method, "/inbox/any?x=%20y", data=b"\x00\xff", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    [received] = sandbox.admin("GET", "/inboxes/any")["received"]
    assert received["method"] == method
    assert received["target"].endswith("/inbox/any?x=%20y")
    assert received["body_base64"] == "AP8="
    assert received["headers"]["x-trace"] == "a"
    assert received["headers"]["authorization"] == "***"


def test_it_answers_as_it_was_told_and_then_as_usual(sandbox: RemoteSandbox) -> None:
    told = {"status": 503, "headers": {"Retry-After": "9"}, "body": "busy", "times": 2}
    assert sandbox.admin("PUT", "/inboxes/lms", json=told) == {"name": "lms", "delay": "0s", **told}
    answers = [ask(sandbox, "POST", "/inbox/lms") for _ in range(3)]
    assert [each.status_code for each in answers] == [503, 503, 200]
    assert (answers[0].text, answers[0].headers["Retry-After"]) == ("busy", "9")
    assert [each["status"] for each in sandbox.admin("GET", "/inboxes/lms")["received"]] == [503, 503, 200]


def test_a_delivery_that_it_refuses_twice_is_tried_three_times(sandbox: RemoteSandbox) -> None:
    sandbox.admin("PUT", "/inboxes/lms", json={"status": 500, "times": 2, "delay": "10ms"})
    finish_an_attempt(sandbox, f"{sandbox.admin_url}/inbox/lms")
    sandbox.advance("1h")
    assert [each["at"] for each in sandbox.admin("GET", "/inboxes/lms")["received"]] == [
        "2020-01-01T12:00:00Z",
        "2020-01-01T12:00:05Z",
        "2020-01-01T12:00:35Z",
    ]


def test_it_is_cleared_and_listed(sandbox: RemoteSandbox) -> None:
    ask(sandbox, "POST", "/inbox/one")
    ask(sandbox, "POST", "/inbox/two")
    assert [each["name"] for each in sandbox.admin("GET", "/inboxes")] == ["one", "two"]
    assert sandbox.admin("DELETE", "/inboxes/one") == {"deleted": 1}
    assert sandbox.admin("GET", "/inboxes/one")["total"] == 0
    assert sandbox.admin("GET", "/inboxes/two")["total"] == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"status": 99}, "status"),
        ({"status": "200"}, "status"),
        ({"headers": {"a b": "c"}}, "headers.a b"),
        ({"headers": {"a": "b\r\nc: d"}}, "headers.a"),
        ({"delay": "61s"}, "delay"),
        ({"times": 0}, "times"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_wish_is_refused_by_field(sandbox: RemoteSandbox, told: Any, field: str) -> None:
    answer = ask(sandbox, "PUT", "/inboxes/lms", json=told)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert sandbox.admin("GET", "/inboxes") == []


def test_an_inbox_of_no_sandbox_takes_nothing(origin: str, http: requests.Session) -> None:
    answer = http.post(f"{origin}/__admin/sandboxes/nobody/inbox/lms", timeout=20)
    assert answer.status_code == 404
