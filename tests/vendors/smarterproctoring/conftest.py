"""A client with the API token, and what most tests start from."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.server import RemoteSandbox

Call = Callable[..., requests.Response]
Data = dict[str, Any]
Make = Callable[..., Data]

INSTALL = "AIa1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
INTEGRATION = "IIf5a8dc0813f749128504e251fad9e4a3"
TOKEN = "fake-smarterproctoring-token"
V1 = f"/v1/installs/{INSTALL}"
V2 = f"/v2/installs/{INSTALL}"
LIVE = "TS4b894875d26194988853e490dfb9bc41"
REVIEWED = "TS9531c6b112f145018dae3cd2a9f60c4c"
COURSE = {"ids": {"external": "acme"}, "title": "Acme Corp", "code": "ACME-001"}
USER = {"ids": {"external": "u-1"}, "firstName": "Jane", "lastName": "Smith", "email": "jane@people.example"}
CONFIGURATION = {
    "url": "https://exams.example/456",
    "access": {"open": "2025-01-01T00:00:00Z", "close": "2025-12-31T23:59:59Z"},
    "duration": 120,
    "password": "exam-secure-password",
    "proctorTypes": {LIVE: {}},
}
EXAM = {
    "ids": {"external": "e-1"},
    "title": "Professional Certification",
    "limitedScope": True,
    "configuration": CONFIGURATION,
}
EVERYTHING = {"course": COURSE, "user": USER, "exam": EXAM}


def sid(prefix: str, number: int) -> str:
    """Return the SID of an entity of the fixture sets."""
    return f"{prefix}5a1e{number:028}"


@pytest.fixture
def call(sandbox: RemoteSandbox) -> Call:
    """Call the API with the token: ``call("GET", "/v1/check")``."""

    def call(method: str, path: str, **options: Any) -> requests.Response:
        headers = {"token": TOKEN, **options.pop("headers", {})}
        return sandbox.request(method, f"/smarterproctoring{path}", headers=headers, **options)

    return call


@pytest.fixture
def provision(call: Call) -> Make:
    """Provision course, user and exam, or what is given instead; a part given as None is left out."""

    def provision(**parts: Any) -> Data:
        body = {name: part for name, part in {**EVERYTHING, **parts}.items() if part is not None}
        answer = call("POST", f"{V2}/provision", json=body)
        assert answer.status_code == 200, answer.text
        made: Data = answer.json()
        return made

    return provision


@pytest.fixture
def make_session(call: Call, provision: Make) -> Make:
    """Provision and assign; give the session's summary with the path it has, and what was provisioned."""

    def make(**parts: Any) -> Data:
        made = provision(**parts)
        exam, enrollment = made["exam"]["sid"], made["enrollment"]["sid"]
        assigned = {"add": [{"enrollmentSid": enrollment}]}
        path = f"{V1}/courses/{made['course']['sid']}/exams/{exam}/assignments"
        assert call("PUT", path, json=assigned).status_code == 200
        listed = call("GET", f"{V1}/enrollments/{enrollment}/exams/{exam}/sessions?includeActive=true").json()
        session: Data = listed["results"][-1]
        return {**session, "path": f"{V1}/exams/{exam}/sessions/{session['sid']}", "made": made}

    return make


@pytest.fixture
def make_appointment(call: Call, make_session: Make) -> Make:
    """Schedule a session from 14:00 to 16:00 on 2025-06-15, or as given; give its details with its path."""

    def make(exam: Any = EXAM, **fields: Any) -> Data:
        session = make_session(exam=exam)
        body = {"type": "automated", "appointmentDateTime": "2025-06-15T14:00:00Z", **fields}
        answer = call("POST", session["path"], json=body)
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "path": session["path"], "made": session["made"]}

    return make


def refusal(answer: requests.Response, status: int, code: str) -> str:
    """Check the envelope of a refusal and return its message."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), answer.text
    assert set(body) == {"code", "message", "status"}
    message: str = body["message"]
    return message


def invalid(answer: requests.Response) -> str:
    """Check that a refusal is INVALIDINPUT and return its message."""
    return refusal(answer, 400, "INVALIDINPUT")
