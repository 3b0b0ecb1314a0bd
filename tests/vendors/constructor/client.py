"""What a client of Constructor Proctor sends."""

import re
from typing import Any

import jwt
import requests

from tests.server import RemoteSandbox

SECRET = "fake-constructor-secret-0123456789abcdef"
FAR = 4_102_444_800
API = "/constructor/api/v2/integration/simple/demo"
PAGES = "/constructor/integration/simple/demo"
Data = dict[str, Any]

EXAM: Data = {
    "accountId": "acme",
    "accountName": "Acme",
    "examId": "exam-1",
    "examName": "Welding",
    "duration": 60,
    "schedule": False,
    "proctoring": "online",
    "startDate": "2025-05-01T00:00:00Z",
    "endDate": "2025-06-01T00:00:00Z",
}
PERSON: Data = {"userId": "user-1", "firstName": "Ada", "lastName": "Byron", "language": "en"}
ATTEMPT: Data = {
    "sessionId": "session-1",
    "sessionUrl": "https://lms.example/exam?attempt=1",
    "sessionFinishUrl": "https://lms.example/done",
}
START: Data = {**EXAM, **PERSON, **ATTEMPT}
SCHEDULED: Data = {**START, "schedule": True}


def sign(claims: Data, secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


def signed(**claims: Any) -> dict[str, str]:
    return {"Authorization": f"JWT {sign({'exp': FAR, **claims})}"}


def put_exam(sandbox: RemoteSandbox, body: Data) -> requests.Response:
    return sandbox.post(f"{API}/exams/", json=body, headers=signed())


def status(sandbox: RemoteSandbox, session_id: str = "session-1") -> str:
    answer = sandbox.get(f"{API}/sessions/{session_id}/status/", headers=signed())
    assert answer.status_code == 200, answer.text
    standing: str = answer.json()["status"]
    return standing


def finish(sandbox: RemoteSandbox, session_id: str = "session-1", **options: Any) -> requests.Response:
    return sandbox.post(f"{API}/sessions/{session_id}/finish/", headers=signed(), **options)


def start(sandbox: RemoteSandbox, payload: Data) -> requests.Response:
    return sandbox.post(f"{PAGES}/start/", data={"token": sign(payload)})


def buttons(page: requests.Response) -> dict[str, str]:
    """Return where each button's form goes, by the last part of its address."""
    assert page.status_code == 200, page.text
    found = re.findall(r'action="([^"]+)"', page.text)
    return {address.rstrip("/").rpartition("/")[2]: address for address in found}


def press(sandbox: RemoteSandbox, page: requests.Response, button: str, **fields: str) -> requests.Response:
    """Press a button and return what the browser is sent to, without following it."""
    return sandbox.http.post(buttons(page)[button], data=fields, timeout=20, allow_redirects=False)
