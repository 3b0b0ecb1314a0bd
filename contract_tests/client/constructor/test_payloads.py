"""Every call in its plainest and in its fullest form; the judge looks at each."""

import jwt
import pytest

from contract_tests.client.constructor.exams import (
    announce,
    begin,
    exam,
    expect_life,
    finish,
    on_the_way,
    opened,
    send_in,
    sitting,
    status_of,
    token_of,
    whole_exam,
)
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import ConstructorAdapter

_LONGEST = 60
"""Seconds; the guide says about 30."""


@pytest.mark.clause("constructor.put_exam", "constructor.exam-upsert")
def test_an_exam(stage: Stage, client: ConstructorAdapter) -> None:
    """An exam is created with all parameters of the guide's sample, and updated by the same call."""
    client.put_exam(whole_exam(stage))
    client.put_exam({**whole_exam(stage), "examName": "Geography, revised"})
    made = stage.vendor.entities("exams")
    names = [each["exam_name"] for each in made]
    stage.expect(names == ["Geography, revised"], "One exam is made and updated.", ["Geography, revised"], names)


@pytest.mark.clause("constructor.put_exam")
def test_an_exam_with_little(stage: Stage, client: ConstructorAdapter) -> None:
    """An exam is created with what is needed; parameters that may be null may be sent as null."""
    client.put_exam(exam(stage))
    client.put_exam(exam(stage, examId=17, courseName=None, userAgreementUrl=None, trial=None))
    made = stage.vendor.entities("exams")
    stage.expect(len(made) == 2, "Two exams are made.", 2, len(made))


@pytest.mark.clause("constructor.api-jwt", "constructor.put_exam")
def test_an_exam_is_put_with_a_token(stage: Stage, client: ConstructorAdapter) -> None:
    """A call that makes an exam carries a JWT with a numeric exp that lies ahead."""
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    for call in stage.calls("put_exam"):
        expect_life(stage, call)


@pytest.mark.clause("constructor.api-jwt-fresh")
def test_the_token_of_an_exam_lives_shortly(stage: Stage, client: ConstructorAdapter) -> None:
    """The token of a call that makes an exam expires about 30 seconds after it was sent."""
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    for call in stage.calls("put_exam"):
        expect_life(stage, call, _LONGEST)


@pytest.mark.clause("constructor.session-jwt", "constructor.get_session_status")
def test_calls_about_a_session_have_a_token(stage: Stage, client: ConstructorAdapter) -> None:
    """Calls about a session carry a JWT that expires about 30 seconds after they were sent."""
    begin(stage)
    with stage.calling("get_session_status"), stage.may_fail():
        client.status("s-1")
    with stage.calling("finish_session"), stage.may_fail():
        client.finish("s-1")
    for call in stage.calls("get_session_status", "finish_session"):
        expect_life(stage, call)
        expect_life(stage, call, _LONGEST)


@pytest.mark.clause("constructor.hs256")
def test_tokens_are_signed_with_hs256(stage: Stage, client: ConstructorAdapter) -> None:
    """The tokens of calls and of pages are signed with HS256."""
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    with stage.calling("start_session"), stage.may_fail():
        client.start({**exam(stage), **sitting()})
    shown = [each.seen.headers.get("authorization", "").removeprefix("JWT ") for each in stage.api_calls()]
    shown += [token_of(each.seen) for each in stage.calls("start_session")]
    named = sorted({_algorithm(each) for each in shown})
    stage.expect(named == ["HS256"], "They are signed with HS256.", "HS256", ", ".join(named))


def _algorithm(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("alg"))
    except jwt.PyJWTError:
        return "no JWT"


@pytest.mark.clause("caller.links-not-stored", "constructor.page-token-exp")
def test_links_are_made_anew(stage: Stage, client: ConstructorAdapter) -> None:
    """A link that is asked for an hour after another one opens, though the first may have expired."""
    stage.needs_time()
    begin(stage)
    with on_the_way(stage, "open_archive_by_link"):
        _expect_archive(stage)
    stage.wait(3600)
    _expect_archive(stage)


def _expect_archive(stage: Stage) -> None:
    """Fail the check unless a link that is asked for now opens the archive."""
    status = opened("archive_link", stage.client.archive_link("s-1", "proctor@lms.example"))
    stage.expect(status == 200, "A link that is asked for now opens.", 200, status)
    stage.expect(stage.calls("open_archive_by_link"), "It leads to the archive.", "/archive/", "elsewhere")


