"""Talentsoft as the caller: what it sends, what it remembers, and how it uses its access tokens."""

import base64
import hmac
import json

import pytest

from mockserver.core.errors import BadRequest, NotFound
from tests.vendors.talentsoft.partner import (
    CAMPAIGNS,
    CLIENT,
    ERASE,
    INVITE,
    JEAN,
    JOHN,
    LINK,
    RECRUITER,
    STATUS,
    TOKEN,
    Ats,
    ScriptedPartner,
    assessment,
    form_of,
    person,
    query_of,
    said,
    token,
    wrapped,
)

OK = {"applicant_id": JOHN, "status": "success", "error_message": None}
LINKED = {**OK, "interview_invitation_link": "https://partner.com/interview/exgby01"}


def test_a_token_of_the_application_is_asked_for_first(ats: Ats, partner: ScriptedPartner) -> None:
    errand = ats.run("caller_list_campaigns", keyword="sa les", language="en-GB")
    asked, listed = partner.requests
    assert partner.called() == [TOKEN, CAMPAIGNS]
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form_of(asked) == {"grant_type": "client_credentials", **CLIENT}
    assert query_of(listed) == {"keyword": ["sa les"], "language": ["en-GB"]}
    assert listed.headers["authorization"] == "Bearer token-1"
    assert "x-current-user" not in listed.headers
    assert (errand.stage, errand.cause, errand.remarks) == ("done", "application", ())
    assert errand.result == ({"campaign_id": "1", "name": "Sales", "language": "en-GB"},)
    assert [(step.operation, step.status) for step in errand.steps] == [("create_token", 200), ("list_campaigns", 200)]


def test_a_recruiter_is_named_in_every_call(partner: ScriptedPartner) -> None:
    ats = Ats()
    ats.connect(partner, recruiter=RECRUITER)
    ats.run("caller_list_campaigns")
    ats.run("caller_refresh", campaign_id="1", recruiter="other@partner.example")
    ats.run("caller_refresh", campaign_id="1", as_application=True)
    named = [each.headers.get("x-current-user") for each in partner.requests]
    assert named == [None, RECRUITER, "other@partner.example", None]
    assert [each.cause for each in ats.state.errands] == ["recruiter", "recruiter", "application"]


def test_a_recruiters_grant_brings_a_signed_assertion(partner: ScriptedPartner) -> None:
    ats = Ats()
    ats.connect(partner, recruiter=RECRUITER, recruiter_name="Jean Dupont", grant="jwt-bearer")
    ats.run("caller_list_campaigns")
    form = form_of(partner.requests[0])
    assert set(form) == {"grant_type", "assertion"}
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    signed, _, signature = form["assertion"].rpartition(".")
    digest = hmac.new(CLIENT["client_secret"].encode(), signed.encode(), "sha256").digest()
    assert signature == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    head, claims = (json.loads(base64.urlsafe_b64decode(f"{part}==")) for part in signed.split("."))
    assert head == {"alg": "HS256", "typ": "JWT"}
    assert claims == {
        "iss": "ts_customer",
        "sub": "TalentSoftMarketPlace",
        "email": RECRUITER,
        "name": "Jean Dupont",
        "iat": 1747303200,
        "exp": 1747304400,
    }


def test_each_recruiter_has_a_token_and_the_application_another(partner: ScriptedPartner) -> None:
    partner.on(TOKEN, token("one"), token("two"), token("three"))
    ats = Ats()
    ats.connect(partner, recruiter=RECRUITER, grant="jwt-bearer")
    for _ in range(2):
        ats.run("caller_list_campaigns")
        ats.run("caller_list_campaigns", recruiter="other@partner.example")
        ats.run("caller_batch", campaigns=["1"])
    shown = [each.headers["authorization"] for each in partner.requests if "authorization" in each.headers]
    assert shown == ["Bearer one", "Bearer two", "Bearer three"] * 2
    assert partner.called().count(TOKEN) == 3


