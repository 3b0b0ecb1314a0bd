"""Bodies as plain data, as far as their content type says how."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

_WINDOWS = {"gzip": 32 + zlib.MAX_WBITS, "x-gzip": 32 + zlib.MAX_WBITS, "deflate": 32 + zlib.MAX_WBITS}
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_JSON = ("/json", "/x-json", "+json")


_LARGEST = 64 * 1024 * 1024


class Unreadable(ValueError):
    """A body is not of the form that its content type promises."""


class Coded(Unreadable):
    """A body is compressed in a way that is not known here, or to too much: nothing is said about what it holds."""


def media_type(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters, lower-case; empty if there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Tell whether a content type is one of JSON, under its own name or another."""
    return kind.endswith(_JSON)


def read_body(kind: str, headers: Mapping[str, str], raw: bytes) -> Any:
    """Return JSON as it is, a form as a mapping of texts, anything else as text; raise ``Unreadable``, ``Coded``."""
    raw = _plain(headers.get("content-encoding", "").strip().lower(), raw)
    if is_json(kind):
        try:
            return json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"no JSON: {error}") from None
    if kind == _FORM:
        return dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
    if kind == _MULTIPART:
        return _parts(headers, raw)
    return raw.decode(errors="replace")


def _plain(coding: str, raw: bytes) -> bytes:
    """Return a body without its coding; many recorders have taken it off already, and left the header."""
    if coding in {"", "identity"}:
        return raw
    if coding not in _WINDOWS:
        try:
            raw.decode()
        except UnicodeDecodeError:
            raise Coded(f"it is compressed with {coding}") from None
        return raw
    try:
        # With 32 more zlib finds out itself whether it is gzip.
        found = zlib.decompressobj(_WINDOWS[coding]).decompress(raw, _LARGEST)
    except zlib.error:
        return raw
    if len(found) == _LARGEST:
        raise Coded("it is compressed, and too large")
    return found


def jwt_payload(token: str) -> Any:
    """Return what a JWT says, unverified; raise ``Unreadable``."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Unreadable("no JWT: it has not three parts")
    try:
        return json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise Unreadable(f"no JWT: {error}") from None


def _parts(headers: Mapping[str, str], raw: bytes) -> dict[str, str]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + headers["content-type"].encode() + b"\r\n\r\n" + raw
    )
    if not message.is_multipart():
        raise Unreadable("no multipart form")
    found = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        found[str(name)] = content.decode(errors="replace") if isinstance(content, bytes) else ""
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