@pytest.mark.clause("constructor.api-jwt-fresh", "constructor.api-jwt")
def test_a_token_is_made_for_each_exam(stage: Stage, client: ConstructorAdapter) -> None:
    """A call ten minutes after another one has a token of its own, and is not refused."""
    stage.needs_time()
    announce(stage)
    stage.wait(600)
    with stage.calling("put_exam"), stage.may_fail():
        client.put_exam(exam(stage))
    _expect_none_refused(stage, "put_exam")


@pytest.mark.clause("constructor.session-jwt")
def test_a_token_is_made_for_each_look_at_a_session(stage: Stage, client: ConstructorAdapter) -> None:
    """A look at a session ten minutes after its exam was made has a token of its own, and is not refused."""
    stage.needs_time()
    begin(stage)
    stage.wait(600)
    with stage.calling("get_session_status"):
        client.status("s-1")
    _expect_none_refused(stage, "get_session_status")


def _expect_none_refused(stage: Stage, operation: str) -> None:
    refused = [each for each in stage.calls(operation) if each.status in (401, 403)]
    stage.expect(not refused, "No call is refused for its token.", "no 401", refused and refused[0])


@pytest.mark.clause("constructor.start_session", "constructor.exam-implicit")
def test_a_test_taker_is_sent_in(stage: Stage, client: ConstructorAdapter) -> None:
    """The start page is posted with a token that holds exam, test taker and session; the exam need not exist."""
    client.start({**whole_exam(stage), **sitting()})
    made = stage.vendor.entities("sessions")
    stage.expect(len(made) == 1, "A session is there.", 1, len(made))


@pytest.mark.clause("constructor.start_session_by_link", "constructor.exam-implicit")
def test_a_link_sends_a_test_taker_in(stage: Stage, client: ConstructorAdapter) -> None:
    """A link that a browser opens does what the form does."""
    status = opened("start_link", client.start_link({**whole_exam(stage), **sitting()}))
    made = stage.vendor.entities("sessions")
    stage.expect(len(made) == 1, "A session is there.", 1, f"{len(made)}, answered {status}")


@pytest.mark.clause("constructor.same-start-link")
def test_the_same_session_again(stage: Stage, client: ConstructorAdapter) -> None:
    """A test taker who is sent in twice comes to the same session."""
    send_in(stage)
    with stage.calling("start_session"):
        client.start({**exam(stage), **sitting()})
    made = stage.vendor.entities("sessions")
    stage.expect(len(made) == 1, "There is one session.", 1, len(made))


@pytest.mark.out_of_order
@pytest.mark.clause("constructor.get_session_status")
def test_a_status(stage: Stage, client: ConstructorAdapter) -> None:
    """The status of a session is asked for by the client's own id; of one that is not known yet there is none."""
    stage.expect(client.status("s-1") is None, "An unknown session is None.", None, "a status")
    begin(stage)
    found = status_of(stage)
    stage.expect(found == "started", "It has started.", "started", found)


@pytest.mark.clause("constructor.finish_session", "constructor.finish-started", "constructor.finish-again")
def test_a_session_is_finished(stage: Stage, client: ConstructorAdapter) -> None:
    """A session is finished, with an address to go to; finishing it again changes nothing."""
    begin(stage)
    done = [client.finish("s-1", "https://lms.example/done"), client.finish("s-1")]
    stage.expect(done == ["finished", "not_changed"], "It says what was done.", "finished, not_changed", done)


@pytest.mark.clause("constructor.open_archive_by_link", "constructor.page-token-exp")
def test_a_link_to_the_archive(stage: Stage) -> None:
    """A link to the video of a session opens."""
    begin(stage)
    finish(stage)
    _expect_archive(stage)


@pytest.mark.clause("constructor.get_session_status")
def test_a_session_id_with_unusual_letters(stage: Stage) -> None:
    """An id of the client's own with a space or a colon finds its session again."""
    for session_id in ("a b", "a:b", "exam+1"):
        send_in(stage, session_id)
        found = status_of(stage, session_id)
        stage.expect(found, f"{session_id!r} is found.", "its status", found)


@pytest.mark.clause("caller.unknown-fields")
def test_unknown_fields_are_ignored(stage: Stage) -> None:
    """Answers with fields that nobody has heard of are as good as others."""
    begin(stage)
    with on_the_way(stage, "get_session_status"):
        found = status_of(stage)
        stage.expect(found == "started", "The session has started.", "started", found)
        known = stage.answer_of("get_session_status")
    stage.fault("status", "get_session_status", status=200, body={**known, "zz": {"new": [1]}})
    found = status_of(stage)
    stage.expect(found == "started", "The status is read.", "started", found)
