"""SmarterProctoring's REST API, one function an operation."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mockserver.core.operation import Answer, Api
from mockserver.core.sources import Json, Query
from mockserver.vendors.smarterproctoring import assignments, listing, onboarding, proctoring, scheduling, signon, views
from mockserver.vendors.smarterproctoring.auth import token_holder
from mockserver.vendors.smarterproctoring.detail_schemas import AppointmentListSchema, SessionSchema
from mockserver.vendors.smarterproctoring.errors import envelope
from mockserver.vendors.smarterproctoring.paging import page
from mockserver.vendors.smarterproctoring.provision import provision as put_all
from mockserver.vendors.smarterproctoring.reference import LOCATION_TYPES
from mockserver.vendors.smarterproctoring.schemas import ProvisionedSchema, ProvisionSchema
from mockserver.vendors.smarterproctoring.session_schemas import (
    AppointmentFilterSchema,
    AssignmentListSchema,
    AssignmentScopesSchema,
    AssignmentsSchema,
    CancelSchema,
    CheckSchema,
    CurrentTimeSchema,
    EventListSchema,
    EventSchema,
    LocationTypeSchema,
    OnboardingSchema,
    RescheduleSchema,
    ScheduleSchema,
    SessionFilterSchema,
    SessionListSchema,
    SortedPageSchema,
    StatusSchema,
)
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

T = TypeVar("T")

_DONE = "Successful"
"""What is answered where the vendor documents a string and not which."""

_SESSION = "/v1/installs/{installSid}/exams/{examSid}/sessions/{sessionSid}"

_session = SessionSchema()
_event = EventSchema()

api = Api("smarterproctoring", caller=token_holder, errors=envelope)


@api.operation(
    "POST", "/v2/installs/{installSid}/provision", accepts=Json(ProvisionSchema()), returns=ProvisionedSchema()
)
def provision(state: SmarterProctoring, install_sid: str, data: dict[str, Any]) -> Answer:
    """Find, make or change a course, and with it a user, an enrollment, an exam and a sign-on."""
    made = put_all(state, install_sid, data)
    link = signon.handed_over(state, made.signon) if made.signon else None
    named = {name: getattr(made, name) for name in ("course", "user", "enrollment", "exam", "configuration")}
    return Answer({name: each for name, each in {**named, "signon": link}.items() if each is not None})


@api.operation(
    "PUT",
    "/v1/installs/{installSid}/courses/{courseSid}/exams/{examSid}/assignments",
    accepts=Json(AssignmentsSchema()),
)
def update_course_exam_assignments(
    state: SmarterProctoring, install_sid: str, course_sid: str, exam_sid: str, data: dict[str, Any]
) -> Answer:
    """Assign enrollments to an exam of a course, or take them off it."""
    course = state.course(install_sid, course_sid)
    exam = state.known(state.exams, "examSid", exam_sid, "EX", course_sid=course.sid)
    added, removed = ([each["enrollment_sid"] for each in data.get(name, ())] for name in ("add", "remove"))
    assignments.update(state, exam, added, removed)
    return Answer(_DONE)


@api.operation("PUT", "/v1/installs/{installSid}/exams/{examSid}/assignment", accepts=Json(AssignmentListSchema()))
def update_exam_assignment(state: SmarterProctoring, install_sid: str, exam_sid: str, data: dict[str, Any]) -> Answer:
    """Assign enrollments to an exam, or take them off it, as lists of SIDs."""
    assignments.update(state, state.exam(install_sid, exam_sid), data["added"], data["removed"])
    return Answer(_DONE)


@api.operation("PUT", "/v1/installs/{installSid}/exams/{examSid}/assignments", accepts=Json(AssignmentScopesSchema()))
def update_exam_assignments(state: SmarterProctoring, install_sid: str, exam_sid: str, data: dict[str, Any]) -> Answer:
    """Assign enrollments, sections or the whole course to an exam, or take them off it."""
    exam = state.exam(install_sid, exam_sid)
    added, removed = (assignments.chosen(state, exam, data.get(name, {})) for name in ("added", "removed"))
    assignments.update(state, exam, added, removed)
    return Answer(_DONE)


@api.operation(
    "GET",
    "/v1/installs/{installSid}/enrollments/{enrollmentSid}/exams/{examSid}/sessions",
    accepts=Query(SessionFilterSchema()),
    returns=SessionListSchema(),
)
def list_enrollment_exam_sessions(
    state: SmarterProctoring, install_sid: str, enrollment_sid: str, exam_sid: str, data: dict[str, Any], caller: str
) -> Answer:
    """List the sessions of an enrollment for an exam."""
    enrollment, exam = state.enrollment(install_sid, enrollment_sid), state.exam(install_sid, exam_sid)
    found = listing.sessions_of_enrollment(state, enrollment, exam, data)
    return _page(state, found, data, caller, views.summaries)


@api.operation("GET", _SESSION, returns=_session)
def get_exam_session(state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str) -> Answer:
    """Read everything of a session."""
    return Answer(views.details(state, state.session(install_sid, exam_sid, session_sid)))


@api.operation("POST", _SESSION, accepts=Json(ScheduleSchema()), returns=_session)
def schedule_exam_session(
    state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str, data: dict[str, Any]
) -> Answer:
    """Make a session's appointment."""
    session = state.session(install_sid, exam_sid, session_sid)
    return Answer(views.details(state, scheduling.schedule(state, session, data)))


