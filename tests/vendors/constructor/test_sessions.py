"""Sessions over the wire: the start, the status by the clock, and the finish."""

from typing import Any

import pytest

from tests.server import RemoteSandbox

from .client import API, ATTEMPT, PAGES, SCHEDULED, START, finish, put_exam, sign, signed, start, status

frozen = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")


@frozen
def test_the_first_start_creates_exam_user_and_session(sandbox: RemoteSandbox) -> None:
    page = start(sandbox, {**START, "email": "ada@lms.example"})
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert [each["exam_id"] for each in sandbox.entities("constructor", "exams")] == ["exam-1"]
    assert [each["email"] for each in sandbox.entities("constructor", "users")] == ["ada@lms.example"]
    assert [each["session_id"] for each in sandbox.entities("constructor", "sessions")] == ["session-1"]
    assert put_exam(sandbox, START).status_code == 200


@frozen
def test_the_link_does_the_same_as_the_form(sandbox: RemoteSandbox) -> None:
    form = start(sandbox, START)
    for path in ("/start/", "/start"):
        link = sandbox.get(PAGES + path, params={"token": sign(START)}, allow_redirects=False)
        assert (link.status_code, link.text) == (200, form.text)
    assert len(sandbox.entities("constructor", "sessions")) == 1


@frozen
def test_everything_that_the_plugins_send_about_a_test_taker_is_taken(sandbox: RemoteSandbox) -> None:
    payload: dict[str, Any] = {
        **START,
        "userId": 42,
        "email": None,
        "thirdName": "",
        "language": "zh-cn",
        "specialAccommodationsInfo": None,
        "preliminaryCheck": {"enabled": True, "photo_url": "https://lms.example/ada.jpg"},
        "biometricIdentification": {"enabled": False, "skip_fail": None, "flow": "x", "photo_url": None},
        "sessionFinishUrl": None,
        "startDate": "2025-05-01T00:00:00+0000",
        "custom": {"any": "thing"},
    }
    assert start(sandbox, payload).status_code == 200
    [user] = sandbox.entities("constructor", "users")
    assert (user["user_id"], user["language"]) == ("42", "zh-cn")
    assert user["preliminary_check"] == {"enabled": True, "photo_url": "https://lms.example/ada.jpg"}


@frozen
def test_a_session_id_of_somebody_else_is_refused(sandbox: RemoteSandbox) -> None:
    start(sandbox, START)
    page = start(sandbox, {**START, "userId": "user-2", "examName": "Other"})
    assert page.status_code == 409
    assert "belongs to another" in page.text
    assert [each["exam_name"] for each in sandbox.entities("constructor", "exams")] == ["Welding"]


@frozen
def test_the_status_of_an_unscheduled_session_follows_the_clock(sandbox: RemoteSandbox) -> None:
    start(sandbox, {**START, "startDate": "2025-05-15T11:00:00Z", "endDate": "2025-05-15T12:00:00Z"})
    seen = [status(sandbox)]
    for wait in ("1h", "1h", "1s"):
        sandbox.advance(wait)
        seen.append(status(sandbox))
    assert seen == ["early_to_start", "ready_to_start", "ready_to_start", "late_to_start"]


@frozen
def test_the_status_of_a_scheduled_session_follows_the_booking(sandbox: RemoteSandbox) -> None:
    start(sandbox, SCHEDULED)
    seen = [status(sandbox)]
    sandbox.action("constructor.book_slot", session_id="session-1", start="2025-05-15T12:00:00Z")
    for wait in ("1s", "2h", "15m"):
        seen.append(status(sandbox))
        sandbox.advance(wait)
    seen.append(status(sandbox))
    assert seen == ["not_scheduled", "early_to_start", "early_to_start", "ready_to_start", "late_to_start"]


@pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z", settings={"constructor": {"late_after_minutes": 60}})
def test_how_long_a_booked_slot_waits_can_be_chosen(sandbox: RemoteSandbox) -> None:
    start(sandbox, SCHEDULED)
    sandbox.action("constructor.book_slot", session_id="session-1", start="2025-05-15T12:00:00Z")
    sandbox.advance("3h")
    assert status(sandbox) == "ready_to_start"
    sandbox.advance("1s")
    assert status(sandbox) == "late_to_start"


