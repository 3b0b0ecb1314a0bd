"""The admin API's shapes; unlike a vendor's they refuse unknown fields, since a typo would pass unseen."""

from collections.abc import Callable
from typing import Any, get_args

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mockserver.core.clock import clock_from, parse_duration, parse_instant
from mockserver.core.errors import BadRequest
from mockserver.core.fields import Flag, Instant, Int, Text, one_of
from mockserver.core.outbox import Stage

_text = validate.Length(1, 200)
_HEADER_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
_HEADER_VALUE = r"^[\x20-\x7e]{0,4000}$"
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})


def _readable_by(read: Callable[[str], object]) -> Callable[[str], None]:
    """Return a validator that refuses what a function refuses to read, in that function's words."""

    def check(value: str) -> None:
        try:
            read(value)
        except BadRequest as error:
            raise ValidationError(error.message) from None

    return check


class BootSchema(Schema):
    """How a sandbox starts; what is left out is left to the fixture set and the process's defaults."""

    fixtures = Text(validate=_text)
    seed = Int()
    clock = Text(validate=[_text, _readable_by(clock_from)])
    settings = fields.Dict(keys=Text(), values=fields.Dict(keys=Text()))


def _true_or_instant(value: Any) -> None:
    if isinstance(value, str):
        _readable_by(parse_instant)(value)
    elif value is not True:
        raise ValidationError("Must be true, or an instant like 2026-01-31T09:00:00Z.")


_duration = validate.And(_text, _readable_by(parse_duration))


def _at_most_a_minute(value: str) -> None:
    if parse_duration(value).total_seconds() > 60:
        raise ValidationError("Must be at most 60s.")


class ClockSchema(Schema):
    """One move of the clock."""

    advance = Text(validate=_duration)
    until = Text(validate=one_of("idle"))
    within = Text(validate=_duration)
    freeze = fields.Raw(validate=_true_or_instant)
    thaw = Flag(validate=validate.Equal(True, error="Must be true."))

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data.keys() - {"within"}) != 1:
            raise ValidationError("Exactly one of advance, until, freeze and thaw is expected.")
        if "within" in data and "until" not in data:
            raise ValidationError("Goes with until only.", "within")


class EntrySchema(Schema):
    """An action to put on the agenda: after a duration, or at an instant."""

    action = Text(required=True, validate=_text)
    arguments = fields.Dict(keys=Text(), load_default=dict)
    after = Text(validate=_duration)
    at = Instant()

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data.keys() & {"after", "at"}) != 1:
            raise ValidationError("Exactly one of after and at is expected.", "after")


class PaceSchema(Schema):
    """How what is behind an operation moves on."""

    mode = Text(required=True, validate=one_of("manual", "after", "polls"))
    duration = Text(validate=_duration)
    count = Int(validate=validate.Range(1, 1_000_000))

    @validates_schema
    def _fitting(self, data: dict[str, Any], **_: Any) -> None:
        needed = {"after": {"duration"}, "polls": {"count"}}.get(data["mode"], set())
        for name in needed - data.keys():
            raise ValidationError(f"Is needed for mode {data['mode']}.", name)
        for name in data.keys() - needed - {"mode"}:
            raise ValidationError(f"Does not go with mode {data['mode']}.", name)


class DeliveriesSchema(Schema):
    """Which deliveries; those after a number, oldest first."""

    stage = fields.Str(validate=one_of(*get_args(Stage)))
    event = fields.Str()
    url = fields.Str()
    after = fields.Int(load_default=0, validate=validate.Range(min=0))
    limit = fields.Int(load_default=100, validate=validate.Range(1, 1000))


class ActionSchema(Schema):
    """An action to carry out."""

    action = Text(required=True, validate=_text)
    arguments = fields.Dict(keys=Text(), load_default=dict)


class PageSchema(Schema):
    """Which part of a list."""

    class Meta:
        """Marshmallow's options."""

        unknown = "include"

    offset = fields.Int(load_default=0, validate=validate.Range(0, 2**31))
    limit = fields.Int(load_default=100, validate=validate.Range(1, 1000))


def _header_name(value: str) -> None:
    validate.Regexp(_HEADER_NAME)(value)
    if value.lower() in _FRAMING:
        raise ValidationError("The server frames the answer by itself.")


class InboxSchema(Schema):
    """How an inbox answers."""

    status = Int(validate=validate.Range(200, 599))
    headers = fields.Dict(keys=Text(validate=_header_name), values=Text(validate=validate.Regexp(_HEADER_VALUE)))
    body = Text(validate=validate.Length(max=65_536))
    delay = Text(validate=[_duration, _at_most_a_minute])
    times = Int(validate=validate.Range(1, 1_000_000))


class ReceivedSchema(Schema):
    """Which requests of an inbox; those after a number, oldest first."""

    after = fields.Int(load_default=0, validate=validate.Range(min=0))
    limit = fields.Int(load_default=100, validate=validate.Range(1, 1000))


class ForkSchema(Schema):
    """The name of a copy."""

    name = Text(required=True, validate=_text)


class DifferenceSchema(Schema):
    """The sandbox to compare with."""

    since = fields.Str(required=True, validate=_text)


class RunSchema(Schema):
    """Which scenario to play: one of the library by name, or one that comes along."""

    scenario = Text(validate=_text)
    document = fields.Dict(keys=Text())

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Exactly one of scenario and document is expected.", "scenario")
