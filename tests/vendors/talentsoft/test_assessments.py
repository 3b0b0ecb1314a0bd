"""Asking for statuses, scores and reports, and how they come about."""

from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import AMARA, BRUNO, CHIARA, DANIEL, ELENA, FARID, NOBODY, NOW, Caller, refusal

pytestmark = pytest.mark.boot(clock=NOW)

EVERYBODY = [AMARA, BRUNO, CHIARA, DANIEL, ELENA, FARID]
STATUSES = ["waiting", "inProgress", "completed", "applicantDeclined", "awaitingSharing", "expired"]


def act(sandbox: RemoteSandbox, verb: str, applicant_id: str, campaign_id: str = "1", **arguments: Any) -> Any:
    return sandbox.action(f"talentsoft.{verb}", campaign_id=campaign_id, applicant_id=applicant_id, **arguments)


def try_action(sandbox: RemoteSandbox, verb: str, **arguments: Any) -> requests.Response:
    body = {"action": f"talentsoft.{verb}", "arguments": arguments}
    return sandbox.http.post(f"{sandbox.admin_url}/actions", json=body, timeout=20)


def test_all_of_a_campaign(caller: Caller) -> None:
    rows = caller.assessments()
    assert [row["applicant_id"] for row in rows] == EVERYBODY
    assert [row["status"] for row in rows] == STATUSES


def test_the_other_statuses(caller: Caller) -> None:
    assert [row["status"] for row in caller.assessments("2")] == ["cancelled", "archived", "waiting", "deleted"]


@pytest.mark.parametrize(
    "query",
    [
        f"&applicants[]={BRUNO}&applicants[]={AMARA}",
        f"&applicants%5B%5D={BRUNO}&applicants%5B%5D={AMARA}",
        f"&applicants={BRUNO}&applicants={AMARA}",
        f"&applicants[0]={BRUNO}&applicants[1]={AMARA}",
        f"&applicants={BRUNO},{AMARA}",
        f"&applicants[]={quote(f'{BRUNO}, {AMARA.upper()},,')}",
        f"&applicants[]={BRUNO}&applicants[]={AMARA}&applicants[]={BRUNO}",
        f"&applicants[]={BRUNO}&applicants[]={NOBODY}&applicants[]={AMARA}&applicants[]=1",
    ],
    ids=["brackets", "encoded", "plain", "numbered", "commas", "blanks", "repeated", "unknown"],
)
def test_those_listed_in_any_spelling(caller: Caller, query: str) -> None:
    assert [row["applicant_id"] for row in caller.assessments("1", query)] == [BRUNO, AMARA]


@pytest.mark.parametrize("query", ["&applicants[]=", "&applicants=", "&applicants[]=&applicants[]=", "&language=fr-FR"])
def test_an_empty_list_is_everybody(caller: Caller, query: str) -> None:
    assert len(caller.assessments("1", query)) == len(EVERYBODY)


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"unknown_applicants": "refuse"}})
def test_unknown_applicants_can_be_refused(caller: Caller) -> None:
    path = f"/assessment/tests?campaign_id=1&applicants[]={AMARA}"
    assert len(caller.request("GET", f"{path}&applicants[]={AMARA.upper()}").json()["data"]) == 1
    assert NOBODY in refusal(caller.request("GET", f"{path}&applicants[]={NOBODY}"), 404)


def test_a_campaign_must_be_named_and_known(caller: Caller) -> None:
    assert "campaign_id" in refusal(caller.request("GET", "/assessment/tests"), 400)
    assert "campaign_id" in refusal(caller.request("GET", "/assessment/tests?campaign_id="), 400)
    assert "campaign_id" in refusal(caller.request("GET", "/assessment/tests?campaign_id=1&campaign_id=2"), 400)
    for campaign in ("99", "5", "9" * 200):
        assert campaign in refusal(caller.request("GET", f"/assessment/tests?campaign_id={campaign}"), 404)


def test_a_completed_assessment_shows_scores_as_text_and_reports(sandbox: RemoteSandbox, caller: Caller) -> None:
    row = caller.assessment(CHIARA)
    assert row["global_score"] == "82"
    assert row["scores"] == [{"name": "statistics", "value": "78"}, {"name": "charts", "value": "86"}]
    url = row["global_report"]["url"]
    assert url.startswith(sandbox.url("/talentsoft/"))
    assert row["global_report"] == {"name": "global", "url": url, "report_type": "HTML", "language": "en-GB"}
    assert [each["report_type"] for each in row["reports"]] == ["PDF", "HTML"]
    assert row["reports"][0]["comment"] == "access code 4711"
    assert sorted(row["reports"][1]) == ["name", "report_type", "url"]


@pytest.mark.parametrize("applicant", [AMARA, BRUNO, DANIEL, ELENA, FARID])
def test_nothing_is_scored_before_completion(caller: Caller, applicant: str) -> None:
    row = caller.assessment(applicant)
    shown = [row[key] for key in ("global_score", "global_report", "scores", "reports")]
    assert shown == [None, None, None, []]


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"early_global_score": 75}})
def test_a_score_before_completion_as_the_sample_has_it(caller: Caller) -> None:
    scores = [row["global_score"] for row in caller.assessments()]
    assert scores == ["75", "75", "82", None, "75", None]


@pytest.mark.boot(clock=NOW, settings={"talentsoft": {"optional_statuses": ["deleted"]}})
def test_a_partner_without_the_optional_statuses(caller: Caller) -> None:
    rows = caller.assessments()
    assert [row["applicant_id"] for row in rows] == [AMARA, BRUNO, CHIARA, ELENA]
    assert [row["status"] for row in rows] == ["waiting", "inProgress", "completed", "waiting"]
    assert [row["status"] for row in caller.assessments("2")] == ["waiting", "deleted"]


