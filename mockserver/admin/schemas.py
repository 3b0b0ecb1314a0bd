"""The admin API's shapes; unlike a vendor's they refuse unknown fields, since a typo would pass unseen."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mockserver.core.clock import clock_from, parse_duration, parse_instant
from mockserver.core.errors import BadRequest
from mockserver.core.fields import Flag, Int, Text

_text = validate.Length(1, 200)


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


class ClockSchema(Schema):
    """One move of the clock."""

    advance = Text(validate=[_text, _readable_by(parse_duration)])
    freeze = fields.Raw(validate=_true_or_instant)
    thaw = Flag(validate=validate.Equal(True, error="Must be true."))

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Exactly one of advance, freeze and thaw is expected.")


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


class JournalSchema(Schema):
    """Which exchanges; those after a number, oldest first."""

    vendor = fields.Str()
    operation = fields.Str()
    method = fields.Str()
    status = fields.Int()
    matched = fields.Bool()
    after = fields.Int(load_default=0, validate=validate.Range(min=0))
    limit = fields.Int(load_default=100, validate=validate.Range(1, 1000))
