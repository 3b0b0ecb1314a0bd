"""Exams: created, updated, answered with what is in effect."""

from typing import Any

import pytest

from tests.server import RemoteSandbox

from .client import API, EXAM, put_exam, signed

DEFAULT_SCORES = {
    "cheaterLevel": 80,
    "extraUserInFrame": 1,
    "substitutionUser": 1,
    "noUserInFrame": 2,
    "avertEyes": 1.5,
    "changeActiveWindowOnComputer": 1,
    "forbiddenDevice": 1,
    "voiceDetected": 1,
    "phone": 1,
}
SNAKE_SCORES = {
    "cheater_level": 80,
    "extra_user": 1,
    "user_replaced": 1,
    "absent_user": 2,
    "look_away": 1.5,
    "active_window_changed": 1,
    "forbidden_device": 1,
    "voice": 1,
    "phone": 1,
}


def test_a_new_exam_is_answered_201_with_every_default(sandbox: RemoteSandbox) -> None:
    answer = put_exam(sandbox, EXAM)
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert {name: body[name] for name in EXAM} == EXAM
    assert body["rules"] == {
        "allow_to_use_websites": False,
        "allow_to_use_books": False,
        "allow_to_use_paper": True,
        "allow_to_use_messengers": False,
        "allow_to_use_calculator": True,
        "allow_to_use_excel": False,
        "allow_to_use_human_assistant": False,
        "allow_absence_in_frame": False,
        "allow_voices": False,
        "allow_wrong_gaze_direction": False,
        "custom_rules": "",
    }
    assert body["scoreConfig"] == DEFAULT_SCORES
    assert len(body["visibleWarnings"]) == 8
    assert set(body["visibleWarnings"].values()) == {True}
    assert body["courseName"] is None
    assert "ldb" not in body


def test_a_known_exam_is_answered_200_and_keeps_what_is_not_named(sandbox: RemoteSandbox) -> None:
    put_exam(sandbox, {**EXAM, "courseName": "Metal", "rules": {"allow_voices": True}})
    answer = put_exam(sandbox, {**EXAM, "examName": "Welding II"})
    assert answer.status_code == 200
    assert (answer.json()["examName"], answer.json()["courseName"]) == ("Welding II", "Metal")
    assert answer.json()["rules"]["allow_voices"] is True


def test_null_unsets_an_optional_parameter(sandbox: RemoteSandbox) -> None:
    put_exam(sandbox, {**EXAM, "courseName": "Metal"})
    assert put_exam(sandbox, {**EXAM, "courseName": None}).json()["courseName"] is None


@pytest.mark.boot(settings={"constructor": {"exam_update": "replace"}})
def test_an_update_can_unset_what_is_not_named(sandbox: RemoteSandbox) -> None:
    put_exam(sandbox, {**EXAM, "courseName": "Metal", "rules": {"allow_voices": True}})
    answer = put_exam(sandbox, EXAM)
    assert answer.status_code == 200
    assert answer.json()["courseName"] is None
    assert answer.json()["rules"]["allow_voices"] is False


@pytest.mark.boot(settings={"constructor": {"fill_defaults": False}})
def test_defaults_can_be_left_out(sandbox: RemoteSandbox) -> None:
    body = put_exam(sandbox, {**EXAM, "rules": {"allow_voices": True}}).json()
    assert body["rules"] == {"allow_voices": True}
    assert (body["scoreConfig"], body["visibleWarnings"]) == (None, None)


def test_an_exam_is_known_by_account_and_id(sandbox: RemoteSandbox) -> None:
    codes = [
        put_exam(sandbox, {**EXAM, "accountId": account, "examId": exam}).status_code
        for account, exam in [("1", "1"), ("1", "2"), ("2", "1"), (1, 1)]
    ]
    assert codes == [201, 201, 201, 200]


