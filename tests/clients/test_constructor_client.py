"""The reference client of Constructor Proctor against the mock, with what goes wrong on the way."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from contract_tests.clients.calling import Refused, Unavailable
from contract_tests.clients.constructor import Callbacks, Constructor, verify
from contract_tests.clients.receiving import Forged, Receiver
from tests.server import RemoteSandbox

FROZEN = "2026-03-02T09:00:00Z"
NOW = datetime.fromisoformat(FROZEN).timestamp()
SECRET = "fake-constructor-secret-0123456789abcdef"
EXAM: dict[str, Any] = {
    "accountId": "1",
    "accountName": "Acme",
    "examId": "geo-1",
    "examName": "Geography",
    "duration": 60,
    "schedule": True,
    "proctoring": "offline",
    "startDate": "2026-03-02T08:00:00Z",
    "endDate": "2026-03-31T18:00:00Z",
}
START = {**EXAM, "userId": "u-1", "sessionId": "s 1+é", "sessionUrl": "https://lms.example/exams/geo-1"}
UNSCHEDULED = {**START, "schedule": False}
pytestmark = pytest.mark.boot(fixtures="empty", clock=FROZEN, settings={"constructor": {"longest_token_seconds": 30}})


def now(sandbox: RemoteSandbox) -> float:
    return datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"]).timestamp()


@pytest.fixture
def client(sandbox: RemoteSandbox) -> Constructor:
    """A client that lives in the sandbox's time."""
    return make_client(sandbox)


def make_client(sandbox: RemoteSandbox, secret: str = SECRET, **manner: Any) -> Constructor:
    time = {"wait": lambda seconds: sandbox.advance(f"{seconds}s"), "clock": lambda: now(sandbox)}
    return Constructor(sandbox.url("/constructor"), "demo", secret, **{**time, **manner})


@pytest.fixture
def told() -> list[tuple[str, dict[str, Any]]]:
    """Where something new was told, and what, in the order of arrival."""
    return []


@pytest.fixture
def callbacks(sandbox: RemoteSandbox, told: list[tuple[str, dict[str, Any]]]) -> Callbacks:
    return Callbacks(SECRET, clock=lambda: NOW, on_change=lambda path, content: told.append((path, content)))


@pytest.fixture
def receiver(sandbox: RemoteSandbox, callbacks: Callbacks) -> Iterator[Receiver]:
    """A receiver that the vendor calls back; its clock stands at the sandbox's start."""
    with Receiver(callbacks.inlets) as running:
        urls = {
            f"{name}_url": f"{running.url}{path}"
            for name, path in [
                ("review", "/reviews"),
                ("schedule", "/bookings"),
                ("warning", "/warnings"),
                ("agreement_acceptance", "/agreements"),
            ]
        }
        sandbox.action("constructor.change_urls", integration_name="demo", **urls)
        yield running


def fault(sandbox: RemoteSandbox, operation: str, **rule: Any) -> None:
    sandbox.admin("POST", "/faults", json={"operation": f"constructor.{operation}", "times": 1, **rule})


def act(sandbox: RemoteSandbox, action: str, **arguments: Any) -> None:
    sandbox.action(f"constructor.{action}", session_id="s 1+é", **arguments)


@pytest.mark.parametrize("rule", [{"kind": "lost_response"}, {"kind": "status", "status": 503}], ids=str)
def test_an_exam_is_put_again(rule: dict[str, Any], client: Constructor, sandbox: RemoteSandbox) -> None:
    fault(sandbox, "put_exam", **rule)
    assert client.put_exam(EXAM)["examName"] == "Geography"
    assert len(sandbox.entities("constructor", "exams")) == 1
    assert [each["operation"] for each in sandbox.journal()] == ["constructor.put_exam"] * 2


def test_a_token_lives_for_half_a_minute_from_when_its_request_leaves(sandbox: RemoteSandbox) -> None:
    """The first attempt is told to come back in a minute, when a token that was kept would have expired."""
    fault(sandbox, "put_exam", kind="status", status=503, headers={"Retry-After": "60"})
    make_client(sandbox).put_exam(EXAM)
    with pytest.raises(Refused, match="expired"):
        make_client(sandbox, clock=lambda: NOW).put_exam(EXAM)
    with pytest.raises(Refused, match="more than 30 seconds"):
        make_client(sandbox, clock=lambda: now(sandbox) + 2).put_exam(EXAM)


