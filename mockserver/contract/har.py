"""Reads an HTTP archive (HAR): a browser's, a proxy's, or our own export of a journal."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import msgspec

from mockserver.contract.observed import Observed


class NoArchive(ValueError):
    """What was read is no HTTP archive."""


class _Pair(msgspec.Struct):
    name: str
    value: str | None = None


class _Data(msgspec.Struct):
    text: str | None = None
    params: list[_Pair] | None = None
    own_encoding: str | None = msgspec.field(default=None, name="_encoding")
    encoding: str | None = None


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: list[_Pair] | None = None
    data: _Data | None = msgspec.field(default=None, name="postData")
    size: float | None = msgspec.field(default=None, name="bodySize")


class _Content(msgspec.Struct):
    size: float | None = None
    text: str | None = None
    encoding: str | None = None


class _Response(msgspec.Struct):
    status: int
    headers: list[_Pair] | None = None
    content: _Content | None = None


class _Entry(msgspec.Struct):
    request: _Request
    response: _Response | None = None
    at: str | None = msgspec.field(default=None, name="startedDateTime")
    operation: str | None = msgspec.field(default=None, name="_operation")
    webhook: str | None = msgspec.field(default=None, name="_webhook")
    fault: str | None = msgspec.field(default=None, name="_fault")
    spoiled: str | None = msgspec.field(default=None, name="_spoiled")


class _Creator(msgspec.Struct):
    name: str | None = None


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]
    creator: _Creator | None = None


class _Archive(msgspec.Struct):
    log: _Log


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry. ``seen`` has no path yet: what is below a vendor's base is not known here.

    ``told`` is what mockserver itself calls the operation or webhook, with its vendor where it says so; empty where
    nobody tells. ``cut`` says that the request had a body which the recorder left out.
    """

    seen: Observed
    told: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds, oldest first; entries have the numbers of their places in it.

    ``broken`` says of each that cannot be read which one it is and why.
    """

    entries: list[Recorded]
    broken: list[str]
    creator: str


def read_har(raw: bytes) -> Archive:
    """Return what an archive holds; raise ``NoArchive``. An entry that cannot be read does not spoil the others."""
    try:
        log = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_Archive).log
    except msgspec.ValidationError as error:
        raise NoArchive(f"This is no HTTP archive: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoArchive(f"This is no HTTP archive, for it is no JSON: {error}") from None
    entries: list[Recorded] = []
    broken: list[str] = []
    for number, each in enumerate(log.entries, 1):
        try:
            entries.append(_recorded(msgspec.json.decode(each, type=_Entry), number))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            broken.append(f"Entry {number} cannot be read and was left out: {error}.")
    return Archive(_oldest_first(entries), broken, (log.creator and log.creator.name) or "")


def _oldest_first(entries: Sequence[Recorded]) -> list[Recorded]:
    """Sort entries by when they began; one that does not say follows the one before it."""
    begun, last = [], datetime.min.replace(tzinfo=UTC)
    for each in entries:
        last = _instant(each.seen.at) or last
        begun.append(last)
    return [entries[place] for place in sorted(range(len(entries)), key=begun.__getitem__)]


def _instant(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _recorded(entry: _Entry, number: int) -> Recorded:
    request, response = entry.request, entry.response or _Response(status=0)
    parts = urlsplit(request.url)
    if not parts.scheme.startswith(("http", "ws")) or not parts.hostname:
        raise ValueError(f"its address {request.url[:80]!r} is not one of HTTP")
    answer, missing = _answer(response)
    faulty = f"mockserver put a fault in: {entry.fault}" if entry.fault else ""
    seen = Observed(
        method=request.method.upper(),
        path="",
        query=parts.query,
        headers=_headers(request.headers),
        body=_body(request.data),
        # A browser writes a call that it gave up as one with the status 0, others as one below 100.
        status=response.status if response.status >= 100 else 0,
        answer_headers=_headers(response.headers),
        answer=answer,
        number=number,
        url=request.url,
        at=entry.at or "",
        spoiled=entry.spoiled or faulty or missing,
    )
    return Recorded(seen, entry.webhook or entry.operation or "", cut=not seen.body and _had_body(request, seen))


def _had_body(request: _Request, seen: Observed) -> bool:
    length = seen.headers.get("content-length", "0")
    return (request.size or 0) > 0 or "transfer-encoding" in seen.headers or length.strip("0") != ""


def _headers(pairs: Iterable[_Pair] | None) -> dict[str, str]:
    """Return headers by lower-case names; those of HTTP/2's own, which begin with a colon, are none."""
    headers: dict[str, str] = {}
    for each in pairs or ():
        name, value = each.name.lower(), each.value or ""
        if not name.startswith(":"):
            separator = "; " if name == "cookie" else ", "
            headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    return headers


def _body(data: _Data | None) -> bytes:
    if data is None:
        return b""
    if not data.text and data.params:
        return urlencode([(each.name, each.value or "") for each in data.params]).encode()
    return _bytes(data.text or "", data.own_encoding or data.encoding)


def _answer(response: _Response) -> tuple[bytes, str]:
    """Return the body of an answer, and why it proves nothing, if so."""
    content = response.content or _Content()
    if content.text is None:
        return b"", "its body was not recorded" if (content.size or 0) > 0 else ""
    return _bytes(content.text, content.encoding), ""


def _bytes(text: str, encoding: str | None) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        # Some recorders break the lines.
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"its body is no base64: {error}") from None
