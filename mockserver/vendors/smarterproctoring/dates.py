"""Dates on the wire: those of the provision call, which are of ISO 8601, and those of version 1 of the API."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mockserver.core.fields import Instant

_ISO_8601 = re.compile(
    r"(?P<day>[0-9]{4}(?:-?[0-9]{2}-?[0-9]{2}|-?W[0-9]{2}-?[1-7]|-?[0-9]{3}))"
    r"(?:[Tt ](?P<time>[0-9]{2}(?::?[0-9]{2}){0,2})(?:[.,](?P<fraction>[0-9]+))?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset>[0-9]{2}(?::?[0-9]{2})?))?)?"
)
_UNITS = (3600, 60, 1)
_MOST = (59, 60)
"""The most minutes and seconds that a time is written with; a leap second is the 60th."""
_DAY = 86_400


class Moment(Instant):
    """An instant as version 1 of the API knows it: UTC, ending in ``Z``, with milliseconds when answered."""

    default_error_messages = {"zone": "Must be UTC and end in Z, like 2026-01-31T09:00:00Z."}  # noqa: RUF012

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if isinstance(value, str) and not value.endswith("Z"):
            raise self.make_error("zone")
        return super()._deserialize(value, attr, data, **kwargs)


class IsoDate(Instant):
    """A date of ISO 8601 in any of its forms, loaded as UTC.

    The guide says no more of dates than that (exam configuration). A day without a time begins at 00:00, and a time
    without an offset is UTC, which is our choice.
    """

    default_error_messages = {"invalid": "Not a date of ISO 8601, like 2026-01-31T09:00:00Z."}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            return _instant(value if isinstance(value, str) else "")
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error


class OptionalIsoDate(IsoDate):
    """A date that an empty string leaves out, as a sample of the vendor does."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Return None for an empty string."""
        return None if value == "" else super().deserialize(value, attr, data, **kwargs)


def _instant(text: str) -> datetime:
    """Return the instant of a date of ISO 8601; raise ``ValueError`` or ``OverflowError`` for anything else."""
    found = _ISO_8601.fullmatch(text)
    if found is None:
        raise ValueError(text)
    passed = _seconds(found["time"] or "00", found["fraction"] or "0")
    offset = _seconds(found["offset"] or "00") * (-1 if found["sign"] == "-" else 1)
    begin = datetime.combine(_day(found["day"].replace("-", "")), time.min, UTC)
    return begin + timedelta(seconds=passed) - timedelta(seconds=offset)


def _day(digits: str) -> date:
    """Return a day by its month, its week or its number in the year."""
    if len(digits) != len("2026031") or "W" in digits:
        return date.fromisoformat(digits)
    year, number = int(digits[:4]), int(digits[4:])
    day = date(year, 1, 1) + timedelta(days=number - 1)
    if day.year != year:
        raise ValueError(digits)
    return day


def _seconds(digits: str, fraction: str = "0") -> float:
    """Return the seconds of hours, minutes and seconds, the last of them with a fraction."""
    parts = [int(each) for each in re.findall("[0-9]{2}", digits)]
    units = _UNITS[: len(parts)]
    seconds = sum(part * unit for part, unit in zip(parts, units, strict=True)) + float(f"0.{fraction}") * units[-1]
    if seconds > _DAY or any(part > most for part, most in zip(parts[1:], _MOST, strict=False)):
        raise ValueError(digits)
    return seconds