def test_a_wrong_exam_is_refused_with_the_vendors_words(client: Constructor, sandbox: RemoteSandbox) -> None:
    with pytest.raises(Refused, match="duration") as raised:
        client.put_exam({**EXAM, "duration": 0})
    assert raised.value.status == 400
    assert len(sandbox.journal()) == 1


def test_a_wrong_secret_is_refused(sandbox: RemoteSandbox) -> None:
    with pytest.raises(Refused) as raised:
        make_client(sandbox, secret=SECRET[::-1]).status("s 1+é")
    assert raised.value.status == 401


def test_a_session_is_unknown_until_the_test_taker_comes(client: Constructor, sandbox: RemoteSandbox) -> None:
    assert client.status("s 1+é") is None
    fault(sandbox, "start_session", kind="lost_response")
    assert "Geography" in client.start(START)
    assert client.status("s 1+é") == {
        "accountId": "1",
        "sessionId": "s 1+é",
        "status": "not_scheduled",
        "sessionStart": None,
        "sessionEnd": None,
    }


def test_a_browser_can_post_the_form(client: Constructor) -> None:
    form = client.start_form(START)
    assert requests.post(form.action, data=form.fields, timeout=20).status_code == 200
    assert client.status("s 1+é") is not None


def test_a_status_is_waited_for_in_the_sandboxs_time(client: Constructor, sandbox: RemoteSandbox) -> None:
    client.start(START)
    act(sandbox, "book_slot", start="2026-03-02T10:00:00Z")
    found = client.wait_for("s 1+é", {"ready_to_start", "late_to_start"}, every=600)
    assert found["status"] == "ready_to_start"
    assert sandbox.admin("GET", "/clock")["now"] == "2026-03-02T10:00:00Z"
    assert [each["operation"] for each in sandbox.journal()].count("constructor.get_session_status") == 7


def test_a_wait_has_an_end(client: Constructor, sandbox: RemoteSandbox) -> None:
    with pytest.raises(TimeoutError, match="still None"):
        client.wait_for("s 1+é", {"finished"}, every=10, within=25)
    assert now(sandbox) == NOW + 30


def test_finishing_again_changes_nothing(client: Constructor, sandbox: RemoteSandbox) -> None:
    client.start(UNSCHEDULED)
    act(sandbox, "start_session")
    fault(sandbox, "finish_session", kind="lost_response")
    assert client.finish("s 1+é", "https://lms.example/done") == "not_changed"
    (session,) = sandbox.entities("constructor", "sessions")
    assert session["session_finish_url"] == "https://lms.example/done"
    assert client.wait_for("s 1+é", {"finished"})["status"] == "finished"


def test_the_archive_opens_by_its_link_for_five_minutes(client: Constructor, sandbox: RemoteSandbox) -> None:
    client.start(UNSCHEDULED)
    link = client.archive_link("s 1+é", "proctor@acme.example", return_url="https://lms.example/")
    assert requests.get(link, timeout=20).status_code == 200
    sandbox.advance("5m")
    assert requests.get(link, timeout=20).status_code == 401


def test_a_link_to_the_archive_says_more_of_the_proctor(client: Constructor) -> None:
    link = client.archive_link("s-1", "proctor@acme.example", lastName="Lee", language="en")
    token = parse_qs(urlsplit(link).query)["token"][0]
    said = jwt.decode(token, options={"verify_signature": False})
    assert (said["userId"], said["lastName"], said["language"]) == ("proctor@acme.example", "Lee", "en")


def test_a_vendor_that_is_away_for_good_is_unavailable(client: Constructor, sandbox: RemoteSandbox) -> None:
    fault(sandbox, "*", kind="reset", times=99)
    with pytest.raises(Unavailable):
        client.finish("s 1+é")
    assert len(sandbox.journal()) == 4


def hold_exam(client: Constructor, sandbox: RemoteSandbox) -> None:
    client.start(UNSCHEDULED)
    act(sandbox, "start_session")
    act(sandbox, "finish_session")


def test_a_review_is_revised_again_and_again(
    client: Constructor, sandbox: RemoteSandbox, receiver: Receiver, callbacks: Callbacks
) -> None:
    """The third review is the first one word by word, and counts."""
    hold_exam(client, sandbox)
    for conclusion in ("accepted", "rejected", "accepted"):
        act(sandbox, "conclude_session", conclusion=conclusion)
        sandbox.advance("0s")
    assert receiver.wait_for(4) == [200] * 4
    assert callbacks.reviews["s 1+é"]["conclusion"] == "accepted"


