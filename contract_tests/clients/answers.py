"""What comes of a call: JSON, or one of three failures."""

import json
from typing import Any

import requests

Record = dict[str, Any]
"""One JSON object. Read what is needed and tolerate the rest."""

_MESSAGES = ("message", "detail", "error", "title")


class CallFailed(Exception):
    """A call did not give what was asked for."""


class Refused(CallFailed):
    """The server said no, with a status of 400 to 499, and did nothing.

    ``body`` is the parsed JSON, or the text where it is none.
    """

    def __init__(self, call: str, status: int, body: Any) -> None:
        super().__init__(f"{call} was refused with {status}: {_said(body)}")
        self.status = status
        self.body = body


class Unavailable(CallFailed):
    """No answer that tells: whether the work was done is not known. ``status`` is that of the last answer, if any."""

    def __init__(self, call: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"What became of {call} is not known: {reason}")
        self.status = status


class Unreadable(Unavailable):
    """An answer of success came, but not in the form that was promised."""


def parsed(call: str, response: requests.Response) -> Any:
    """Return the JSON of an answer, None where it has no body; raise ``Unreadable``."""
    if not response.content:
        return None
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Unreadable(call, f"the answer is {kind or 'of no content type'}, not JSON.", response.status_code)
    try:
        return read_json(response.content)
    except ValueError as error:
        raise Unreadable(call, str(error), response.status_code) from error


def read_json(body: bytes) -> Any:
    """Return what a JSON text says; raise ``ValueError`` for any other text, NaN and Infinity included."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not JSON ({error}).") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def failed(call: str, response: requests.Response) -> CallFailed:
    """Return what an answer of a status from 400 on means."""
    try:
        body: Any = read_json(response.content)
    except ValueError:
        body = response.text
    if response.status_code < 500:
        return Refused(call, response.status_code, body)
    return Unavailable(call, f"{response.status_code}: {_said(body)}", response.status_code)


def _said(body: Any) -> str:
    """Return the server's own words, or all that it sent, shortened."""
    if isinstance(body, dict):
        words = next((body[name] for name in _MESSAGES if isinstance(body.get(name), str)), None)
        return words or json.dumps(body)[:500]
    return str(body)[:500]
