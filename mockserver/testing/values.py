"""What a test gives, as the admin API reads it: instants, durations, names in addresses, queries and JSON."""

import json
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from uuid import UUID

__tracebackhide__ = True


def as_duration(duration: str | timedelta) -> str:
    """Return a duration as text; raise ``TypeError``, and ``ValueError`` for one that is negative."""
    if isinstance(duration, str):
        return duration
    if not isinstance(duration, timedelta):
        raise TypeError(f"A duration is a text like '90m' or a timedelta, not {duration!r}.")
    if duration < timedelta(0):
        raise ValueError(f"Time passes forward only, not by {duration.total_seconds():g} s.")
    return f"{round(duration.total_seconds() * 1000)}ms"


def as_instant(instant: str | datetime) -> str:
    """Return an instant as text; raise ``TypeError``, and ``ValueError`` for one without a time zone."""
    if isinstance(instant, str):
        return instant
    if not isinstance(instant, datetime):
        raise TypeError(f"An instant is a text like '2026-01-31T09:00:00Z' or a datetime, not {instant!r}.")
    if instant.utcoffset() is None:
        raise ValueError(f"An instant has a time zone, as in datetime(..., tzinfo=UTC); {instant!r} has none.")
    text = instant.isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def as_json(body: Any) -> str:
    """Return a body as JSON; raise ``TypeError`` and ``ValueError`` with the value that cannot be written so."""
    try:
        return json.dumps(body, default=_plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        # Anew, since the frames of the encoder would be shown with it.
        raise type(error)(str(error)) from None


def as_query(value: Any) -> str:
    """Return a value of a query as text: what is no text as in JSON; raise as ``as_json``."""
    plain = _plain(value) if isinstance(value, _WRITTEN) else value
    return plain if isinstance(plain, str) else as_json(plain)


def as_segment(name: str, what: str) -> str:
    """Return a name as one segment of an address; raise ``TypeError`` and ``ValueError`` for what is no name."""
    if not isinstance(name, str):
        raise TypeError(f"{what} has a text as its name, not {name!r}.")
    if "/" in name:
        raise ValueError(f"{what} has a name without slashes, not {name!r}.")
    if name in ("", ".", ".."):
        raise ValueError(f"{what} cannot be called {name!r}.")
    return quote(name, safe="")


_WRITTEN = (datetime, timedelta, PurePath, UUID)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return as_instant(value)
    if isinstance(value, timedelta):
        return as_duration(value)
    if isinstance(value, _WRITTEN):
        return str(value)
    raise TypeError(
        f"{value!r} cannot be sent as JSON; give texts, numbers, True, False, None, lists and dicts of them, datetimes "
        "with a time zone, timedeltas, Paths or UUIDs."
    )
