"""Secrets out of what is listed: each vendor names its headers, fields and attributes that hold one."""

import base64
import re
from collections.abc import Iterable, Mapping, Set
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec

from mockserver.core.journal import Exchange
from mockserver.core.vendor import Vendor

MASK = "***"
_PREVIEW = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_RUN = re.compile(r"""[^\s"'<>\\]+""")
# A question mark belongs to a value unless a parameter follows it.
_PARAMETER = re.compile(r"([?&#](?:amp;)?)([^=&#?;]{1,64})=([^&#?]*+(?:\?[^&#=?]*+(?=[&#?]|$))*+)")
_DEEPEST_URL = 2
_SPACE = re.compile(r"\s")
_NAME = re.compile(r"""(["'])([^"'\\]{1,64})\1\s*:\s*""")
_PART = re.compile(r"""(\bname="?([^";\r\n]{1,64}).{0,999}?\r?\n\r?\n).*?(?=\r?\n--|\Z)""", re.DOTALL | re.IGNORECASE)


def names_of(vendor: Vendor) -> frozenset[str]:
    """Return the vendor's secret names as they are compared: lower-case, hyphens and capitals folded."""
    return frozenset(_fold(name) for name in vendor.secrets)


def all_names_of(vendors: Iterable[Vendor]) -> frozenset[str]:
    """Return the secret names of all vendors, for what belongs to none or to any of them."""
    return frozenset[str]().union(*(names_of(each) for each in vendors))


def redacted(value: Any, secrets: Set[str], collection: str = "") -> Any:
    """Return plain data with the value of each secret field masked, at any depth; None stays None.

    So are the secret parameters of URLs inside of texts.
    """
    if isinstance(value, Mapping):
        return {
            key: MASK if inner is not None and _is_secret(str(key), secrets, collection) else redacted(inner, secrets)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(inner, secrets, collection) for inner in value]
    return in_urls(value, secrets) if isinstance(value, str) else value


def in_urls(text: str, secrets: Set[str], depth: int = 0) -> str:
    """Mask the secret parameters of every URL inside a text, and leave the rest of it as it was.

    What may be a URL is a run without spaces or quotes that has a slash before its ``?`` or ``#``.
    """
    if "=" not in text or not ("?" in text or "#" in text):
        return text

    def masked(parameter: re.Match[str]) -> str:
        mark, name, value = parameter.groups()
        if _fold(unquote(name)) in secrets:
            return f"{mark}{name}={MASK}"
        if "%" not in value or depth == _DEEPEST_URL:
            return parameter[0]
        inner = unquote(value)
        shown = in_urls(inner, secrets, depth + 1)
        return parameter[0] if shown == inner else f"{mark}{name}={quote(shown, safe='*')}"

    def in_run(run: re.Match[str]) -> str:
        path, question, rest = _cut(run[0])
        return path + _PARAMETER.sub(masked, question + rest) if question and "/" in path else run[0]

    return _RUN.sub(in_run, text)


def _cut(run: str) -> tuple[str, str, str]:
    """Return what is before the first ``?`` or ``#``, this mark, and the rest."""
    first = min((mark for mark in "?#" if mark in run), key=run.index, default="?")
    return run.partition(first)


def describe(exchange: Exchange, secrets: Set[str], *, whole: bool = False) -> dict[str, Any]:
    """Return an exchange as JSON data: secrets masked, bodies as text or base64, cut unless ``whole``."""
    path, question, query = exchange.target.partition("?")
    return {
        "number": exchange.number,
        "at": exchange.at,
        "direction": exchange.direction,
        "vendor": exchange.vendor or None,
        "operation": exchange.operation or None,
        "matched": exchange.matched,
        "method": exchange.method,
        "target": path + question + (_pairs(query, secrets) if query else ""),
        "client": exchange.client,
        "status": exchange.status,
        "fault": exchange.fault or None,
        "forged": exchange.forged,
        "error": exchange.error or None,
        "bug": exchange.bug,
        "request": message(exchange.request_headers, exchange.request_body, secrets, whole),
        "answer": message(exchange.answer_headers, exchange.answer_body, secrets, whole),
    }


def message(headers: str, body: bytes, secrets: Set[str], whole: bool) -> dict[str, Any]:
    """Return a request's or an answer's headers and body as JSON data: secrets masked, cut unless ``whole``."""
    named = dict(line.partition(": ")[::2] for line in headers.split("\n") if line)
    kind = next((value for name, value in named.items() if name.lower() == "content-type"), "")
    shown: dict[str, Any] = {
        "headers": {
            name: MASK if _is_secret(name, secrets, "headers") else in_urls(value, secrets)
            for name, value in named.items()
        }
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
    if not secrets:
        return text
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
    shown = [(name, MASK if _fold(name) in secrets else in_urls(value, secrets)) for name, value in pairs]
    return text if shown == pairs else urlencode(shown, safe="*")


def _rough(text: str, secrets: Set[str]) -> str:
    """Mask all that follows the first secret name in broken JSON, since nobody can tell where its value ends."""
    secret = next((match for match in _NAME.finditer(text) if _fold(match[2]) in secrets), None)
    return in_urls(text[: secret.end()] + MASK if secret else text, secrets)


def _is_secret(name: str, secrets: Set[str], collection: str) -> bool:
    return _fold(name) in secrets or (bool(collection) and f"{_fold(collection)}.{_fold(name)}" in secrets)


def _fold(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