def test_a_review_that_comes_late_takes_no_judgement_back(
    client: Constructor, sandbox: RemoteSandbox, receiver: Receiver, callbacks: Callbacks
) -> None:
    fault(sandbox, "session_reviewed", kind="reorder")
    hold_exam(client, sandbox)
    act(sandbox, "conclude_session", conclusion="accepted")
    sandbox.advance("0s")
    assert receiver.wait_for(2) == [200] * 2
    assert callbacks.reviews["s 1+é"]["conclusion"] == "accepted"


def test_bookings_warnings_and_agreements_are_kept(
    client: Constructor,
    sandbox: RemoteSandbox,
    receiver: Receiver,
    callbacks: Callbacks,
    told: list[tuple[str, dict[str, Any]]],
) -> None:
    """A slot is booked, given back and booked again in the same words; each warning comes twice."""
    fault(sandbox, "warning_raised", kind="duplicate", times=2)
    client.start({**START, "userAgreementUrl": "https://lms.example/agreement"})
    for action in ("book_slot", "cancel_slot", "book_slot"):
        act(sandbox, action, **({"start": "2026-03-02T09:00:05Z"} if action == "book_slot" else {}))
        sandbox.advance("0s")
    act(sandbox, "accept_agreement")
    sandbox.advance("5s")
    act(sandbox, "start_session")
    for _ in range(2):
        act(sandbox, "raise_warning", type="WARNING_PHONE")
    sandbox.advance("0s")
    assert receiver.wait_for(8) == [200] * 8
    assert callbacks.bookings["s 1+é"]["event"] == "scheduled"
    assert callbacks.agreements["s 1+é"]["timestamp"] == FROZEN
    assert len(callbacks.warnings["s 1+é"]) == 2
    assert [path for path, _ in told] == ["/bookings"] * 3 + ["/agreements"] + ["/warnings"] * 2
    assert receiver.failures == []


@pytest.mark.parametrize("kind", ["bad_signature", "stale_timestamp"])
def test_a_forgery_is_refused_and_the_genuine_retry_taken(
    kind: str, client: Constructor, sandbox: RemoteSandbox, receiver: Receiver, callbacks: Callbacks
) -> None:
    sandbox.settings(constructor={"callback_retries": ["5s"]})
    fault(sandbox, "session_reviewed", kind=kind, attempts=1)
    hold_exam(client, sandbox)
    sandbox.advance("0s")
    assert receiver.wait_for(1) == [401]
    assert callbacks.reviews == {}
    sandbox.advance("5s")
    assert receiver.wait_for(2) == [401, 200]
    assert callbacks.reviews["s 1+é"]["conclusion"] == "unknown"


def token(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


def test_a_token_counts_by_the_given_clock() -> None:
    verify({"authorization": f"JWT {token(exp=NOW + 1, iat=NOW + 10**9)}"}, SECRET, now=NOW)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "JWT",
        "JWT none",
        f"Bearer {token(exp=NOW + 30)}",
        f"JWT {token(exp=NOW)}",
        f"JWT {token(exp='soon')}",
        f"JWT {token(exp=None)}",
        f"JWT {token(exp=10**400)}",
        f"JWT {token(sub='nobody')}",
        f"JWT {token(secret=SECRET[::-1], exp=NOW + 30)}",
        f"JWT {token(secret='', algorithm='none', exp=NOW + 30)}",
        f"JWT {token(secret=SECRET * 2, algorithm='HS512', exp=NOW + 30)}",
    ],
)
def test_other_authorizations_are_forged(authorization: str) -> None:
    with pytest.raises(Forged):
        verify({"authorization": authorization}, SECRET, now=NOW)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/reviews", b"{", 400),
        ("/reviews", b"[]", 400),
        ("/reviews", b'{"sessionId": "s-1"}', 400),
        ("/bookings", b'{"sessionId": {}, "event": "scheduled"}', 400),
        ("/reviews", b'{"sessionId": "s-1", "conclusion": "accepted"}', 200),
        ("/warnings", b'{"sessionId": "s-1", "id": []}', 400),
        ("/warnings", b'{"sessionId": "s-1", "id": 1, "added": "later"}', 200),
        ("/agreements", b"{}", 400),
    ],
)
def test_a_body_without_what_is_needed_is_rejected(path: str, body: bytes, status: int, receiver: Receiver) -> None:
    headers = {"Authorization": f"JWT {token(exp=NOW + 30)}"}
    assert requests.post(f"{receiver.url}{path}", data=body, headers=headers, timeout=20).status_code == status
