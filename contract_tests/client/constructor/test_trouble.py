"""What a client does when a call is refused, fails, or is answered by nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from contract_tests.client import returned
from contract_tests.client.constructor.exams import (
    announce,
    begin,
    exam,
    expect_finished,
    expect_life,
    instant,
    on_the_way,
    send_in,
    sitting,
    status_of,
)
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import ConstructorAdapter

_DOING: dict[str, Callable[[Stage], object]] = {
    "put_exam": lambda stage: stage.client.put_exam(exam(stage, examName="Geography, revised")),
    "get_session_status": lambda stage: stage.client.status("s-1"),
    "finish_session": lambda stage: stage.client.finish("s-1"),
}
"""What makes the client call an operation, once the session has begun."""


@pytest.mark.clause("caller.lost-answer", "constructor.exam-upsert")
def test_a_lost_answer_to_put_exam(stage: Stage, client: ConstructorAdapter) -> None:
    """An exam whose answer was lost is put again, which updates it."""
    stage.fault("lost_response", "put_exam", times=1)
    with stage.calling("put_exam"):
        client.put_exam(exam(stage))
    made = stage.vendor.entities("exams")
    stage.expect(len(made) == 1, "There is one exam.", 1, len(made))


@pytest.mark.clause("caller.lost-answer", "constructor.finish-again")
def test_a_lost_answer_to_finish(stage: Stage, client: ConstructorAdapter) -> None:
    """A session whose finishing was not answered is finished in the end."""
    begin(stage)
    stage.fault("lost_response", "finish_session", times=1)
    with stage.calling("finish_session"):
        client.finish("s-1")
    expect_finished(stage)


@pytest.mark.clause("caller.lost-answer", "caller.no-second-effect", "constructor.same-start-link")
def test_a_lost_answer_to_start(stage: Stage, client: ConstructorAdapter) -> None:
    """A start whose answer was lost makes no second session."""
    stage.fault("lost_response", "start_session", times=1)
    with stage.calling("start_session"), stage.may_fail():
        client.start({**exam(stage), **sitting()})
    made = stage.vendor.entities("sessions")
    with on_the_way(stage, "start_session"):
        stage.expect(made, "A session is made.", 1, 0)
    stage.expect(len(made) == 1, "One session is made.", 1, len(made))


@pytest.mark.clause("caller.tries-again")
@pytest.mark.parametrize("operation", _DOING)
def test_tries_again_when_the_vendor_is_down(stage: Stage, operation: str) -> None:
    """After 503 the client tries again."""
    begin(stage)
    before = len(stage.calls(operation))
    stage.fault("status", operation, status=503, times=1, headers={"Retry-After": "1"})
    with stage.calling(operation):
        _DOING[operation](stage)
    done = [each for each in stage.calls(operation)[before:] if not each.fault]
    stage.expect_count(done, 1, f"{operation} that succeeds")


@pytest.mark.clause("constructor.api-jwt-fresh")
def test_a_repetition_has_a_token_of_its_own(stage: Stage, client: ConstructorAdapter) -> None:
    """A call that is repeated a minute later carries a token that has not expired meanwhile."""
    stage.needs_time()
    stage.fault("status", "put_exam", status=503, times=1, headers={"Retry-After": "60"})
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    for call in stage.calls("put_exam"):
        expect_life(stage, call)


@pytest.mark.clause("caller.retry-after")
@pytest.mark.parametrize("status", [429, 503])
def test_honours_retry_after(stage: Stage, client: ConstructorAdapter, status: int) -> None:
    """The client waits as long as Retry-After says."""
    stage.fault("status", "put_exam", status=status, times=1, headers={"Retry-After": "3"})
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    stage.expect_waited(stage.calls("put_exam"), 3)


@pytest.mark.clause("caller.gives-up")
def test_gives_up(stage: Stage, client: ConstructorAdapter) -> None:
    """A vendor that stays down is not called for ever, and the verb raises."""
    stage.fault("status", "*", status=503)
    with stage.calling("put_exam"), stage.may_fail() as raised:
        client.put_exam(exam(stage))
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect(len(stage.calls()) <= 20, "It gives up after some attempts.", "20 calls at most", len(stage.calls()))


@pytest.mark.clause("caller.unauthorized-is-final", "constructor.api-jwt")
def test_a_wrong_secret_is_not_used_again(stage: Stage) -> None:
    """A call that was refused with 401 is not repeated with a token of the same secret."""
    client = stage.make(secret="fake-unknown-secret-0123456789abcdef")  # noqa: S106 - of nobody
    with stage.calling("put_exam"), stage.may_fail() as raised:
        client.put_exam(exam(stage))
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect_count(stage.calls("put_exam"), 1, "A call that was refused with 401")


@pytest.mark.clause("caller.forbidden-is-final")
def test_a_403_is_not_repeated(stage: Stage, client: ConstructorAdapter) -> None:
    """A call that was refused with 403 is not repeated."""
    stage.fault("status", "put_exam", status=403)
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    stage.expect_count(stage.calls("put_exam"), 1, "A call that was refused with 403")


@pytest.mark.clause("caller.refusal-is-final", "caller.refusal-is-told")
def test_a_refusal_is_not_repeated(stage: Stage, client: ConstructorAdapter) -> None:
    """An exam that is refused for its dates is not sent again as it was, and the verb raises."""
    with stage.calling("put_exam"):
        with stage.may_fail() as raised:
            client.put_exam(exam(stage, endDate=instant(stage.now() - timedelta(days=10))))
        if raised and not stage.calls("put_exam"):
            pytest.skip("The client refuses it by itself.")
    stage.expect_count(stage.calls("put_exam"), 1, "An exam that was refused")
    stage.expect(raised, "The verb raises.", "an exception", "it returned")


@pytest.mark.clause("caller.lost-answer")
@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_a_broken_connection_is_survived(stage: Stage, kind: str) -> None:
    """A connection that breaks while a status is read costs no more than another try."""
    begin(stage)
    stage.fault(kind, "get_session_status", times=1)
    with stage.calling("get_session_status"):
        found = status_of(stage)
    stage.expect(found == "started", "The status is read.", "started", found)


@pytest.mark.clause("caller.tries-again")
def test_waits_for_a_status(stage: Stage, client: ConstructorAdapter) -> None:
    """Polling goes on until the session has the status, one failed call or not, and not without pauses."""
    stage.needs_time()
    stage.vendor.progression("get_session_status", polls=2)
    announce(stage)
    send_in(stage)
    stage.fault("status", "get_session_status", status=503, skip=1, times=1)
    with stage.calling("get_session_status"):
        found = returned.record("wait_for", client.wait_for("s-1", ["finished"], every=60.0)).get("status")
    stage.expect(found == "finished", "It waits until then.", "finished", found)
