"""What a client does when a call is refused, fails, or is answered by nothing."""

import pytest

from contract_tests.client import returned
from contract_tests.client.stage import Stage
from contract_tests.client.talentsoft.applicants import TOKENS, TOM, UMA, campaign, invitations, listed
from contract_tests.clients.protocols import TalentsoftAdapter


@pytest.mark.clause("caller.no-second-effect")
def test_a_lost_answer_to_invite_is_not_sent_again(stage: Stage, client: TalentsoftAdapter) -> None:
    """Invitations whose answer was lost are not sent again without having looked who is invited."""
    known = campaign(stage)
    stage.fault("lost_response", "invite_applicants", times=1)
    with stage.calling("invite_applicants"), stage.may_fail():
        client.invite(known, [TOM, UMA])
    sent = stage.calls("invite_applicants")
    looked = [each for each in stage.calls("list_assessments") if each.number > sent[0].number]
    stage.expect(
        len(sent) == 1 or (looked and looked[0].number < sent[1].number),
        "It looks before it invites again.",
        "1 call, or a look before the second",
        ", ".join(map(str, stage.calls())),
    )


@pytest.mark.clause("caller.lost-answer")
def test_a_lost_answer_to_invite_is_found_out(stage: Stage, client: TalentsoftAdapter) -> None:
    """After a lost answer both candidates are known to be invited, each once."""
    known = campaign(stage)
    stage.fault("lost_response", "invite_applicants", times=1)
    with stage.calling("invite_applicants"):
        rows = returned.records("invite", client.invite(known, [TOM, UMA]))
    told = [each.get("status") for each in rows]
    stage.expect(told == ["success", "success"], "Both are invited.", ["success"] * 2, told)
    made = len(invitations(stage))
    stage.expect(made == 2, "The partner has both, once.", 2, made)


@pytest.mark.clause("talentsoft.token-lifetime")
def test_a_token_is_not_used_beyond_its_life(stage: Stage, client: TalentsoftAdapter) -> None:
    """A client that goes on after expires_in has passed gets another token, and its call succeeds."""
    stage.needs_time()
    campaign(stage)
    with stage.calling("list_campaigns"):
        client.campaigns()
    stage.wait(int(stage.answer_of("create_token")["expires_in"]) + 1)
    found = listed(stage)
    stage.expect(len(found) == 1, "The campaign is listed.", 1, len(found))


@pytest.mark.clause("talentsoft.token-reuse")
def test_a_token_is_reused(stage: Stage, client: TalentsoftAdapter) -> None:
    """A token is used until it expires: three calls need one token."""
    campaign(stage)
    with stage.calling("list_campaigns"):
        for _ in range(3):
            client.campaigns()
    stage.expect_count(stage.calls(*TOKENS), 1, "Tokens for three calls")


@pytest.mark.clause("talentsoft.token-reuse", "caller.unauthorized-is-final")
def test_a_refused_token_is_renewed(stage: Stage, client: TalentsoftAdapter) -> None:
    """A call that is refused with 401 is made once more with another token, and not with the same one."""
    campaign(stage)
    with stage.calling("list_campaigns"):
        client.campaigns()
        stage.fault("status", "list_campaigns", status=401, times=1)
        client.campaigns()
    shown = [each.seen.headers.get("authorization", "") for each in stage.calls("list_campaigns")]
    stage.expect(len(shown) == 3, "The call is made once more.", "3 calls", f"{len(shown)} calls")
    stage.expect(shown[-1] != shown[-2], "The token is another one.", "another token", "the same")


@pytest.mark.clause("caller.unauthorized-is-final")
def test_a_wrong_secret_is_not_tried_again(stage: Stage) -> None:
    """Credentials that the token call refuses with 401 are not tried again."""
    client = stage.make(client_secret="fake-unknown-secret-0123456789abcdef", recruiter=None)  # noqa: S106 - of nobody
    with stage.calling(*TOKENS), stage.may_fail() as raised:
        client.campaigns()
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect_count(stage.calls(*TOKENS), 1, "Credentials that were refused")


