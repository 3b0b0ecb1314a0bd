"""Every request sample of the guide, sent as printed but for its host.

Print has damaged some of them: line breaks took hyphens out of UUIDs, out of the grant type and out of the access
token, and put blanks into an e-mail address and an assertion. What was repaired is said at each.
"""

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import API

pytestmark = pytest.mark.boot(fixtures="documented")

DOE, DUPOND = "dabe28c0-7f0b-470a-8c5b-27bc59092001", "4ab5204f-ca41-4de6-8e68-166d69372e89"

# Without the two blanks that line breaks put into it.
ASSERTION = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJ0c19jdXN0b21lciIsInN1YiI6IlRhbGVudFNvZnRNYXJrZXRQbGFjZSIsImVtY"
    "WlsIjoidGVzdEBwYXJ0bmVyLmNvbSIsIm5hbWUiOiJKb2huIERvZSIsImlhdCI6MTUxNjIzOTAyMiwiZXhwIjoxNjE2MjQwMDAwfQ.ryRdUkust"
    "keG9iNijs0CCm3veo7PuA3DMbOV07-ZsVE"
)
# With the hyphens that two of the samples lost.
BEARER = {"Authorization": "Bearer c5586ad9-7239-421e-aa2b-43dabb2d4034"}
JSON = {"Content-Type": "application/json", **BEARER}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def token(sandbox: RemoteSandbox, body: str) -> requests.Response:
    return sandbox.post(f"{API}/token", data=body, headers=FORM)


def check_token(answer: requests.Response) -> None:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body == {"access_token": body["access_token"], "token_type": "bearer", "expires_in": "3600"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"


def test_token_as_a_recruiter(sandbox: RemoteSandbox) -> None:
    # jwt-bearer with the hyphen that a line break took.
    answer = token(sandbox, f"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={ASSERTION}")
    check_token(answer)
    [_, issued] = sandbox.entities("talentsoft", "access_tokens")
    assert issued["recruiter"] == "test@partner.com"


@pytest.mark.boot(fixtures="documented", settings={"talentsoft": {"lenient_grant": True}})
def test_token_as_a_recruiter_with_the_misprinted_grant(sandbox: RemoteSandbox) -> None:
    check_token(token(sandbox, f"grant_type=urn:ietf:params:oauth:grant-type:jwtbearer&assertion={ASSERTION}"))


def test_the_misprinted_grant_is_unknown_to_a_strict_partner(sandbox: RemoteSandbox) -> None:
    answer = token(sandbox, f"grant_type=urn:ietf:params:oauth:grant-type:jwtbearer&assertion={ASSERTION}")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.boot(fixtures="documented", clock="2021-03-20T11:34:19Z")
def test_the_sample_assertion_is_good_until_its_exp(sandbox: RemoteSandbox) -> None:
    body = f"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={ASSERTION}"
    check_token(token(sandbox, body))
    sandbox.advance("2m")
    answer = token(sandbox, body)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "The assertion is refused: it has expired."},
    )


def test_token_as_an_application(sandbox: RemoteSandbox) -> None:
    check_token(token(sandbox, "grant_type=client_credentials&client_id=ts_customer&client_secret=your-256-bit-secret"))


def test_campaigns(sandbox: RemoteSandbox) -> None:
    answer = sandbox.get(f"{API}/assessment/campaigns", headers=BEARER)
    assert answer.status_code == 200
    # The answer's cultures with the hyphens that print took.
    assert answer.json() == {
        "data": [
            {"campaign_id": "4", "name": "Test 3 EN", "language": "en-GB"},
            {"campaign_id": "1", "name": "Campagne test FR", "language": "fr-FR"},
            {"campaign_id": "3", "name": "Test 2 (FR)", "language": "fr-FR"},
            {"campaign_id": "2", "name": "Test campaign EN", "language": "en-GB"},
        ],
        "code": 200,
        "status": "success",
        "message": None,
    }


def test_link_to_the_creation_of_a_campaign(sandbox: RemoteSandbox) -> None:
    answer = sandbox.get(f"{API}/assessment/campaignscreationlink", headers=BEARER)
    assert answer.status_code == 200
    assert answer.json() == {
        "data": sandbox.url("/talentsoft/campaigns/create?customer=customer"),
        "code": 200,
        "status": "success",
        "message": None,
    }
    assert sandbox.http.get(answer.json()["data"], timeout=20).status_code == 200


