"""Strict wire types for marshmallow: JSON's own types and nothing converted into them.

Query strings and forms carry text only and use marshmallow's converting fields instead.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, validate
from marshmallow.utils import get_value

from mockserver.core.clock import format_instant, parse_instant
from mockserver.core.errors import BadRequest

T = TypeVar("T")
Accessor = Callable[[Any, str, Any], Any]

_BIGGEST = 2**63 - 1
_ZONES = frozenset(available_timezones())


class WireSchema(Schema):
    """A shape on the wire. Unknown fields are read over, as long-lived APIs do."""

    class Meta:
        """Marshmallow's options."""

        unknown = EXCLUDE

    null_is_absent = False
    """Whether a null leaves a field out, but for fields where it has a meaning of its own (``allow_none``)."""

    @cached_property
    def _nullable(self) -> frozenset[str]:
        return frozenset(each.data_key or name for name, each in self.load_fields.items() if each.allow_none)

    @cached_property
    def _plainly(self) -> list[tuple[str, str, fields.Field[Any]]] | None:
        """Key on the wire, name and field of all that is loaded; None if more than the fields has a say."""
        if any(getattr(self, "_hooks", {"unknown": [None]}).values()) or self.partial or self.many:
            return None
        listed = [(each.data_key or name, each.attribute or name, each) for name, each in self.load_fields.items()]
        return None if any("." in name for _, name, _ in listed) else listed

    def load(self, data: Any, **options: Any) -> Any:
        """Load as marshmallow does.

        What is right, as most is, goes a shorter way to the same result; what is not is left to marshmallow to name.
        """
        if self.null_is_absent and isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None or name in self._nullable}
        if self._plainly is None or options or type(data) is not dict or self.unknown != EXCLUDE:
            return super().load(data, **options)
        loaded = {}
        try:
            for key, name, each in self._plainly:
                value = each.deserialize(data.get(key, missing), key, data)
                if value is not missing:
                    loaded[name] = value
        except ValidationError:
            return super().load(data)
        return loaded

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Read an attribute of an entity or a key of a dict, the common cases without marshmallow's search."""
        if "." in attr:
            return get_value(obj, attr, default)
        return obj.get(attr, default) if isinstance(obj, dict) else getattr(obj, attr, default)


class _Wire(fields.Field[T]):
    """A field whose value is the same on the wire and in a state."""

    def _validate(self, value: Any) -> None:
        """Stop at the first validator that refuses; marshmallow builds an object a call to collect them all."""
        for validator in self.validators:
            validator(value)

    def serialize(self, attr: str, obj: Any, accessor: Accessor | None = None, **kwargs: Any) -> Any:
        """Pass the value on as it is."""
        value = (accessor or get_value)(obj, self.attribute or attr, missing)
        return super().serialize(attr, obj, accessor, **kwargs) if value is missing else value


class Text(_Wire[str]):
    """A JSON string."""

    default_error_messages = {"invalid": "Not a valid string."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Int(_Wire[int]):
    """A JSON integer that fits 64 bits; true, 1.0 and "1" are none."""

    default_error_messages = {"invalid": "Not a valid integer."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int or abs(value) > _BIGGEST:
            raise self.make_error("invalid")
        return value


class Number(_Wire[int | float]):
    """A JSON number; true and "1" are none. An integer stays one."""

    default_error_messages = {"invalid": "Not a valid number."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _BIGGEST:
            raise self.make_error("invalid")
        return value


class Flag(_Wire[bool]):
    """A JSON true or false; "yes" and 1 are neither."""

    default_error_messages = {"invalid": "Not true or false."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Instant(fields.Field[datetime]):
    """An ISO 8601 date-time with an offset, loaded as UTC, dumped in whole seconds with ``Z``."""

    default_error_messages = {"invalid": "Not a date-time with an offset, like 2026-01-31T09:00:00Z."}

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
