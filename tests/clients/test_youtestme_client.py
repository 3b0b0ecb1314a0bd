"""The reference client of YouTestMe against the mock, with what goes wrong on the way."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from standardwebhooks import Webhook

from contract_tests.clients.calling import Refused, Unavailable
from contract_tests.clients.receiving import Forged, Receiver, Rejected
from contract_tests.clients.youtestme import Result, Results, YouTestMe, verify
from tests.server import RemoteSandbox

FROZEN = "2026-03-02T09:00:00Z"
NOW = datetime.fromisoformat(FROZEN).timestamp()
SECRET = "fake-shared-secret"
SECRET_OF_STANDARD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps(
    {
        "id": 7,
        "candidate": {"externalId": "u-1"},
        "pointsScored": 60,
        "passed": True,
        "finished": FROZEN,
        "authorization": None,
        "added": "later",
    }
).encode()
LOST = [{"kind": "lost_response"}, {"kind": "lost_response", "by": "reset"}, {"kind": "truncated"}]
pytestmark = pytest.mark.boot(fixtures="empty", clock=FROZEN)


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def client(sandbox: RemoteSandbox, waited: list[float]) -> YouTestMe:
    """A client that waits by moving the sandbox's clock."""

    def wait(seconds: float) -> None:
        waited.append(seconds)
        sandbox.advance(f"{seconds}s")

    return YouTestMe(sandbox.url("/youtestme"), "fake-youtestme-key", wait=wait, clock=lambda: now(sandbox), timeout=5)


@pytest.fixture
def told() -> list[Result]:
    """The results that were new, in the order of their arrival."""
    return []


@pytest.fixture
def results(told: list[Result]) -> Results:
    return Results(SECRET, clock=lambda: NOW, on_result=told.append)


@pytest.fixture
def receiver(results: Results) -> Iterator[Receiver]:
    with Receiver({"/results": results}) as running:
        yield running


def now(sandbox: RemoteSandbox) -> float:
    return datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"]).timestamp()


def fault(sandbox: RemoteSandbox, operation: str, **rule: Any) -> None:
    sandbox.admin("POST", "/faults", json={"operation": f"youtestme.{operation}", "times": 1, **rule})


def ensure_tom(client: YouTestMe) -> dict[str, Any]:
    return client.ensure_user(
        "u/1 +é", username="tom@people.example", first_name="Tom", last_name="Palmer", email="tom@people.example"
    )