def test_invitation(sandbox: RemoteSandbox) -> None:
    # Without the blanks in the e-mail addresses, and with the hyphens of the UUIDs.
    body = (
        '{"campaign_id":"1","callback_url":"https://customer.talentsoft.com/api/v1/assessmentcallback","invitations":'
        '[{"applicant_id":"dabe28c0-7f0b-470a-8c5b-27bc59092001","lastname":"Doe","firstname":"John","phone":'
        '"+33610203040","email":"john.doe@mail.com","language": "en-GB"},{"applicant_id":'
        '"4ab5204f-ca41-4de6-8e68-166d69372e89","lastname":"Dupond","firstname":"Jean","phone":"+33610203042","email":'
        '"jean.dupond@mail.com","language": "fr-FR"}]}'
    )
    answer = sandbox.post(f"{API}/assessment/tests", data=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    envelope = answer.json()
    links = [each["assessment_invitation_link"] for each in envelope["data"]]
    assert envelope == {
        "data": [
            {
                "applicant_id": applicant,
                "status": "success",
                "error_message": None,
                "assessment_invitation_link": link,
                "interview_invitation_link": link,
            }
            for applicant, link in zip((DOE, DUPOND), links, strict=True)
        ],
        "code": 200,
        "status": "success",
        "message": None,
    }
    assert [sandbox.http.get(link, timeout=20).status_code for link in links] == [200, 200]


def test_status(sandbox: RemoteSandbox) -> None:
    # With the hyphens of the second UUID; frFR is left as it is printed.
    query = f"campaign_id=1&language=frFR&applicants[]={DOE}&applicants[]={DUPOND}"
    answer = sandbox.get(f"{API}/assessment/tests?{query}", headers=BEARER)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["code"], body["status"], body["message"]) == (200, "success", None)
    for row, applicant in zip(body["data"], (DOE, DUPOND), strict=True):
        links = {name: row.pop(name) for name in ("assessment_invitation_link", "recruiter_link", "readonly_link")}
        assert {sandbox.http.get(link, timeout=20).status_code for link in links.values()} == {200}
        assert row == {
            "campaign_id": "1",
            "applicant_id": applicant,
            "status": "waiting",
            "global_score": None,
            "global_report": None,
            "scores": None,
            "reports": [],
        }


def test_status_of_completed_assessments(sandbox: RemoteSandbox) -> None:
    """The scores and reports of the definition's own example, links aside."""
    answer = sandbox.get(f"{API}/assessment/tests?campaign_id=2", headers=BEARER)
    rows = {row["applicant_id"]: row for row in answer.json()["data"]}
    doe, dupond = rows[DOE], rows[DUPOND]
    assert (doe["global_score"], dupond["global_score"]) == ("80", "25")
    assert doe["scores"] == [{"name": "score1", "value": "75"}, {"name": "score2", "value": "85"}]
    assert doe["global_report"] == {
        "name": "global",
        "url": doe["global_report"]["url"],
        "report_type": "PDF",
        "language": "fr-FR",
        "comment": "x3fgyth",
    }
    assert [sorted(report) for report in doe["reports"]] == [
        ["comment", "language", "name", "report_type", "url"],
        ["name", "report_type", "url"],
    ]
    assert [report["report_type"] for report in dupond["reports"]] == ["PDF", "HTML"]


def test_deletion(sandbox: RemoteSandbox) -> None:
    # The applicant's id with its hyphen, and without the blank before it.
    body = '{"campaigns":["1"],"email":"john.doe@mail.com","applicant_id":"dabe28c0-7f0b-470a-8c5b-27bc59092001"}'
    answer = sandbox.delete(f"{API}/assessment/tests", data=body, headers=JSON)
    assert answer.status_code == 200
    assert answer.json() == {"code": 200, "status": "success", "message": None}


def test_callback(sandbox: RemoteSandbox) -> None:
    """The guide prints no sample of the callback; this is its text with the ids of the other samples."""
    body = f"client_id=ts_customer&applicant_id={DOE}&campaign_id=1"
    answer = sandbox.http.post(sandbox.credentials["talentsoft"]["callback_url"], data=body, headers=FORM, timeout=20)
    assert answer.status_code == 200
    assert answer.json() == {"code": 200, "status": "success", "message": None}
