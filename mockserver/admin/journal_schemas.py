"""The shapes of what is asked of the journal."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mockserver.core.clock import parse_duration
from mockserver.core.errors import BadRequest
from mockserver.core.fields import Flag, Instant, Int, one_of

LONGEST_WAIT = timedelta(seconds=60)
_MOST = 10**6
_MOST_STEPS = 50
_STATUS = re.compile(r"[1-5]xx|\d{1,3}")
_text = validate.Length(1, 200)


class Status(fields.Field[str]):
    """One status, 404, or a hundred of them, 4xx."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = str(value).lower() if isinstance(value, str | int) else ""
        if not _STATUS.fullmatch(text):
            raise ValidationError("Not a status like 404 or 4xx.")
        return text if text.endswith("xx") else str(int(text))


class Fault(fields.Field[bool | str]):
    """True for any fault, false for none, else the name of a kind."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool | str:
        if not isinstance(value, bool | str) or not 1 <= len(str(value)) <= 200:
            raise ValidationError("Not true, false or the name of a kind of fault.")
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


class Upper(fields.Str):
    """A name that is written in capitals."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).upper()


class Wait(fields.Str):
    """A duration of real time that a request may be held up for, as seconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            wait = parse_duration(super()._deserialize(value, attr, data, **kwargs) or "")
        except BadRequest as error:
            raise ValidationError(error.message) from None
        if wait > LONGEST_WAIT:
            raise ValidationError(f"At most {LONGEST_WAIT.seconds}s.")
        return wait.total_seconds()


class FilterSchema(Schema):
    """What exchanges have to be; a field that is left out does not matter."""

    direction = fields.Str(validate=one_of("in", "out"))
    vendor = fields.Str(validate=validate.Length(0, 200))
    operation = fields.Str(validate=_text)
    method = Upper(validate=_text)
    status = Status()
    fault = Fault()
    path = fields.Str(validate=_text)


def _in_order(data: Mapping[str, Any]) -> None:
    if "since" in data and "until" in data and data["until"] < data["since"]:
        raise ValidationError("Must not be before since.", "until")


class WhichSchema(FilterSchema):
    """Which exchanges, as a query string says it."""

    matched = fields.Bool()
    after = fields.Int(validate=validate.Range(min=0))
    since = Instant()
    until = Instant()
    order = fields.Str(load_default="oldest", validate=one_of("oldest", "newest"))

    @validates_schema
    def _window(self, data: dict[str, Any], **_: Any) -> None:
        _in_order(data)


class ListSchema(WhichSchema):
    """Which exchanges to list, and until how many there are to wait."""

    limit = fields.Int(load_default=100, validate=validate.Range(1, 1000))
    wait = Wait()
    count = fields.Int(validate=validate.Range(1, _MOST))

    @validates_schema
    def _waits(self, data: dict[str, Any], **_: Any) -> None:
        if "count" in data and "wait" not in data:
            raise ValidationError("Says until how many exchanges to wait, so it goes with wait.", "count")


class SecretsSchema(Schema):
    """Whether secrets are masked."""

    secrets = fields.Str(load_default="masked", validate=one_of("masked", "shown"))


class ExportSchema(WhichSchema, SecretsSchema):
    """Which exchanges to export, and how."""

    format = fields.Str(load_default="har", validate=one_of("har", "ndjson", "curl"))
    limit = fields.Int(validate=validate.Range(1, _MOST))


def _object_or_list(value: Any) -> None:
    if not isinstance(value, dict | list):
        raise ValidationError("Must be an object or a list.")


class MatchSchema(FilterSchema):
    """What exchanges have to be, as JSON says it."""

    matched = Flag()
    body = fields.Raw(validate=_object_or_list)


class VerifySchema(Schema):
    """A statement about a window of the journal: how many exchanges fit, or that some occur in an order."""

    matches = fields.Nested(MatchSchema)
    count = Int(validate=validate.Range(0, _MOST))
    at_least = Int(validate=validate.Range(0, _MOST))
    at_most = Int(validate=validate.Range(0, _MOST))
    order = fields.List(fields.Nested(MatchSchema), validate=validate.Length(1, _MOST_STEPS))
    strict = Flag()
    among = fields.Nested(MatchSchema)
    after = Int(validate=validate.Range(min=0))
    since = Instant()
    until = Instant()

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        _in_order(data)
        if ("matches" in data) is ("order" in data):
            raise ValidationError("Exactly one of matches and order is expected.")
        if "order" not in data and "strict" in data:
            raise ValidationError("Goes with order.", "strict")
        for name in ("count", "at_least", "at_most"):
            if name in data and "matches" not in data:
                raise ValidationError("Goes with matches.", name)
            if name in data and name != "count" and "count" in data:
                raise ValidationError("Says the same as count; leave one out.", name)
        if data.get("at_most", _MOST) < data.get("at_least", 0):
            raise ValidationError("Must not be less than at_least.", "at_most")