def authorize_tom(client: YouTestMe) -> dict[str, Any]:
    return client.authorize("order-1", test="geo-1", candidate="u/1 +é", expires=datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def tom(client: YouTestMe, sandbox: RemoteSandbox) -> dict[str, Any]:
    """A candidate, where there is a test that can be booked."""
    sandbox.action("youtestme.create_test", name="Geography", external_id="geo-1", max_points=120)
    sandbox.action("youtestme.create_session", test_id=100001)
    return ensure_tom(client)


def test_a_user_is_made_once_and_found_by_any_name(client: YouTestMe, sandbox: RemoteSandbox) -> None:
    assert client.find_user(external_id="u/1 +é") is None
    made = ensure_tom(client)
    assert ensure_tom(client) == made
    assert client.find_user(username="tom@people.example") == client.find_user(external_id="u/1 +é") == made
    assert client.find_user(internal_id=made["id"]) == made
    assert client.find_user(internal_id=999_999) is None
    assert len(sandbox.entities("youtestme", "users")) == 1


@pytest.mark.parametrize("rule", LOST, ids=str)
def test_a_lost_answer_to_creating_leaves_one_user(
    rule: dict[str, Any], client: YouTestMe, sandbox: RemoteSandbox, waited: list[float]
) -> None:
    fault(sandbox, "create_user", **rule)
    assert ensure_tom(client)["username"] == "tom@people.example"
    assert len(sandbox.entities("youtestme", "users")) == 1
    assert [each["operation"] for each in sandbox.journal()].count("youtestme.create_user") == 1
    assert waited == [0.5]


@pytest.mark.parametrize("rule", [{"kind": "malformed_json"}, {"kind": "wrong_content_type"}], ids=str)
def test_an_answer_that_cannot_be_read_is_looked_up(
    rule: dict[str, Any], client: YouTestMe, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "create_user", **rule)
    assert ensure_tom(client)["id"] == 100001
    assert [each["operation"] for each in sandbox.journal()].count("youtestme.create_user") == 1


@pytest.mark.parametrize("rule", [{"kind": "reset", "at": "before"}, {"kind": "status", "status": 503}], ids=str)
def test_what_was_not_made_is_made_at_the_second_attempt(
    rule: dict[str, Any], client: YouTestMe, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "create_user", **rule)
    assert ensure_tom(client)["id"] == 100001
    assert [each["operation"] for each in sandbox.journal()].count("youtestme.create_user") == 2


def test_a_look_up_is_repeated_until_the_vendor_is_back(
    client: YouTestMe, sandbox: RemoteSandbox, waited: list[float]
) -> None:
    fault(sandbox, "get_user_by_external_id", kind="status", status=503, times=2)
    assert client.find_user(external_id="nobody") is None
    assert waited == [0.5, 1.0]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_limit_is_waited_out_in_the_sandboxs_time(
    form: str, client: YouTestMe, sandbox: RemoteSandbox, waited: list[float]
) -> None:
    ensure_tom(client)
    fault(sandbox, "create_sso_link", kind="rate_limit", quota=1, window="1m", retry_after=form, times=9)
    client.sso_link("u/1 +é")
    sandbox.advance("20s")
    client.sso_link("u/1 +é")
    assert waited == [40.0]


def test_a_refusal_is_told_and_not_repeated(client: YouTestMe, sandbox: RemoteSandbox, waited: list[float]) -> None:
    with pytest.raises(Refused, match="email") as raised:
        client.ensure_user("u-2", username="u2", first_name="U", last_name="Two", email="no address")
    assert (raised.value.status, waited) == (400, [])
    assert [each["operation"] for each in sandbox.journal()].count("youtestme.create_user") == 1


def test_a_name_that_somebody_else_has_is_refused(client: YouTestMe) -> None:
    ensure_tom(client)
    with pytest.raises(Refused) as raised:
        client.ensure_user(
            "u-2", username="tom@people.example", first_name="T", last_name="P", email="t@people.example"
        )
    assert raised.value.status == 409


def test_a_user_who_is_made_in_between_is_taken(client: YouTestMe, sandbox: RemoteSandbox) -> None:
    made = ensure_tom(client)
    fault(sandbox, "get_user_by_external_id", kind="status", status=404)
    assert ensure_tom(client) == made


def test_a_change_is_repeated(client: YouTestMe, sandbox: RemoteSandbox) -> None:
    ensure_tom(client)
    fault(sandbox, "change_user_by_external_id", kind="lost_response")
    assert client.change_user("u/1 +é", lastName="Sawyer")["lastName"] == "Sawyer"


@pytest.mark.boot(fixtures="empty", clock=FROZEN, settings={"youtestme": {"allow_duplicate_external_id": True}})
@pytest.mark.usefixtures("tom")
def test_an_authorization_is_made_once_even_where_the_vendor_takes_two(
    client: YouTestMe, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "create_authorization", kind="lost_response")
    made = authorize_tom(client)
    assert authorize_tom(client) == made
    assert made["expirationDatetime"] == "2026-04-01T00:00:00Z"
    assert len(sandbox.entities("youtestme", "authorizations")) == 1


@pytest.mark.usefixtures("tom")
def test_an_authorization_is_deactivated_once_or_twice(client: YouTestMe, sandbox: RemoteSandbox) -> None:
    client.deactivate("order-1")
    authorize_tom(client)
    fault(sandbox, "deactivate_authorization", kind="lost_response")
    client.deactivate("order-1")
    found = client.authorization("order-1")
    assert found is not None
    assert found["active"] is False


def test_each_link_is_another_and_opens(client: YouTestMe, sandbox: RemoteSandbox) -> None:
    ensure_tom(client)
    first, second = (client.sso_link("u/1 +é", expires=datetime(2026, 3, 3, tzinfo=UTC)) for _ in range(2))
    assert first != second
    assert "Tom Palmer" in requests.get(first, timeout=20).text


def subscribed(sandbox: RemoteSandbox) -> list[str]:
    return [each["url"] for each in sandbox.entities("youtestme", "webhooks")]


def test_an_address_is_subscribed_once_and_unsubscribed_once_or_twice(
    client: YouTestMe, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "create_webhook", kind="lost_response")
    for name in ("one", "one", "two"):
        client.subscribe(f"http://127.0.0.1/{name}", SECRET)
    assert subscribed(sandbox) == ["http://127.0.0.1/one", "http://127.0.0.1/two"]
    client.unsubscribe("http://127.0.0.1/one")
    client.unsubscribe("http://127.0.0.1/one")
    assert subscribed(sandbox) == ["http://127.0.0.1/two"]


@pytest.mark.usefixtures("tom")
def test_a_subscription_takes_the_newest_secret(client: YouTestMe, sandbox: RemoteSandbox, receiver: Receiver) -> None:
    for secret in ("an older secret", SECRET):
        client.subscribe(f"{receiver.url}/results", secret)
    finish_toms_attempt(client, sandbox)
    assert receiver.wait_for(1) == [200]


def finish_toms_attempt(client: YouTestMe, sandbox: RemoteSandbox, points: int = 90) -> None:
    authorize_tom(client)
    sandbox.action("youtestme.book", user_id=100001, session_id=5001)
    sandbox.action("youtestme.start", attempt_id=100001)
    sandbox.action("youtestme.submit", attempt_id=100001, points=points)
    sandbox.advance("0s")


@pytest.mark.parametrize("signature", ["hmac-sha256", "standard-webhooks"])
@pytest.mark.usefixtures("tom")
def test_a_result_arrives_signed(
    signature: str, client: YouTestMe, sandbox: RemoteSandbox, receiver: Receiver, results: Results
) -> None:
    sandbox.settings(youtestme={"webhook_signature": signature})
    client.subscribe(f"{receiver.url}/results", SECRET)
    finish_toms_attempt(client, sandbox)
    assert receiver.wait_for(1) == [200]
    result = results.newest[100001]
    assert (result.authorization, result.candidate, result.points, result.passed) == ("order-1", "u/1 +é", 90, True)


@pytest.mark.usefixtures("tom")
def test_a_duplicate_is_taken_once(
    client: YouTestMe, sandbox: RemoteSandbox, receiver: Receiver, told: list[Result]
) -> None:
    fault(sandbox, "attempt_finished", kind="duplicate", copies=2)
    client.subscribe(f"{receiver.url}/results", SECRET)
    finish_toms_attempt(client, sandbox)
    assert receiver.wait_for(3) == [200, 200, 200]
    assert len(told) == 1


@pytest.mark.parametrize("kind", ["bad_signature", "altered_body", "stale_timestamp"])
@pytest.mark.usefixtures("tom")
def test_a_forgery_is_refused_and_the_genuine_retry_taken(
    kind: str, client: YouTestMe, sandbox: RemoteSandbox, receiver: Receiver, results: Results
) -> None:
    sandbox.settings(youtestme={"webhook_signature": "standard-webhooks"})
    fault(sandbox, "attempt_finished", kind=kind, attempts=1)
    client.subscribe(f"{receiver.url}/results", SECRET)
    finish_toms_attempt(client, sandbox)
    assert receiver.wait_for(1) == [401]
    assert results.newest == {}
    sandbox.advance("5s")
    assert receiver.wait_for(2) == [401, 200]
    assert results.newest[100001].points == 90


@pytest.mark.usefixtures("tom")
def test_an_earlier_result_that_comes_late_does_not_count(
    client: YouTestMe, sandbox: RemoteSandbox, receiver: Receiver, results: Results, told: list[Result]
) -> None:
    fault(sandbox, "attempt_finished", kind="reorder")
    client.subscribe(f"{receiver.url}/results", SECRET)
    finish_toms_attempt(client, sandbox, points=10)
    sandbox.advance("1m")
    sandbox.action("youtestme.reopen", attempt_id=100001)
    sandbox.action("youtestme.resume", attempt_id=100001)
    sandbox.action("youtestme.submit", attempt_id=100001, points=100)
    sandbox.advance("1h")
    assert receiver.wait_for(2) == [200, 200]
    assert [each.points for each in told] == [100]
    assert results.newest[100001].points == 100


def signed(body: bytes, **headers: str) -> dict[str, str]:
    made = Webhook(SECRET_OF_STANDARD).sign("msg_1", datetime.fromtimestamp(NOW, UTC), body.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW)), "webhook-signature": made, **headers}


