"""The guide's request samples, byte for byte save host and token, on the documented fixtures.

The provision sample makes everything anew; the SIDs of the other paths are those that the set has for the placeholders.
"""

import re

import pytest

from tests.vendors.smarterproctoring.conftest import INSTALL, V1, Call, sid

pytestmark = pytest.mark.boot(fixtures="documented")

JSON = {"Content-Type": "application/json"}
ENROLLMENT = "EN5f4e3d2c1b0a9z8y7x6w5v4u3t2s1r"

PROVISION = """{
"course": {
"ids": {
"external": "client-account-123"
},
"title": "Client Account - Acme Corp",
"code": "ACME-001"
},
"exam": {
"ids": {
"external": "certification-exam-456"
},
"title": "Professional Certification Exam",
"type": "online",
"limitedScope": true,
"configuration": {
"url": "https://your-exam-platform.com/exam/456",
"access": {
"open": "2025-01-01T00:00:00Z",
"close": "2025-12-31T23:59:59Z"
},
"duration": 120,
"password": "exam-secure-password",
"attempts": 1,
"proctorTypes": {
"TS4b894875d26194988853e490dfb9bc41": {}
},
"notes": {
"student": "Please have your government-issued ID ready.",
"proctor": "Verify student identity before exam begins."
}
}
},
"user": {
"ids": {
"external": "user-789"
},
"firstName": "Jane",
"lastName": "Smith",
"email": "jane.smith@example.com",
"timeZone": "America/New_York"
},
"enrollment": {
"role": "learner"
}
}"""
# The guide shows the member alone; the course, which every call needs, and the user are the sample's above.
SIGNON = """
"signon": {
"integrationSid": "IIf5a8dc0813f749128504e251fad9e4a3"
}
}"""
ASSIGNMENT = """{
"add": [
{
"enrollmentSid": "EN5f4e3d2c1b0a9z8y7x6w5v4u3t2s1r"
}
]
}"""
SCHEDULE = """{
"type": "automated",
"proctorLocationSid": "PTa17h8i9j0k1l2m3n4o5b2c3d4e5f6g",
"appointmentDateTime": "2025-06-15T14:00:00Z",
"amount": 0,
"currencyCode": "USD",
"externalAppointmentId" : "your-system-id"
}"""


def test_provision(call: Call) -> None:
    answer = call("POST", f"/v2/installs/{INSTALL}/provision", data=PROVISION, headers=JSON)
    assert answer.status_code == 200
    assert {name: part["result"] for name, part in answer.json().items()} == dict.fromkeys(
        ("course", "user", "enrollment", "exam", "configuration"), "Created"
    )


def test_provision_with_signon(call: Call) -> None:
    body = PROVISION.removesuffix("\n}") + "," + SIGNON
    answer = call("POST", f"/v2/installs/{INSTALL}/provision", data=body, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["signon"]["token"] in answer.json()["signon"]["redirect"]


def test_assign(call: Call) -> None:
    path = f"{V1}/courses/{sid('CU', 1)}/exams/{sid('EX', 1)}/assignments"
    assert call("PUT", path, data=ASSIGNMENT, headers=JSON).status_code == 200
    listed = call("GET", f"{V1}/enrollments/{ENROLLMENT}/exams/{sid('EX', 1)}/sessions?includeActive=true").json()
    assert [each["status"] for each in listed["results"]] == ["Needs Proctor"]


def test_list_sessions(call: Call) -> None:
    answer = call("GET", f"{V1}/enrollments/{ENROLLMENT}/exams/{sid('EX', 2)}/sessions?includeActive=true")
    assert answer.status_code == 200
    assert [each["sid"] for each in answer.json()["results"]] == [sid("ES", 1)]


def test_schedule(call: Call) -> None:
    answer = call("POST", f"{V1}/exams/{sid('EX', 2)}/sessions/{sid('ES', 1)}", data=SCHEDULE, headers=JSON)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["externalAppointmentId"]) == ("Scheduled", "your-system-id")
    assert body["appointmentDate"] == "2025-06-15T14:00:00.000Z"


def test_onboard(call: Call) -> None:
    answer = call("GET", f"{V1}/exams/{sid('EX', 3)}/sessions/{sid('ES', 2)}/onboard")
    assert answer.status_code == 200
    assert re.fullmatch(r"http://.+/smarterproctoring/onboarding/[a-f0-9]{32}", answer.json()["url"])


def test_the_guide_is_one_story(call: Call) -> None:
    made = call("POST", f"/v2/installs/{INSTALL}/provision", data=PROVISION, headers=JSON).json()
    course, exam, enrollment = (made[name]["sid"] for name in ("course", "exam", "enrollment"))
    body = ASSIGNMENT.replace(ENROLLMENT, enrollment)
    assert call("PUT", f"{V1}/courses/{course}/exams/{exam}/assignments", data=body, headers=JSON).status_code == 200
    listed = call("GET", f"{V1}/enrollments/{enrollment}/exams/{exam}/sessions?includeActive=true").json()
    [session] = listed["results"]
    path = f"{V1}/exams/{exam}/sessions/{session['sid']}"
    assert call("POST", path, data=SCHEDULE, headers=JSON).json()["status"] == "Scheduled"
    assert set(call("GET", f"{path}/onboard").json()) == {"url"}
