"""Event reports of a session, and the report of appointments."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import V1, Call, Data, Make, invalid, sid

pytestmark = pytest.mark.boot(fixtures="demo", clock="2026-01-05T09:00:00Z")

EVENTS = f"{V1}/exams/{sid('EX', 2)}/sessions/{sid('ES', 5)}/events"
EVENT = {
    "subject": "Phone seen",
    "details": "The learner held a phone.",
    "status": "Open",
    "eventTime": "2025-03-03T09:10:00Z",
    "potentialDamage": "None.",
    "correctiveActionDetails": "The learner was warned.",
    "directWitness": "Rowan Meyer",
    "contactPerson": "Rowan Meyer",
    "contactPhone": "+33199000007",
    "contactEmail": "recruiter@meridian.example",
    "eventTypeSid": f"ET{'0' * 32}",
    "draft": False,
}
REPORT = f"{V1}/reports/appointments"


def test_an_event_is_reported_and_listed(call: Call) -> None:
    answer = call("POST", EVENTS, json=EVENT)
    assert answer.status_code == 200
    made = answer.json()
    assert made["sid"].startswith("ER")
    assert made["examSessionSid"] == sid("ES", 5)
    assert {name: made[name] for name in EVENT} == {**EVENT, "eventTime": "2025-03-03T09:10:00.000Z"}
    listed = call("GET", EVENTS).json()
    assert (listed["total"], listed["results"]) == (1, [made])
    assert call("GET", EVENTS.removesuffix("/events")).json()["sessionReportCount"] == 1


def test_events_are_sorted_and_come_in_pages(sandbox: RemoteSandbox, call: Call) -> None:
    for subject in ("first", "second", "third"):
        call("POST", EVENTS, json={**EVENT, "subject": subject})
        sandbox.advance("1m")
    newest = call("GET", f"{EVENTS}?sortOrder=DESC&limit=2").json()
    assert [each["subject"] for each in newest["results"]] == ["third", "second"]
    rest = call("GET", f"{EVENTS}?sortOrder=DESC&limit=2&offset=2").json()
    assert [each["subject"] for each in rest["results"]] == ["first"]


def sessions(call: Call, **query: str) -> set[int]:
    """Return the numbers of the fixture's sessions that the report lists."""
    answer = call("GET", REPORT, params=query)
    assert answer.status_code == 200, answer.text
    return {int(each["sid"][-2:]) for each in answer.json()["results"]}


def test_the_report_holds_every_session(call: Call) -> None:
    assert sessions(call) == set(range(1, 10))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"courseSid": sid("CU", 1)}, set(range(1, 10))),
        ({"courseSid": sid("CU", 2)}, set()),
        ({"examSid": sid("EX", 1)}, {8, 9}),
        ({"courseOfferingSid": f"CO{'0' * 32}"}, set()),
        ({"type": "automated"}, {2, 3, 4, 5, 6, 9}),
        ({"type": "vtc"}, set()),
        ({"status": "Needs Proctor"}, {1, 7, 8}),
        ({"status": "Scheduled"}, {2}),
        ({"status": "Cancelled"}, {6}),
        ({"status": "In Progress"}, set()),
        ({"status": "Closed"}, {3}),
        ({"reviewStatus": "pending"}, {9}),
        ({"reviewStatus": "complete"}, set()),
        ({"reviewStatus": "not-required"}, set(range(1, 9))),
        ({"examStatus": "active"}, set(range(1, 10))),
        ({"examStatus": "draft"}, set()),
        ({"appointmentAfter": "2035-03-05T09:00:00Z"}, {2, 9}),
        ({"appointmentBefore": "2025-03-04T09:00:00Z"}, {3, 4, 5}),
        ({"appointmentAfter": "2025-03-04T09:00:00Z", "appointmentBefore": "2025-03-04T09:00:01Z"}, {6}),
        ({"learnerFirstName": "amar"}, {1, 8}),
        ({"learnerLastName": "KELLER"}, {2, 9}),
        ({"learnerEmail": "chiara.rossi@"}, {3}),
        ({"learnerSid": sid("US", 5)}, {5}),
        ({"courseTitle": "meridian"}, set(range(1, 10))),
        ({"examTitle": "safety"}, set(range(1, 8))),
        ({"examTitle": "safety", "learnerFirstName": "bruno"}, {2}),
    ],
)
def test_each_filter_chooses(call: Call, query: dict[str, str], expected: set[int]) -> None:
    assert sessions(call, **query) == expected


