"""Inviting candidates, one by one judged."""

from typing import Any

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import (
    AMARA,
    BRUNO,
    CHIARA,
    DANIEL,
    ELENA,
    FARID,
    NOBODY,
    NOW,
    Caller,
    person,
    refusal,
    token,
)

pytestmark = pytest.mark.boot(clock=NOW)


def stored(sandbox: RemoteSandbox, applicant_id: str, campaign_id: str = "1") -> list[dict[str, Any]]:
    everybody = sandbox.entities("talentsoft", "invitations")
    return [each for each in everybody if (each["applicant_id"], each["campaign_id"]) == (applicant_id, campaign_id)]


def test_a_candidate_is_invited(sandbox: RemoteSandbox, caller: Caller) -> None:
    callback = "https://customer.example/cb"
    answer = caller.invite(person(), callback_url=callback, application_id="ignored")
    [result] = answer.json()["data"]
    link = result["assessment_invitation_link"]
    assert result == {
        "applicant_id": NOBODY,
        "status": "success",
        "error_message": None,
        "assessment_invitation_link": link,
        "interview_invitation_link": link,
    }
    assert sandbox.http.get(link, timeout=20).status_code == 200
    assert caller.assessment(NOBODY)["assessment_invitation_link"] == link
    [kept] = stored(sandbox, NOBODY)
    assert (kept["callback_url"], kept["client_id"], kept["expires_at"]) == (
        callback,
        "ts_demo",
        "2025-05-29T10:00:00Z",
    )


def test_the_recruiter_is_kept_with_the_invitation(sandbox: RemoteSandbox, caller: Caller) -> None:
    body = {"campaign_id": "1", "invitations": [person()]}
    caller.request("POST", "/assessment/tests", json=body, headers={"X-Current-User": "anna@meridian.example"})
    assert stored(sandbox, NOBODY)[0]["invited_by"] == "anna@meridian.example"


def test_what_is_not_required_may_be_absent_or_null(sandbox: RemoteSandbox, caller: Caller) -> None:
    lean = {key: value for key, value in person().items() if key not in ("phone", "language")}
    nulls = person(applicant_id=NOBODY.replace("1", "2"), phone=None, language=None)
    answer = caller.invite(lean, nulls, callback_url=None)
    assert [each["status"] for each in answer.json()["data"]] == ["success", "success"]


@pytest.mark.parametrize(("setting", "named"), [("assessment", "assessment"), ("interview", "interview")])
def test_the_link_goes_out_under_one_name_if_wanted(
    sandbox: RemoteSandbox, caller: Caller, setting: str, named: str
) -> None:
    sandbox.settings(talentsoft={"invitation_link_key": setting})
    result = caller.invite_one()
    assert [key for key in result if key.endswith("_link")] == [f"{named}_invitation_link"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"applicant_id": "42"}, "UUID"),
        ({"applicant_id": ""}, "UUID"),
        ({"applicant_id": NOBODY.replace("-", "")}, "UUID"),
        ({"email": "nobody"}, "e-mail"),
        ({"email": "a@b"}, "e-mail"),
        ({"email": "a b@people.example"}, "e-mail"),
        ({"email": ""}, "e-mail"),
    ],
)
def test_one_bad_candidate_does_not_stop_the_others(caller: Caller, changes: dict[str, str], reason: str) -> None:
    bad = person(**{"applicant_id": NOBODY.replace("1", "2"), **changes})
    answer = caller.invite(bad, person())
    assert answer.status_code == 200
    assert answer.json()["status"] == "success"
    failed, good = answer.json()["data"]
    assert (failed["status"], good["status"]) == ("error", "success")
    assert failed["applicant_id"] == bad["applicant_id"]
    assert reason in failed["error_message"]
    assert failed["assessment_invitation_link"] is None
    assert failed["interview_invitation_link"] is None


def test_a_candidate_twice_in_one_request_is_an_error_the_second_time(caller: Caller) -> None:
    upper = "AAAAAAAA-2222-4333-8444-555555555555"
    first, second = caller.invite(person(applicant_id=upper), person(applicant_id=upper.lower())).json()["data"]
    assert (first["status"], second["status"]) == ("success", "error")
    assert "twice" in second["error_message"]


def test_an_applicant_id_is_compared_without_capitals_and_echoed_as_sent(caller: Caller) -> None:
    upper = "AAAAAAAA-2222-4333-8444-555555555555"
    assert caller.invite_one(applicant_id=upper)["applicant_id"] == upper
    assert caller.status(upper.lower()) == "waiting"


def test_a_candidate_may_be_invited_to_several_campaigns(caller: Caller) -> None:
    links = {caller.invite(person(), campaign_id=each).json()["data"][0]["assessment_invitation_link"] for each in "12"}
    assert len(links) == 2


@pytest.mark.parametrize("applicant", [AMARA, BRUNO, ELENA])
def test_inviting_again_while_it_is_open_changes_the_callback_only(
    sandbox: RemoteSandbox, caller: Caller, applicant: str
) -> None:
    before = caller.assessment(applicant)
    again = person(applicant_id=applicant, email="other@people.example")
    [result] = caller.invite(again, callback_url="https://new.example/cb").json()["data"]
    assert result["assessment_invitation_link"] == before["assessment_invitation_link"]
    assert caller.assessment(applicant) == before
    [kept] = stored(sandbox, applicant)
    assert kept["callback_url"] == "https://new.example/cb"
    assert kept["email"] != "other@people.example"


