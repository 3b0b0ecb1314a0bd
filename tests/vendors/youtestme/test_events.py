"""What YouTestMe sends by itself: the result of an attempt."""

import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.contract.deliveries import delivery_violations
from tests.receiver import Received, Receiver, Reply
from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call, Make

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SAMPLE = {
    "id": 100001,
    "attemptNumber": 1,
    "candidateId": 100001,
    "candidate": {
        "id": 100001,
        "username": "tom.palmer@example.com",
        "email": "tom.palmer@example.com",
        "firstName": "Tom",
        "lastName": "Palmer",
        "externalId": "user-5678",
    },
    "testName": "Geograhpy test",
    "maxPoints": 120,
    "pointsScored": 60,
    "percentScored": 50,
    "testingSessionId": 5033,
    "testVersionId": 10004,
    "passed": True,
    "status": "not_attempted",
    "started": "2020-01-01T12:00:00Z",
    "finished": "2020-01-01T12:00:00Z",
    "authorization": {"id": 100002, "externalId": "assignment-12345"},
}

pytestmark = pytest.mark.boot(fixtures="documented", clock="2020-01-01T12:00:00Z")


def subscribe(call: Call, receiver: Receiver, **fields: Any) -> None:
    body = {"event": "attempt", "resource": "finish", "url": receiver.url, "secret": SECRET, **fields}
    assert call("POST", "/webhooks", json=body).status_code == 201


@pytest.fixture
def attempt(sandbox: RemoteSandbox, call: Call, make_user: Make) -> int:
    """A begun attempt of the documents' test, by a user with an external id."""
    user = make_user(externalId="user-5678")
    asked = {"authorizationExternalId": "assignment-12345", "testId": 100320, "candidateId": user["id"]}
    assert call("POST", "/authorizations", json=asked).status_code == 201
    made = sandbox.action("youtestme.book", user_id=user["id"], session_id=5033)
    number: int = sandbox.action("youtestme.start", attempt_id=made["id"])["id"]
    return number


def submit(sandbox: RemoteSandbox, attempt: int, **points: int) -> None:
    sandbox.action("youtestme.submit", attempt_id=attempt, **points)
    sandbox.advance("0s")


def body_of(request: Received) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request.body)
    kind = request.headers["content-type"]
    assert delivery_violations("youtestme.attempt_finished", kind, request.body) == []
    return body


