"""Every request sample of the guide, as printed, works; host, integration name and token are put in."""

import json

import pytest

from tests.server import RemoteSandbox

from .client import API, signed

EXAM = """{
  "accountId": 123,
  "accountName": "Corporate university",
  "examId": "a3875623",
  "courseName": "Physics",
  "examName": "Final test",
  "userAgreementUrl": "https://school.org/eula",
  "duration": 120,
  "schedule": true,
  "auxiliaryCamera": false,
  "proctoring": "online",
  "identification": "passport",
  "trial": false,
  "rules": {
    "allow_to_use_paper": true,
    "allow_to_use_calculator": false
  },
  "startDate": "2018-03-27T00:00:00Z",
  "endDate": "2018-03-30T12:55:00Z",
  "scoreConfig": {
    "cheaterLevel": 80,
    "extraUserInFrame": 1.0,
    "substitutionUser": 1.0,
    "noUserInFrame": 1.0,
    "avertEyes": 1.0,
    "changeActiveWindowOnComputer": 1.0,
    "forbiddenDevice": 1.0,
    "voiceDetected": 1.0,
    "phone": 1.0
  },
  "visibleWarnings": {
    "warning_extra_user_in_frame": false,
    "warning_timeout": false
  }
}"""


@pytest.mark.boot(fixtures="documented")
def test_the_exam_is_created_and_then_updated(sandbox: RemoteSandbox) -> None:
    headers = {"Content-Type": "application/json", **signed()}
    first = sandbox.post(f"{API}/exams/", data=EXAM, headers=headers)
    second = sandbox.post(f"{API}/exams/", data=EXAM, headers=headers)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


@pytest.mark.boot(fixtures="documented")
def test_the_answer_holds_every_parameter_as_it_was_sent(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/exams/", data=EXAM, headers={"Content-Type": "application/json", **signed()})
    body = answer.json()
    assert body["accountId"] == 123
    assert body["startDate"] == "2018-03-27T00:00:00Z"
    assert body["scoreConfig"] == dict.fromkeys(body["scoreConfig"], 1.0) | {"cheaterLevel": 80}
    assert body["rules"]["allow_to_use_calculator"] is False
    assert body["visibleWarnings"]["warning_timeout"] is False
    assert body["visibleWarnings"]["warning_extra_user_in_frame"] is False


@pytest.mark.boot(fixtures="documented", settings={"constructor": {"fill_defaults": False}})
def test_without_defaults_filled_in_the_answer_is_the_sample_itself(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/exams/", data=EXAM, headers={"Content-Type": "application/json", **signed()})
    assert answer.json() == json.loads(EXAM)


@pytest.mark.boot(fixtures="documented")
def test_a_payload_of_nothing_but_exp_is_enough(sandbox: RemoteSandbox) -> None:
    """The sample's own exp lies in 2009 and is long past; its form counts."""
    headers = {"Content-Type": "application/json", **signed()}
    assert sandbox.post(f"{API}/exams/", data=EXAM, headers=headers).status_code == 201


@pytest.mark.boot(fixtures="documented")
def test_the_status_sample_is_answered(sandbox: RemoteSandbox) -> None:
    answer = sandbox.get(f"{API}/sessions/b3875623/status/", headers=signed())
    assert answer.status_code == 200
    assert answer.json() == {
        "accountId": "123",
        "sessionId": "b3875623",
        "status": "started",
        "sessionStart": "2018-03-27T00:30:00Z",
        "sessionEnd": None,
    }
