"""What a client makes of the partner's callback, which proves nothing and carries no result."""

import dataclasses

import pytest

from contract_tests.client.mailbox import Letter
from contract_tests.client.stage import Stage
from contract_tests.client.talentsoft.applicants import TOM, campaign


def _told(stage: Stage) -> list[Letter]:
    """Have Tom start and complete his tests; return the callbacks that came for the client."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    known = campaign(stage)
    about = {"campaign_id": known, "applicant_id": TOM["applicant_id"]}
    stage.client.invite(known, [TOM], f"{mailbox.url}/assessmentcallback")
    stage.act("start", **about)
    stage.act("complete", **about, global_score=82)
    stage.settle()
    return mailbox.empty()


@pytest.mark.clause("talentsoft.callback-is-a-hint", "talentsoft.receive_callback", "talentsoft.assessment_updated")
def test_the_status_is_pulled(stage: Stage) -> None:
    """After a callback the assessment is read from the partner, and what is read there is taken."""
    letters = _told(stage)
    before = len(stage.calls("list_assessments"))
    statuses = stage.hand_over(letters)
    stage.expect(statuses and max(statuses) < 300, "It is answered with 2xx.", "2xx", statuses)
    pulled = len(stage.calls("list_assessments")) - before
    stage.expect(pulled > 0, "The partner is asked.", "GET /assessment/tests", "no call")
    last = [each.get("status") for each in stage.receiving.taken()][-1:]
    stage.expect(last == ["completed"], "What the partner says is taken.", "completed", last)


@pytest.mark.clause("talentsoft.pull-as-application", "talentsoft.current-user-optional")
def test_the_status_is_pulled_as_the_application(stage: Stage) -> None:
    """After a callback the partner is read with a token of the application and without X-Current-User."""
    letters = _told(stage)
    before = len(stage.calls("list_assessments"))
    stage.hand_over(letters)
    for call in stage.calls("list_assessments")[before:]:
        user = call.seen.headers.get("x-current-user")
        stage.expect(user is None, f"{call}: no user is named.", "no X-Current-User", user)


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
    statuses = stage.hand_over([*letters, *letters])
    stage.expect(max(statuses) < 300, "All are answered with 2xx.", "2xx", statuses)
    completed = [each for each in stage.receiving.taken() if each.get("status") == "completed"]
    stage.expect(len(completed) == 1, f"{len(completed)} results are taken, not one.", 1, len(completed))


@pytest.mark.clause("caller.webhook-late")
def test_order_does_not_matter(stage: Stage) -> None:
    """Callbacks that come in another order lead to the same result."""
    stage.hand_over(list(reversed(_told(stage))))
    last = [each.get("status") for each in stage.receiving.taken()][-1:]
    stage.expect(last == ["completed"], "The candidate has completed.", "completed", last)


def _other(form: bytes, name: str) -> bytes:
    """Return a form in which the value of a field is another."""
    pairs = [each.partition(b"=") for each in form.split(b"&")]
    wrong = b"00000000-0000-4000-8000-000000000000"
    return b"&".join(key + b"=" + (wrong if key == name.encode() else value) for key, _, value in pairs)