@pytest.mark.clause("caller.tries-again")
@pytest.mark.parametrize("operation", ["create_token", "list_campaigns", "invite_applicants"])
def test_tries_again_when_the_partner_is_down(stage: Stage, client: TalentsoftAdapter, operation: str) -> None:
    """After 503 the client tries again, and invites once."""
    campaign(stage)
    stage.fault("status", operation, status=503, times=1, headers={"Retry-After": "1"})
    with stage.calling("list_campaigns", *TOKENS):
        found = stage.the_only(returned.records("campaigns", client.campaigns()), "Campaigns listed")
    with stage.calling("invite_applicants"):
        client.invite(found.get("campaign_id", ""), [TOM])
    made = len(invitations(stage))
    stage.expect(made == 1, "There is one invitation.", 1, made)


@pytest.mark.clause("caller.retry-after")
@pytest.mark.parametrize("status", [429, 503])
def test_honours_retry_after(stage: Stage, client: TalentsoftAdapter, status: int) -> None:
    """The client waits as long as Retry-After says."""
    stage.fault("status", "list_campaigns", status=status, times=1, headers={"Retry-After": "3"})
    with stage.calling("list_campaigns"), stage.may_fail():
        client.campaigns()
    stage.expect_waited(stage.calls("list_campaigns"), 3)


@pytest.mark.clause("caller.gives-up", "talentsoft.envelope-status")
def test_gives_up(stage: Stage, client: TalentsoftAdapter) -> None:
    """A partner that stays down is not called for ever, and the verb raises."""
    stage.fault("status", "*", status=503)
    with stage.calling("list_campaigns", *TOKENS), stage.may_fail() as raised:
        client.campaigns()
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect(len(stage.calls()) <= 40, "It gives up after some attempts.", "40 calls at most", len(stage.calls()))


@pytest.mark.clause("caller.forbidden-is-final")
def test_a_403_is_not_repeated(stage: Stage, client: TalentsoftAdapter) -> None:
    """A call that was refused with 403 is not repeated."""
    stage.fault("status", "list_campaigns", status=403)
    with stage.calling("list_campaigns"), stage.may_fail():
        client.campaigns()
    stage.expect_count(stage.calls("list_campaigns"), 1, "A call that was refused with 403")


@pytest.mark.out_of_order
@pytest.mark.clause("caller.refusal-is-final")
@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_refusal_is_not_repeated(stage: Stage, client: TalentsoftAdapter, status: int) -> None:
    """Invitations that were refused with 4xx are not sent again as they were."""
    known = campaign(stage)
    stage.fault("status", "invite_applicants", status=status)
    with stage.calling("invite_applicants"), stage.may_fail():
        client.invite(known, [TOM])
    stage.expect_count(stage.calls("invite_applicants"), 1, "Invitations that were refused")


@pytest.mark.clause("talentsoft.envelope-status", "talentsoft.envelope-code")
def test_an_error_in_the_envelope_is_an_error(stage: Stage, client: TalentsoftAdapter) -> None:
    """An envelope whose status is error or fail is no success, and the verb raises."""
    campaign(stage)
    for status, code in (("error", 409), ("fail", 500)):
        envelope = {"code": code, "status": status, "message": "No.", "data": None}
        stage.fault("status", "list_campaigns", status=code, times=5, body=envelope)
        with stage.calling("list_campaigns"), stage.may_fail() as raised:
            client.campaigns()
        stage.vendor.faults.clear()
        stage.expect(raised, f"The verb raises for {status}.", "an exception", "it returned")


@pytest.mark.clause("caller.refusal-is-told")
def test_a_closed_campaign_is_told(stage: Stage, client: TalentsoftAdapter) -> None:
    """A refused invitation is not taken for a success."""
    known = campaign(stage)
    stage.act("close_campaign", campaign_id=known)
    rows = []
    with stage.calling("invite_applicants", "list_campaigns"), stage.may_fail() as raised:
        rows = returned.records("invite", client.invite(known, [TOM]))
    told = bool(raised) or [each.get("status") for each in rows] == ["error"]
    stage.expect(told, "The verb raises, or says error.", "an exception", "it returned")


@pytest.mark.clause("caller.lost-answer")
@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_a_broken_connection_is_survived(stage: Stage, kind: str) -> None:
    """A connection that breaks while campaigns are read costs no more than another try."""
    campaign(stage)
    stage.fault(kind, "list_campaigns", times=1)
    found = listed(stage)
    stage.expect(len(found) == 1, "The campaign is read.", 1, len(found))
