"""What a client makes of the webhook: genuine, forged, twice, late."""

import dataclasses

import pytest

from contract_tests.client import returned
from contract_tests.client.mailbox import Letter, Mailbox
from contract_tests.client.stage import Stage
from contract_tests.client.youtestme.people import on_the_way, sit, subscribed
from contract_tests.clients.answers import Record
from contract_tests.clients.driving import VerbFailed

SIGNED = ("hmac-sha256", "standard-webhooks")
"""How a result may be signed; which it is no document says."""
STANDARD = {"youtestme": {"webhook_signature": "standard-webhooks"}}


def _told_at(stage: Stage) -> Mailbox:
    """Have the vendor told of a mailbox, where the client has a receiving side."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    subscribed(stage, f"{mailbox.url}/results")
    return mailbox


def _come(stage: Stage, mailbox: Mailbox, after: str = "0s") -> list[Letter]:
    """Return what has come for the client, ``after`` some sandbox time."""
    stage.sandbox.clock.advance(after)
    letters = mailbox.empty()
    with on_the_way(stage, "create_webhook"):
        stage.expect(letters, "The vendor was told where to send results.", "a webhook", "none")
    return letters


def _result(stage: Stage, after: str = "0s") -> list[Letter]:
    """Have Tom's result of 90 points sent to the client; return what came for it, ``after`` some sandbox time."""
    mailbox = _told_at(stage)
    sit(stage)
    return _come(stage, mailbox, after)


def _taken(stage: Stage) -> list[Record]:
    return returned.records("taken", stage.receiving.taken())


@pytest.mark.clause("youtestme.webhook-event", "youtestme.attempt_finished")
def test_a_result_is_taken(stage: Stage) -> None:
    """The body of the webhook, the attempt itself, is taken as the result, signed in one of the ways that may be."""
    mailbox = _told_at(stage)
    raised: list[VerbFailed] = []
    for number, signed in enumerate(SIGNED, 1):
        stage.vendor.settings(webhook_signature=signed)
        sit(stage, number=f"order-{number}")
        letters = _come(stage, mailbox)
        with stage.may_fail() as failed:
            stage.hand_over(letters)
        raised += failed
    points = [each.get("pointsScored") for each in _taken(stage)]
    is_taken = points in ([90], [90] * len(SIGNED))
    got = "; ".join(str(each) for each in [points, *raised])
    stage.expect(is_taken, f"A result of 90 points is taken, signed as {' or '.join(SIGNED)}.", [90], got)


@pytest.mark.clause("youtestme.attempt_finished.response.2XX")
@pytest.mark.parametrize("signed", SIGNED)
def test_a_result_is_answered_with_success(stage: Stage, signed: str) -> None:
    """A result is answered with 2xx, whichever way it is signed."""
    stage.vendor.settings(webhook_signature=signed)
    statuses = stage.hand_over(_result(stage))
    success = all(200 <= each < 300 for each in statuses)
    stage.expect(success, f"A result that is signed as {signed} is answered with 2xx.", "2xx", statuses)


@pytest.mark.clause("caller.webhook-verified")
@pytest.mark.parametrize("how", ["bad_signature", "altered_body"])
def test_a_forged_result_is_refused(stage: Stage, how: str) -> None:
    """A result whose signature does not fit its bytes is refused and has no effect."""
    stage.fault(how, "attempt_finished")
    _refused(stage, _result(stage))


@pytest.mark.clause("caller.webhook-verified")
def test_an_unsigned_result_is_refused(stage: Stage) -> None:
    """A result without any signature is refused and has no effect."""
    stage.vendor.settings(webhook_signature="none")
    _refused(stage, _result(stage))


@pytest.mark.clause("caller.webhook-verified")
def test_the_signature_is_of_the_raw_bytes(stage: Stage) -> None:
    """The same JSON written in another way is not what was signed."""
    letters = _result(stage)
    spaced = [dataclasses.replace(each, body=each.body.replace(b'":', b'" :', 1)) for each in letters]
    stage.expect(spaced != letters, "The body is written in another way.")
    _refused(stage, spaced)


@pytest.mark.clause("caller.webhook-fresh")
@pytest.mark.mockserver(settings=STANDARD)
def test_a_stale_result_is_refused(stage: Stage) -> None:
    """A result whose signed timestamp is a day old is refused."""
    stage.fault("stale_timestamp", "attempt_finished", by="1d")
    _refused(stage, _result(stage))


@pytest.mark.clause("caller.webhook-once")
def test_a_duplicate_has_no_effect(stage: Stage) -> None:
    """A result that comes twice is taken once, and answered with 2xx both times, so that it does not come again."""
    stage.fault("duplicate", "attempt_finished")
    letters = _result(stage)
    stage.expect(len(letters) == 2, "The vendor sends it twice.", 2, len(letters))
    statuses = stage.hand_over(letters)
    stage.expect(all(each < 300 for each in statuses), "Both are answered with 2xx.", "2xx", statuses)
    taken = _taken(stage)
    stage.expect(len(taken) == 1, "One result is taken.", 1, len(taken))


@pytest.mark.clause("caller.webhook-late")
def test_a_late_result_is_taken(stage: Stage) -> None:
    """A result that leaves days later is as good, being signed when it leaves."""
    stage.needs_time()
    stage.fault("late", "attempt_finished", by="3d")
    statuses = stage.hand_over(_result(stage, after="3d"))
    stage.expect(statuses[0] < 300, "It is answered with 2xx.", "2xx", statuses)
    taken = _taken(stage)
    stage.expect(len(taken) == 1, "It is taken.", 1, len(taken))


@pytest.mark.clause("caller.unknown-fields")
@pytest.mark.mockserver(settings={"youtestme": {"webhook_signature": "none"}})
def test_a_result_that_is_no_json_is_refused(stage: Stage) -> None:
    """What is no result is refused, not crashed on."""
    letters = [dataclasses.replace(each, body=b"<html>") for each in _result(stage)]
    _refused(stage, letters)


def _refused(stage: Stage, letters: list[Letter]) -> None:
    statuses = stage.hand_over(letters)
    stage.expect(all(each >= 400 for each in statuses), "It is refused.", "4xx", statuses)
    taken = _taken(stage)
    stage.expect(not taken, "It has no effect.", "nothing taken", f"{len(taken)} taken")
