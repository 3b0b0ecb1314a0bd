"""What a client makes of the partner's callback, which proves nothing and carries no result."""

import dataclasses
import json
from urllib.parse import parse_qs

import pytest

from contract_tests.client import returned
from contract_tests.client.mailbox import Letter
from contract_tests.client.stage import Call, Stage
from contract_tests.client.talentsoft.applicants import TOKENS, TOM, campaign, complete, invite


def _told(stage: Stage) -> list[Letter]:
    """Have Tom start and complete his tests; return the callbacks that came for the client."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    known = campaign(stage)
    invite(stage, known, [TOM], f"{mailbox.url}/assessmentcallback")
    complete(stage, known, TOM["applicant_id"])
    stage.settle()
    letters = mailbox.empty()
    with stage.on_the_way("talentsoft.invite_applicants.request.body.callback_url"):
        stage.expect(letters, "The partner was told where to call back.", "callbacks", "none")
    return letters


def _pulled(stage: Stage, letters: list[Letter]) -> list[Call]:
    """Hand the callbacks to the client; return the calls that read assessments then."""
    before = len(stage.calls("list_assessments"))
    stage.hand_over(letters)
    pulled = stage.calls("list_assessments")[before:]
    stage.expect(pulled, "The partner is asked.", "GET /assessment/tests", "no call")
    return pulled


def _grant(stage: Stage, call: Call) -> str:
    """Return the grant that a call's token was given for, empty if nobody gave it."""
    shown = call.seen.headers.get("authorization", "").partition(" ")[2]
    for asked in stage.calls(*TOKENS):
        if asked.status == 200 and json.loads(asked.seen.answer)["access_token"] == shown:
            return parse_qs(asked.seen.body.decode()).get("grant_type", [""])[0]
    return ""


@pytest.mark.clause("talentsoft.callback-is-a-hint", "talentsoft.receive_callback", "talentsoft.assessment_updated")
def test_the_status_is_pulled(stage: Stage) -> None:
    """After a callback the assessment is read from the partner, and what is read there is taken."""
    _pulled(stage, _told(stage))
    last = _taken(stage)[-1:]
    stage.expect(last == ["completed"], "What the partner says is taken.", "completed", last)


@pytest.mark.clause("talentsoft.assessment_updated.response.2XX")
def test_a_callback_is_answered_with_2xx(stage: Stage) -> None:
    """A callback is answered with 2xx; no document says with what."""
    statuses = stage.hand_over(_told(stage))
    stage.expect(all(200 <= each < 300 for each in statuses), "It is answered with 2xx.", "2xx", statuses)


@pytest.mark.clause("talentsoft.pull-as-application", "talentsoft.current-user-optional")
def test_the_status_is_pulled_as_the_application(stage: Stage) -> None:
    """After a callback the partner is read with a token of the application and without X-Current-User."""
    for call in _pulled(stage, _told(stage)):
        user = call.seen.headers.get("x-current-user")
        stage.expect(user is None, f"{call}: no user is named.", "no X-Current-User", user)
        grant = _grant(stage, call)
        told = f"{call}: the token is the application's."
        stage.expect(grant == "client_credentials", told, "client_credentials", grant or "a token that nobody gave")


@pytest.mark.clause("caller.webhook-verified")
@pytest.mark.parametrize("spoilt", ["client_id", "applicant_id"])
def test_a_callback_about_nobody_is_refused(stage: Stage, spoilt: str) -> None:
    """A callback for another client, or about a candidate who was not invited, has no effect."""
    letters = [dataclasses.replace(each, body=_other(each.body, spoilt)) for each in _told(stage)]
    before = len(stage.calls())
    statuses = stage.hand_over(letters)
    stage.expect(statuses and min(statuses) >= 400, "It is refused.", "4xx", statuses)
    stage.expect(len(stage.calls()) == before, "The partner is not asked.", "no call", len(stage.calls()) - before)


@pytest.mark.clause("caller.webhook-once")
def test_a_duplicate_has_no_effect(stage: Stage) -> None:
    """A callback that comes twice makes one result."""
    letters = _told(stage)
    stage.hand_over([*letters, *letters])
    completed = _taken(stage).count("completed")
    stage.expect(completed == 1, "One result is taken.", 1, completed)


@pytest.mark.clause("caller.webhook-late")
def test_order_does_not_matter(stage: Stage) -> None:
    """Callbacks that come in another order lead to the same result."""
    stage.hand_over(list(reversed(_told(stage))))
    last = _taken(stage)[-1:]
    stage.expect(last == ["completed"], "The candidate has completed.", "completed", last)


def _taken(stage: Stage) -> list[object]:
    """Return the statuses that the client has taken, oldest first."""
    return [each.get("status") for each in returned.records("taken", stage.receiving.taken())]


def _other(form: bytes, name: str) -> bytes:
    """Return a form in which the value of a field is another."""
    pairs = [each.partition(b"=") for each in form.split(b"&")]
    wrong = b"00000000-0000-4000-8000-000000000000"
    return b"&".join(key + b"=" + (wrong if key == name.encode() else value) for key, _, value in pairs)