def test_a_finished_attempt_is_sent_as_documented(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    subscribe(call, receiver)
    submit(sandbox, attempt, points=60)
    [request] = receiver.requests
    candidate = SAMPLE["candidate"]
    assert isinstance(candidate, dict)
    assert body_of(request) == {
        **SAMPLE,
        "candidate": {**candidate, "username": "nora.new@people.example", "email": "nora.new@people.example"}
        | {"firstName": "Nora", "lastName": "New"},
        "status": "finished",
        "authorization": {"id": 100001, "externalId": "assignment-12345"},
    }
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"


def test_the_documents_own_sample_is_replayed_where_a_sandbox_wants_it(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    sandbox.settings(youtestme={"webhook_body": "documented_sample"})
    subscribe(call, receiver)
    submit(sandbox, attempt, points=1)
    assert body_of(receiver.requests[0]) == SAMPLE


def test_every_active_subscription_is_told(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    subscribe(call, receiver)
    subscribe(call, receiver, event="finish", resource="attempt")
    subscribe(call, receiver, active=False)
    submit(sandbox, attempt, points=60)
    assert len(receiver.requests) == 2


def test_an_attempt_that_waits_for_grading_is_told_when_graded_and_once(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    subscribe(call, receiver)
    submit(sandbox, attempt)
    assert receiver.requests == []
    for points in (30, 90):
        sandbox.action("youtestme.grade", attempt_id=attempt, points=points)
    sandbox.advance("0s")
    [request] = receiver.requests
    assert (body_of(request)["pointsScored"], body_of(request)["passed"]) == (30, False)


def test_a_submitted_attempt_is_told_at_once_where_a_sandbox_wants_it(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    sandbox.settings(youtestme={"webhook_at": "submitted"})
    subscribe(call, receiver)
    submit(sandbox, attempt)
    sandbox.action("youtestme.grade", attempt_id=attempt, points=60)
    sandbox.advance("0s")
    [request] = receiver.requests
    assert body_of(request)["status"] == "report_incomplete"


def test_it_is_signed_with_hmac_sha256_by_default(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    subscribe(call, receiver, secret="fake-shared")
    submit(sandbox, attempt, points=60)
    [request] = receiver.requests
    digest = hmac.new(b"fake-shared", request.body, "sha256").hexdigest()
    assert request.headers["x-ytm-signature"] == f"sha256={digest}"


def test_it_is_not_signed_without_a_secret_or_by_choice(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    subscribe(call, receiver, secret=None)
    submit(sandbox, attempt, points=60)
    subscribe(call, receiver)
    sandbox.settings(youtestme={"webhook_signature": "none"})
    sandbox.action("youtestme.reopen", attempt_id=attempt)
    sandbox.action("youtestme.resume", attempt_id=attempt)
    submit(sandbox, attempt, points=70)
    assert len(receiver.requests) == 3
    assert not any(name in request.headers for request in receiver.requests for name in ("x-ytm-signature",))


@pytest.mark.boot(fixtures="documented", clock="live")
def test_standard_webhooks_verify_with_the_public_package(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    sandbox.settings(youtestme={"webhook_signature": "standard-webhooks"})
    subscribe(call, receiver)
    submit(sandbox, attempt, points=60)
    [request] = receiver.requests
    assert Webhook(SECRET).verify(request.body, dict(request.headers)) == json.loads(request.body)


def test_every_attempt_of_a_long_ladder_is_signed_anew_and_verifies(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    ladder = ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"]
    sandbox.settings(youtestme={"webhook_signature": "standard-webhooks", "webhook_retries": ladder})
    receiver.answers.extend([Reply(503)] * 10)
    subscribe(call, receiver)
    sandbox.action("youtestme.submit", attempt_id=attempt, points=60)
    moved = sandbox.admin("POST", "/clock", json={"until": "idle"})
    assert moved["fired"][-1]["attempt"] == 10
    assert moved["now"] == "2020-01-04T15:35:05Z"
    seen = set()
    for request in receiver.requests:
        message, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        # Its verify() compares with real time, which the ladder leaves three days behind.
        signature = Webhook(SECRET).sign(message, datetime.fromtimestamp(int(at), UTC), request.body.decode())
        assert request.headers["webhook-signature"] == signature
        seen.add((message, at))
    assert len(seen) == 10
    assert len({message for message, _ in seen}) == 1


def test_a_deleted_subscription_gets_no_further_attempt(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    receiver.answers.append(Reply(503))
    subscribe(call, receiver)
    submit(sandbox, attempt, points=60)
    [webhook] = call("GET", "/webhooks").json()
    call("DELETE", f"/webhooks/{webhook['id']}")
    sandbox.advance("1h")
    assert len(receiver.requests) == 1
    [delivery] = sandbox.admin("GET", "/outbox")["deliveries"]
    assert delivery["stage"] == "cancelled"


def test_a_receiver_that_fails_twice_gets_exactly_three_attempts(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, attempt: int
) -> None:
    receiver.answers.extend([Reply(500), Reply(500)])
    subscribe(call, receiver)
    submit(sandbox, attempt, points=60)
    sandbox.advance("1d")
    assert len(receiver.requests) == 3
    assert len({request.headers["x-ytm-signature"] for request in receiver.requests}) == 1


def test_a_polling_client_sees_attempts_come_and_go(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, make_user: Make
) -> None:
    subscribe(call, receiver)
    user = make_user()
    made = call("POST", "/authorizations", json={"testId": 100320, "candidateId": user["id"]}).json()
    sandbox.action("youtestme.book", user_id=user["id"], session_id=5033)
    sandbox.admin("PUT", "/progressions/youtestme.get_authorization", json={"mode": "polls", "count": 2})
    active = [call("GET", f"/authorizations/{made['id']}").json()["active"] for _ in range(4)]
    assert active == [True, True, False, False]
    [request] = receiver.wait(1)
    assert body_of(request)["percentScored"] == 80


def test_attempts_move_on_after_a_while(
    sandbox: RemoteSandbox, call: Call, receiver: Receiver, make_user: Make
) -> None:
    subscribe(call, receiver)
    user = make_user()
    call("POST", "/authorizations", json={"testId": 100320, "candidateId": user["id"]})
    mode = {"mode": "after", "duration": "20m"}
    sandbox.admin("PUT", "/progressions/youtestme.get_authorization", json=mode)
    sandbox.action("youtestme.book", user_id=user["id"], session_id=5033)
    fired = sandbox.advance("1h")["fired"]
    assert [each.get("action") or each["event"] for each in fired] == [
        "youtestme.start",
        "youtestme.submit",
        "youtestme.attempt_finished",
    ]
    [request] = receiver.requests
    assert body_of(request)["finished"] == "2020-01-01T12:40:00Z"
