"""The shapes of what Constructor Proctor sends by itself; instants are text already, as the settings spell them."""

from typing import Any

from marshmallow import fields, post_dump

from mockserver.core.fields import Flag, Int, Text, WireSchema
from mockserver.vendors.constructor.schemas import Identifier


class CallbackSchema(WireSchema):
    """What every callback names."""

    account_id: fields.Field[Any] = Text(data_key="accountId")
    session_id = Text(data_key="sessionId")


class WarningSchema(WireSchema):
    """One warning of a result."""

    type = Text()
    start = Text()
    end = Text()
    cyber = Flag()


class ThresholdSchema(WireSchema):
    """From which score a session deserves a look, and above which it is rejected."""

    attention = Int()
    rejected = Int()


class ReviewSchema(CallbackSchema):
    """The result of a session; every key is always there."""

    archive = Text()
    conclusion = Text()
    comment = Text()
    score = Int()
    threshold = fields.Nested(ThresholdSchema)
    session_start = Text(data_key="sessionStart")
    session_end = Text(data_key="sessionEnd")
    warnings = fields.Nested(WarningSchema, many=True)
    warning_titles = fields.Dict(data_key="warningTitles")


class SchedulingSchema(CallbackSchema):
    """A slot that was booked or cancelled."""

    account_id = Identifier(data_key="accountId")
    event = Text()
    start = Text()
    cancel_deadline = Text(data_key="cancelDeadline")

    @post_dump
    def without_dates_of_none(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave the dates out where nothing is booked."""
        return {name: value for name, value in data.items() if value is not None}


class LiveWarningSchema(CallbackSchema, WarningSchema):
    """A warning while the session runs."""

    id = Int()


class AgreementSchema(CallbackSchema):
    """When the user agreement was accepted."""

    timestamp = Text()
