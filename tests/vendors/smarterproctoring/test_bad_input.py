"""Whatever is sent is answered by the envelope, whose message names the field, and never by a failure."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import (
    CONFIGURATION,
    EVERYTHING,
    EXAM,
    INTEGRATION,
    LIVE,
    USER,
    V1,
    V2,
    Call,
    Data,
    Make,
    invalid,
    refusal,
    sid,
)
from tests.vendors.smarterproctoring.test_reports import EVENT, EVENTS

pytestmark = pytest.mark.boot(fixtures="demo", clock="2026-01-05T09:00:00Z")

PROVISION = {
    "course": {"ids": {"external": "c", "api": "c", "lms": "c"}, "title": "Course", "code": "C-1"},
    "user": {**USER, "ids": {"external": "u", "api": "u", "lms": "u"}, "timeZone": "UTC", "currencyCode": "USD"},
    "enrollment": {"role": "learner"},
    "exam": {
        **EXAM,
        "description": "Long.",
        "type": "online",
        "practice": True,
        "deliverySystem": "canvas",
        "configuration": {
            **CONFIGURATION,
            "ids": "config-1",
            "type": "primary",
            "scheduling": {"open": "2025-01-01T00:00:00Z", "close": "2025-12-31T23:59:59Z"},
            "attempts": 1,
            "notes": {"student": "Be on time.", "proctor": "Look closely."},
            "proctorTypes": {LIVE: {"options": {"recordScreen": {}}}},
            "permittedItems": {"calculator": {"notes": "Any"}},
        },
    },
    "signon": {"integrationSid": INTEGRATION},
}
SCHEDULE = {
    "type": "automated",
    "notes": "n",
    "proctorLocationSid": sid("PT", 1),
    "messageSid": f"MT{'0' * 32}",
    "currency": "USD",
    "currencyCode": "USD",
    "amount": 1,
    "cardToken": "tok",
    "voucherCode": "v",
    "company": "c",
    "firstName": "f",
    "lastName": "l",
    "email": "p@people.example",
    "phone": "1",
    "address1": "a",
    "address2": "a",
    "place": "p",
    "region": "r",
    "country": "c",
    "locationLatitude": "1",
    "locationLongitude": "1",
    "postalCode": "1",
    "appointmentDateTime": "2030-06-15T14:00:00Z",
    "instructorProctorSid": f"CP{'0' * 32}",
    "externalAppointmentId": "e",
    "cancellationPolicyVersionSid": f"CV{'0' * 32}",
    "examLocale": "en",
    "proctorTypeSubCategorySid": f"TS{'0' * 32}",
}
SHARED = {"notes", "company", "firstName", "lastName", "email", "phone", "address1", "address2", "place", "region"}
SHARED |= {"country", "locationLatitude", "locationLongitude", "postalCode"}
RESCHEDULE = {
    **{name: SCHEDULE[name] for name in SHARED},
    "type": "b-virtual",
    "appointmentDateTime": "2030-06-15T14:00:00Z",
    "appointmentStartDateTime": "2030-06-15T14:00:00Z",
    "appointmentEndDateTime": "2030-06-15T15:00:00Z",
}
CANCEL = {"cancellationMemo": "m", "type": "automated", "reason": "no-show", "bypassNonRefundable": False}
ASSIGN = {"add": [{"enrollmentSid": sid("EN", 3)}], "remove": [{"enrollmentSid": sid("EN", 4)}]}
ASSIGN_LIST = {"added": [sid("EN", 3)], "removed": [sid("EN", 4)]}
SCOPE = {"courseSid": sid("CU", 1), "sectionSid": [], "enrollmentSid": [sid("EN", 3)]}
CALLS: dict[str, tuple[str, str, Data]] = {
    "provision": ("POST", f"{V2}/provision", PROVISION),
    "assign": ("PUT", f"{V1}/courses/{sid('CU', 1)}/exams/{sid('EX', 1)}/assignments", ASSIGN),
    "assign by list": ("PUT", f"{V1}/exams/{sid('EX', 1)}/assignment", ASSIGN_LIST),
    "assign by scope": ("PUT", f"{V1}/exams/{sid('EX', 1)}/assignments", {"added": SCOPE, "removed": {}}),
    "schedule": ("POST", f"{V1}/exams/{sid('EX', 2)}/sessions/{sid('ES', 1)}", SCHEDULE),
    "reschedule": ("PUT", f"{V1}/exams/{sid('EX', 2)}/sessions/{sid('ES', 2)}", RESCHEDULE),
    "cancel": ("DELETE", f"{V1}/exams/{sid('EX', 2)}/sessions/{sid('ES', 2)}", CANCEL),
    "event": ("POST", EVENTS, EVENT),
}


def inner(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the place of every value in a body with the value, objects and lists included."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in steps:
        yield (*place, key), value
        yield from inner(value, (*place, key))


def replaced(data: Data, place: tuple[Any, ...], value: Any) -> Data:
    changed = deepcopy(data)
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return changed


@pytest.mark.parametrize("name", CALLS)
def test_the_bodies_here_are_good(call: Call, name: str) -> None:
    method, path, body = CALLS[name]
    assert call(method, path, json=body).status_code == 200


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_value_is_refused_by_its_field(call: Call, name: str) -> None:
    method, path, body = CALLS[name]
    for place, right in inner(body):
        field = next(step for step in reversed(place) if isinstance(step, str))
        for wrong in ({} if isinstance(right, list) else [[]], 10**40, "\x00" * 5000):
            message = invalid(call(method, path, json=replaced(body, place, wrong)))
            assert field in message, (place, wrong)


@pytest.mark.parametrize("name", CALLS)
def test_null_is_refused_by_its_field_or_taken(sandbox: RemoteSandbox, call: Call, name: str) -> None:
    method, path, body = CALLS[name]
    for place, _ in inner(body):
        answer = call(method, path, json=replaced(body, place, None))
        if answer.status_code == 200:
            sandbox.boot()
        else:
            assert str(place[0]) in invalid(answer), place


REQUIRED = {
    "provision": ["course"],
    "assign": ["add"],
    "schedule": ["appointmentDateTime"],
    "event": [
        "subject",
        "status",
        "eventTime",
        "directWitness",
        "contactPerson",
        "contactPhone",
        "contactEmail",
        "draft",
    ],
}


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in REQUIRED.items() for field in fields])
def test_a_missing_field_is_named(call: Call, name: str, field: str) -> None:
    method, path, body = CALLS[name]
    lacking = {key: value for key, value in body.items() if key != field and name != "assign"}
    assert invalid(call(method, path, json=lacking)).startswith(f"{field}: ")


@pytest.mark.parametrize("field", ["url", "access", "duration", "password", "proctorTypes"])
def test_a_configuration_lacks_nothing(call: Call, field: str) -> None:
    configuration = {key: value for key, value in CONFIGURATION.items() if key != field}
    body = {**EVERYTHING, "exam": {**EXAM, "configuration": configuration}}
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith(f"exam.configuration.{field}: ")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("user.email", "jane"),
        ("user.timeZone", "Mars/Olympus"),
        ("enrollment.role", "administrator"),
        ("exam.type", "Online"),
        ("exam.practice", "true"),
        ("exam.limitedScope", 1),
        ("exam.configuration.type", "other"),
        ("exam.configuration.url", "exams.example/1"),
        ("exam.configuration.url", "javascript:alert(1)"),
        ("exam.configuration.access.open", "2025-02-30T00:00:00Z"),
        ("exam.configuration.access.open", "2025-366"),
        ("exam.configuration.access.open", "2025-01"),
        ("exam.configuration.access.open", "01/02/2025"),
        ("exam.configuration.access.open", "2025-01-01T24:00:01Z"),
        ("exam.configuration.access.open", "2025-01-01T10:60Z"),
        ("exam.configuration.access.open", "2025-01-01T10:30:61Z"),
        ("exam.configuration.access.open", "2025-01-01T10:30+25"),
        ("exam.configuration.access.close", ""),
        ("exam.configuration.scheduling.open", "soon"),
        ("exam.configuration.duration", 0),
        ("exam.configuration.duration", "120"),
        ("exam.configuration.attempts", 0),
        ("exam.configuration.ids", {"sid": "x"}),
        ("exam.configuration.ids", ""),
        ("exam.configuration.proctorTypes", {}),
        ("exam.configuration.proctorTypes", {"automated": {}}),
        ("exam.configuration.proctorTypes", {LIVE: None}),
        ("exam.configuration.proctorTypes", {LIVE: {"options": {"other": {}}}}),
        ("exam.configuration.permittedItems", {"": {}}),
        ("exam.ids", {"external": None}),
        ("signon.integrationSid", "II"),
    ],
)
def test_a_value_outside_the_documented_ones_is_refused(call: Call, place: str, value: Any) -> None:
    body = replaced(PROVISION, tuple(place.split(".")), value)
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith(place)


RAW = [
    (b"", 400),
    (b"   ", 400),
    (b"{", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'"text"', 400),
    (b"\xff\xfe", 400),
    (b'{"course": NaN}', 400),
    (b'{"course": {"ids": {"external": "\\ud800"}}}', 400),
    (b"[" * 100_000, 400),
    (b"{" + b" " * (1024 * 1024) + b"}", 413),
]


@pytest.mark.parametrize("name", CALLS)
def test_a_body_that_is_no_object_is_refused(call: Call, name: str) -> None:
    method, path, _ = CALLS[name]
    for body, expected in RAW:
        if name == "cancel" and not body.strip():
            continue
        answer = call(method, path, data=body, headers={"Content-Type": "application/json"})
        assert "body" in refusal(answer, expected, "INVALIDINPUT"), body[:20]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type_is_invalid_input(call: Call, kind: str | None) -> None:
    answer = call("POST", f"{V2}/provision", data=b"{}", headers={"Content-Type": kind} if kind else {})
    assert invalid(answer).startswith("Content-Type: ")


def test_of_a_repeated_key_the_last_counts(sandbox: RemoteSandbox, call: Call) -> None:
    text = json.dumps(EVERYTHING).replace('"title": "Acme Corp"', '"title": "First", "title": "Second"')
    answer = call("POST", f"{V2}/provision", data=text, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 200
    assert sandbox.entities("smarterproctoring", "courses")[-1]["title"] == "Second"


def test_text_of_any_kind_comes_back_as_it_was(call: Call) -> None:
    subject = "\x00 \u202e 🙂 <b>&amp;</b> '\""
    assert call("POST", EVENTS, json={**EVENT, "subject": subject}).json()["subject"] == subject


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_instants_beyond_the_calendar_are_refused(call: Call, instant: str) -> None:
    body = replaced(PROVISION, ("exam", "configuration", "access", "close"), instant)
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith("exam.configuration.access.close: ")
    method, path, body = CALLS["schedule"]
    assert "appointmentDateTime" in invalid(call(method, path, json={**body, "appointmentDateTime": instant}))


def test_the_first_and_the_last_instant_are_taken(call: Call, make_session: Make) -> None:
    ends = {"open": "0001-01-01T00:00:00Z", "close": "9999-12-31T23:59:59Z"}
    configuration = {**CONFIGURATION, "access": ends, "duration": 525_600}
    session = make_session(exam={**EXAM, "configuration": configuration})
    first = call("POST", session["path"], json={"appointmentDateTime": ends["open"]})
    assert "ended" in invalid(first)
    last = call("POST", session["path"], json={"appointmentDateTime": ends["close"]})
    assert last.json()["appointmentEndDate"] == "9999-12-31T23:59:59.999Z"
    assert call("PUT", session["path"], json={"appointmentDateTime": ends["close"]}).status_code == 200
