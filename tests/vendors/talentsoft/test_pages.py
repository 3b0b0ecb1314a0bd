"""What candidates and recruiters see at the partner."""

import re
from html.parser import HTMLParser

import pytest
import requests

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
    buttons,
    person,
    press,
)

pytestmark = pytest.mark.boot(clock=NOW)


def page(caller: Caller, applicant_id: str, link: str, campaign_id: str = "1") -> requests.Response:
    answer = caller.sandbox.http.get(caller.assessment(applicant_id, campaign_id)[link], timeout=20)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    parser = HTMLParser()
    parser.feed(answer.text)
    return answer


def candidate(caller: Caller, applicant_id: str) -> requests.Response:
    return page(caller, applicant_id, "assessment_invitation_link")


@pytest.mark.parametrize(
    ("applicant", "offered"),
    [
        (AMARA, {"start", "decline"}),
        (BRUNO, {"complete", "decline"}),
        (CHIARA, set()),
        (DANIEL, set()),
        (ELENA, {"share", "decline"}),
        (FARID, set()),
    ],
)
def test_a_candidate_is_offered_what_can_be_done(caller: Caller, applicant: str, offered: set[str]) -> None:
    shown = candidate(caller, applicant)
    assert set(buttons(shown)) == offered
    assert f'<dd id="status">{caller.status(applicant)}</dd>' in shown.text


def test_a_candidate_starts_and_completes(sandbox: RemoteSandbox, caller: Caller) -> None:
    started = press(sandbox, candidate(caller, AMARA), "start")
    assert caller.status(AMARA) == "inProgress"
    press(sandbox, started, "complete", global_score="64")
    row = caller.assessment(AMARA)
    assert (row["status"], row["global_score"]) == ("completed", "64")


def test_a_candidate_declines(sandbox: RemoteSandbox, caller: Caller) -> None:
    press(sandbox, candidate(caller, AMARA), "decline")
    assert caller.status(AMARA) == "applicantDeclined"


def test_a_candidate_shares_results(sandbox: RemoteSandbox, caller: Caller) -> None:
    press(sandbox, candidate(caller, ELENA), "share")
    row = caller.assessment(ELENA)
    assert (row["status"], row["global_score"]) == ("completed", "91")


def test_a_button_of_a_page_that_is_out_of_date_says_why_not(sandbox: RemoteSandbox, caller: Caller) -> None:
    address = buttons(candidate(caller, AMARA))["start"]
    sandbox.action("talentsoft.cancel", campaign_id="1", applicant_id=AMARA)
    answer = sandbox.http.post(address, timeout=20)
    assert answer.status_code == 409
    assert "cancelled" in answer.text
    assert caller.status(AMARA) == "cancelled"


@pytest.mark.parametrize("score", ["101", "-1", "many", "9" * 5000, "1.5", ""])
def test_a_score_that_is_none_is_refused(sandbox: RemoteSandbox, caller: Caller, score: str) -> None:
    address = buttons(candidate(caller, BRUNO))["complete"]
    answer = sandbox.http.post(address, data={"global_score": score}, timeout=20)
    assert answer.status_code == 400
    assert "global_score" in answer.text
    assert caller.status(BRUNO) == "inProgress"


def test_a_recruiter_sees_scores_and_reports(caller: Caller) -> None:
    shown = page(caller, CHIARA, "recruiter_link")
    row = caller.assessment(CHIARA)
    for text in ("Chiara Rossi", "statistics", "82", "access code 4711", row["reports"][0]["url"]):
        assert text in shown.text
    assert set(buttons(shown)) == {"archive"}


def test_a_recruiter_cancels(sandbox: RemoteSandbox, caller: Caller) -> None:
    assert buttons(press(sandbox, page(caller, AMARA, "recruiter_link"), "cancel")) == {}
    assert caller.status(AMARA) == "cancelled"


