"""Erasing a candidate's data."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import (
    API,
    APPLICATION,
    CHIARA,
    JWT_BEARER,
    NOBODY,
    NOW,
    Caller,
    ask_token,
    assertion,
    person,
    refusal,
    token,
)

pytestmark = pytest.mark.boot(clock=NOW)

EMAIL = "chiara.rossi@people.example"
DONE = {"code": 200, "status": "success", "message": None}


def erased(sandbox: RemoteSandbox, applicant_id: str) -> dict[str, bool]:
    rows = sandbox.entities("talentsoft", "invitations")
    return {each["campaign_id"]: each["status"] == "deleted" for each in rows if each["applicant_id"] == applicant_id}


def test_a_candidate_is_erased_in_the_campaigns_named(sandbox: RemoteSandbox, caller: Caller) -> None:
    answer = caller.erase(campaigns=["1"], email=EMAIL, applicant_id=CHIARA)
    assert (answer.status_code, answer.json()) == (200, DONE)
    assert erased(sandbox, CHIARA) == {"1": True, "2": False}
    assert caller.assessment(CHIARA) == {
        "campaign_id": "1",
        "applicant_id": CHIARA,
        "status": "deleted",
        "assessment_invitation_link": None,
        "recruiter_link": None,
        "readonly_link": None,
        "global_score": None,
        "global_report": None,
        "scores": None,
        "reports": [],
    }


def test_nothing_personal_is_left(sandbox: RemoteSandbox, caller: Caller) -> None:
    caller.erase(campaigns=["1", "2"], email=EMAIL, applicant_id=CHIARA)
    left = [each for each in sandbox.entities("talentsoft", "invitations") if each["applicant_id"] == CHIARA]
    assert len(left) == 2
    for personal in ("Rossi", "Chiara", EMAIL, "+441614960003", "82", "4711"):
        assert personal not in str(left)


def test_all_pages_are_gone_afterwards(sandbox: RemoteSandbox, caller: Caller) -> None:
    row = caller.assessment(CHIARA)
    links = [row[key] for key in ("assessment_invitation_link", "recruiter_link", "readonly_link")]
    links += [row["global_report"]["url"], *(each["url"] for each in row["reports"])]
    assert {sandbox.http.get(link, timeout=20).status_code for link in links} == {200}
    caller.erase(campaigns=["1"], email=EMAIL, applicant_id=CHIARA)
    assert {sandbox.http.get(link, timeout=20).status_code for link in links} == {410}
    buttons = [f"{row['assessment_invitation_link']}/start", f"{row['recruiter_link']}/archive"]
    assert {sandbox.http.post(button, timeout=20).status_code for button in buttons} == {410}


def test_no_campaigns_are_all_of_the_customer(sandbox: RemoteSandbox, caller: Caller) -> None:
    assert caller.erase(campaigns=[], email=EMAIL, applicant_id=CHIARA).status_code == 200
    assert erased(sandbox, CHIARA) == {"1": True, "2": True}


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"erasure_without_campaigns": "refuse"}})
def test_no_campaigns_can_be_refused(sandbox: RemoteSandbox, caller: Caller) -> None:
    assert "campaigns" in refusal(caller.erase(campaigns=[], email=EMAIL, applicant_id=CHIARA), 400)
    assert erased(sandbox, CHIARA) == {"1": False, "2": False}


def test_id_and_email_are_compared_without_capitals(sandbox: RemoteSandbox, caller: Caller) -> None:
    caller.erase(campaigns=["1"], email=EMAIL.upper(), applicant_id=CHIARA.upper())
    assert erased(sandbox, CHIARA)["1"]


def test_another_candidates_email_erases_nothing(sandbox: RemoteSandbox, caller: Caller) -> None:
    answer = caller.erase(campaigns=["1"], email="amara.okafor@people.example", applicant_id=CHIARA)
    assert "email" in refusal(answer, 400)
    assert erased(sandbox, CHIARA) == {"1": False, "2": False}


@pytest.mark.parametrize(
    ("campaigns", "applicant"), [(["1"], NOBODY), (["99"], CHIARA), (["5"], CHIARA), (["1"], "not a UUID")]
)
def test_what_is_unknown_is_erased_already(
    sandbox: RemoteSandbox, caller: Caller, campaigns: list[str], applicant: str
) -> None:
    answer = caller.erase(campaigns=campaigns, email=EMAIL, applicant_id=applicant)
    assert (answer.status_code, answer.json()) == (200, DONE)
    assert erased(sandbox, CHIARA) == {"1": False, "2": False}


def test_erasing_twice_is_erasing_once(caller: Caller) -> None:
    for _ in range(2):
        assert caller.erase(campaigns=["1"], email=EMAIL, applicant_id=CHIARA).status_code == 200


def test_another_customer_erases_nothing(sandbox: RemoteSandbox) -> None:
    harbour = Caller(sandbox, token(sandbox, "ts_harbour", "fake-harbour-secret-0123456789abcdef"))
    assert harbour.erase(campaigns=[], email=EMAIL, applicant_id=CHIARA).status_code == 200
    assert erased(sandbox, CHIARA) == {"1": False, "2": False}


def test_invitations_that_were_superseded_are_erased_too(sandbox: RemoteSandbox, caller: Caller) -> None:
    caller.invite_one()
    sandbox.action("talentsoft.cancel", campaign_id="1", applicant_id=NOBODY)
    caller.invite_one()
    caller.erase(campaigns=["1"], email=person()["email"], applicant_id=NOBODY)
    mine = [each for each in sandbox.entities("talentsoft", "invitations") if each["applicant_id"] == NOBODY]
    assert [each["status"] for each in mine] == ["deleted", "deleted"]


@pytest.mark.parametrize("campaigns", ["campaigns=1&campaigns=2", "campaigns[]=1&campaigns[]=2", "campaigns=1,2"])
def test_the_query_string_does_where_a_proxy_drops_the_body(
    sandbox: RemoteSandbox, caller: Caller, campaigns: str
) -> None:
    answer = caller.request("DELETE", f"/assessment/tests?{campaigns}&email={EMAIL}&applicant_id={CHIARA}")
    assert (answer.status_code, answer.json()) == (200, DONE)
    assert erased(sandbox, CHIARA) == {"1": True, "2": True}


def test_the_body_counts_if_there_are_both(sandbox: RemoteSandbox, caller: Caller) -> None:
    body = {"campaigns": ["1"], "email": EMAIL, "applicant_id": CHIARA}
    caller.request("DELETE", f"/assessment/tests?campaigns=2&email={EMAIL}&applicant_id={CHIARA}", json=body)
    assert erased(sandbox, CHIARA) == {"1": True, "2": False}


def test_without_body_and_query_it_is_a_bad_request(caller: Caller) -> None:
    refusal(caller.request("DELETE", "/assessment/tests"), 400)
    assert "email" in refusal(caller.request("DELETE", f"/assessment/tests?campaigns=1&applicant_id={CHIARA}"), 400)


@pytest.mark.parametrize("form", [APPLICATION, {"grant_type": JWT_BEARER, "assertion": assertion()}])
def test_applications_and_recruiters_may_erase(sandbox: RemoteSandbox, form: dict[str, str]) -> None:
    caller = Caller(sandbox, ask_token(sandbox, **form).json()["access_token"])
    assert caller.erase(campaigns=["1"], email=EMAIL, applicant_id=CHIARA).status_code == 200
    assert erased(sandbox, CHIARA)["1"]


def test_a_deletion_needs_a_token(sandbox: RemoteSandbox) -> None:
    refusal(sandbox.delete(f"{API}/assessment/tests", json={}), 401)
