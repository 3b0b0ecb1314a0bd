"""What YouTestMe's staff and candidates do without an API, by name."""

from typing import get_args

from marshmallow import Schema, validate

from mockserver.core.fields import Flag, Instant, Int, Number, Text, one_of
from mockserver.core.vendor import Action
from mockserver.vendors.youtestme import attempts
from mockserver.vendors.youtestme.state import YouTestMe
from mockserver.vendors.youtestme.statuses import UserStatus

_text = validate.Length(1, 255)


class _Test(Schema):
    name = Text(required=True, validate=_text)
    external_id = Text(validate=_text)
    max_points = Int(validate=validate.Range(1, 1_000_000))
    pass_percent = Int(validate=validate.Range(0, 100))
    duration_minutes = Int(validate=validate.Range(1, 100_000))


class _Session(Schema):
    test_id = Int(required=True)
    name = Text(validate=_text)
    requires_authorization = Flag()
    self_enroll = Flag()
    opens = Instant()
    closes = Instant()
    seats = Int(validate=validate.Range(0, 1_000_000))


class _Booking(Schema):
    user_id = Int(required=True)
    session_id = Int(required=True)


class _Attempt(Schema):
    attempt_id = Int(required=True)


class _Submission(_Attempt):
    points = Number()


class _Grade(_Attempt):
    points = Number(required=True)


class _Suspension(_Attempt):
    remove_authorization = Flag()


class _UserMove(Schema):
    user_id = Int(required=True)
    status = Text(required=True, validate=one_of(*get_args(UserStatus)))


ACTIONS = (
    Action("create_test", attempts.create_test, _Test(), "Staff make a test."),
    Action("create_session", attempts.create_session, _Session(), "Staff open a test to candidates."),
    Action("move_user", YouTestMe.move_user, _UserMove(), "Staff, or the system, give an account another status."),
    Action("book", attempts.book, _Booking(), "A candidate enrolls in a session."),
    Action("assign", attempts.assign, _Booking(), "Staff enroll a candidate in a session."),
    Action("start", attempts.start, _Attempt(), "A candidate begins a booked attempt."),
    Action("pause", attempts.pause, _Attempt(), "A candidate leaves an attempt to go on later."),
    Action("disconnect", attempts.disconnect, _Attempt(), "A candidate's window closes or the connection is lost."),
    Action("allow_resume", attempts.allow_resume, _Attempt(), "Staff let a disconnected candidate come back."),
    Action("resume", attempts.resume, _Attempt(), "A candidate goes on with a paused or reopened attempt."),
    Action(
        "submit", attempts.submit, _Submission(), "A candidate hands an attempt in; without points it needs grading."
    ),
    Action("grade", attempts.grade, _Grade(), "Staff set the points of a submitted attempt."),
    Action("reopen", attempts.reopen, _Attempt(), "Staff let a candidate change the answers of a submitted attempt."),
    Action("suspend", attempts.suspend, _Suspension(), "Staff set an attempt aside, and may give its use back."),
    Action("mark_absent", attempts.mark_absent, _Attempt(), "Staff record that a candidate did not show up."),
    Action("clear_absent", attempts.clear_absent, _Attempt(), "Staff take an absence back."),
    Action("verify", attempts.verify, _Attempt(), "Staff freeze the score of a finished attempt, or an absence."),
)
