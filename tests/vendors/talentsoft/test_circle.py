"""Talentsoft and a partner play against each other, over real sockets: both halves, invitation to result."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import API, CLIENT_ID, NOBODY, NOW, RECRUITER, SECRET, refusal

WHO = {"campaign_id": "1", "applicant_id": NOBODY}
PERSON = {"applicant_id": NOBODY, "lastname": "New", "firstname": "Nora", "email": "nora.new@people.example"}
Data = dict[str, Any]


@pytest.fixture
def halves(origin: str, http: requests.Session) -> Iterator[tuple[RemoteSandbox, RemoteSandbox]]:
    """Two sandboxes: Talentsoft in one, its partner in the other."""
    made = []
    for _ in range(2):
        sandbox = RemoteSandbox(origin, f"t{uuid4().hex}", http)
        sandbox.boot(clock=NOW)
        made.append(sandbox)
    yield made[0], made[1]
    for sandbox in made:
        assert [each for each in sandbox.journal() if each["bug"]] == []
        sandbox.admin("DELETE")


@pytest.fixture
def ats(halves: tuple[RemoteSandbox, RemoteSandbox]) -> RemoteSandbox:
    return halves[0]


@pytest.fixture
def partner(halves: tuple[RemoteSandbox, RemoteSandbox]) -> RemoteSandbox:
    return halves[1]


def connect(ats: RemoteSandbox, partner: RemoteSandbox, **changes: str) -> None:
    about = {"base_url": partner.url(API), "client_id": CLIENT_ID, "client_secret": SECRET, **changes}
    ats.action("talentsoft.connect_partner", **about)


def followed(ats: RemoteSandbox, applicant_id: str = NOBODY) -> Data:
    [found] = [each for each in ats.entities("talentsoft", "followed") if each["applicant_id"] == applicant_id]
    return found


def settle(*sandboxes: RemoteSandbox) -> None:
    """Make the calls that are owed, in each in turn."""
    for sandbox in sandboxes:
        sandbox.advance("0s")


def test_invite_complete_call_back_and_read(ats: RemoteSandbox, partner: RemoteSandbox) -> None:
    connect(ats, partner, recruiter=RECRUITER, grant="jwt-bearer")
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON])
    settle(ats)
    assert followed(ats)["invitation"] == "success"
    [invitation] = [each for each in partner.entities("talentsoft", "invitations") if each["applicant_id"] == NOBODY]
    assert invitation["invited_by"] == RECRUITER
    assert invitation["callback_url"] == ats.url(f"{API}/assessmentcallback")

    partner.action("talentsoft.start", **WHO)
    settle(partner, ats)
    assert (followed(ats)["status"], followed(ats)["refreshed_by"]) == ("inProgress", "callback")

    partner.action("talentsoft.complete", **WHO, global_score=91)
    settle(partner, ats)
    known = followed(ats)
    assert (known["status"], known["global_score"]) == ("completed", 91)
    assert [each["value"] for each in known["scores"]] == [91] * len(known["scores"]) != []
    callbacks = ats.entities("talentsoft", "callbacks")
    errands = {each["id"]: each for each in ats.entities("talentsoft", "errands")}
    assert [errands[each["errand"]]["cause"] for each in callbacks] == ["callback"] * 2
    assert all(each["remarks"] == [] for each in errands.values())


def test_reads_after_a_callback_are_an_applications(ats: RemoteSandbox, partner: RemoteSandbox) -> None:
    connect(ats, partner, recruiter=RECRUITER, grant="jwt-bearer")
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON])
    settle(ats)
    partner.action("talentsoft.start", **WHO)
    settle(partner, ats)
    reads = [each for each in partner.journal() if each["operation"] == "talentsoft.list_assessments"]
    assert len(reads) == 1
    assert "X-Current-User" not in reads[0]["request"]["headers"]
    [access] = [each for each in partner.entities("talentsoft", "accesses") if "GET" in each["id"]]
    assert (access["as_recruiter"], access["current_user"]) == (False, None)


def test_both_halves_in_one_sandbox(ats: RemoteSandbox) -> None:
    made = ats.action("talentsoft.connect_partner")
    assert (made["base_url"], made["client_id"], made["recruiter"]) == (ats.url(API), CLIENT_ID, RECRUITER)
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON])
    settle(ats)
    ats.action("talentsoft.start", **WHO)
    ats.action("talentsoft.complete", **WHO, global_score=77)
    settle(ats)
    assert (followed(ats)["status"], followed(ats)["global_score"]) == ("completed", 77)
    ats.action("talentsoft.caller_erase", applicant_id=NOBODY)
    settle(ats)
    assert followed(ats)["status"] == "deleted"
    [invitation] = [each for each in ats.entities("talentsoft", "invitations") if each["applicant_id"] == NOBODY]
    assert (invitation["status"], invitation["email"]) == ("deleted", "")


def test_an_invitation_that_expires_is_learned_of_by_itself(ats: RemoteSandbox) -> None:
    ats.action("talentsoft.connect_partner")
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON])
    ats.advance("14d1m")
    assert followed(ats)["status"] == "expired"


def test_the_batch_learns_of_a_partner_that_does_not_call_back(ats: RemoteSandbox, partner: RemoteSandbox) -> None:
    connect(ats, partner)
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON], callback_url=None)
    settle(ats)
    partner.action("talentsoft.decline", **WHO)
    ats.action("talentsoft.caller_batch")
    settle(ats)
    assert (followed(ats)["status"], followed(ats)["refreshed_by"]) == ("applicantDeclined", "batch")


def test_a_wrong_secret_is_the_partners_refusal(ats: RemoteSandbox, partner: RemoteSandbox) -> None:
    connect(ats, partner, client_secret="wrong")
    ats.action("talentsoft.caller_list_campaigns")
    settle(ats)
    [errand] = ats.entities("talentsoft", "errands")
    assert (errand["stage"], errand["error"]) == (
        "failed",
        "No access token: POST /token answered 401: invalid_client: The client is unknown or its secret is wrong.",
    )


def test_a_callback_about_what_was_not_invited_there(ats: RemoteSandbox, partner: RemoteSandbox) -> None:
    connect(ats, partner, client_id="ts_else")
    fields = {"client_id": "ts_else", "campaign_id": "1", "applicant_id": NOBODY}
    refusal(ats.post(f"{API}/assessmentcallback", data=fields), 404)
    refusal(ats.post(f"{API}/assessmentcallback", data={**fields, "client_id": "nobody"}), 403)
    assert ats.entities("talentsoft", "errands") == []


def test_no_secret_is_listed(ats: RemoteSandbox, partner: RemoteSandbox) -> None:
    connect(ats, partner, recruiter=RECRUITER)
    ats.action("talentsoft.caller_list_campaigns")
    settle(ats)
    [token] = partner.entities("talentsoft", "access_tokens")[-1:]
    listed = [str(ats.entities("talentsoft", name)) for name in ("partners", "partner_tokens", "errands")] + [
        str(ats.journal()),
        str(ats.admin("GET", "/outbox")),
    ]
    assert token["id"] == "***"
    assert not any(SECRET in text for text in listed)
    assert all("'access_token': '***'" in str(each) for each in ats.entities("talentsoft", "partner_tokens"))
    assert "Bearer" not in str(ats.journal())


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [
        ({"mode": "polls", "count": 2}, ["waiting", "waiting", "inProgress", "inProgress", "completed", "completed"]),
        ({"mode": "polls", "count": 1}, ["waiting", "inProgress", "completed", "completed"]),
    ],
)
def test_reading_lets_an_assessment_move_on(ats: RemoteSandbox, mode: Data, statuses: list[str]) -> None:
    ats.action("talentsoft.connect_partner")
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON], callback_url=None)
    settle(ats)
    ats.admin("PUT", "/progressions/talentsoft.list_assessments", json=mode)
    seen = []
    for _ in statuses:
        ats.action("talentsoft.caller_refresh", campaign_id="1", applicants=[NOBODY])
        settle(ats)
        seen.append(followed(ats)["status"])
    assert seen == statuses


def test_time_lets_an_assessment_move_on_and_the_callback_tells(ats: RemoteSandbox) -> None:
    ats.action("talentsoft.connect_partner")
    ats.admin("PUT", "/progressions/talentsoft.list_assessments", json={"mode": "after", "duration": "10m"})
    ats.action("talentsoft.caller_invite", campaign_id="1", invitations=[PERSON])
    settle(ats)
    seen = []
    for _ in range(2):
        ats.advance("10m")
        seen.append(followed(ats)["status"])
    assert seen == ["inProgress", "completed"]


def test_a_callback_to_where_none_may_go_is_refused_and_the_move_stands(ats: RemoteSandbox) -> None:
    ats.action("talentsoft.connect_partner")
    ats.action(
        "talentsoft.caller_invite", campaign_id="1", invitations=[PERSON], callback_url="http://169.254.169.254/"
    )
    settle(ats)
    ats.action("talentsoft.start", **WHO)
    settle(ats)
    [told] = [
        each for each in ats.admin("GET", "/outbox")["deliveries"] if each["event"] == "talentsoft.assessment_updated"
    ]
    assert told["stage"] == "refused"
    [invitation] = [each for each in ats.entities("talentsoft", "invitations") if each["applicant_id"] == NOBODY]
    assert invitation["status"] == "inProgress"
