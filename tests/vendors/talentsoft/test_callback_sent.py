"""What the partner tells Talentsoft by itself."""

from urllib.parse import parse_qs

import pytest

from tests.receiver import Received, Receiver, Reply
from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import AMARA, ELENA, NOBODY, NOW, Caller, press

FROZEN = pytest.mark.boot(clock=NOW)
WHO = {"campaign_id": "1", "applicant_id": NOBODY}
TOLD = {"client_id": ["ts_demo"], "applicant_id": [NOBODY], "campaign_id": ["1"]}


def invite(caller: Caller, receiver: Receiver, path: str = "/hook", **changes: str) -> None:
    """Invite the new candidate to campaign 1, with the receiver to be told."""
    person = {
        "applicant_id": NOBODY,
        "lastname": "New",
        "firstname": "Nora",
        "email": "nora.new@people.example",
        **changes,
    }
    url = receiver.url.removesuffix("/hook") + path
    answer = caller.invite(person, callback_url=url)
    assert answer.json()["data"][0]["status"] == "success", answer.text


def told(receiver: Receiver) -> list[dict[str, list[str]]]:
    return [parse_qs(each.body.decode()) for each in receiver.requests]


def outbox(sandbox: RemoteSandbox) -> list[dict[str, object]]:
    found: list[dict[str, object]] = sandbox.admin("GET", "/outbox")["deliveries"]
    return found


@FROZEN
def test_every_change_is_told_as_the_documents_have_it(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver)
    sandbox.action("talentsoft.start", **WHO)
    sandbox.action("talentsoft.complete", **WHO)
    sandbox.action("talentsoft.archive", **WHO)
    sandbox.advance("0s")
    assert told(receiver) == [TOLD] * 3
    request: Received = receiver.requests[0]
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers


@FROZEN
def test_what_the_candidate_does_on_the_page_is_told_too(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver)
    link = caller.assessment(NOBODY)["assessment_invitation_link"]
    page = sandbox.http.get(link, timeout=20)
    page = press(sandbox, page, "start")
    press(sandbox, page, "complete", global_score="90")
    assert len(receiver.wait(2)) == 2


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"callback_on": "completed_only"}})
def test_only_completion_is_told_if_wanted(caller: Caller, sandbox: RemoteSandbox, receiver: Receiver) -> None:
    invite(caller, receiver)
    sandbox.action("talentsoft.start", **WHO)
    sandbox.advance("0s")
    assert receiver.requests == []
    sandbox.action("talentsoft.complete", **WHO)
    sandbox.action("talentsoft.archive", **WHO)
    sandbox.advance("0s")
    assert told(receiver) == [TOLD]


@FROZEN
def test_neither_an_invitation_nor_an_erasure_is_told(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver)
    invite(caller, receiver)
    caller.erase(campaigns=["1"], applicant_id=NOBODY, email="nora.new@people.example")
    sandbox.advance("15d")
    assert (receiver.requests, outbox(sandbox)) == ([], [])


@FROZEN
def test_nobody_is_told_of_an_invitation_without_an_address(caller: Caller, sandbox: RemoteSandbox) -> None:
    caller.invite_one()
    sandbox.action("talentsoft.start", **WHO)
    sandbox.action("talentsoft.start", campaign_id="1", applicant_id=AMARA)
    sandbox.advance("15d")
    assert outbox(sandbox) == []


@FROZEN
def test_a_callback_that_fails_is_tried_at_0_30_and_300_seconds(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    receiver.answers.extend([Reply(500), Reply(404), Reply(503)])
    invite(caller, receiver)
    sandbox.action("talentsoft.start", **WHO)
    sandbox.advance("1h")
    [delivery] = outbox(sandbox)
    assert (delivery["event"], delivery["stage"]) == ("talentsoft.assessment_updated", "failed")
    attempts = sandbox.admin("GET", f"/outbox/{delivery['number']}")["attempts"]
    assert [(each["at"], each["status"]) for each in attempts] == [
        ("2025-05-15T10:00:00Z", 500),
        ("2025-05-15T10:00:30Z", 404),
        ("2025-05-15T10:05:00Z", 503),
    ]


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"callback_retries": []}})
def test_the_ladder_can_be_taken_away(caller: Caller, sandbox: RemoteSandbox, receiver: Receiver) -> None:
    receiver.answers.append(Reply(500))
    invite(caller, receiver)
    sandbox.action("talentsoft.start", **WHO)
    sandbox.advance("1h")
    assert len(receiver.requests) == 1


@FROZEN
def test_a_callback_that_waits_is_given_up_when_the_candidate_is_erased(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    receiver.answers.append(Reply(500))
    invite(caller, receiver)
    sandbox.action("talentsoft.start", **WHO)
    sandbox.advance("0s")
    caller.erase(campaigns=["1"], applicant_id=NOBODY, email="nora.new@people.example")
    sandbox.advance("1h")
    assert len(receiver.requests) == 1
    assert [each["stage"] for each in outbox(sandbox)] == ["cancelled"]


@FROZEN
def test_an_invitation_that_expires_by_the_clock_is_told(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver)
    sandbox.advance("13d23h")
    assert receiver.requests == []
    sandbox.advance("1h")
    assert told(receiver) == [TOLD]
    sandbox.advance("30d")
    assert len(receiver.requests) == 1


@FROZEN
def test_inviting_again_moves_where_the_expiry_is_told(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver, "/old")
    invite(caller, receiver, "/new")
    sandbox.advance("14d")
    invite(Caller(sandbox), receiver, "/newest")
    sandbox.advance("14d")
    assert [each.path for each in receiver.requests] == ["/new", "/newest"]


@FROZEN
@pytest.mark.parametrize("action", ["decline", "cancel", "expire"])
def test_what_has_ended_does_not_expire_once_more(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver, action: str
) -> None:
    invite(caller, receiver)
    sandbox.action(f"talentsoft.{action}", **WHO)
    sandbox.advance("15d")
    assert told(receiver) == [TOLD]


@FROZEN
def test_noticing_an_expiry_that_is_none_does_nothing(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver)
    assert sandbox.action("talentsoft.notice_expiry", **WHO)["status"] == "waiting"
    assert outbox(sandbox) == []


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"optional_statuses": []}})
def test_a_status_that_the_partner_does_not_have_is_not_told(
    caller: Caller, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    invite(caller, receiver)
    sandbox.action("talentsoft.decline", **WHO)
    sandbox.advance("15d")
    assert outbox(sandbox) == []


@FROZEN
def test_shared_results_are_told(caller: Caller, sandbox: RemoteSandbox, receiver: Receiver) -> None:
    known = {"applicant_id": ELENA, "lastname": "Rossi", "firstname": "Elena", "email": "elena.rossi@people.example"}
    caller.invite(known, callback_url=receiver.url)
    sandbox.action("talentsoft.share", campaign_id="1", applicant_id=ELENA)
    sandbox.advance("0s")
    assert [each["applicant_id"] for each in told(receiver)] == [[ELENA]]
