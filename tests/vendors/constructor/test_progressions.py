"""A session that moves on at the pace of its status reads, or of time."""

from typing import Any

import pytest

from tests.receiver import Receiver
from tests.server import RemoteSandbox

from .client import SCHEDULED, START, start, status

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:10:00Z")
AGREED = {**SCHEDULED, "userAgreementUrl": "https://lms.example/agreement"}


def pace(sandbox: RemoteSandbox, **how: Any) -> None:
    sandbox.admin("PUT", "/progressions/constructor.get_session_status", json=how)


def seen(sandbox: RemoteSandbox, reads: int) -> list[str]:
    return [status(sandbox) for _ in range(reads)]


def session(sandbox: RemoteSandbox) -> dict[str, Any]:
    [found] = sandbox.entities("constructor", "sessions")
    return found


def test_every_read_moves_a_session_on_until_it_must_wait_for_its_slot(
    sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    sandbox.action("constructor.change_urls", integration_name="demo", review_url=receiver.url)
    start(sandbox, AGREED)
    pace(sandbox, mode="polls", count=1)
    assert seen(sandbox, 3) == ["not_scheduled", "early_to_start", "early_to_start"]
    waiting = session(sandbox)
    assert (waiting["slot"], waiting["agreement_accepted"]) == ("2025-05-15T10:30:00Z", "2025-05-15T10:10:00Z")
    assert seen(sandbox, 2) == ["early_to_start", "early_to_start"]
    sandbox.advance("20m")
    assert seen(sandbox, 5) == ["ready_to_start", "started", "finished", "finished", "finished"]
    assert session(sandbox)["conclusion"] == "accepted"
    receiver.wait(2)
    sandbox.advance("1d")
    assert len(receiver.requests) == 2


def test_a_session_without_calendar_starts_when_its_dates_begin(sandbox: RemoteSandbox) -> None:
    start(sandbox, {**START, "startDate": "2025-05-15T11:00:00Z"})
    pace(sandbox, mode="polls", count=2)
    assert seen(sandbox, 5) == ["early_to_start"] * 5
    sandbox.advance("50m")
    assert seen(sandbox, 4) == ["ready_to_start", "started", "started", "finished"]


def test_reads_count_for_the_session_that_was_read(sandbox: RemoteSandbox) -> None:
    start(sandbox, START)
    start(sandbox, {**START, "sessionId": "session-2"})
    pace(sandbox, mode="polls", count=1)
    assert seen(sandbox, 2) == ["ready_to_start", "started"]
    assert status(sandbox, "session-2") == "ready_to_start"


def test_a_session_moves_on_with_time(sandbox: RemoteSandbox) -> None:
    start(sandbox, AGREED)
    pace(sandbox, mode="after", duration="10m")
    done = [each["action"].partition(".")[2] for each in sandbox.advance("1d")["fired"] if "action" in each]
    assert done == ["book_first_slot", "accept_agreement", "start_session", "finish_session", "conclude_session"]
    ended = session(sandbox)
    assert (ended["slot"], ended["session_start"], ended["session_end"]) == (
        "2025-05-15T10:30:00Z",
        "2025-05-15T10:40:00Z",
        "2025-05-15T10:50:00Z",
    )


def test_what_the_ai_has_concluded_stays(sandbox: RemoteSandbox) -> None:
    start(sandbox, {**START, "proctoring": "auto", "scoreConfig": {"cheaterLevel": 5}})
    sandbox.action("constructor.start_session", session_id="session-1")
    sandbox.action("constructor.raise_warning", session_id="session-1", type="WARNING_PHONE")
    pace(sandbox, mode="polls", count=1)
    assert seen(sandbox, 3) == ["started", "finished", "finished"]
    assert session(sandbox)["conclusion"] == "rejected"


@pytest.mark.parametrize("exam", [START, SCHEDULED])
def test_a_session_that_came_too_late_stays_where_it_is(sandbox: RemoteSandbox, exam: dict[str, Any]) -> None:
    start(sandbox, exam)
    sandbox.advance("30d")
    pace(sandbox, mode="polls", count=1)
    assert len(set(seen(sandbox, 3))) == 1


def test_a_slot_that_was_missed_is_booked_anew(sandbox: RemoteSandbox) -> None:
    start(sandbox, SCHEDULED)
    sandbox.action("constructor.book_slot", session_id="session-1", start="2025-05-15T10:30:00Z")
    sandbox.advance("1h")
    pace(sandbox, mode="polls", count=1)
    assert seen(sandbox, 2) == ["late_to_start", "early_to_start"]
    assert session(sandbox)["slot"] == "2025-05-15T11:30:00Z"


def test_nothing_moves_unless_it_is_wanted(sandbox: RemoteSandbox) -> None:
    start(sandbox, START)
    assert seen(sandbox, 3) == ["ready_to_start"] * 3
    assert sandbox.advance("1h")["fired"] == []