@frozen
def test_the_status_tells_the_times_and_the_account_as_text(sandbox: RemoteSandbox) -> None:
    start(sandbox, {**START, "accountId": 123})
    sandbox.action("constructor.start_session", session_id="session-1")
    sandbox.advance("30m")
    sandbox.action("constructor.finish_session", session_id="session-1")
    assert sandbox.get(f"{API}/sessions/session-1/status/", headers=signed()).json() == {
        "accountId": "123",
        "sessionId": "session-1",
        "status": "finished",
        "sessionStart": "2025-05-15T10:00:00Z",
        "sessionEnd": "2025-05-15T10:30:00Z",
    }


def test_an_unknown_session_is_not_found(sandbox: RemoteSandbox) -> None:
    for answer in (sandbox.get(f"{API}/sessions/nobody/status/", headers=signed()), finish(sandbox, "nobody")):
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])
        assert "X-Mockserver-Unmatched" not in answer.headers


def test_a_started_session_is_finished_once(sandbox: RemoteSandbox) -> None:
    first, second = finish(sandbox, "daniel-safety"), finish(sandbox, "daniel-safety")
    assert [(each.status_code, each.json()) for each in (first, second)] == [
        (200, {"message": "finished"}),
        (200, {"message": "not_changed"}),
    ]
    assert status(sandbox, "daniel-safety") == "finished"


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"json": {"sessionFinishUrl": None}}])
def test_finishing_without_an_address_keeps_the_one_of_the_start(
    sandbox: RemoteSandbox, options: dict[str, Any]
) -> None:
    assert finish(sandbox, "daniel-safety", **options).status_code == 200
    assert finish_url(sandbox, "daniel-safety") == "https://lms.meridian.example/exams/cert-safety/done"


def test_the_address_given_when_finishing_counts(sandbox: RemoteSandbox) -> None:
    finish(sandbox, "daniel-safety", json={"sessionFinishUrl": "https://lms.example/other"})
    assert finish_url(sandbox, "daniel-safety") == "https://lms.example/other"


def test_finishing_what_has_neither_started_nor_a_slot_changes_nothing(sandbox: RemoteSandbox) -> None:
    for session_id, expected in (("chiara-safety", "ready_to_start"), ("amara-data-analyst", "not_scheduled")):
        assert finish(sandbox, session_id).json() == {"message": "not_changed"}
        assert status(sandbox, session_id) == expected


@pytest.mark.parametrize("message", ["canceled", "finished", "not_changed"])
def test_finishing_a_booked_session_takes_the_booking_back(sandbox: RemoteSandbox, message: str) -> None:
    if message != "canceled":
        sandbox.settings(constructor={"unregister_message": message})
    assert status(sandbox, "bruno-data-analyst") == "early_to_start"
    assert finish(sandbox, "bruno-data-analyst").json() == {"message": message}
    assert status(sandbox, "bruno-data-analyst") == "not_scheduled"


@frozen
def test_a_start_link_can_be_used_again_at_every_stage(sandbox: RemoteSandbox) -> None:
    seen = []
    for action in (None, "start_session", "finish_session"):
        if action:
            sandbox.action(f"constructor.{action}", session_id=ATTEMPT["sessionId"])
        seen.append((start(sandbox, START).status_code, status(sandbox)))
    assert seen == [(200, "ready_to_start"), (200, "started"), (200, "finished")]


@frozen
def test_a_started_session_does_not_end_by_itself(sandbox: RemoteSandbox) -> None:
    start(sandbox, START)
    sandbox.action("constructor.start_session", session_id="session-1")
    sandbox.advance("30d")
    assert status(sandbox) == "started"


def finish_url(sandbox: RemoteSandbox, session_id: str) -> str | None:
    [found] = [each for each in sandbox.entities("constructor", "sessions") if each["session_id"] == session_id]
    url: str | None = found["session_finish_url"]
    return url


@frozen
def test_the_form_may_be_multipart(sandbox: RemoteSandbox) -> None:
    sent = {"token": (None, sign(START))}
    answer = sandbox.post(f"{PAGES}/start/", files=sent)
    assert answer.status_code == 200
    assert status(sandbox) == "ready_to_start"


@frozen
@pytest.mark.parametrize("body", [b"", b"--x\r\nnonsense", b"--x--\r\n"])
def test_a_broken_multipart_form_is_refused(sandbox: RemoteSandbox, body: bytes) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = sandbox.post(f"{PAGES}/start/", data=body, headers=kind)
    assert answer.status_code == 400
    assert sandbox.entities("constructor", "sessions") == []
