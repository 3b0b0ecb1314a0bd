"""Every operation of the API as a call about things that nobody has."""

from contract_tests.server.smarterproctoring.install import Data, Install

_CU, _EN, _EX, _ES = (prefix + "0" * 32 for prefix in ("CU", "EN", "EX", "ES"))
_INSTALL = "/installs/{install}"
_SESSION = f"/v1{_INSTALL}/exams/{_EX}/sessions/{_ES}"
_AT = {"appointmentDateTime": "2035-01-01T09:00:00Z"}

EVENT: Data = {
    "subject": "Noise",
    "status": "Open",
    "eventTime": "2035-01-01T09:00:00Z",
    "directWitness": "Ann Lee",
    "contactPerson": "Ann Lee",
    "contactPhone": "+15550100",
    "contactEmail": "ann@people.example",
    "draft": False,
}
"""A report as it can be sent."""

CALLS: dict[str, tuple[str, str]] = {
    "provision": ("POST", f"/v2{_INSTALL}/provision"),
    "update_course_exam_assignments": ("PUT", f"/v1{_INSTALL}/courses/{_CU}/exams/{_EX}/assignments"),
    "update_exam_assignment": ("PUT", f"/v1{_INSTALL}/exams/{_EX}/assignment"),
    "update_exam_assignments": ("PUT", f"/v1{_INSTALL}/exams/{_EX}/assignments"),
    "list_enrollment_exam_sessions": ("GET", f"/v1{_INSTALL}/enrollments/{_EN}/exams/{_EX}/sessions"),
    "get_exam_session": ("GET", _SESSION),
    "reschedule_exam_session": ("PUT", _SESSION),
    "schedule_exam_session": ("POST", _SESSION),
    "cancel_exam_session": ("DELETE", _SESSION),
    "get_onboarding_url": ("GET", f"{_SESSION}/onboard"),
    "list_session_events": ("GET", f"{_SESSION}/events"),
    "add_session_event": ("POST", f"{_SESSION}/events"),
    "get_session_status": ("GET", f"/v1/sessions/{_ES}/status"),
    "list_appointments": ("GET", f"/v1{_INSTALL}/reports/appointments"),
    "list_location_types": ("GET", "/v1/proctors/locations/types"),
    "check": ("GET", "/v1/check"),
    "get_current_time": ("GET", "/v1/currentTime"),
}
"""Method and path of each operation, to be had from ``place``."""

BODIES: dict[str, Data] = {
    "update_course_exam_assignments": {"add": []},
    "update_exam_assignment": {"added": []},
    "update_exam_assignments": {"added": {}},
    "schedule_exam_session": _AT,
    "reschedule_exam_session": _AT,
    "add_session_event": EVENT,
}
"""What a call needs to be understood, where it needs anything."""

NAME_A_SID = [name for name, (_, path) in CALLS.items() if "0" * 32 in path]
"""The operations whose path names more than the install."""


def place(install: Install, operation: str) -> tuple[str, str]:
    """Return method and path of an operation, in the install under check."""
    method, path = CALLS[operation]
    return method, path.replace("{install}", install.sid)
