"""Actions: what test takers, proctors and managers do, by name."""

from typing import Any

import pytest

from tests.server import RemoteSandbox

from .client import SCHEDULED, SECRET, start, status

frozen = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")
AGREED = {**SCHEDULED, "userAgreementUrl": "https://lms.example/agreement"}


def refused(sandbox: RemoteSandbox, action: str, **arguments: Any) -> Any:
    body = {"action": f"constructor.{action}", "arguments": arguments}
    return sandbox.http.post(f"{sandbox.admin_url}/actions", json=body, timeout=20)


@frozen
def test_a_whole_session_by_actions(sandbox: RemoteSandbox) -> None:
    start(sandbox, AGREED)
    who = {"session_id": "session-1"}
    assert (
        sandbox.action("constructor.book_slot", **who, start="2025-05-15T11:00:00Z")["slot"] == "2025-05-15T11:00:00Z"
    )
    assert sandbox.action("constructor.cancel_slot", **who)["slot"] is None
    sandbox.action("constructor.book_slot", **who, start="2025-05-15T10:30:00Z")
    assert sandbox.action("constructor.accept_agreement", **who)["agreement_accepted"] == "2025-05-15T10:00:00Z"
    sandbox.advance("30m")
    assert sandbox.action("constructor.start_session", **who)["session_start"] == "2025-05-15T10:30:00Z"
    warning = sandbox.action("constructor.raise_warning", **who, type="WARNING_PHONE", start="2025-05-15T10:29:00Z")
    assert (warning["type"], warning["cyber"], warning["id"]) == ("WARNING_PHONE", True, 1)
    assert sandbox.action("constructor.finish_session", **who)["score"] == 10
    for conclusion in ("rejected", "unknown", "accepted"):
        judged = sandbox.action("constructor.conclude_session", **who, conclusion=conclusion, score=7, comment="Seen.")
        assert (judged["conclusion"], judged["score"], judged["comment"]) == (conclusion, 7, "Seen.")
    assert status(sandbox) == "finished"


def test_illegal_moves_are_refused_with_the_reason(sandbox: RemoteSandbox) -> None:
    moves: dict[str, dict[str, str]] = {
        "start_session": {"session_id": "bruno-data-analyst"},
        "book_slot": {"session_id": "chiara-safety", "start": "2030-01-01T00:00:00Z"},
        "cancel_slot": {"session_id": "amara-data-analyst"},
        "accept_agreement": {"session_id": "bruno-data-analyst"},
        "raise_warning": {"session_id": "elena-safety", "type": "WARNING_PHONE"},
        "finish_session": {"session_id": "elena-safety"},
        "conclude_session": {"session_id": "daniel-safety", "conclusion": "accepted"},
    }
    before = sandbox.entities("constructor", "sessions")
    for action, arguments in moves.items():
        answer = refused(sandbox, action, **arguments)
        assert answer.status_code == 409, answer.text
        assert arguments["session_id"] in answer.json()["detail"]
    assert sandbox.entities("constructor", "sessions") == before


@pytest.mark.parametrize(
    ("action", "arguments", "field"),
    [
        ("start_session", {}, "session_id"),
        ("start_session", {"session_id": 1}, "session_id"),
        ("book_slot", {"session_id": "amara-data-analyst"}, "start"),
        ("book_slot", {"session_id": "amara-data-analyst", "start": "soon"}, "start"),
        ("book_slot", {"session_id": "amara-data-analyst", "start": "2040-01-01T00:00:00Z"}, "start"),
        ("raise_warning", {"session_id": "daniel-safety"}, "type"),
        ("raise_warning", {"session_id": "daniel-safety", "type": "WARNING_NOISE"}, "type"),
        ("raise_warning", {"session_id": "daniel-safety", "type": "WARNING_PHONE", "start": 1}, "start"),
        ("raise_warning", {"session_id": "daniel-safety", "type": "WARNING_PHONE", "end": "x"}, "end"),
        ("conclude_session", {"session_id": "elena-safety"}, "conclusion"),
        ("conclude_session", {"session_id": "elena-safety", "conclusion": "maybe"}, "conclusion"),
        ("conclude_session", {"session_id": "elena-safety", "conclusion": "accepted", "score": 101}, "score"),
        ("conclude_session", {"session_id": "elena-safety", "conclusion": "accepted", "comment": 1}, "comment"),
        ("change_urls", {"review_url": "https://lms.example/review"}, "integration_name"),
        ("change_urls", {"integration_name": "demo", "review_url": "x"}, "review_url"),
        ("change_urls", {"integration_name": "demo", "schedule_url": 1}, "schedule_url"),
        ("change_urls", {"integration_name": "demo", "warning_url": "ftp://x.example"}, "warning_url"),
        ("change_urls", {"integration_name": "demo", "agreement_acceptance_url": ""}, "agreement_acceptance_url"),
    ],
)
def test_wrong_arguments_are_named(sandbox: RemoteSandbox, action: str, arguments: dict[str, Any], field: str) -> None:
    answer = refused(sandbox, action, **arguments)
    assert answer.status_code == 400
    assert field in answer.text


def test_the_callback_addresses_change_and_the_secret_stays_hidden(sandbox: RemoteSandbox) -> None:
    addresses = {
        name: f"https://lms.example/{name}"
        for name in ("review_url", "schedule_url", "warning_url", "agreement_acceptance_url")
    }
    changed = sandbox.action("constructor.change_urls", integration_name="demo", **addresses)
    assert changed == {"name": "demo", "secret": "***", **addresses}
    changed = sandbox.action("constructor.change_urls", integration_name="demo", review_url=None)
    assert (changed["review_url"], changed["warning_url"]) == (None, addresses["warning_url"])
    assert SECRET not in str(sandbox.entities("constructor", "integrations"))


def test_unknown_names_are_not_found(sandbox: RemoteSandbox) -> None:
    assert refused(sandbox, "start_session", session_id="nobody").status_code == 404
    both = {"session_id": "chiara-safety", "integration_name": "other"}
    assert refused(sandbox, "start_session", **both).status_code == 404
    assert refused(sandbox, "change_urls", integration_name="other").status_code == 404


def test_an_integration_can_be_named(sandbox: RemoteSandbox) -> None:
    started = sandbox.action("constructor.start_session", session_id="chiara-safety", integration_name="demo")
    assert started["session_id"] == "chiara-safety"


def test_tokens_do_not_show_in_the_journal(sandbox: RemoteSandbox) -> None:
    start(sandbox, AGREED)
    [exchange] = [each for each in sandbox.journal() if each["operation"] == "constructor.start_session"]
    assert exchange["request"]["body"] == "token=***"
