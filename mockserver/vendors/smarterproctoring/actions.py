"""What SmarterProctoring's people and candidates do without an API, as actions."""

from marshmallow import Schema, validate

from mockserver.core.fields import Flag, Text, one_of
from mockserver.core.vendor import Action
from mockserver.vendors.smarterproctoring import onboarding, proctoring, scheduling
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

_name = validate.Length(1, 255)


class SessionSchema(Schema):
    """Names a session."""

    session_sid = Text(required=True, validate=_name)


class ReasonSchema(SessionSchema):
    """Names a session and says why."""

    reason = Text(validate=_name)


class CloseSchema(SessionSchema):
    """Names a session and says why it is over."""

    reason = Text(validate=one_of("exam-completed", "technical-issue", "other-reason"))


class StepSchema(SessionSchema):
    """Names a session and a step of its onboarding."""

    step = Text(required=True, validate=one_of(*onboarding.STEPS))


class ApprovalSchema(Schema):
    """Names an exam and says whether its appointments wait for approval."""

    exam_sid = Text(required=True, validate=_name)
    required = Flag()


class TokenSchema(Schema):
    """Names an API token by its id."""

    token_id = Text(required=True, validate=_name)


ACTIONS = (
    Action("require_approval", scheduling.require_approval, ApprovalSchema(), "Appointments of an exam wait or not."),
    Action("approve", scheduling.approve, SessionSchema(), "An appointment that waits for approval is taken."),
    Action("deny", scheduling.deny, ReasonSchema(), "An appointment that waits for approval is turned down."),
    Action("open_onboarding", onboarding.open_onboarding, SessionSchema(), "The candidate opens a fresh link."),
    Action("pass_onboarding_step", onboarding.pass_step, StepSchema(), "The candidate passes the next step."),
    Action("begin", proctoring.begin, SessionSchema(), "The exam begins, whatever onboarding still lacks."),
    Action("end", proctoring.end, SessionSchema(), "The exam ends; its recording is processed."),
    Action("end_overdue", proctoring.end_overdue, SessionSchema(), "The exam ends by itself, if its time is up."),
    Action("report_incident", proctoring.report_incident, ReasonSchema(), "Something went wrong in a session."),
    Action("close", proctoring.close, CloseSchema(), "A session that was taken is closed."),
    Action("review", proctoring.review, SessionSchema(), "The review of a session is completed."),
    Action("expire_token", SmarterProctoring.expire_token, TokenSchema(), "An API token expires now."),
    Action("revoke_token", SmarterProctoring.revoke_token, TokenSchema(), "An API token is taken back."),
)
