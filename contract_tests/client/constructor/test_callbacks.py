"""What a client makes of the four calls back: genuine, forged, twice, late."""

import dataclasses
from datetime import timedelta

import pytest

from contract_tests.client.constructor.exams import begin, called_back, instant, on_the_way, send_in, taken
from contract_tests.client.mailbox import Letter
from contract_tests.client.stage import Stage


def _review(stage: Stage) -> list[Letter]:
    """Have the review of a session sent to the client; return what came for it."""
    mailbox = called_back(stage)
    begin(stage)
    stage.act("finish_session", session_id="s-1")
    stage.settle()
    return mailbox.empty()


def _refused(stage: Stage, letters: list[Letter]) -> None:
    stage.expect(letters, "The vendor calls back.", "a call", "nothing")
    statuses = stage.hand_over(letters)
    stage.expect(all(each >= 400 for each in statuses), "It is refused.", "4xx", statuses)
    found = taken(stage)
    stage.expect(not found, "It has no effect.", "nothing taken", f"{len(found)} taken")


def _expect_success(stage: Stage, event: str, statuses: list[int]) -> None:
    """Fail the check unless every call back was answered with 2xx, which no document asks for."""
    with on_the_way(stage, f"{event}.response.2XX"):
        success = statuses and all(200 <= each < 300 for each in statuses)
        stage.expect(success, "Each is answered with 2xx.", "2xx", statuses)


@pytest.mark.clause("constructor.session_reviewed", "constructor.callback-jwt", "constructor.review-repeated")
def test_reviews_are_taken(stage: Stage) -> None:
    """The result is taken when the session finishes, and again at each conclusion."""
    letters = _review(stage)
    mailbox = called_back(stage)
    stage.act("conclude_session", session_id="s-1", conclusion="accepted")
    stage.settle()
    statuses = stage.hand_over([*letters, *mailbox.empty()])
    last = [each.get("conclusion") for each in taken(stage)][-1:]
    stage.expect(last == ["accepted"], "The last word is taken.", "accepted", last)
    _expect_success(stage, "session_reviewed", statuses)


@pytest.mark.clause("constructor.conclusion-changes")
def test_a_conclusion_that_changes(stage: Stage) -> None:
    """A conclusion that is taken back is taken too."""
    mailbox = called_back(stage)
    begin(stage)
    stage.act("finish_session", session_id="s-1")
    for conclusion in ("accepted", "rejected"):
        stage.act("conclude_session", session_id="s-1", conclusion=conclusion)
    stage.settle()
    stage.hand_over(mailbox.empty())
    last = [each.get("conclusion") for each in taken(stage)][-1:]
    stage.expect(last == ["rejected"], "The last word is taken.", "rejected", last)


@pytest.mark.clause("constructor.warning_raised", "constructor.live-warnings-cyber")
def test_warnings_are_taken(stage: Stage) -> None:
    """A warning is taken during the session."""
    mailbox = called_back(stage)
    begin(stage)
    stage.act("raise_warning", session_id="s-1", type="WARNING_AVERT_EYES")
    stage.settle()
    statuses = stage.hand_over(mailbox.empty())
    found = taken(stage)
    stage.expect(len(found) == 1, "One warning is taken.", 1, len(found))
    _expect_success(stage, "warning_raised", statuses)


@pytest.mark.clause("constructor.session_scheduled", "constructor.booking")
def test_bookings_are_taken(stage: Stage) -> None:
    """A slot that is booked, given back and booked again is three pieces of news."""
    mailbox = called_back(stage)
    send_in(stage, schedule=True)
    start = instant((stage.now() + timedelta(days=2)).replace(minute=0, second=0))
    with on_the_way(stage, "start_session"):
        stage.act("book_slot", session_id="s-1", start=start)
    stage.act("cancel_slot", session_id="s-1")
    stage.act("book_slot", session_id="s-1", start=start)
    stage.settle()
    statuses = stage.hand_over(mailbox.empty())
    events = [each.get("event") for each in taken(stage)]
    wanted = ["scheduled", "canceled", "scheduled"]
    stage.expect(events == wanted, "Each is taken.", wanted, events)
    _expect_success(stage, "session_scheduled", statuses)


@pytest.mark.clause("constructor.agreement_accepted")
def test_an_agreement_is_taken(stage: Stage) -> None:
    """That the test taker accepted the user agreement is taken."""
    mailbox = called_back(stage)
    address = "https://lms.example/agreement"
    send_in(stage, userAgreementUrl=address)
    with on_the_way(stage, "start_session"):
        stage.act("accept_agreement", session_id="s-1")
    stage.settle()
    statuses = stage.hand_over(mailbox.empty())
    named = [each.get("sessionId") for each in taken(stage)]
    stage.expect(named == ["s-1"], "It is taken.", ["s-1"], named)
    _expect_success(stage, "agreement_accepted", statuses)


@pytest.mark.clause("constructor.callback-jwt", "caller.webhook-verified")
def test_a_forged_review_is_refused(stage: Stage) -> None:
    """A call back whose token was not made with the secret is refused and has no effect."""
    stage.fault("bad_signature", "session_reviewed")
    _refused(stage, _review(stage))


@pytest.mark.clause("constructor.callback-jwt", "caller.webhook-verified")
@pytest.mark.parametrize("shown", ["", "JWT", "JWT abc", "JWT eyJhbGciOiJub25lIn0.eyJleHAiOjQwMDAwMDAwMDB9."])
def test_a_call_without_a_token_is_refused(stage: Stage, shown: str) -> None:
    """A call back without a token, or with one that is signed by nobody, is refused and has no effect."""
    letters = [dataclasses.replace(each, headers={**each.headers, "authorization": shown}) for each in _review(stage)]
    _refused(stage, letters)


@pytest.mark.clause("constructor.callback-jwt", "caller.webhook-fresh")
def test_a_stale_review_is_refused(stage: Stage) -> None:
    """A call back whose token has expired is refused."""
    stage.fault("stale_timestamp", "session_reviewed", by="1d")
    _refused(stage, _review(stage))


@pytest.mark.clause("caller.webhook-once")
def test_a_duplicate_has_no_effect(stage: Stage) -> None:
    """A review that comes twice is answered with 2xx and taken once."""
    stage.fault("duplicate", "session_reviewed")
    letters = _review(stage)
    stage.expect(len(letters) == 2, "The vendor sends it twice.", 2, len(letters))
    statuses = stage.hand_over(letters)
    stage.expect(max(statuses) < 300, "Both are answered with 2xx.", "2xx", statuses)
    found = taken(stage)
    stage.expect(len(found) == 1, "One review is taken.", 1, len(found))


@pytest.mark.clause("caller.webhook-late")
def test_a_late_review_undoes_no_conclusion(stage: Stage) -> None:
    """A review without a conclusion that comes after one with does not make the session open again."""
    letters = _review(stage)
    mailbox = called_back(stage)
    stage.act("conclude_session", session_id="s-1", conclusion="accepted")
    stage.settle()
    stage.hand_over([*mailbox.empty(), *letters])
    last = [each.get("conclusion") for each in taken(stage)][-1:]
    stage.expect(last == ["accepted"], "The conclusion stands.", "accepted", last)