@pytest.mark.parametrize("life", ["3600", 3600])
def test_a_token_is_used_until_it_expires_in_sandbox_time(ats: Ats, partner: ScriptedPartner, life: object) -> None:
    partner.on(TOKEN, token("one", expires_in=life), token("two"))
    ats.run("caller_list_campaigns")
    ats.advance(seconds=3599)
    ats.run("caller_list_campaigns")
    ats.advance(seconds=1)
    assert ats.run("caller_list_campaigns").stage == "done"
    assert partner.called() == [TOKEN, CAMPAIGNS, CAMPAIGNS, TOKEN, CAMPAIGNS]
    assert partner.requests[-1].headers["authorization"] == "Bearer two"


def test_errands_begun_at_once_share_a_token_call(ats: Ats, partner: ScriptedPartner) -> None:
    errands = [ats.act("caller_list_campaigns") for _ in range(3)]
    assert [each.stage for each in errands] == ["calling", "waiting", "waiting"]
    ats.settle()
    assert partner.called() == [TOKEN, CAMPAIGNS, CAMPAIGNS, CAMPAIGNS]
    assert [each.stage for each in ats.state.errands] == ["done"] * 3


def test_those_that_wait_for_a_token_fail_with_it(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(TOKEN, said({"error": "invalid_client"}, 401))
    for _ in range(2):
        ats.act("caller_list_campaigns")
    ats.settle()
    reason = "No access token: POST /token answered 401: invalid_client."
    assert [(each.stage, each.error) for each in ats.state.errands] == [("failed", reason)] * 2
    assert partner.called() == [TOKEN]


def test_a_token_that_is_refused_is_renewed_once(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(TOKEN, token("one"), token("two"))
    partner.on(CAMPAIGNS, said({"message": "expired"}, 401), wrapped([]))
    errand = ats.run("caller_list_campaigns")
    assert partner.called() == [TOKEN, CAMPAIGNS, TOKEN, CAMPAIGNS]
    assert (errand.stage, partner.requests[-1].headers["authorization"]) == ("done", "Bearer two")


def test_a_new_token_that_is_refused_too_is_the_end(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(CAMPAIGNS, said({"message": "You are nobody."}, 401))
    errand = ats.run("caller_list_campaigns")
    assert partner.called() == [TOKEN, CAMPAIGNS] * 2
    assert errand.error == ("GET /assessment/campaigns answered 401: You are nobody, with a new access token too.")


def test_a_token_without_a_life_is_good_for_one_call(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(TOKEN, token(expires_in="soon"))
    errand = ats.run("caller_batch", campaigns=["1", "2"])
    assert partner.called() == [TOKEN, STATUS, TOKEN, STATUS]
    assert "expires_in is 'soon', not a number of seconds." in errand.remarks


def test_the_creation_link(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(LINK, wrapped(" https://partner.com/campaigns/create", code="200"))
    errand = ats.run("caller_campaign_creation_link")
    assert (errand.result, errand.remarks) == (({"link": "https://partner.com/campaigns/create"},), ())


def test_an_invitation_is_sent_as_the_documents_have_it(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([LINKED]))
    errand = ats.run("caller_invite", campaign_id="1", invitations=[person()])
    assert json.loads(partner.requests[-1].body) == {
        "campaign_id": "1",
        "callback_url": "http://mock.test/talentsoft/api/v1/assessmentcallback",
        "invitations": [person()],
    }
    assert partner.requests[-1].headers["content-type"] == "application/json"
    assert errand.remarks == ()
    followed = ats.followed()
    assert (followed.invitation, followed.link, followed.status) == (
        "success",
        LINKED["interview_invitation_link"],
        None,
    )


@pytest.mark.parametrize("name", ["interview_invitation_link", "assessment_invitation_link"])
def test_the_link_is_read_under_either_name(ats: Ats, partner: ScriptedPartner, name: str) -> None:
    partner.on(INVITE, wrapped([{**OK, name: "https://partner.com/x"}]))
    errand = ats.run("caller_invite", campaign_id="1", invitations=[person()])
    assert (ats.followed().link, errand.remarks) == ("https://partner.com/x", ())


@pytest.mark.parametrize(
    ("given", "sent"),
    [({"callback_url": "https://x.example/cb"}, "https://x.example/cb"), ({"callback_url": None}, None)],
)
def test_the_callback_url_is_the_tests_to_choose(
    ats: Ats, partner: ScriptedPartner, given: dict[str, str | None], sent: str | None
) -> None:
    partner.on(INVITE, wrapped([LINKED]))
    ats.run("caller_invite", campaign_id="1", invitations=[person()], **given)
    assert json.loads(partner.requests[-1].body).get("callback_url") == sent


def test_made_up_candidates_are_the_same_for_a_seed(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([]))
    for seed in (5, 5, 6):
        ats.run("caller_invite", campaign_id="1", count=3, seed=seed)
    bodies = [each.body for each in partner.requests if each.method == "POST" and each.path.endswith("tests")]
    assert bodies[0] == bodies[1] != bodies[2]
    assert len({each["applicant_id"] for each in json.loads(bodies[0])["invitations"]}) == 3


def test_a_thousand_candidates_can_be_made_up(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([]))
    ats.run("caller_invite", campaign_id="1", count=1000)
    assert len({each["email"] for each in json.loads(partner.requests[-1].body)["invitations"]}) == 1000


def test_what_a_partner_says_of_candidates_it_was_not_asked_about(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([{**LINKED, "applicant_id": JEAN}]))
    errand = ats.run("caller_invite", campaign_id="1", invitations=[person()])
    assert errand.remarks == (
        f"The answer is about '{JEAN}', who was not in the request.",
        f"The answer says nothing of {JOHN}, who was in the request.",
    )
    assert ats.followed().invitation == "asked"
    assert list(ats.state.followed.where(applicant_id=JEAN)) == []


def test_a_candidate_who_could_not_be_invited(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([{**OK, "status": "error", "error_message": "No seat left."}]))
    ats.run("caller_invite", campaign_id="1", invitations=[person()])
    assert (ats.followed().invitation, ats.followed().error_message) == ("error", "No seat left.")


def test_a_status_is_asked_for_and_kept(ats: Ats, partner: ScriptedPartner) -> None:
    errand = ats.run("caller_refresh", campaign_id="1", applicants=[JOHN, JEAN], language="fr-FR")
    assert query_of(partner.requests[-1]) == {
        "campaign_id": ["1"],
        "language": ["fr-FR"],
        "applicants[]": [JOHN, JEAN],
    }
    assert errand.remarks == (f"The answer says nothing of {JEAN}, who was asked for.",)
    known = ats.followed()
    assert (known.status, known.global_score, known.scores) == ("completed", 25, ({"name": "score1", "value": 10},))
    assert [each["url"] for each in known.reports] == ["https://partner.com/r/1"]
    assert (known.refreshed_at, known.refreshed_by) == (ats.state.now(), "application")


def test_all_of_a_campaign_are_asked_for_without_naming_anybody(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(STATUS, wrapped([assessment(JOHN), assessment(JEAN, status="waiting", global_score=None)]))
    ats.run("caller_refresh", campaign_id="1")
    assert query_of(partner.requests[-1]) == {"campaign_id": ["1"]}
    assert {each.applicant_id: each.status for each in ats.state.followed} == {JOHN: "completed", JEAN: "waiting"}


def test_an_erasure_has_a_body_and_leaves_nothing_personal(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([LINKED]))
    partner.on(ERASE, said({"code": "200", "status": "success", "message": None}))
    ats.run("caller_invite", campaign_id="1", invitations=[person()])
    ats.run("caller_refresh", campaign_id="1")
    errand = ats.run("caller_erase", applicant_id=JOHN)
    assert partner.called()[-1] == ERASE
    sent = json.loads(partner.requests[-1].body)
    assert sent == {"campaigns": ["1"], "email": "john.doe@mail.example", "applicant_id": JOHN}
    assert (errand.stage, errand.remarks) == ("done", ())
    known = ats.followed()
    assert known.status == "deleted"
    assert (known.email, known.link, known.global_score, known.scores, known.reports) == (None, None, None, (), ())


def test_an_erasure_of_whom_nobody_knows_needs_email_and_campaigns(ats: Ats) -> None:
    with pytest.raises(BadRequest) as refused:
        ats.act("caller_erase", applicant_id=JOHN)
    assert set(refused.value.fields) == {"email", "campaigns"}


def test_the_batch_reads_every_campaign_somebody_was_invited_to(partner: ScriptedPartner) -> None:
    ats = Ats()
    ats.connect(partner, recruiter=RECRUITER)
    partner.on(INVITE, wrapped([LINKED]))
    for campaign in ("1", "7"):
        ats.run("caller_invite", campaign_id=campaign, invitations=[person()])
    partner.requests.clear()
    partner.on(STATUS, wrapped([assessment()]), wrapped([assessment(campaign_id="7")]))
    errand = ats.run("caller_batch")
    assert [query_of(each) for each in partner.requests] == [{"campaign_id": ["1"]}, {"campaign_id": ["7"]}]
    assert all("x-current-user" not in each.headers for each in partner.requests)
    assert len(errand.result) == 2
    assert {each.refreshed_by for each in ats.state.followed} == {"batch"}


def test_one_campaign_that_fails_does_not_stop_the_batch(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(STATUS, said({"message": "Gone."}, 404), wrapped([assessment(campaign_id="2")]))
    errand = ats.run("caller_batch", campaigns=["1", "2"])
    assert errand.error == "GET /assessment/tests for campaign 1 answered 404: Gone."
    assert (errand.stage, len(errand.result)) == ("failed", 1)


def test_a_batch_without_anybody_calls_nobody(ats: Ats, partner: ScriptedPartner) -> None:
    assert ats.run("caller_batch").stage == "done"
    assert partner.requests == []


def test_the_daily_batch_comes_again(ats: Ats, partner: ScriptedPartner) -> None:
    ats.run("caller_batch", campaigns=["1"], daily=True)
    ats.advance(hours=47)
    assert partner.called().count(STATUS) == 2
    ats.advance(hours=1)
    assert partner.called().count(STATUS) == 3


def test_the_only_partner_needs_no_name_and_of_two_one_is_named(ats: Ats, partner: ScriptedPartner) -> None:
    ats.connect(partner, partner="second")
    with pytest.raises(BadRequest, match="Name the partner; known are 1, second"):
        ats.act("caller_list_campaigns")
    with pytest.raises(NotFound, match="There is no partner 'third'; known are 1, second"):
        ats.act("caller_list_campaigns", partner="third")
    assert ats.run("caller_list_campaigns", partner="second").stage == "done"


def test_a_partner_connected_anew_is_asked_for_a_new_token(ats: Ats, partner: ScriptedPartner) -> None:
    ats.run("caller_list_campaigns")
    ats.connect(partner, partner="1", client_secret="another")
    ats.run("caller_list_campaigns")
    assert partner.called() == [TOKEN, CAMPAIGNS] * 2
    assert form_of(partner.requests[2])["client_secret"] == "another"


def test_an_errand_keeps_no_candidates_data_and_no_token_when_it_has_ended(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([LINKED]))
    errand = ats.run("caller_invite", campaign_id="1", invitations=[person()])
    assert (errand.asks, errand.access_token) == ((), None)
    assert "john.doe" not in str(errand)


def test_a_call_sent_again_by_hand_changes_nothing(ats: Ats, partner: ScriptedPartner) -> None:
    errand = ats.run("caller_refresh", campaign_id="1")
    partner.on(STATUS, wrapped([assessment(status="archived")]))
    with ats.sandbox.transaction():
        ats.sandbox.outbox.redeliver(2, ats.state.now())
    ats.settle()
    assert partner.called() == [TOKEN, STATUS, STATUS]
    assert partner.requests[-1].headers["authorization"] == "Bearer token-1"
    assert ats.state.errands.get(errand.id) == errand
    assert ats.followed().status == "completed"


def test_the_calls_are_in_the_journal_as_going_out(ats: Ats) -> None:
    ats.run("caller_list_campaigns")
    made = [(each.direction, each.operation, each.method, each.status) for each in ats.sandbox.journal]
    assert made == [
        ("out", "talentsoft.call_create_token", "POST", 200),
        ("out", "talentsoft.call_list_campaigns", "GET", 200),
    ]