def test_a_row_shows_exam_and_enrollment(call: Call) -> None:
    [row] = call("GET", REPORT, params={"status": "Scheduled"}).json()["results"]
    assert row["exam"]["type"] == "Online"
    assert row["exam"]["instructorName"] == "Rowan Meyer"
    assert (row["exam"]["totalSessions"], row["exam"]["needsProctorSessions"]) == (7, 2)
    assert row["enrollment"] == {
        "userSid": sid("US", 2),
        "enrollmentSid": sid("EN", 2),
        "courseSid": sid("CU", 1),
        "role": "learner",
    }
    assert row["schedulingModule"] == "automated"


def test_the_report_comes_in_pages_that_keep_the_filter(sandbox: RemoteSandbox, call: Call) -> None:
    page = call("GET", REPORT, params={"examTitle": "safety & more", "limit": "3"}).json()
    assert page["total"] == 0
    page = call("GET", REPORT, params={"examTitle": "Safety Basics", "limit": "3"}).json()
    seen = page["results"]
    while page["next"]:
        page = call("GET", page["next"].removeprefix(sandbox.url("/smarterproctoring"))).json()
        seen += page["results"]
    assert [int(each["sid"][-2:]) for each in seen] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.boot(fixtures="empty", clock="2025-06-15T14:00:00Z")
def test_a_session_whose_time_is_up_is_not_in_progress(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make
) -> None:
    session = make_appointment()
    sandbox.action("smarterproctoring.begin", session_sid=session["sid"])
    in_progress = f"{REPORT}?status=In+Progress"
    assert call("GET", in_progress).json()["total"] == 1
    sandbox.advance("2h")
    assert call("GET", in_progress).json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "Incident"}, "status"),
        ({"status": "active"}, "status"),
        ({"type": "live"}, "type"),
        ({"reviewStatus": "x"}, "reviewStatus"),
        ({"examStatus": "x"}, "examStatus"),
        ({"courseSid": "x"}, "courseSid"),
        ({"examSid": sid("CU", 1)}, "examSid"),
        ({"courseOfferingSid": "x"}, "courseOfferingSid"),
        ({"appointmentAfter": "2025-01-01"}, "appointmentAfter"),
        ({"appointmentBefore": "2025-01-01T00:00:00+01:00"}, "appointmentBefore"),
        ({"learnerFirstName": "%"}, "learnerFirstName"),
        ({"learnerLastName": "a%b"}, "learnerLastName"),
        ({"learnerEmail": "%"}, "learnerEmail"),
        ({"learnerSid": "%"}, "learnerSid"),
        ({"courseTitle": "%"}, "courseTitle"),
        ({"examTitle": "x\n%"}, "examTitle"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "9" * 5000}, "offset"),
        ({"limit": "x"}, "limit"),
        ({"limit": "1.5"}, "limit"),
    ],
)
def test_a_wrong_filter_is_refused(call: Call, query: Data, field: str) -> None:
    assert invalid(call("GET", REPORT, params=query)).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=Cancelled", "status"),
        ("status=", "status"),
        ("includeActive=yes", "includeActive"),
        ("includeActive=true&includeActive=false", "includeActive"),
        ("sortOrder=asc", "sortOrder"),
        ("sortKeys=status", "sortKeys"),
        ("limit=-1", "limit"),
        ("offset=x", "offset"),
        ("limit=%FF", "query"),
    ],
)
def test_a_wrong_query_of_a_list_is_refused(call: Call, query: str, field: str) -> None:
    path = f"{V1}/enrollments/{sid('EN', 1)}/exams/{sid('EX', 2)}/sessions?{query}"
    assert field in invalid(call("GET", path))
