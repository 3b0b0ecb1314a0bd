"""Strict wire types for marshmallow: JSON's own types and nothing converted into them.

Query strings and forms carry text only and use marshmallow's converting fields instead.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from mockserver.core.clock import format_instant, parse_instant
from mockserver.core.errors import BadRequest

_BIGGEST = 2**63 - 1
_ZONES = frozenset(available_timezones())


class WireSchema(Schema):
    """A shape on the wire. Unknown fields are read over, as long-lived APIs do."""

    class Meta:
        """Marshmallow's options."""

        unknown = EXCLUDE


class Text(fields.String):
    """A JSON string."""


class Int(fields.Integer):
    """A JSON integer that fits 64 bits; true, 1.0 and "1" are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int or abs(value) > _BIGGEST:
            raise self.make_error("invalid")
        return value


class Number(fields.Field[int | float]):
    """A JSON number; true and "1" are none. An integer stays one."""

    default_error_messages = {"invalid": "Not a valid number."}  # noqa: RUF012 - marshmallow's declaration

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _BIGGEST:
            raise self.make_error("invalid")
        return value


class Flag(fields.Boolean):
    """A JSON true or false; "yes" and 1 are neither."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Instant(fields.Field[datetime]):
    """An ISO 8601 date-time with an offset, loaded as UTC, dumped in whole seconds with ``Z``."""

    default_error_messages = {"invalid": "Not a date-time with an offset, like 2026-01-31T09:00:00Z."}  # noqa: RUF012

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format_instant(value.astimezone(UTC))

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return parse_instant(value)
        except BadRequest as error:
            raise self.make_error("invalid") from error


def one_of(*choices: str) -> validate.OneOf:
    """Allow these values only, and name them when refusing."""
    return validate.OneOf(choices, error="Must be one of: {choices}.")


def web_address(value: str) -> None:
    """Refuse what is no absolute http or https URL."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(ord(char) <= 32 or ord(char) == 127 for char in value):
        raise ValidationError("Not an absolute http or https URL.")


def time_zone(value: str) -> None:
    """Refuse what is no IANA time zone."""
    if value not in _ZONES:
        raise ValidationError("Not an IANA time zone like Europe/Paris.")