def test_it_reads_what_the_public_package_signs() -> None:
    verify(signed(BODY), BODY, SECRET_OF_STANDARD, now=NOW + 299)
    several = signed(BODY, **{"webhook-signature": f"v1,AAAA {signed(BODY)['webhook-signature']}"})
    verify(several, BODY, SECRET_OF_STANDARD, now=NOW)


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({}, NOW),
        ({"x-ytm-signature": "sha256=00"}, NOW),
        ({"x-ytm-signature": "é"}, NOW),
        (signed(BODY, **{"webhook-signature": ""}), NOW),
        (signed(BODY, **{"webhook-timestamp": "now"}), NOW),
        (signed(BODY, **{"webhook-timestamp": "9" * 5000}), NOW),
        (signed(BODY, **{"webhook-id": "msg_2"}), NOW),
        (signed(BODY), NOW + 301),
        (signed(BODY), NOW - 301),
    ],
)
def test_what_is_not_signed_so_is_forged(headers: dict[str, str], at: float) -> None:
    with pytest.raises(Forged):
        verify(headers, BODY, SECRET_OF_STANDARD, now=at)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", BODY.replace(b"60", b'"much"'), BODY.replace(b"2026", b"last")])
def test_a_body_that_is_no_result_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected) as raised:
        Results(SECRET_OF_STANDARD, clock=lambda: NOW).read(signed(body), body)
    assert raised.value.status == 400


def test_a_wrong_key_is_refused(sandbox: RemoteSandbox) -> None:
    with pytest.raises(Refused) as raised:
        ensure_tom(YouTestMe(sandbox.url("/youtestme"), "wrong"))
    assert raised.value.status == 401


def test_a_vendor_that_is_away_for_good_is_unavailable(client: YouTestMe, sandbox: RemoteSandbox) -> None:
    fault(sandbox, "*", kind="status", status=503, times=99)
    with pytest.raises(Unavailable):
        ensure_tom(client)
    assert len(sandbox.journal()) == 4