def test_a_recruiter_archives(sandbox: RemoteSandbox, caller: Caller) -> None:
    press(sandbox, page(caller, CHIARA, "recruiter_link"), "archive")
    row = caller.assessment(CHIARA)
    assert (row["status"], row["global_score"]) == ("archived", "82")


def test_the_readonly_page_loads_in_an_iframe_and_changes_nothing(caller: Caller) -> None:
    for applicant in (AMARA, CHIARA):
        shown = page(caller, applicant, "readonly_link")
        assert buttons(shown) == {}
        assert not {"x-frame-options", "content-security-policy"} & {name.lower() for name in shown.headers}


def test_reports_are_of_their_type(sandbox: RemoteSandbox, caller: Caller) -> None:
    row = caller.assessment(CHIARA)
    kinds = {"HTML": "text/html; charset=utf-8", "PDF": "application/pdf"}
    for report in (row["global_report"], *row["reports"]):
        answer = sandbox.http.get(report["url"], timeout=20)
        assert answer.headers["Content-Type"] == kinds[report["report_type"]]
        assert b"Chiara Rossi" in answer.content


def test_a_pdf_report_is_a_whole_pdf(sandbox: RemoteSandbox, caller: Caller) -> None:
    caller.invite_one(firstname="(Zoë\\", lastname="Ł)")
    sandbox.action("talentsoft.start", campaign_id="1", applicant_id=NOBODY)
    sandbox.action("talentsoft.complete", campaign_id="1", applicant_id=NOBODY)
    body = sandbox.http.get(caller.assessment(NOBODY)["reports"][0]["url"], timeout=20).content
    assert body.startswith(b"%PDF-1.")
    assert b"\\(Zo\xeb\\\\ ?\\)" in body
    table = int(body.rpartition(b"startxref\n")[2].partition(b"\n")[0])
    assert body[table:].startswith(b"xref\n0 6\n")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n ", body[table:]), 1):
        assert body[int(offset) :].startswith(b"%d 0 obj" % number)


@pytest.mark.parametrize("report", ["0", "3", "9" * 5000, "-1", "report1", "%00"])
def test_a_report_that_is_none(sandbox: RemoteSandbox, report: str) -> None:
    assert sandbox.get(f"/talentsoft/assessment/analyst-chiara/reports/{report}").status_code == 404


def test_there_are_no_reports_before_completion(sandbox: RemoteSandbox) -> None:
    assert sandbox.get("/talentsoft/assessment/analyst-amara/reports/global").status_code == 404


@pytest.mark.parametrize(
    "path", ["/test/nothing", "/assessment/nothing", "/assessment/nothing/iframe", f"/test/{'9' * 5000}", "/test/%F0"]
)
def test_an_unknown_link_is_a_page_that_says_so(sandbox: RemoteSandbox, path: str) -> None:
    answer = sandbox.get(f"/talentsoft{path}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>Not found</h1>" in answer.text


def test_the_candidates_key_does_not_open_the_recruiters_page(sandbox: RemoteSandbox, caller: Caller) -> None:
    link = caller.invite_one()["assessment_invitation_link"].rpartition("/")[2]
    assert sandbox.get(f"/talentsoft/assessment/{link}").status_code == 404


def test_another_method_on_a_page_is_a_page(sandbox: RemoteSandbox) -> None:
    answer = sandbox.put("/talentsoft/test/go-analyst-amara")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"].startswith("text/html")


def test_names_are_escaped(sandbox: RemoteSandbox, caller: Caller) -> None:
    link = caller.invite(person(firstname="<script>alert(1)</script>")).json()["data"][0]["assessment_invitation_link"]
    assert "<script>" not in sandbox.http.get(link, timeout=20).text


def test_a_superseded_invitation_stays_as_it_ended(sandbox: RemoteSandbox, caller: Caller) -> None:
    old = caller.assessment(DANIEL)["assessment_invitation_link"]
    caller.invite_one(applicant_id=DANIEL)
    shown = sandbox.http.get(old, timeout=20)
    assert buttons(shown) == {}
    assert "applicantDeclined" in shown.text
