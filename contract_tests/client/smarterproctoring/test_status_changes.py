"""What a client makes of the call that a status has changed, which only some accounts have."""

import dataclasses

import pytest

from contract_tests.client import returned
from contract_tests.client.mailbox import Letter, Mailbox
from contract_tests.client.smarterproctoring.bookings import cancel, on_the_way, scheduled
from contract_tests.client.stage import Stage


def _told_at(stage: Stage) -> Mailbox:
    """Have the account told of changes, where the client has a receiving side."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    stage.vendor.settings(status_webhook_url=f"{mailbox.url}/status")
    return mailbox


def _news(stage: Stage) -> list[Letter]:
    """Have Tom scheduled; return what came for the client."""
    mailbox = _told_at(stage)
    scheduled(stage, stage.client)
    stage.settle()
    return mailbox.empty()


def _expect_taken(stage: Stage, statuses: list[int]) -> None:
    """Fail the check unless every call was answered with 2xx."""
    stage.expect(
        statuses and all(200 <= each < 300 for each in statuses), "Each is answered with 2xx.", "2xx", statuses
    )


def _taken(stage: Stage) -> list[str]:
    """Return the statuses that the client has taken, oldest first."""
    with on_the_way(stage, "session_status_change"):
        return [each["status"] for each in returned.records("taken", stage.receiving.taken(), "status")]


@pytest.mark.clause("smarterproctoring.session_status_change", "smarterproctoring.status-change-token")
def test_a_change_is_taken(stage: Stage) -> None:
    """The status that is told is taken."""
    statuses = stage.hand_over(_news(stage))
    taken = _taken(stage)
    stage.expect(taken == ["Scheduled"], "The status is taken.", ["Scheduled"], taken)
    with on_the_way(stage, "session_status_change.response.2XX"):
        _expect_taken(stage, statuses)


@pytest.mark.clause("smarterproctoring.status-change-token", "caller.webhook-verified")
@pytest.mark.parametrize("shown", ["", "fake-unknown-token"])
def test_a_forged_change_is_refused(stage: Stage, shown: str) -> None:
    """A call without the account's token is refused and has no effect."""
    letters = [dataclasses.replace(each, headers={**each.headers, "token": shown}) for each in _news(stage)]
    statuses = stage.hand_over(letters)
    stage.expect(statuses and min(statuses) >= 400, "It is refused.", "4xx", statuses)
    taken = _taken(stage)
    stage.expect(not taken, "It has no effect.", "nothing taken", taken)


@pytest.mark.clause("caller.webhook-once")
def test_a_duplicate_has_no_effect(stage: Stage) -> None:
    """A change that is told twice is taken once."""
    letters = _news(stage)
    _expect_taken(stage, stage.hand_over([*letters, *letters]))
    taken = len(_taken(stage))
    stage.expect(taken == 1, "One change is taken.", 1, taken)


@pytest.mark.clause("caller.webhook-late")
def test_a_late_change_does_not_turn_back(stage: Stage) -> None:
    """A change that comes after a later one does not take the status back."""
    mailbox = _told_at(stage)
    booked = scheduled(stage, stage.client)
    cancel(stage, stage.client, booked.exam, booked.session)
    stage.settle()
    stage.hand_over(list(reversed(mailbox.empty())))
    last = _taken(stage)[-1:]
    stage.expect(last == ["Cancelled"], "The last word stands.", "Cancelled", last)
