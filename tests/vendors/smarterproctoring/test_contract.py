"""What the contract holds against a client and a server, and how certain it is of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.judge import judge_answer, judge_call
from mockserver.contract.load import read_contract
from mockserver.contract.observed import Observed
from tests.vendors.smarterproctoring.conftest import CONFIGURATION, COURSE, EXAM, LIVE, USER, V1, V2, sid

CONTRACT = Contract("smarterproctoring", read_contract("mockserver.vendors.smarterproctoring"))
CODES = {
    400: {"INVALIDINPUT", "INVALIDPROTOCOL", "INVALIDAUTHENTICATIONINFO"},
    401: {"AUTHENTICATIONFAILED"},
    403: {"AUTHENTICATIONFAILED"},
    404: {"RESOURCENOTFOUND"},
    405: {"UNSUPPORTEDHTTPVERB"},
    413: {"INVALIDINPUT"},
}
GUIDE = {(400, "INVALIDINPUT"), (400, "INVALIDPROTOCOL"), (403, "AUTHENTICATIONFAILED"), (404, "RESOURCENOTFOUND")}


def refused(status: int, code: str) -> Observed:
    return Observed(
        method="GET",
        path=f"/v1/sessions/ES{'0' * 32}/status",
        headers={},
        status=status,
        answer_headers={"content-type": "application/json"},
        answer=json.dumps({"code": code, "message": "No.", "status": status}).encode(),
    )


@pytest.mark.parametrize("status", CODES)
def test_a_status_has_its_own_codes(status: int) -> None:
    every = set().union(*CODES.values())
    wrong = {code for code in every if judge_answer(CONTRACT, refused(status, code))}
    assert wrong == every - CODES[status]


def test_a_code_is_documented_with_the_status_that_the_guide_gives_it() -> None:
    found = {
        (int(each.id.split(".")[3]), each.id.rpartition(".")[2])
        for each in CONTRACT.clauses.values()
        if ".body.code.enum." in each.id and each.confidence == "documented"
    }
    assert found == GUIDE


def test_that_no_other_code_exists_is_nowhere_documented() -> None:
    (found,) = judge_answer(CONTRACT, refused(404, "EXAMNOTFOUND"))
    assert (found.clause, found.confidence) == (
        "smarterproctoring.get_session_status.response.404.body.code",
        "inferred",
    )


@pytest.mark.parametrize(("status", "code"), sorted(GUIDE))
@pytest.mark.parametrize("kind", ["text/html", ""])
def test_what_a_refusal_is_written_in_is_nowhere_documented(status: int, code: str, kind: str) -> None:
    seen = replace(refused(status, code), answer_headers={"content-type": kind}, answer=code.encode())
    assert {each.confidence for each in judge_answer(CONTRACT, seen)} == {"inferred"}


def found(path: str, body: Mapping[str, Any]) -> dict[str, str]:
    """Return the confidence of what is wrong with a call, by its place in the body."""
    seen = Observed(
        method="POST",
        path=path,
        headers={"token": "t", "content-type": "application/json"},
        body=json.dumps(body).encode(),
        status=0,
        answer_headers={},
        answer=b"",
    )
    return {each.clause.partition(".request.")[2]: each.confidence for each in judge_call(CONTRACT, seen)}


def configured(**changes: Any) -> dict[str, Any]:
    return {"course": COURSE, "exam": {**EXAM, "configuration": {**CONFIGURATION, **changes}}}


def opened(at: Any) -> dict[str, Any]:
    return configured(access={"open": at, "close": "2030-01-01T00:00:00Z"})


C = "body.exam.configuration"
PROVISIONED: list[tuple[Mapping[str, Any], Mapping[str, str]]] = [
    (configured(permittedItems={"calculator": {}}), {}),
    (configured(permittedItems={"scratchPaper": {}}), {f"{C}.permittedItems.propertyNames": "public"}),
    (configured(proctorTypes={"foo": {}}), {f"{C}.proctorTypes.propertyNames": "example"}),
    (configured(proctorTypes={}), {f"{C}.proctorTypes.minProperties": "inferred"}),
    (configured(proctorTypes={LIVE: []}), {f"{C}.proctorTypes.*.type": "example"}),
    (configured(password=""), {f"{C}.password.minLength": "inferred"}),
    (configured(duration="60"), {f"{C}.duration.type": "documented"}),
    (configured(duration=0), {f"{C}.duration.minimum": "public"}),
    (configured(attempts=0), {f"{C}.attempts.minimum": "public"}),
    (configured(notes=None, attempts=None, scheduling=None, permittedItems=None), {}),
    (configured(scheduling={"open": "", "close": None}), {}),
    (configured(scheduling={"open": 7}), {f"{C}.scheduling.open.type": "documented"}),
    (
        configured(scheduling={"open": "tomorrow"}),
        {f"{C}.scheduling.open.pattern": "documented", f"{C}.scheduling.open.format": "inferred"},
    ),
    (opened("01/02/2025"), {f"{C}.access.open.pattern": "documented", f"{C}.access.open.format": "inferred"}),
    (opened("2025-01-01"), {f"{C}.access.open.format": "inferred"}),
    (opened("2025-01-01T00:00Z"), {f"{C}.access.open.format": "inferred"}),
    (opened("2025-01-01T00:00:00+00"), {f"{C}.access.open.format": "inferred"}),
    (opened("20250101T000000Z"), {f"{C}.access.open.format": "inferred"}),
    (opened("2025-01-01T00:00:00"), {f"{C}.access.open.format": "inferred"}),
    (opened("2025-01-01T00:00:00.5+02:00"), {}),
    ({"course": COURSE, "user": None, "enrollment": None, "exam": None, "signon": None}, {}),
    ({"course": {"ids": {"api": "a"}, "title": "", "code": None}}, {"body.course.title.minLength": "inferred"}),
    ({"course": {"ids": {"external": 7}}}, {"body.course.ids.external.type": "example"}),
    ({"course": {"ids": {}}}, {"body.course.ids.external.required": "documented"}),
    (
        {"course": {"ids": {"foo": "x"}}},
        {"body.course.ids.external.required": "documented", "body.course.ids.foo": "undocumented"},
    ),
    (
        {"course": COURSE, "exam": {"ids": {"api": "x"}}},
        {"body.exam.ids.external.required": "documented", "body.exam.ids.api": "undocumented"},
    ),
    ({"course": COURSE, "user": {**USER, "timeZone": "America/Chicago"}}, {}),
    ({"course": COURSE, "user": {**USER, "timeZone": "Mars/Phobos"}}, {"body.user.timeZone.format": "documented"}),
    ({"course": COURSE, "signon": {}}, {"body.signon.integrationSid.required": "public"}),
]


@pytest.mark.parametrize(("body", "wrong"), PROVISIONED)
def test_provisioning_is_judged_as_surely_as_it_is_documented(
    body: Mapping[str, Any], wrong: Mapping[str, str]
) -> None:
    assert found(f"{V2}/provision", body) == wrong


def test_an_install_may_have_capital_digits() -> None:
    install = f"AI{'AB12' * 8}"
    assert found(f"/v2/installs/{install}/provision", {"course": COURSE}) == {}
    assert found("/v2/installs/AI12/provision", {"course": COURSE}) == {"path.installSid.pattern": "documented"}


SCHEDULED: list[tuple[Mapping[str, Any], Mapping[str, str]]] = [
    ({"appointmentDateTime": "2025-06-15T14:00:00+02:00"}, {"body.appointmentDateTime.pattern": "public"}),
    ({"proctorLocationSid": "here"}, {"body.proctorLocationSid.pattern": "public"}),
    ({"amount": -1}, {"body.amount.minimum": "inferred"}),
    ({"amount": "1"}, {"body.amount.type": "example"}),
    ({"externalAppointmentId": ""}, {"body.externalAppointmentId.minLength": "inferred"}),
    (dict.fromkeys(("type", "proctorLocationSid", "amount", "currencyCode", "externalAppointmentId")), {}),
]


@pytest.mark.parametrize(("said", "wrong"), SCHEDULED)
def test_appointments_are_judged_as_surely_as_they_are_documented(
    said: Mapping[str, Any], wrong: Mapping[str, str]
) -> None:
    path = f"{V1}/exams/{sid('EX', 1)}/sessions/{sid('ES', 1)}"
    assert found(path, {"appointmentDateTime": "2025-06-15T14:00:00Z", **said}) == wrong
