"""Subscriptions."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call

BODY = {
    "event": "attempt",
    "resource": "finish",
    "url": "https://lms.meridian.example/hook?x=1",
    "secret": "fake-shared",
    "active": False,
}


@pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")
@pytest.mark.parametrize(("event", "resource"), [("attempt", "finish"), ("finish", "attempt")])
def test_the_pair_is_taken_in_either_order_and_echoed(call: Call, event: str, resource: str) -> None:
    answer = call("POST", "/webhooks", json={**BODY, "event": event, "resource": resource})
    assert answer.status_code == 201
    assert answer.json() == {
        "id": 100001,
        "event": event,
        "resource": resource,
        "url": "https://lms.meridian.example/hook?x=1",
        "active": False,
        "created": "2025-05-15T10:00:00Z",
    }
    assert answer.headers["Location"].endswith("/youtestme/webhooks/100001")
    assert call("GET", "/webhooks/100001").json() == answer.json()


def test_a_pair_of_equals_is_refused(call: Call) -> None:
    for value in ("attempt", "finish"):
        answer = call("POST", "/webhooks", json={**BODY, "event": value, "resource": value})
        assert answer.status_code == 400
        assert [each["field"] for each in answer.json()["errors"]] == ["resource"]


def test_it_is_active_unless_told_otherwise(call: Call) -> None:
    body = {key: BODY[key] for key in ("event", "resource", "url")}
    assert call("POST", "/webhooks", json=body).json()["active"] is True


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "//x.example", "x.example/hook", "https://", "http://a b/", "http://h:0/"]
)
def test_the_url_is_absolute_http(call: Call, url: str) -> None:
    answer = call("POST", "/webhooks", json={**BODY, "url": url})
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == ["url"]


def test_the_secret_is_never_shown(call: Call, sandbox: RemoteSandbox) -> None:
    made = call("POST", "/webhooks", json=BODY)
    shown = [
        made.text,
        call("GET", "/webhooks").text,
        call("GET", f"/webhooks/{made.json()['id']}").text,
        call("PUT", f"/webhooks/{made.json()['id']}", json=BODY).text,
        str(sandbox.entities("youtestme", "webhooks")),
        str(sandbox.journal()),
    ]
    assert not any("fake-shared" in text for text in shown)


def test_subscriptions_are_listed_in_order(call: Call) -> None:
    call("POST", "/webhooks", json=BODY)
    assert [each["id"] for each in call("GET", "/webhooks").json()] == [100001, 100002]


def test_a_change_keeps_the_secret_and_the_creation(call: Call, sandbox: RemoteSandbox) -> None:
    before = call("GET", "/webhooks/100001").json()
    changed = call("PUT", "/webhooks/100001", json={**before, "url": "https://new.example/", "active": False})
    assert changed.status_code == 200
    assert changed.json() == {**before, "url": "https://new.example/", "active": False}
    assert sandbox.entities("youtestme", "webhooks")[0]["secret"] is not None


def test_a_deleted_subscription_is_gone(call: Call) -> None:
    assert call("DELETE", "/webhooks/100001").status_code == 204
    for method in ("GET", "DELETE"):
        answer = call(method, "/webhooks/100001")
        assert (answer.status_code, answer.json()["error"]) == (404, "WEBHOOK_NOT_FOUND")
    assert call("PUT", "/webhooks/100001", json=BODY).status_code == 404
