"""What people see at SmarterProctoring: the onboarding that leads to the exam, and where a sign-on link ends."""

from typing import Any

from marshmallow import fields, validate

from mockserver.core.clock import format_instant
from mockserver.core.fields import one_of
from mockserver.core.operation import Answer, Html
from mockserver.core.sources import Form, Query
from mockserver.vendors.smarterproctoring import onboarding, proctoring, scheduling, signon
from mockserver.vendors.smarterproctoring.dates import Moment
from mockserver.vendors.smarterproctoring.entities import Session
from mockserver.vendors.smarterproctoring.errors import pages, refusal_page
from mockserver.vendors.smarterproctoring.operations import api
from mockserver.vendors.smarterproctoring.schemas import CamelSchema
from mockserver.vendors.smarterproctoring.state import SmarterProctoring
from mockserver.vendors.smarterproctoring.statuses import MOVES

__all__ = ["api"]

_VISIT = "/onboarding/visits/{visit}"
_BOOKING = "/signon/sessions/{sessionSid}"


class StepForm(CamelSchema):
    """The form that passes a step."""

    step = fields.Str(required=True, validate=one_of(*onboarding.STEPS))


class SignonForm(CamelSchema):
    """What every form of a signed-on user carries, and the link itself."""

    token = fields.Str(required=True, validate=validate.Length(max=4000))


class AppointmentForm(SignonForm):
    """The form that makes an appointment."""

    appointment_date = Moment(data_key="appointmentDateTime", required=True)


@api.page("GET", "/onboarding/{token}", errors=refusal_page)
def open_onboarding(state: SmarterProctoring, token: str) -> Answer:
    """Use an onboarding link up and lead to the onboarding itself."""
    link = onboarding.open_link(state, token)
    return _to(state.url(f"/onboarding/visits/{link.visit}"))


@api.page("GET", _VISIT, errors=refusal_page)
def show_onboarding(state: SmarterProctoring, visit: str) -> Answer:
    """Show the steps, then the exam, then that it is over."""
    session = onboarding.visited(state, visit)
    return Answer(_page("onboarding.html", state, visit=visit, **_onboarding(state, session)))


@api.page("POST", f"{_VISIT}/steps", accepts=Form(StepForm()), errors=refusal_page)
def pass_onboarding_step(state: SmarterProctoring, visit: str, data: dict[str, Any]) -> Answer:
    """Pass a step."""
    onboarding.pass_step(state, session_sid=onboarding.visited(state, visit).sid, step=data["step"])
    return _to(state.url(f"/onboarding/visits/{visit}"))


@api.page("POST", f"{_VISIT}/begin", errors=refusal_page)
def begin_exam(state: SmarterProctoring, visit: str) -> Answer:
    """Begin the exam."""
    onboarding.enter_exam(state, onboarding.visited(state, visit))
    return _to(state.url(f"/onboarding/visits/{visit}"))


@api.page("POST", f"{_VISIT}/end", errors=refusal_page)
def end_exam(state: SmarterProctoring, visit: str) -> Answer:
    """End the exam."""
    proctoring.end(state, session_sid=onboarding.visited(state, visit).sid)
    return _to(state.url(f"/onboarding/visits/{visit}"))


@api.page("GET", "/signon", accepts=Query(SignonForm()), errors=refusal_page)
def sign_on(state: SmarterProctoring, data: dict[str, Any]) -> Answer:
    """Sign a user on and show the exam sessions."""
    user = signon.signed_on(state, data["token"])
    sessions = [_booking(state, each) for each in state.sessions.where(user_sid=user.sid)]
    return Answer(_page("signon.html", state, user=user, token=data["token"], bookings=sessions))


@api.page("POST", f"{_BOOKING}/appointment", accepts=Form(AppointmentForm()), errors=refusal_page)
def book_appointment(state: SmarterProctoring, session_sid: str, data: dict[str, Any]) -> Answer:
    """Make an appointment as the signed-on user."""
    session = signon.session_of(state, data["token"], session_sid)
    scheduling.schedule(state, session, {"appointment_date": data["appointment_date"], "session_type": "automated"})
    return _to(signon.address(state, data["token"]))


@api.page("POST", f"{_BOOKING}/cancellation", accepts=Form(SignonForm()), errors=refusal_page)
def cancel_appointment(state: SmarterProctoring, session_sid: str, data: dict[str, Any]) -> Answer:
    """Cancel an appointment as the signed-on user."""
    session = signon.session_of(state, data["token"], session_sid)
    scheduling.cancel(state, session, {"cancellation_memo": "Cancelled by the learner."})
    return _to(signon.address(state, data["token"]))


@api.page("POST", f"{_BOOKING}/onboarding", accepts=Form(SignonForm()), errors=refusal_page)
def enter_onboarding(state: SmarterProctoring, session_sid: str, data: dict[str, Any]) -> Answer:
    """Lead the signed-on user to the onboarding."""
    session = signon.session_of(state, data["token"], session_sid)
    return _to(state.url(f"/onboarding/{onboarding.mint_link(state, session).token}"))


def _onboarding(state: SmarterProctoring, session: Session) -> dict[str, Any]:
    """Return what the onboarding page shows of a session."""
    return {
        "session": session,
        "status": state.status_of(session),
        "exam": state.exams.get(session.exam_sid),
        "learner": state.users.get(session.user_sid),
        "configuration": state.configuration_of(session.exam_sid, session.enrollment_sid),
        "steps": [(step, getattr(session, passed)) for step, passed in onboarding.STEPS.items()],
        "due": onboarding.next_step(session),
        "obstacle": proctoring.obstacle_to_begin(state, session),
    }


def _booking(state: SmarterProctoring, session: Session) -> dict[str, Any]:
    """Return what the sign-on page shows of a session, and which forms it has for it."""
    status = state.status_of(session)
    return {
        "session": session,
        "status": status,
        "exam": state.exams.get(session.exam_sid),
        "forms": {verb for verb in ("schedule", "cancel", "onboard") if status in MOVES[verb]},
    }


def _page(template: str, state: SmarterProctoring, **values: Any) -> Html:
    return pages.render(template, url=state.url, at=format_instant, **values)


def _to(address: str) -> Answer:
    return Answer(status=303, headers={"Location": address})
