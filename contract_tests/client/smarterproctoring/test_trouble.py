"""What a client does when a call is refused, fails, or is answered by nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from contract_tests.client import returned
from contract_tests.client.blame import in_vain_for
from contract_tests.client.smarterproctoring.bookings import (
    BOOKING,
    COURSE,
    STATUS,
    USER,
    assigned,
    calling,
    exam,
    expect_status,
    followed,
    on_the_way,
    provisioned,
    scheduled,
    status_of,
    tomorrow,
    undone,
)
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import SmarterProctoringAdapter


@contextmanager
def losing_the_answer(stage: Stage, operation: str, expect_done: Callable[[], None]) -> Iterator[None]:
    """Lose the first answer of an operation. That the vendor has done what was asked for is not what is checked."""
    stage.fault("lost_response", operation, times=1)
    with calling(stage, operation), stage.may_fail() as raised:
        yield
    with stage.on_the_way(in_vain_for(stage, operation) or f"smarterproctoring.{operation}"):
        expect_done()
    for failed in raised:
        raise failed


@pytest.mark.clause("caller.lost-answer", "smarterproctoring.provision-again")
def test_a_lost_answer_to_provision(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Provisioning whose answer was lost is done again, which makes nothing twice."""

    def expect_made() -> None:
        stage.expect(stage.vendor.entities("users"), "The user is made.", got="none")

    with losing_the_answer(stage, "provision", expect_made):
        client.provision(COURSE, USER, exam(stage))
    made = len(stage.vendor.entities("users"))
    stage.expect(made == 1, "There is one user.", 1, made)


