"""What a client makes of the call that a status has changed, which only some accounts have."""

import dataclasses

import pytest

from contract_tests.client.mailbox import Letter
from contract_tests.client.smarterproctoring.bookings import scheduled
from contract_tests.client.stage import Stage


def _news(stage: Stage) -> list[Letter]:
    """Have Tom scheduled; return what came for the client."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    stage.vendor.settings(status_webhook_url=f"{mailbox.url}/status")
    scheduled(stage, stage.client)
    stage.settle()
    return mailbox.empty()


@pytest.mark.clause("smarterproctoring.session_status_change", "smarterproctoring.status-change-token")
def test_a_change_is_taken(stage: Stage) -> None:
    """The status that is told is taken."""
    statuses = stage.hand_over(_news(stage))
    stage.expect(statuses and max(statuses) < 300, "It is answered with 2xx.", "2xx", statuses)
    taken = [each.get("status") for each in stage.receiving.taken()]
    stage.expect(taken == ["Scheduled"], "The status is taken.", ["Scheduled"], taken)


@pytest.mark.clause("smarterproctoring.status-change-token", "caller.webhook-verified")
@pytest.mark.parametrize("shown", ["", "fake-unknown-token"])
def test_a_forged_change_is_refused(stage: Stage, shown: str) -> None:
    """A call without the account's token is refused and has no effect."""
    letters = [dataclasses.replace(each, headers={**each.headers, "token": shown}) for each in _news(stage)]
    statuses = stage.hand_over(letters)
    stage.expect(statuses and min(statuses) >= 400, "It is refused.", "4xx", statuses)
    taken = stage.receiving.taken()
    stage.expect(not taken, "It has no effect.", "nothing taken", taken)


@pytest.mark.clause("caller.webhook-once")
def test_a_duplicate_has_no_effect(stage: Stage) -> None:
    """A change that is told twice is taken once."""
    letters = _news(stage)
    statuses = stage.hand_over([*letters, *letters])
    stage.expect(max(statuses) < 300, "Both are answered with 2xx.", "2xx", statuses)
    taken = stage.receiving.taken()
    stage.expect(len(taken) == 1, f"{len(taken)} changes are taken, not one.", 1, len(taken))


@pytest.mark.clause("caller.webhook-late")
def test_a_late_change_does_not_turn_back(stage: Stage) -> None:
    """A change that comes after a later one does not take the status back."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    stage.vendor.settings(status_webhook_url=f"{mailbox.url}/status")
    booked = scheduled(stage, stage.client)
    stage.client.cancel(booked.exam, booked.session, "The candidate is ill.")
    stage.settle()
    stage.hand_over(list(reversed(mailbox.empty())))
    last = [each.get("status") for each in stage.receiving.taken()][-1:]
    stage.expect(last == ["Cancelled"], "The last word stands.", "Cancelled", last)