@pytest.mark.parametrize(
    ("applicant", "campaign", "before"),
    [
        (DANIEL, "1", "applicantDeclined"),
        (FARID, "1", "expired"),
        (BRUNO, "2", "cancelled"),
        (CHIARA, "2", "archived"),
        (FARID, "2", "deleted"),
    ],
)
def test_inviting_again_after_the_end_makes_a_new_invitation(
    sandbox: RemoteSandbox, caller: Caller, applicant: str, campaign: str, before: str
) -> None:
    old = caller.assessment(applicant, campaign)
    assert old["status"] == before
    [result] = caller.invite(person(applicant_id=applicant), campaign_id=campaign).json()["data"]
    assert result["status"] == "success"
    new = caller.assessment(applicant, campaign)
    assert new["status"] == "waiting"
    assert new["assessment_invitation_link"] not in (None, old["assessment_invitation_link"])
    assert [each["superseded"] for each in stored(sandbox, applicant, campaign)] == [True, False]
    assert len([row for row in caller.assessments(campaign) if row["applicant_id"] == applicant]) == 1


def test_inviting_again_after_completion_is_an_error(caller: Caller) -> None:
    result = caller.invite_one(applicant_id=CHIARA)
    assert result["status"] == "error"
    assert "completed" in result["error_message"]
    assert caller.status(CHIARA) == "completed"


def test_an_invitation_expires_by_the_clock(sandbox: RemoteSandbox, caller: Caller) -> None:
    caller.invite_one()
    sandbox.advance("13d")
    assert Caller(sandbox).status(NOBODY) == "waiting"
    sandbox.advance("1d")
    assert Caller(sandbox).status(NOBODY) == "expired"


def test_an_invitation_expires_when_its_setting_says(sandbox: RemoteSandbox, caller: Caller) -> None:
    sandbox.settings(talentsoft={"invitation_days": 1})
    caller.invite_one()
    sandbox.advance("1d")
    assert Caller(sandbox).status(NOBODY) == "expired"


@pytest.mark.boot(clock="9999-12-31T23:00:00Z")
def test_an_invitation_at_the_end_of_the_calendar(caller: Caller) -> None:
    assert caller.invite_one()["status"] == "success"


def test_results_at_another_customer_wait_to_be_shared(sandbox: RemoteSandbox) -> None:
    """Chiara has done the tests of Harbour's campaign at Meridian, and shares the results or not."""
    harbour = Caller(sandbox, token(sandbox, "ts_harbour", "fake-harbour-secret-0123456789abcdef"))
    [result] = harbour.invite(person(email="Chiara.Rossi@people.example"), campaign_id="5").json()["data"]
    assert result["status"] == "success"
    assert harbour.status(NOBODY, "5") == "awaitingSharing"
    sandbox.action("talentsoft.share", campaign_id="5", applicant_id=NOBODY)
    row = harbour.assessment(NOBODY, "5")
    assert (row["status"], row["global_score"]) == ("completed", "82")
    assert [each["name"] for each in row["reports"]] == ["details", "feedback"]


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"result_sharing": False}})
def test_a_partner_without_sharing_invites_as_waiting(sandbox: RemoteSandbox) -> None:
    harbour = Caller(sandbox, token(sandbox, "ts_harbour", "fake-harbour-secret-0123456789abcdef"))
    harbour.invite(person(email="chiara.rossi@people.example"), campaign_id="5")
    assert harbour.status(NOBODY, "5") == "waiting"


def test_results_of_the_same_customer_are_not_shared(caller: Caller) -> None:
    """Chiara's archived results in campaign 2 are of the same customer as campaign 3."""
    caller.invite(person(email="chiara.rossi@people.example"), campaign_id="3")
    assert caller.status(NOBODY, "3") == "waiting"


@pytest.mark.parametrize("campaign", ["99", "5"])
def test_an_unknown_campaign_or_another_customers(caller: Caller, campaign: str) -> None:
    assert campaign in refusal(caller.invite(person(), campaign_id=campaign), 404)


def test_a_closed_campaign(caller: Caller) -> None:
    assert "closed" in refusal(caller.invite(person(), campaign_id="4"), 409)


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"max_invitations": 1}})
def test_more_candidates_than_a_partner_takes_at_once(caller: Caller) -> None:
    other = person(applicant_id=NOBODY.replace("1", "2"))
    assert "invitations" in refusal(caller.invite(person(), other), 413)
    assert caller.invite(person()).status_code == 200


def test_a_hundred_at_once(caller: Caller) -> None:
    people = [person(applicant_id=f"{number:08}-2222-4333-8444-555555555555") for number in range(100)]
    results = caller.invite(*people).json()["data"]
    assert [each["applicant_id"] for each in results] == [each["applicant_id"] for each in people]
    assert len({each["assessment_invitation_link"] for each in results}) == 100
