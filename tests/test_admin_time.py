"""Time, agenda, progressions and outbox by the admin API, from outside."""

import time
from typing import Any

import pytest
import requests

from tests.receiver import Receiver, Reply
from tests.server import RemoteSandbox

pytestmark = pytest.mark.boot(fixtures="documented", clock="2020-01-01T12:00:00Z")

KEY = {"Authorization": "Bearer fake-youtestme-key"}
TITLE = {"action": "youtestme.create_test", "arguments": {"name": "Later"}}


def ask(sandbox: RemoteSandbox, method: str, path: str, **options: Any) -> requests.Response:
    return sandbox.http.request(method, sandbox.admin_url + path, timeout=20, **options)


def names_of_tests(sandbox: RemoteSandbox) -> list[str]:
    return [each["name"] for each in sandbox.entities("youtestme", "tests")]


def finish_an_attempt(sandbox: RemoteSandbox, url: str) -> None:
    hook = {"event": "attempt", "resource": "finish", "url": url, "secret": "fake-shared"}
    user = {"username": "nora", "firstName": "N", "lastName": "N", "email": "n@people.example", "roleCode": "STU"}
    sandbox.post("/youtestme/webhooks", json=hook, headers=KEY).raise_for_status()
    made = sandbox.post("/youtestme/users/", json=user, headers=KEY).json()
    sandbox.post("/youtestme/authorizations", json={"testId": 100320, "candidateId": made["id"]}, headers=KEY)
    attempt = sandbox.action("youtestme.book", user_id=made["id"], session_id=5033)["id"]
    sandbox.action("youtestme.start", attempt_id=attempt)
    sandbox.action("youtestme.submit", attempt_id=attempt, points=60)