@pytest.mark.clause("caller.no-second-effect")
def test_a_lost_answer_to_schedule_is_not_scheduled_again(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An appointment whose answer was lost is not made again without having looked."""
    booked = assigned(stage, client)
    expect_scheduled = partial(expect_status, stage, booked.session, "Scheduled")
    with stage.may_fail(), losing_the_answer(stage, "schedule_exam_session", expect_scheduled):
        client.schedule(booked.exam, booked.session, tomorrow(stage))
    sent = stage.calls("schedule_exam_session")
    stage.expect_count(sent, 1, "Making an appointment whose answer was lost, without having looked")


@pytest.mark.clause("caller.lost-answer")
def test_a_lost_answer_to_schedule_is_found_out(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """After a lost answer the session tells whether it has the appointment, and the verb succeeds."""
    booked = assigned(stage, client)
    expect_scheduled = partial(expect_status, stage, booked.session, "Scheduled")
    with losing_the_answer(stage, "schedule_exam_session", expect_scheduled):
        session = client.schedule(booked.exam, booked.session, tomorrow(stage))
    told = returned.record("schedule", session, "status")["status"]
    stage.expect(told == "Scheduled", "The client knows that it is scheduled.", "Scheduled", told)


@pytest.mark.clause("caller.lost-answer")
def test_a_lost_answer_to_cancel(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A cancellation whose answer was lost is done in the end, and the verb succeeds."""
    booked = scheduled(stage, client)
    with losing_the_answer(stage, "cancel_exam_session", partial(expect_status, stage, booked.session, "Cancelled")):
        client.cancel(booked.exam, booked.session, "The candidate is ill.")


@pytest.mark.clause("caller.tries-again")
@pytest.mark.parametrize("operation", BOOKING[:3])
def test_tries_again_when_the_vendor_is_down(stage: Stage, client: SmarterProctoringAdapter, operation: str) -> None:
    """After 503 the client tries again, and books once."""
    stage.fault("status", operation, status=503, times=1, headers={"Retry-After": "1"})
    with calling(stage, operation), stage.may_fail() as raised:
        client.book(COURSE, USER, exam(stage), tomorrow(stage))
    asked = len(stage.calls(operation))
    stage.expect(asked > 1, f"{operation} is called again.", "2 calls or more", asked)
    with on_the_way(stage, undone(stage) or BOOKING[-1]):
        for failed in raised:
            raise failed
    made = [each["status"] for each in stage.vendor.entities("sessions")]
    stage.expect(made == ["Scheduled"], "One session is scheduled.", ["Scheduled"], made)


@pytest.mark.clause("caller.retry-after")
@pytest.mark.parametrize("status", [429, 503])
def test_honours_retry_after(stage: Stage, client: SmarterProctoringAdapter, status: int) -> None:
    """The client waits as long as Retry-After says."""
    stage.fault("status", "provision", status=status, times=1, headers={"Retry-After": "3"})
    with calling(stage, "provision"), stage.may_fail():
        client.provision(COURSE, USER, exam(stage))
    stage.expect_waited(stage.calls("provision"), 3)


@pytest.mark.clause("caller.gives-up")
def test_gives_up(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A vendor that stays down is not called for ever, and the verb raises."""
    stage.fault("status", "*", status=503)
    with calling(stage, "provision"), stage.may_fail() as raised:
        client.provision(COURSE, USER, exam(stage))
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect(len(stage.calls()) <= 20, "It gives up after some attempts.", "20 calls at most", len(stage.calls()))


@pytest.mark.clause("caller.forbidden-is-final", "smarterproctoring.token")
def test_a_wrong_token_is_not_shown_again(stage: Stage) -> None:
    """A call that is refused as AUTHENTICATIONFAILED, with 403, is not repeated with the same token."""
    client = stage.make(token="fake-unknown-token")  # noqa: S106 - of nobody
    with calling(stage, "provision"), stage.may_fail() as raised:
        client.provision(COURSE, USER, exam(stage))
    stage.expect_count(stage.calls("provision"), 1, "A call that was refused with 403")
    with stage.on_the_way("caller.refusal-is-told"):
        stage.expect(raised, "The verb raises.", "an exception", "it returned")


@pytest.mark.clause("caller.forbidden-is-final", "smarterproctoring.token-revoked")
def test_a_revoked_token_ends_polling(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Polling ends when the token is refused."""
    stage.needs_time()
    booked = scheduled(stage, client)
    stage.act("revoke_token", token_id="default")  # noqa: S106 - an id
    before = len(stage.calls())
    with calling(stage, *STATUS), stage.may_fail():
        client.wait_for_status(booked.session, ["Closed"], every=60.0, within=600.0)
    asked = stage.calls()[before:]
    stage.expect_count(asked, 1, "Polling with a token that was revoked")


@pytest.mark.clause("caller.refusal-is-final", "caller.refusal-is-told", "smarterproctoring.access-window")
def test_a_refused_appointment_is_not_asked_for_again(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """An appointment outside of the exam's window is refused, and not asked for again as it was."""
    booked = assigned(stage, client)
    with stage.may_fail() as raised:
        client.schedule(booked.exam, booked.session, tomorrow(stage) + timedelta(days=300))
    with stage.on_the_way("caller.refusal-is-told"):
        stage.expect(raised, "The verb raises.", "an exception", "it returned")
    sent = stage.calls("schedule_exam_session")
    if not sent:
        pytest.skip("The client asks for no appointment that it knows to be outside of the exam's window.")
    stage.expect_count(sent, 1, "An appointment that was refused")


@pytest.mark.clause("smarterproctoring.step-after-success")
def test_no_assignment_follows_a_provisioning_that_failed(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Where provisioning fails nobody is assigned, though the SIDs may be known from an earlier time."""
    provisioned(stage, client)
    before = len(stage.calls("provision"))
    stage.fault("status", "provision", status=400)
    with stage.may_fail():
        client.book(COURSE, USER, exam(stage), tomorrow(stage))
    if len(stage.calls("provision")) == before:
        pytest.skip("The client does not provision again what it has provisioned.")
    stage.expect_count(stage.calls(BOOKING[1]), 0, "Assigning after provisioning failed")


@pytest.mark.clause("smarterproctoring.step-after-success", "caller.order")
@pytest.mark.parametrize("fails", BOOKING[:3])
def test_no_appointment_follows_a_failure(stage: Stage, client: SmarterProctoringAdapter, fails: str) -> None:
    """Where a step of a booking fails, no appointment is made."""
    stage.fault("status", fails, status=400)
    with calling(stage, fails), stage.may_fail():
        client.book(COURSE, USER, exam(stage), tomorrow(stage))
    stage.expect_count(stage.calls(BOOKING[-1]), 0, f"Making an appointment after {fails} failed")


@pytest.mark.clause("caller.order", "smarterproctoring.limited-scope")
@pytest.mark.parametrize(("fails", "never"), list(pairwise(BOOKING[:3])))
def test_nothing_follows_a_failure(stage: Stage, client: SmarterProctoringAdapter, fails: str, never: str) -> None:
    """Where a step of a booking fails, the next one is not taken."""
    stage.fault("status", fails, status=400)
    with calling(stage, fails), stage.may_fail():
        client.book(COURSE, USER, exam(stage), tomorrow(stage))
    failed = stage.calls(fails)[0].number
    later = [each for each in stage.calls(never) if each.number > failed]
    stage.expect_count(later, 0, f"{never} after {fails} failed")


@pytest.mark.clause("caller.lost-answer")
@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_a_broken_connection_is_survived(stage: Stage, client: SmarterProctoringAdapter, kind: str) -> None:
    """A connection that breaks while a status is read costs no more than another try."""
    booked = followed(stage, client)
    stage.fault(kind, "get_*", times=1)
    before = len(stage.calls(*STATUS))
    with calling(stage, *STATUS):
        found = status_of(client, booked.session)
    asked = len(stage.calls(*STATUS)) - before
    stage.expect(asked > 1, "It is asked again.", "2 calls or more", asked)
    stage.expect(found == "Scheduled", "The status is read.", "Scheduled", found)


@pytest.mark.clause("caller.tries-again")
def test_waits_for_a_status(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Polling goes on until the session has the status, one failed call or not."""
    stage.needs_time()
    booked = scheduled(stage, client)
    stage.sandbox.clock.freeze(tomorrow(stage))
    for operation in STATUS:
        stage.vendor.progression(operation, polls=2)
    stage.fault("status", "get_*", status=503, skip=1, times=1)
    with calling(stage, *STATUS):
        found = client.wait_for_status(booked.session, ["Closed"], every=60.0, within=7200.0)
    told = returned.text("wait_for_status", found)
    stage.expect(told == "Closed", "It waits until then.", "Closed", told)
    expect_status(stage, booked.session, "Closed")
