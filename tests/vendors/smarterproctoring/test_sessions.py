"""Exam sessions: listed, read, scheduled, rescheduled and cancelled."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import (
    CONFIGURATION,
    EXAM,
    INSTALL,
    LIVE,
    REVIEWED,
    V1,
    Call,
    Data,
    Make,
    invalid,
    refusal,
    sid,
)

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")

APPOINTMENT = {"type": "automated", "appointmentDateTime": "2025-06-15T14:00:00Z"}


def configured(**changes: object) -> Data:
    return {**EXAM, "configuration": {**CONFIGURATION, **changes}}


class TestList:
    """In the demo set Farid has a cancelled session and one that waits, Chiara a closed one."""

    pytestmark = pytest.mark.boot(fixtures="demo", clock="2026-01-05T09:00:00Z")

    @staticmethod
    def listed(call: Call, learner: int, query: str) -> list[str]:
        path = f"{V1}/enrollments/{sid('EN', learner)}/exams/{sid('EX', 2)}/sessions?{query}"
        return [each["status"] for each in call("GET", path).json()["results"]]

    def test_sessions_that_are_over_are_listed_by_default(self, call: Call) -> None:
        assert self.listed(call, 6, "") == ["Cancelled"]
        assert self.listed(call, 6, "includeActive=false") == ["Cancelled"]
        assert self.listed(call, 3, "") == ["Closed"]

    def test_include_active_adds_the_others(self, call: Call) -> None:
        assert self.listed(call, 6, "includeActive=true") == ["Cancelled", "Needs Proctor"]

    def test_statuses_choose(self, call: Call) -> None:
        assert self.listed(call, 6, "status=Needs+Proctor") == ["Needs Proctor"]
        assert self.listed(call, 6, "status=Scheduled&status=Needs%20Proctor") == ["Needs Proctor"]
        assert self.listed(call, 6, "status=Scheduled") == []

    def test_status_active_is_every_one_that_is_not_over(self, call: Call) -> None:
        assert self.listed(call, 6, "status=active") == ["Needs Proctor"]
        assert self.listed(call, 3, "status=active") == []
        assert self.listed(call, 4, "status=active") == ["Incident"]

    def test_status_active_can_be_refused(self, sandbox: RemoteSandbox, call: Call) -> None:
        sandbox.settings(smarterproctoring={"accept_status_active": False})
        path = f"{V1}/enrollments/{sid('EN', 6)}/exams/{sid('EX', 2)}/sessions?status=active"
        assert invalid(call("GET", path)).startswith("status: ")

    def test_a_summary_has_the_fields_of_the_reference(self, call: Call) -> None:
        path = f"{V1}/enrollments/{sid('EN', 2)}/exams/{sid('EX', 2)}/sessions?includeActive=true"
        assert call("GET", path).json()["results"] == [
            {
                "sid": sid("ES", 2),
                "status": "Scheduled",
                "sessionType": "automated",
                "appointmentDate": "2035-03-05T09:00:00.000Z",
                "createdDate": "2025-01-02T09:00:00.000Z",
                "editDate": "2025-01-02T09:00:00.000Z",
            }
        ]

    def test_pages_lead_to_each_other(self, sandbox: RemoteSandbox, call: Call) -> None:
        path = f"{V1}/enrollments/{sid('EN', 6)}/exams/{sid('EX', 2)}/sessions"
        first = call("GET", f"{path}?includeActive=true&limit=1&sortOrder=ASC").json()
        assert (first["total"], first["count"], first["offset"], first["prev"]) == (2, 1, 0, None)
        assert first["next"] == first["last"]
        prefix = sandbox.url("/smarterproctoring")
        assert first["next"].startswith(prefix + path)
        second = call("GET", first["next"].removeprefix(prefix)).json()
        assert (second["count"], second["offset"], second["next"]) == (1, 1, None)
        assert second["prev"] == second["first"]
        assert call("GET", second["prev"].removeprefix(prefix)).json() == first

    def test_a_page_can_be_empty(self, call: Call) -> None:
        path = f"{V1}/enrollments/{sid('EN', 6)}/exams/{sid('EX', 2)}/sessions?includeActive=true"
        for query in ("&limit=0", "&offset=99"):
            page = call("GET", path + query).json()
            assert (page["total"], page["count"], page["results"]) == (2, 0, [])

    def test_how_long_a_page_is_by_default_is_a_setting(self, sandbox: RemoteSandbox, call: Call) -> None:
        sandbox.settings(smarterproctoring={"default_limit": 1})
        assert self.listed(call, 6, "includeActive=true") == ["Cancelled"]


def test_sessions_are_sorted_by_their_creation(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    sandbox.advance("1h")
    call("DELETE", session["path"])
    path = f"{V1}/enrollments/{session['enrollmentSid']}/exams/{session['examSid']}/sessions?includeActive=true"
    oldest, newest = call("GET", path).json()["results"]
    assert oldest["sid"] == session["sid"]
    query = "&sortKeys=createdDate&sortOrder=DESC"
    assert call("GET", path + query).json()["results"] == [newest, oldest]


def test_an_appointment_is_made(call: Call, make_session: Make) -> None:
    session = make_session()
    extra = {"notes": "Quiet room.", "examLocale": "en-US", "externalAppointmentId": "a-1", "currency": "EUR"}
    answer = call("POST", session["path"], json={**APPOINTMENT, **extra})
    assert answer.status_code == 200
    body = answer.json()
    expected = {
        "sid": session["sid"],
        "installSid": INSTALL,
        "status": "Scheduled",
        "sessionType": "automated",
        "proctorTypeSid": LIVE,
        "appointmentDate": "2025-06-15T14:00:00.000Z",
        "appointmentEndDate": "2025-06-15T16:00:00.000Z",
        "dateScheduled": "2025-05-15T10:00:00.000Z",
        "editDate": "2025-05-15T10:00:00.000Z",
        "duration": 120,
        "notes": "Quiet room.",
        "examLocale": "en-US",
        "externalAppointmentId": "a-1",
        "URL": "https://exams.example/456",
        "reviewRequired": False,
        "inProgressDate": None,
    }
    assert {name: body[name] for name in expected} == expected
    assert body["exam"]["title"] == "Professional Certification"
    assert body["course"]["code"] == "ACME-001"
    assert call("GET", session["path"]).json() == body
    assert call("GET", f"/v1/sessions/{session['sid']}/status").json() == {
        "sid": session["sid"],
        "status": "Scheduled",
        "statusReason": None,
    }


def test_what_is_sent_along_is_kept_save_the_card(sandbox: RemoteSandbox, call: Call, make_session: Make) -> None:
    extra = {"company": "Acme", "amount": 12.5, "currencyCode": "USD", "currency": "EUR", "cardToken": "tok_1"}
    assert call("POST", make_session()["path"], json={**APPOINTMENT, **extra}).status_code == 200
    [session] = sandbox.entities("smarterproctoring", "sessions")
    assert session["arrangement"] == {
        "company": "Acme",
        "amount": 12.5,
        "currency_code": "USD",
        "currency": "EUR",
    }


def test_what_is_optional_of_an_appointment_may_be_null(call: Call, make_session: Make) -> None:
    nothing = dict.fromkeys(("type", "proctorLocationSid", "amount", "currencyCode", "externalAppointmentId"))
    body = {**nothing, "appointmentDateTime": APPOINTMENT["appointmentDateTime"]}
    assert call("POST", make_session()["path"], json=body).json()["status"] == "Scheduled"


@pytest.mark.parametrize(
    "kind",
    [
        "b-virtual",
        "ad-hoc",
        "instructor-as-proctor",
        "messaging",
        "proctoru",
        "register-blast",
        "vtc",
        "examity",
        "smarter-scheduling",
        "automated",
    ],
)
def test_every_type_can_be_scheduled(call: Call, make_session: Make, kind: str) -> None:
    answer = call("POST", make_session()["path"], json={**APPOINTMENT, "type": kind})
    assert answer.json()["sessionType"] == kind


def test_a_scheduled_session_is_not_scheduled_again(call: Call, make_appointment: Make) -> None:
    message = invalid(call("POST", make_appointment()["path"], json=APPOINTMENT))
    assert message.startswith("sessionSid: ")
    assert "is Scheduled" in message


@pytest.mark.parametrize("at", ["2025-05-20T00:00:00Z", "2025-06-20T00:00:00Z"])
def test_an_appointment_begins_while_the_exam_is_accessible(call: Call, make_session: Make, at: str) -> None:
    window = {"open": "2025-05-20T00:00:00Z", "close": "2025-06-20T00:00:00Z"}
    session = make_session(exam=configured(access=window))
    for outside in ("2025-05-19T23:59:59Z", "2025-06-20T00:00:01Z"):
        message = invalid(call("POST", session["path"], json={"appointmentDateTime": outside}))
        assert message.startswith("appointmentDateTime: ")
    assert call("POST", session["path"], json={"appointmentDateTime": at}).status_code == 200


def test_an_appointment_is_made_while_scheduling_is_open(
    sandbox: RemoteSandbox, call: Call, make_session: Make
) -> None:
    window = {"open": "2025-05-16T00:00:00Z", "close": "2025-05-17T00:00:00Z"}
    session = make_session(exam=configured(scheduling=window))
    assert "Scheduling opens" in invalid(call("POST", session["path"], json=APPOINTMENT))
    sandbox.freeze("2025-05-17T00:00:01Z")
    assert "Scheduling closed" in invalid(call("POST", session["path"], json=APPOINTMENT))


def test_an_appointment_within_the_scheduling_window_is_taken(
    sandbox: RemoteSandbox, call: Call, make_session: Make
) -> None:
    window = {"open": "2025-05-16T00:00:00Z", "close": "2025-05-17T00:00:00Z"}
    session = make_session(exam=configured(scheduling=window))
    sandbox.freeze("2025-05-16T00:00:00Z")
    assert call("POST", session["path"], json=APPOINTMENT).status_code == 200


def test_without_a_scheduling_window_appointments_are_made_until_access_closes(
    sandbox: RemoteSandbox, call: Call, make_session: Make
) -> None:
    session = make_session()
    sandbox.freeze("2026-01-01T00:00:00Z")
    assert "Scheduling closed" in invalid(call("POST", session["path"], json=APPOINTMENT))


def test_an_appointment_that_would_be_over_is_refused(sandbox: RemoteSandbox, call: Call, make_session: Make) -> None:
    session = make_session()
    sandbox.freeze("2025-06-15T16:00:00Z")
    assert "ended" in invalid(call("POST", session["path"], json=APPOINTMENT))
    just_begun = {"appointmentDateTime": "2025-06-15T15:59:59Z"}
    assert call("POST", session["path"], json=just_begun).status_code == 200


def test_a_location_brings_its_proctor_type(sandbox: RemoteSandbox, call: Call) -> None:
    sandbox.boot(fixtures="demo", clock="2026-01-05T09:00:00Z")
    path = f"{V1}/exams/{sid('EX', 1)}/sessions/{sid('ES', 8)}"
    body = {"appointmentDateTime": "2030-06-15T14:00:00Z"}
    unknown = {**body, "proctorLocationSid": f"PT{'0' * 32}"}
    assert refusal(call("POST", path, json=unknown), 404, "RESOURCENOTFOUND").startswith("proctorLocationSid: ")
    assert invalid(call("POST", path, json={**body, "proctorLocationSid": "CU" + "0" * 32}))
    session = call("POST", path, json={**body, "proctorLocationSid": sid("PT", 2)}).json()
    assert (session["proctorTypeSid"], session["reviewRequired"]) == (REVIEWED, True)


@pytest.mark.parametrize(
    "location", ["PTa17h8i9j0k1l2m3n4o5b2c3d4e5f6g", f"PL{'0' * 32}", "LT07b8055c8a9c457c82c58b235a05d53b"]
)
def test_a_sandbox_without_locations_takes_any(call: Call, make_session: Make, location: str) -> None:
    body = {**APPOINTMENT, "proctorLocationSid": location}
    assert call("POST", make_session()["path"], json=body).status_code == 200


def test_location_types_are_taken_as_locations(sandbox: RemoteSandbox, call: Call) -> None:
    sandbox.boot(fixtures="demo", clock="2026-01-05T09:00:00Z")
    body = {
        "appointmentDateTime": "2030-06-15T14:00:00Z",
        "proctorLocationSid": "LT07b8055c8a9c457c82c58b235a05d53b",
    }
    assert call("POST", f"{V1}/exams/{sid('EX', 1)}/sessions/{sid('ES', 8)}", json=body).status_code == 200


def test_an_appointment_is_moved(call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    answer = call("PUT", session["path"], json={"appointmentDateTime": "2025-07-01T09:00:00Z", "notes": "Moved."})
    assert (answer.status_code, answer.json()) == (200, "Successful")
    moved = call("GET", session["path"]).json()
    assert (moved["appointmentDate"], moved["appointmentEndDate"]) == (
        "2025-07-01T09:00:00.000Z",
        "2025-07-01T11:00:00.000Z",
    )
    assert (moved["status"], moved["notes"], moved["sessionType"]) == ("Scheduled", "Moved.", "automated")


def test_start_and_end_can_be_given_by_their_own_names(call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    window = {"appointmentStartDateTime": "2025-07-01T09:00:00Z", "appointmentEndDateTime": "2025-07-01T13:00:00Z"}
    assert call("PUT", session["path"], json=window).status_code == 200
    assert call("PUT", session["path"], json={"notes": "The dates stay."}).status_code == 200
    moved = call("GET", session["path"]).json()
    assert (moved["appointmentEndDate"], moved["notes"]) == ("2025-07-01T13:00:00.000Z", "The dates stay.")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (
            {"appointmentDateTime": "2025-07-01T09:00:00Z", "appointmentStartDateTime": "2025-07-01T10:00:00Z"},
            "appointmentStartDateTime",
        ),
        (
            {"appointmentDateTime": "2025-07-01T09:00:00Z", "appointmentEndDateTime": "2025-07-01T09:00:00Z"},
            "appointmentEndDateTime",
        ),
        ({"appointmentDateTime": "2027-01-01T00:00:00Z"}, "appointmentDateTime"),
        ({"type": "automated"}, "type"),
    ],
)
def test_a_wrong_move_is_refused(call: Call, make_appointment: Make, body: Data, field: str) -> None:
    assert invalid(call("PUT", make_appointment()["path"], json=body)).startswith(f"{field}: ")


def test_only_an_appointment_is_moved_or_cancelled(call: Call, make_session: Make) -> None:
    session = make_session()
    assert "is Needs Proctor" in invalid(call("PUT", session["path"], json={"notes": "x"}))
    assert "is Needs Proctor" in invalid(call("DELETE", session["path"]))


def test_an_appointment_is_cancelled_and_another_can_be_made(call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    body = {
        "type": "automated",
        "cancellationMemo": "The learner is ill.",
        "reason": "other-reason",
        "bypassNonRefundable": True,
    }
    answer = call("DELETE", session["path"], json=body)
    assert (answer.status_code, answer.json()) == (200, "Successful")
    cancelled = call("GET", session["path"]).json()
    assert (cancelled["status"], cancelled["statusReason"]) == ("Cancelled", "other-reason")
    path = f"{V1}/enrollments/{session['enrollmentSid']}/exams/{session['examSid']}/sessions?status=active"
    [fresh] = call("GET", path).json()["results"]
    assert fresh["status"] == "Needs Proctor"
    again = call("POST", session["path"].replace(session["sid"], fresh["sid"]), json=APPOINTMENT)
    assert again.json()["status"] == "Scheduled"
    assert "is Cancelled" in invalid(call("DELETE", session["path"]))


def test_whether_a_new_session_follows_is_a_setting(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    sandbox.settings(smarterproctoring={"new_session_after_cancel": False})
    assert call("DELETE", make_appointment()["path"]).status_code == 200
    assert [each["status"] for each in sandbox.entities("smarterproctoring", "sessions")] == ["Cancelled"]


def test_a_memo_can_be_demanded(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    sandbox.settings(smarterproctoring={"require_cancellation_memo": True})
    for body in (None, {}, {"reason": "no-show"}):
        assert invalid(call("DELETE", session["path"], json=body)).startswith("cancellationMemo: ")
    assert call("DELETE", session["path"], json={"cancellationMemo": "Ill."}).status_code == 200


def test_an_appointment_waits_for_approval_where_the_exam_wants_it(
    sandbox: RemoteSandbox, call: Call, make_session: Make
) -> None:
    session = make_session()
    sandbox.action("smarterproctoring.require_approval", exam_sid=session["made"]["exam"]["sid"])
    answer = call("POST", session["path"], json=APPOINTMENT).json()
    assert (answer["status"], answer["exam"]["requireApproval"]) == ("Pending Approval", True)
    assert "is Pending Approval" in invalid(call("GET", f"{session['path']}/onboard"))
    approved = sandbox.action("smarterproctoring.approve", session_sid=session["sid"])
    assert approved["status"] == "Scheduled"
    assert call("GET", session["path"]).json()["dateApproved"] == "2025-05-15T10:00:00.000Z"


@pytest.mark.boot(
    fixtures="empty", clock="2025-05-15T10:00:00Z", settings={"smarterproctoring": {"require_approval": True}}
)
def test_approval_for_every_exam_is_a_setting(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    assert session["status"] == "Pending Approval"
    sandbox.action("smarterproctoring.deny", session_sid=session["sid"], reason="Nobody is free.")
    denied = call("GET", session["path"]).json()
    assert (denied["status"], denied["statusReason"]) == ("Approval Denied", "Nobody is free.")
    again = call("POST", session["path"], json=APPOINTMENT).json()
    assert (again["status"], again["statusReason"]) == ("Pending Approval", None)
