"""What a partner answered: what cannot be used is refused with the reason, what is only odd is remarked on."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.core.errors import MalformedBody
from mockserver.core.outbox import Attempt
from mockserver.core.sources import decode_json

MOST_REMARKS = 50
_LONGEST = 300
_LONGEST_TEXT = 2048
_LONGEST_LIFE = 10 * 365 * 86_400
_TOKEN = re.compile(r"[!-~]{1,8192}")
_PERCENT = re.compile(r"([0-9]{1,9}([.,][0-9]{1,9})?)\s*%?")
_WHOLE = re.compile(r"[0-9]{1,18}")
_SECONDS = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_WORDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}


class Unusable(Exception):
    """Why nothing can be made of an answer: what follows "the partner" in a sentence, without its full stop."""


class Remarks:
    """What an answer has that the documents do not, each once and not too many."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def note(self, text: str) -> None:
        """Remember a sentence."""
        if len(self._said) < MOST_REMARKS:
            self._said[_cut(text)] = None


def what(value: object) -> str:
    """Return what kind of JSON it is."""
    return "null" if value is None else _WORDS.get(type(value), "something else")


def envelope(attempt: Attempt, remarks: Remarks, *, has_data: bool = True) -> Any:
    """Return the data of a successful answer; raise ``Unusable`` for any other."""
    said = _object(attempt, remarks)
    code, status = said.get("code"), said.get("status")
    number = int(code) if isinstance(code, str) and _WHOLE.fullmatch(code) else code
    if status in ("error", "fail") or (type(number) is int and number >= 400):
        message = _cut(str(said.get("message")))
        raise Unusable(f"answered {attempt.status} with an envelope that says {number} {status}: {message}")
    if number != attempt.status or isinstance(code, bool):
        remarks.note(f"code is {_shown(code)} in an answer {attempt.status}.")
    if status != "success":
        remarks.note(f"status is {_shown(status)} in an answer {attempt.status}, not 'success'.")
    if said.get("message") not in (None, ""):
        remarks.note("message is used in a success.")
    if has_data and "data" not in said:
        raise Unusable("answered without data")
    return said.get("data")


def token(attempt: Attempt, remarks: Remarks) -> tuple[str, int]:
    """Return an access token and the seconds that it lives, 0 where it is not said; raise ``Unusable``."""
    said = _object(attempt, remarks)
    text = said.get("access_token")
    if not isinstance(text, str):
        raise Unusable(f"answered with an access_token that is {what(text)}, not a string")
    if not _TOKEN.fullmatch(text):
        raise Unusable("answered with an access_token that no header can carry")
    kind = said.get("token_type")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        remarks.note(f"token_type is {_shown(kind)}, not 'bearer'.")
    life = _seconds(said.get("expires_in"))
    if life is None:
        remarks.note(f"expires_in is {_shown(said.get('expires_in'))}, not a number of seconds.")
    return text, int(min(life or 0, _LONGEST_LIFE))


def rows(data: Any, place: str, remarks: Remarks) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects of a list with their places; raise ``Unusable`` for what is no list."""
    if not isinstance(data, list):
        raise Unusable(f"answered with {place} that is {what(data)}, not an array")
    for number, row in enumerate(data):
        if isinstance(row, dict):
            yield f"{place}[{number}]", row
        else:
            remarks.note(f"{place}[{number}] is {what(row)}, not an object.")


def text(row: Mapping[str, Any], name: str, place: str, remarks: Remarks, *, required: bool = False) -> str | None:
    """Return a text, a number as one; None for null, for what is missing and for all else."""
    value = row.get(name)
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            remarks.note(f"{place}.{name} has {len(value)} characters; {_LONGEST_TEXT} are kept.")
        return value[:_LONGEST_TEXT]
    if value is None:
        if required:
            remarks.note(f"{place}.{name} is {'null' if name in row else 'missing'}.")
        return None
    remarks.note(f"{place}.{name} is {what(value)}, not a string.")
    return str(value) if type(value) in (int, float) else None


def percent(row: Mapping[str, Any], name: str, place: str, remarks: Remarks) -> int | float | None:
    """Return a percentage; None for null, for what is missing and for all else."""
    given = text(row, name, place, remarks)
    if given is None:
        return None
    number = _PERCENT.fullmatch(given.strip())
    value = float(number[1].replace(",", ".")) if number else -1.0
    if not 0 <= value <= 100:
        remarks.note(f"{place}.{name} is {_shown(given)}, not a percentage from 0 to 100.")
        return None
    return int(value) if value.is_integer() else value


def _object(attempt: Attempt, remarks: Remarks) -> Mapping[str, Any]:
    """Return the JSON object of an answer 2xx; raise ``Unusable`` for any other."""
    if attempt.status is None:
        raise Unusable(f"gave no answer: {attempt.error.rstrip('.') or 'nobody knows why'}")
    if not 200 <= attempt.status < 300:
        raise Unusable(f"answered {attempt.status}{_refusal(attempt.answer_body)}")
    headers = {name.lower(): value for name, _, value in _lines(attempt.answer_headers)}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        said = decode_json(attempt.answer_body)
    except MalformedBody as error:
        raise Unusable(f"answered {attempt.status} with what is not JSON ({_why(error, attempt, headers)})") from None
    if not isinstance(said, dict):
        raise Unusable(f"answered {attempt.status} with JSON that is {what(said)}, not an object")
    if attempt.status != 200:
        remarks.note(f"The answer is {attempt.status}, not 200.")
    if kind != "application/json":
        remarks.note(f"The content type is {_shown(kind or None)}, not 'application/json'.")
    return said


def _seconds(given: Any) -> float | None:
    """Return a lifetime, which may be a number or a text; None for what is none."""
    if isinstance(given, str):
        return float(given) if _SECONDS.fullmatch(given) else None
    return given if type(given) in (int, float) and given >= 0 else None


def _why(error: MalformedBody, attempt: Attempt, headers: Mapping[str, str]) -> str:
    kept, length = len(attempt.answer_body), headers.get("content-length", "")
    if "content-encoding" in headers:
        return f"it is encoded as {headers['content-encoding'][:40]}, which was not asked for"
    if _WHOLE.fullmatch(length) and int(length) > kept:
        return f"it has {int(length)} bytes, of which {kept} are read"
    reason = next(iter(error.fields.get("body", [])), error.message)
    return f"{reason}; {headers.get('content-type', 'no content type')}, {kept} bytes read"


def _refusal(body: bytes) -> str:
    """Return what a refusal says of itself: the envelope's message, OAuth's error, or the beginning of its text."""
    try:
        said = decode_json(body)
    except MalformedBody:
        plain = " ".join(body[:4096].decode("utf-8", "replace").split())
        return f": {_cut(plain)}" if plain else ""
    if not isinstance(said, dict):
        return ""
    texts = [said.get(name) for name in ("message", "error", "error_description", "detail")]
    return "".join(f": {_cut(each)}" for each in texts if isinstance(each, str) and each)


def _shown(value: object) -> str:
    return _cut(repr(value), 60) if isinstance(value, str | int | float) else what(value)


def _lines(headers: str) -> list[tuple[str, str, str]]:
    return [line.partition(": ") for line in headers.split("\n")]


def _cut(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else f"{text[:most]}..."
