"""Secrets out of what is listed: each vendor names its headers, fields and attributes that hold one."""

import base64
import re
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from mockserver.core.journal import Exchange
from mockserver.core.vendor import Vendor

MASK = "***"
_PREVIEW = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_SPACE = re.compile(r"\s")
_NAME = re.compile(r"""(["'])([^"'\\]{1,64})\1\s*:\s*""")
_PART = re.compile(r"""(\bname="?([^";\r\n]{1,64}).{0,999}?\r?\n\r?\n).*?(?=\r?\n--|\Z)""", re.DOTALL | re.IGNORECASE)


def names_of(vendor: Vendor) -> frozenset[str]:
    """Return the vendor's secret names as they are compared: lower-case, hyphens and capitals folded."""
    return frozenset(_fold(name) for name in vendor.secrets)


def redacted(value: Any, secrets: Set[str], collection: str = "") -> Any:
    """Return plain data with the value of each secret field masked, at any depth; None stays None."""
    if isinstance(value, Mapping):
        return {
            key: MASK if inner is not None and _is_secret(str(key), secrets, collection) else redacted(inner, secrets)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(inner, secrets, collection) for inner in value]
    return value


def describe(exchange: Exchange, secrets: Set[str], *, whole: bool = False) -> dict[str, Any]:
    """Return an exchange as JSON data: secrets masked, bodies as text or base64, cut unless ``whole``."""
    path, question, query = exchange.target.partition("?")
    return {
        "number": exchange.number,
        "at": exchange.at,
        "vendor": exchange.vendor or None,
        "operation": exchange.operation or None,
        "matched": exchange.matched,
        "method": exchange.method,
        "target": path + question + (_pairs(query, secrets) if query else ""),
        "client": exchange.client,
        "status": exchange.status,
        "bug": exchange.bug,
        "request": _message(exchange.request_headers, exchange.request_body, secrets, whole),
        "answer": _message(exchange.answer_headers, exchange.answer_body, secrets, whole),
    }


def _message(headers: str, body: bytes, secrets: Set[str], whole: bool) -> dict[str, Any]:
    named = dict(line.partition(": ")[::2] for line in headers.split("\n") if line)
    kind = next((value for name, value in named.items() if name.lower() == "content-type"), "")
    shown: dict[str, Any] = {
        "headers": {name: MASK if _fold(name) in secrets else value for name, value in named.items()}
    }
    text = _body(body, kind, secrets)
    if text is None:
        shown["body_base64"] = base64.b64encode(body).decode()
        return shown
    if len(text) > _PREVIEW and not whole:
        text = text[:_PREVIEW]
        shown["cut"] = True
    shown["body"] = text
    return shown


def _body(body: bytes, kind: str, secrets: Set[str]) -> str | None:
    """Return a body as text, None if it is none; read as what it looks like, for a client may well mislabel it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    if text.lstrip().startswith(("{", "[")):
        try:
            return msgspec.json.encode(redacted(msgspec.json.decode(body), secrets)).decode()
        except (msgspec.MsgspecError, RecursionError):
            return _rough(text, secrets)
    if text.startswith("--"):
        return _PART.sub(lambda part: f"{part[1]}{MASK}" if _fold(part[2]) in secrets else part[0], text)
    if kind.lower().startswith(_FORM) or ("=" in text and not _SPACE.search(text)):
        return _pairs(text, secrets)
    return _rough(text, secrets)


def _pairs(text: str, secrets: Set[str]) -> str:
    pairs = parse_qsl(text, keep_blank_values=True)
    if not any(_fold(name) in secrets for name, _ in pairs):
        return text
    return urlencode([(name, MASK if _fold(name) in secrets else value) for name, value in pairs], safe="*")


def _rough(text: str, secrets: Set[str]) -> str:
    """Mask all that follows the first secret name in broken JSON, since nobody can tell where its value ends."""
    secret = next((match for match in _NAME.finditer(text) if _fold(match[2]) in secrets), None)
    return text[: secret.end()] + MASK if secret else text


def _is_secret(name: str, secrets: Set[str], collection: str) -> bool:
    return _fold(name) in secrets or (bool(collection) and f"{_fold(collection)}.{_fold(name)}" in secrets)


def _fold(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
