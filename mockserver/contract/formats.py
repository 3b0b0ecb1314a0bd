"""The formats that contracts name, checked the same wherever mockserver is installed."""

import re
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from jsonschema import FormatChecker

FORMATS = FormatChecker(())
"""Knows date-time, date, uri, email, uuid and timezone, an IANA name; any other format is not checked."""

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_NOT_IN_URI = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    """Tell whether a text is a date-time of RFC 3339; other types are another keyword's business."""
    if not isinstance(value, str):
        return True
    # Python reads six digits of a fraction at most, and 60 is a second where a leap makes it one.
    read = re.sub(r"\.\d+", "", value).upper().replace(":60", ":59")
    return bool(_DATE_TIME.fullmatch(value)) and datetime.fromisoformat(read).tzinfo is not None


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and date.fromisoformat(value) is not None)


@FORMATS.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme and (parts.netloc or parts.path)) and not _NOT_IN_URI.search(value)


@FORMATS.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or bool(_EMAIL.fullmatch(value))


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or (bool(_UUID.fullmatch(value)) and UUID(value) is not None)


@FORMATS.checks("timezone")
def _is_timezone(value: object) -> bool:
    return not isinstance(value, str) or value in _timezones()


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