def test_a_candidate_starts_and_completes(sandbox: RemoteSandbox, caller: Caller) -> None:
    assert act(sandbox, "start", AMARA)["started_at"] == NOW
    assert caller.status(AMARA) == "inProgress"
    act(sandbox, "complete", AMARA)
    row = caller.assessment(AMARA)
    assert (row["status"], row["global_score"]) == ("completed", "80")
    assert row["scores"] == [{"name": "cert-data-analyst", "value": "80"}]
    assert row["global_report"]["report_type"] == "HTML"
    assert [each["report_type"] for each in row["reports"]] == ["PDF"]


def test_results_are_chosen(sandbox: RemoteSandbox, caller: Caller) -> None:
    act(
        sandbox,
        "complete",
        BRUNO,
        global_score=0,
        scores=[{"name": "logic", "value": 100}],
        global_report={"name": "all", "report_type": "PDF", "comment": "code 1"},
        reports=[],
    )
    row = caller.assessment(BRUNO)
    assert (row["global_score"], row["scores"], row["reports"]) == ("0", [{"name": "logic", "value": "100"}], [])
    url = row["global_report"]["url"]
    assert row["global_report"] == {"name": "all", "url": url, "report_type": "PDF", "comment": "code 1"}


@pytest.mark.parametrize(
    ("verb", "applicant", "campaign", "after"),
    [
        ("decline", AMARA, "1", "applicantDeclined"),
        ("decline", BRUNO, "1", "applicantDeclined"),
        ("decline", ELENA, "1", "applicantDeclined"),
        ("expire", AMARA, "1", "expired"),
        ("expire", BRUNO, "1", "expired"),
        ("expire", ELENA, "1", "expired"),
        ("cancel", AMARA, "1", "cancelled"),
        ("cancel", BRUNO, "1", "cancelled"),
        ("archive", CHIARA, "1", "archived"),
        ("share", ELENA, "1", "completed"),
    ],
)
def test_moves(sandbox: RemoteSandbox, caller: Caller, verb: str, applicant: str, campaign: str, after: str) -> None:
    act(sandbox, verb, applicant, campaign)
    assert caller.status(applicant, campaign) == after


@pytest.mark.parametrize(
    ("verb", "applicants"),
    [
        ("start", [BRUNO, CHIARA, DANIEL, ELENA, FARID]),
        ("complete", [AMARA, CHIARA, DANIEL, ELENA, FARID]),
        ("decline", [CHIARA, DANIEL, FARID]),
        ("expire", [CHIARA, DANIEL, FARID]),
        ("cancel", [CHIARA, DANIEL, ELENA, FARID]),
        ("archive", [AMARA, BRUNO, DANIEL, ELENA, FARID]),
        ("share", [AMARA, BRUNO, CHIARA, DANIEL, FARID]),
    ],
)
def test_illegal_moves_are_refused_with_the_reason(
    sandbox: RemoteSandbox, caller: Caller, verb: str, applicants: list[str]
) -> None:
    before = sandbox.entities("talentsoft", "invitations")
    for applicant in applicants:
        answer = try_action(sandbox, verb, campaign_id="1", applicant_id=applicant)
        assert answer.status_code == 409
        assert caller.status(applicant) in answer.text or "another customer" in answer.text
    assert sandbox.entities("talentsoft", "invitations") == before


@pytest.mark.parametrize("verb", ["start", "complete", "decline", "expire", "cancel", "archive", "share"])
def test_nothing_can_be_done_with_what_was_erased_or_never_invited(sandbox: RemoteSandbox, verb: str) -> None:
    assert try_action(sandbox, verb, campaign_id="2", applicant_id=FARID).status_code == 409
    assert try_action(sandbox, verb, campaign_id="1", applicant_id=NOBODY).status_code == 404


def test_results_that_were_erased_cannot_be_shared(sandbox: RemoteSandbox, caller: Caller) -> None:
    harbours = next(each for each in sandbox.entities("talentsoft", "invitations") if each["id"] == "harbour-elena")
    form = {"grant_type": "client_credentials", "client_id": "ts_harbour"}
    answer = sandbox.post(
        "/talentsoft/api/v1/token", data={**form, "client_secret": "fake-harbour-secret-0123456789abcdef"}
    )
    harbour = Caller(sandbox, answer.json()["access_token"])
    harbour.erase(campaigns=["5"], email=harbours["email"], applicant_id=harbours["applicant_id"])
    answer = try_action(sandbox, "share", campaign_id="1", applicant_id=ELENA)
    assert answer.status_code == 409
    assert "no longer" in answer.text
    assert caller.status(ELENA) == "awaitingSharing"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("global_score", 101),
        ("global_score", -1),
        ("global_score", "80"),
        ("global_score", True),
        ("scores", {}),
        ("scores", [{"name": "x"}]),
        ("scores", [{"name": "x", "value": 1.5}]),
        ("global_report", "x"),
        ("global_report", {"name": "x", "report_type": "DOC"}),
        ("reports", [None]),
        ("reports", [{"name": "x", "language": "french"}]),
        ("reports", [{"name": "x"}] * 101),
        ("applicant_id", 1),
        ("campaign_id", None),
    ],
)
def test_actions_refuse_nonsense(sandbox: RemoteSandbox, field: str, value: Any) -> None:
    arguments = {"campaign_id": "1", "applicant_id": BRUNO, field: value}
    answer = try_action(sandbox, "complete", **arguments)
    assert answer.status_code == 400
    assert field in answer.text
