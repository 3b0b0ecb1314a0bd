"""Bodies as plain data, as far as their content type says how."""

import base64
import binascii
import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


class Unreadable(ValueError):
    """A body is not of the form that its content type promises."""


def media_type(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters, lower-case; empty if there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def read_body(kind: str, headers: Mapping[str, str], raw: bytes) -> Any:
    """Return JSON as it is, a form as a mapping of texts, anything else as text; raise ``Unreadable``."""
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"no JSON: {error}") from None
    if kind == _FORM:
        return dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
    if kind == _MULTIPART:
        return _parts(headers, raw)
    return raw.decode(errors="replace")


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
