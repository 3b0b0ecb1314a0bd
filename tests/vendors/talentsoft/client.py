"""What Talentsoft sends to its assessment partner."""

import re
from typing import Any

import jwt
import requests

from tests.server import RemoteSandbox

API = "/talentsoft/api/v1"
CLIENT_ID, SECRET = "ts_demo", "fake-talentsoft-secret-0123456789abcdef"
APPLICATION = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RECRUITER = "recruiter@meridian.example"
NOW = "2025-05-15T10:00:00Z"
NOW_SECONDS = 1747303200

PERSON = "5f0c1c1e-3a52-4e0b-9a53-0b3c6f2d1a"
AMARA, BRUNO, CHIARA, DANIEL, ELENA, FARID = (f"{PERSON}{number:02}" for number in range(1, 7))
NOBODY = "11111111-2222-4333-8444-555555555555"
Data = dict[str, Any]


def ask_token(sandbox: RemoteSandbox, **form: str) -> requests.Response:
    return sandbox.post(f"{API}/token", data=form)


def token(sandbox: RemoteSandbox, client_id: str = CLIENT_ID, secret: str = SECRET) -> str:
    answer = ask_token(sandbox, grant_type="client_credentials", client_id=client_id, client_secret=secret)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["access_token"]
    return text


def assertion(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    """Return a recruiter's assertion; a claim that is given as None is left out."""
    claims = {
        "iss": CLIENT_ID,
        "sub": "TalentSoftMarketPlace",
        "email": RECRUITER,
        "name": "Meridian Recruiter",
        "iat": NOW_SECONDS,
        "exp": NOW_SECONDS + 1200,
        **changes,
    }
    return jwt.encode({name: each for name, each in claims.items() if each is not None}, secret, algorithm=algorithm)


class Caller:
    """Calls a partner with one access token."""

    def __init__(self, sandbox: RemoteSandbox, text: str | None = None) -> None:
        self.sandbox = sandbox
        self.token = text or token(sandbox)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.sandbox.request(method, f"{API}{path}", headers=headers, **options)

    def invite(self, *people: Data, campaign_id: str = "1", **fields: Any) -> requests.Response:
        body = {"campaign_id": campaign_id, "invitations": list(people), **fields}
        return self.request("POST", "/assessment/tests", json=body)

    def invite_one(self, **changes: Any) -> Data:
        """Invite one new candidate to campaign 1, and return the result."""
        answer = self.invite(person(**changes))
        assert answer.status_code == 200, answer.text
        [result] = answer.json()["data"]
        found: Data = result
        return found

    def assessments(self, campaign_id: str = "1", query: str = "") -> list[Data]:
        answer = self.request("GET", f"/assessment/tests?campaign_id={campaign_id}{query}")
        assert answer.status_code == 200, answer.text
        rows: list[Data] = answer.json()["data"]
        return rows

    def assessment(self, applicant_id: str, campaign_id: str = "1") -> Data:
        [row] = self.assessments(campaign_id, f"&applicants[]={applicant_id}")
        return row

    def status(self, applicant_id: str, campaign_id: str = "1") -> str:
        status: str = self.assessment(applicant_id, campaign_id)["status"]
        return status

    def erase(self, **body: Any) -> requests.Response:
        return self.request("DELETE", "/assessment/tests", json=body)


def person(**changes: Any) -> Data:
    return {
        "applicant_id": NOBODY,
        "lastname": "New",
        "firstname": "Nora",
        "phone": "+12125550199",
        "email": "nora.new@people.example",
        "language": "en-US",
        **changes,
    }


def refusal(answer: requests.Response, status: int) -> str:
    """Check that it is an error in its envelope, and return the message."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body == {"code": status, "status": "error", "message": body["message"], "data": None}
    message: str = body["message"]
    return message


def buttons(page: requests.Response) -> dict[str, str]:
    """Return where each button's form goes, by the last part of its address."""
    assert page.status_code == 200, page.text
    return {address.rpartition("/")[2]: address for address in re.findall(r'action="([^"]+)"', page.text)}


def press(sandbox: RemoteSandbox, page: requests.Response, button: str, **fields: str) -> requests.Response:
    """Press a button, and return the page that the browser is sent to."""
    sent = sandbox.http.post(buttons(page)[button], data=fields, timeout=20, allow_redirects=False)
    assert sent.status_code == 303, sent.text
    return sandbox.http.get(sent.headers["Location"], timeout=20)