def deliveries(sandbox: RemoteSandbox, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.admin("GET", "/outbox", params=asked)["deliveries"]
    return found


def until_settled(sandbox: RemoteSandbox) -> dict[str, Any]:
    """Return the only delivery when nothing of it is under way any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        [delivery] = deliveries(sandbox)
        if delivery["stage"] not in {"waiting", "sending"}:
            return delivery
    raise AssertionError(f"It is still {delivery['stage']}.")


def test_an_action_is_put_on_the_agenda_and_fires_when_its_time_comes(sandbox: RemoteSandbox) -> None:
    made = ask(sandbox, "POST", "/agenda", json={**TITLE, "after": "90m"})
    assert made.status_code == 201
    assert made.json()["due"] == "2020-01-01T13:30:00Z"
    assert sandbox.admin("GET")["agenda"] == {"next_due": "2020-01-01T13:30:00Z"}
    assert sandbox.advance("89m")["fired"] == []
    [fired] = sandbox.advance("1m")["fired"]
    assert (fired["action"], fired["at"], fired["refusal"]) == (TITLE["action"], "2020-01-01T13:30:00Z", None)
    assert "Later" in names_of_tests(sandbox)
    [entry] = sandbox.admin("GET", "/agenda")
    assert (entry["stage"], entry["fired"]) == ("done", "2020-01-01T13:30:00Z")


def test_an_entry_is_cancelled_and_a_fired_one_is_not(sandbox: RemoteSandbox) -> None:
    number = ask(sandbox, "POST", "/agenda", json={**TITLE, "at": "2020-01-02T00:00:00Z"}).json()["number"]
    assert ask(sandbox, "DELETE", f"/agenda/{number}").status_code == 204
    assert sandbox.admin("POST", "/clock", json={"until": "idle"})["fired"] == []
    fired = ask(sandbox, "POST", "/agenda", json={**TITLE, "after": "0s"}).json()["number"]
    sandbox.advance("0s")
    assert ask(sandbox, "DELETE", f"/agenda/{fired}").status_code == 409
    assert ask(sandbox, "DELETE", "/agenda/99").status_code == 404


@pytest.mark.boot(fixtures="documented", clock="live")
def test_a_live_sandbox_fires_by_itself(sandbox: RemoteSandbox) -> None:
    ask(sandbox, "POST", "/agenda", json={**TITLE, "after": "30ms"}).raise_for_status()
    deadline = time.monotonic() + 20
    while "Later" not in names_of_tests(sandbox):
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/agenda", {**TITLE}, "after"),
        ("/agenda", {**TITLE, "after": "1m", "at": "2020-01-02T00:00:00Z"}, "after"),
        ("/agenda", {**TITLE, "after": "soon"}, "after"),
        ("/agenda", {**TITLE, "at": "2020-01-02T00:00:00"}, "at"),
        ("/agenda", {"action": "youtestme.none", "after": "1m"}, "action"),
        ("/agenda", {"action": "youtestme.create_test", "after": "1m"}, "name"),
        ("/agenda", {"action": "youtestme.create_test", "arguments": {"name": 5}, "after": "1m"}, "name"),
        ("/clock", {"until": "tomorrow"}, "until"),
        ("/clock", {"advance": "1h", "within": "1h"}, "within"),
        ("/clock", {"within": "1h"}, "body"),
        ("/clock", {"until": "idle", "within": "long"}, "within"),
    ],
)
def test_a_wrong_plan_is_refused_by_field(sandbox: RemoteSandbox, path: str, body: Any, field: str) -> None:
    answer = ask(sandbox, "POST", path, json=body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert sandbox.admin("GET", "/agenda") == []


@pytest.mark.parametrize(
    ("operation", "body", "field"),
    [
        ("youtestme.get_authorization", {}, "mode"),
        ("youtestme.get_authorization", {"mode": "quick"}, "mode"),
        ("youtestme.get_authorization", {"mode": "after"}, "duration"),
        ("youtestme.get_authorization", {"mode": "after", "duration": "1x"}, "duration"),
        ("youtestme.get_authorization", {"mode": "polls", "count": 0}, "count"),
        ("youtestme.get_authorization", {"mode": "polls", "count": 1, "duration": "1m"}, "duration"),
        ("youtestme.get_authorization", {"mode": "manual", "count": 1}, "count"),
        ("youtestme.create_user", {"mode": "polls", "count": 1}, "operation"),
        ("nobody.nothing", {"mode": "polls", "count": 1}, "operation"),
    ],
)
def test_a_wrong_progression_is_refused_by_field(sandbox: RemoteSandbox, operation: str, body: Any, field: str) -> None:
    before = sandbox.admin("GET", "/progressions")
    answer = ask(sandbox, "PUT", f"/progressions/{operation}", json=body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert sandbox.admin("GET", "/progressions") == before


def test_a_progression_is_set_and_listed(sandbox: RemoteSandbox) -> None:
    operation = "youtestme.get_authorization"
    body = {"mode": "after", "duration": "10m"}
    assert sandbox.admin("PUT", f"/progressions/{operation}", json=body) == {"operation": operation, **body}
    assert {"operation": operation, **body} in sandbox.admin("GET", "/progressions")
    others = [each for each in sandbox.admin("GET", "/progressions") if each["operation"] != operation]
    assert {each["mode"] for each in others} == {"manual"}


def test_a_webhook_leaves_after_the_answer_and_its_attempt_is_kept(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    receiver.answers.append(Reply(200, {"X-Trace": "7"}, b"thanks"))
    finish_an_attempt(sandbox, receiver.url)
    receiver.wait(1)
    delivery = until_settled(sandbox)
    assert (delivery["stage"], delivery["event"], delivery["url"]) == (
        "delivered",
        "youtestme.attempt_finished",
        receiver.url,
    )
    [attempt] = sandbox.admin("GET", f"/outbox/{delivery['number']}")["attempts"]
    assert (attempt["at"], attempt["status"], attempt["error"]) == ("2020-01-01T12:00:00Z", 200, None)
    assert attempt["request"]["body"].encode() == receiver.requests[0].body
    assert attempt["request"]["headers"]["X-YTM-Signature"] == receiver.requests[0].headers["x-ytm-signature"]
    assert attempt["answer"]["body"] == "thanks"
    assert attempt["answer"]["headers"]["X-Trace"] == "7"


def test_a_failed_delivery_waits_and_is_cancelled_and_redelivered(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    receiver.answers.append(Reply(500))
    finish_an_attempt(sandbox, receiver.url)
    sandbox.advance("0s")
    [waiting] = deliveries(sandbox, stage="waiting")
    assert waiting["due"] == "2020-01-01T12:00:05Z"
    place = f"/outbox/{waiting['number']}"
    assert ask(sandbox, "POST", f"{place}/redelivery").status_code == 409
    assert ask(sandbox, "POST", f"{place}/cancellation").json()["stage"] == "cancelled"
    assert ask(sandbox, "POST", f"{place}/cancellation").status_code == 409
    assert sandbox.advance("1h")["fired"] == []
    assert ask(sandbox, "POST", f"{place}/redelivery").status_code == 202
    sandbox.advance("0s")
    assert len(receiver.requests) == 2
    assert ask(sandbox, "DELETE", place).status_code == 204
    assert deliveries(sandbox) == []
    assert ask(sandbox, "GET", place).status_code == 404


def test_a_receiver_that_is_not_allowed_is_shown_as_refused(sandbox: RemoteSandbox) -> None:
    finish_an_attempt(sandbox, "http://169.254.169.254/latest/meta-data/")
    delivery = until_settled(sandbox)
    assert delivery["stage"] == "refused"
    [attempt] = sandbox.admin("GET", f"/outbox/{delivery['number']}")["attempts"]
    assert attempt["status"] is None
    assert attempt["request"]["headers"] == {}
    assert "169.254.169.254" in attempt["error"]


@pytest.mark.parametrize("asked", [{"stage": "gone"}, {"limit": "0"}, {"after": "-1"}, {"colour": "red"}])
def test_a_wrong_question_is_refused_by_field(sandbox: RemoteSandbox, asked: dict[str, str]) -> None:
    answer = ask(sandbox, "GET", "/outbox", params=asked)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(asked)