def test_ids_are_answered_as_they_were_written_last(sandbox: RemoteSandbox) -> None:
    assert put_exam(sandbox, {**EXAM, "accountId": 123, "examId": 7}).json()["accountId"] == 123
    body = put_exam(sandbox, {**EXAM, "accountId": "123", "examId": "7"}).json()
    assert (body["accountId"], body["examId"]) == ("123", "7")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, DEFAULT_SCORES),
        ({"phone": 3}, {**SNAKE_SCORES, "phone": 3}),
        ({"avertEyes": 2.5}, {**DEFAULT_SCORES, "avertEyes": 2.5}),
        ({"look_away": 2.5}, {**SNAKE_SCORES, "look_away": 2.5}),
        ({"look_away": None}, DEFAULT_SCORES),
        ({"cheater_level": 50.0}, {**SNAKE_SCORES, "cheater_level": 50}),
        ({"look_away": 2, "avertEyes": 3, "voice": 4}, {**DEFAULT_SCORES, "avertEyes": 3, "voiceDetected": 4}),
    ],
)
def test_scores_are_read_in_both_spellings_and_answered_in_the_one_given(
    sandbox: RemoteSandbox, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert put_exam(sandbox, {**EXAM, "scoreConfig": given}).json()["scoreConfig"] == expected


@pytest.mark.parametrize(
    "written",
    ["2025-05-01T02:00:00+0200", "2025-05-01T00:00:00+0000", "2025-05-01T00:00:00.123Z", "2025-04-30T19:00:00-05:00"],
)
def test_dates_are_read_with_any_offset(sandbox: RemoteSandbox, written: str) -> None:
    assert put_exam(sandbox, {**EXAM, "startDate": written}).json()["startDate"] == "2025-05-01T00:00:00Z"


NULLS = [
    "courseName",
    "courseCode",
    "userAgreementUrl",
    "identification",
    "trial",
    "auxiliaryCamera",
    "rules",
    "scoreConfig",
    "visibleWarnings",
    "ldb",
    "desktopAppForbiddenProcesses",
    "desktopAppAllowedProcesses",
    "secureBrowserLevel",
]


def test_the_nulls_that_the_plugin_sends_are_taken(sandbox: RemoteSandbox) -> None:
    assert put_exam(sandbox, {**EXAM, **dict.fromkeys(NULLS)}).status_code == 201
    rules = {"allow_voices": None, "custom_rules": None}
    assert put_exam(sandbox, {**EXAM, "rules": rules}).json()["rules"]["custom_rules"] == ""


PLUGIN = {
    "courseCode": "M-1",
    "auxiliaryCameraMode": "photo",
    "ldb": True,
    "secureBrowser": True,
    "secureBrowserLevel": "high",
    "allowMultipleDisplays": False,
    "allowVirtualEnvironment": False,
    "checkIdPhotoQuality": True,
    "allowMobileDevices": False,
    "faceHuntingEnabled": True,
    "webCameraMainView": "side",
    "calculator": "off",
    "streamsPreset": "no_video",
    "sendManualWarningsToLearner": True,
    "allowRoomScanAuxCamera": True,
    "allowMakingRoomScanSecondCamera": False,
    "desktopAppForbiddenProcesses": [{"name": "notes.exe"}],
    "desktopAppAllowedProcesses": ["calc.exe"],
}


def test_what_only_the_plugin_sends_is_kept_and_answered(sandbox: RemoteSandbox) -> None:
    body = put_exam(sandbox, {**EXAM, **PLUGIN, "proctoring": "identification"}).json()
    assert {name: body[name] for name in PLUGIN} == PLUGIN


def test_unknown_parameters_and_those_of_users_are_read_over(sandbox: RemoteSandbox) -> None:
    body = put_exam(sandbox, {**EXAM, "brandNew": {"a": 1}, "userId": "u", "sessionId": 7}).json()
    assert not {"brandNew", "userId", "sessionId"} & set(body)


def test_a_null_among_rules_scores_and_warnings_counts_as_not_given(sandbox: RemoteSandbox) -> None:
    nulls = {"rules": {"allow_to_use_paper": None}, "scoreConfig": {"phone": None}}
    body = put_exam(sandbox, {**EXAM, **nulls, "visibleWarnings": {"warning_phone": None, "warning_new": None}}).json()
    assert (body["rules"]["allow_to_use_paper"], body["scoreConfig"]["phone"]) == (True, 1)
    assert body["visibleWarnings"]["warning_phone"] is True
    assert "warning_new" not in body["visibleWarnings"]


def test_further_visible_warnings_are_kept(sandbox: RemoteSandbox) -> None:
    body = put_exam(sandbox, {**EXAM, "visibleWarnings": {"warning_timeout": False, "warning_new": True}}).json()
    assert body["visibleWarnings"]["warning_timeout"] is False
    assert body["visibleWarnings"]["warning_new"] is True


def test_the_slash_at_the_end_may_be_missing(sandbox: RemoteSandbox) -> None:
    answer = sandbox.post(f"{API}/exams", json=EXAM, headers=signed(), allow_redirects=False)
    assert answer.status_code == 201


def test_other_methods_are_refused_in_the_envelope(sandbox: RemoteSandbox) -> None:
    answer = sandbox.get(f"{API}/exams/", headers=signed())
    assert (answer.status_code, list(answer.json()), answer.headers["Allow"]) == (405, ["detail"], "POST")


def test_the_same_requests_give_the_same_bytes(sandbox: RemoteSandbox) -> None:
    def run() -> tuple[bytes, Any]:
        sandbox.boot(fixtures="empty", seed=3, clock="2025-05-15T10:00:00Z")
        return put_exam(sandbox, EXAM).content, sandbox.entities("constructor", "exams")

    assert run() == run()