@api.operation("PUT", _SESSION, accepts=Json(RescheduleSchema()))
def reschedule_exam_session(
    state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str, data: dict[str, Any]
) -> Answer:
    """Move a session's appointment, or change what goes with it."""
    scheduling.reschedule(state, state.session(install_sid, exam_sid, session_sid), data)
    return Answer(_DONE)


@api.operation("DELETE", _SESSION, accepts=Json(CancelSchema(), optional=True))
def cancel_exam_session(
    state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str, data: dict[str, Any]
) -> Answer:
    """Cancel a session's appointment."""
    scheduling.cancel(state, state.session(install_sid, exam_sid, session_sid), data)
    return Answer(_DONE)


@api.operation("GET", f"{_SESSION}/onboard", returns=OnboardingSchema())
def get_onboarding_url(state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str) -> Answer:
    """Mint a single-use address of the onboarding of a session."""
    link = onboarding.mint_link(state, state.session(install_sid, exam_sid, session_sid))
    return Answer({"url": state.url(f"/onboarding/{link.token}")})


@api.operation("GET", "/v1/sessions/{sessionSid}/status", returns=StatusSchema())
def get_session_status(state: SmarterProctoring, session_sid: str) -> Answer:
    """Tell where a session stands."""
    return Answer(views.summary(state, state.known(state.sessions, "sessionSid", session_sid, "ES")))


@api.operation("GET", f"{_SESSION}/events", accepts=Query(SortedPageSchema()), returns=EventListSchema())
def list_session_events(
    state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str, data: dict[str, Any], caller: str
) -> Answer:
    """List what was reported of a session."""
    session = state.session(install_sid, exam_sid, session_sid)
    found = listing.in_order(state.events.where(session_sid=session.sid), data)
    return _page(state, found, data, caller, lambda _, events: events)


@api.operation("POST", f"{_SESSION}/events", accepts=Json(_event), returns=_event)
def add_session_event(
    state: SmarterProctoring, install_sid: str, exam_sid: str, session_sid: str, data: dict[str, Any]
) -> Answer:
    """Report something that happened in a session."""
    return Answer(proctoring.add_event(state, state.session(install_sid, exam_sid, session_sid), data))


@api.operation(
    "GET",
    "/v1/installs/{installSid}/reports/appointments",
    accepts=Query(AppointmentFilterSchema()),
    returns=AppointmentListSchema(),
)
def list_appointments(state: SmarterProctoring, install_sid: str, data: dict[str, Any], caller: str) -> Answer:
    """Report the sessions of an install."""
    return _page(state, listing.appointments(state, install_sid, data), data, caller, views.appointments)


@api.operation("GET", "/v1/proctors/locations/types", returns=LocationTypeSchema(many=True))
def list_location_types(state: SmarterProctoring) -> Answer:
    """List the kinds of places where an exam can be taken."""
    return Answer(LOCATION_TYPES)


@api.operation("GET", "/v1/check", returns=CheckSchema())
def check(state: SmarterProctoring) -> Answer:
    """Tell that the API is up."""
    return Answer({"status": "ok"})


@api.operation("GET", "/v1/currentTime", returns=CurrentTimeSchema())
def get_current_time(state: SmarterProctoring) -> Answer:
    """Tell the vendor's time."""
    return Answer({"current_time": state.now()})


def _page(
    state: SmarterProctoring,
    found: Sequence[T],
    asked: dict[str, Any],
    address: str,
    show: Callable[[SmarterProctoring, list[T]], list[Any]],
) -> Answer:
    """Return one page of a list, ``show`` making what stands in it."""
    whole = page(found, asked["offset"], asked.get("limit", state.settings.default_limit), address)
    return Answer({**whole, "results": show(state, whole["results"])})
