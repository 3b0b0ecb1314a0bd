"""The journal in other tools' formats: HAR 1.2, one JSON object a line, and commands for curl.

All are made from what ``describe`` shows of an exchange, so secrets are masked here if they were masked there.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from importlib.metadata import version
from shlex import quote
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.parse import quote as percent_encoded

import msgspec
from werkzeug.http import HTTP_STATUS_CODES

from mockserver.core.clock import format_instant

Shown = Mapping[str, Any]
"""One exchange as ``describe`` shows it, whole."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_LONGEST_ARGUMENT = 100_000
_NOT_SENT = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})
_CURLS_OWN = ("accept", "user-agent")


def har(exchanges: Iterable[Shown], origin: str) -> bytes:
    """Return an HTTP archive; ``origin`` is where this server is reached, for exchanges whose client did not say."""
    log = {
        "version": "1.2",
        "creator": {"name": "mockserver", "version": version("mockserver")},
        "comment": "Times are sandbox time. How long an exchange took is not recorded and given as 0.",
        "entries": [_entry(each, origin) for each in exchanges],
    }
    return msgspec.json.encode({"log": log})


def ndjson(exchanges: Iterable[Shown]) -> bytes:
    """Return one exchange a line, as the journal shows it."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in exchanges)


def script(exchanges: Iterable[Shown], origin: str) -> bytes:
    """Return a shell script that makes the requests again, a comment before each."""
    return "".join(
        f"# {each['number']} {format_instant(each['at'])} {each['operation'] or 'unmatched'} {each['status']}\n"
        f"{curl(each, origin)}\n"
        for each in exchanges
    ).encode()


def curl(exchange: Shown, origin: str) -> str:
    """Return the request as a command for a POSIX shell: the same bytes, if no secret of it is masked."""
    message = exchange["request"]
    headers = {name: _as_typed(value) for name, value in message["headers"].items()}
    before, data = _data(message)
    words = ["curl", "--globoff", "--path-as-is", *_method(exchange["method"]), quote(_url(exchange, origin))]
    words += [f"-H {quote(_header_line(name, value))}" for name, value in headers.items() if _is_sent(name)]
    named = {name.lower() for name in headers}
    unnamed = [name for name in (*_CURLS_OWN, *(("content-type",) if data else ())) if name not in named]
    return " ".join([*before, *words, *(f"-H {quote(f'{name}:')}" for name in unnamed), *data])


def _method(method: str) -> list[str]:
    return ["--head"] if method == "HEAD" else ["-X", quote(method)]


def _is_sent(name: str) -> bool:
    """Tell whether curl has to be told of a header; it reads a file where a name begins with an at sign."""
    return name.lower() not in _NOT_SENT and not name.startswith("@")


def _header_line(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name};"


def _as_typed(value: str) -> str:
    """Return a header's value as text that is UTF-8 for the bytes it had; WSGI hands them over as Latin-1."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _data(message: Shown) -> tuple[list[str], list[str]]:
    """Return what to pipe into curl, and its options for the body; literal where a shell and curl take it so."""
    text = message.get("body")
    if text == "":
        return [], []
    piped = ["--data-binary", "@-"]
    if text is None or _CONTROL.search(text):
        encoded = message["body_base64"] if text is None else base64.b64encode(text.encode()).decode()
        return [f"printf %s {quote(encoded)} | base64 -d |"], piped
    if text.startswith("@") or len(text.encode()) > _LONGEST_ARGUMENT:
        return [f"printf %s {quote(text)} |"], piped
    return [], ["--data-binary", quote(text)]


def _url(exchange: Shown, origin: str) -> str:
    """Return the whole address that was called."""
    target: str = exchange["target"]
    if exchange["direction"] == "out":
        return percent_encoded(target, safe=_PRINTABLE)
    known = urlsplit(origin)
    host = _header(exchange["request"], "host") or known.netloc
    scheme = known.scheme if host == known.netloc else "http"
    return f"{scheme}://{host}{percent_encoded(target.encode('latin-1', 'replace'), safe=_PRINTABLE)}"


def _header(message: Shown, wanted: str) -> str:
    found: str = next((value for name, value in message["headers"].items() if name.lower() == wanted), "")
    return found


def _entry(exchange: Shown, origin: str) -> dict[str, Any]:
    return {
        "startedDateTime": exchange["at"],
        "time": 0,
        "request": _request(exchange, origin),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        **{f"_{name}": exchange[name] for name in ("number", "direction", "vendor", "operation", "fault", "error")},
    }


def _request(exchange: Shown, origin: str) -> dict[str, Any]:
    message = exchange["request"]
    request = {
        "method": exchange["method"],
        "url": _url(exchange, origin),
        "queryString": _pairs(parse_qsl(exchange["target"].partition("?")[2], keep_blank_values=True)),
        **_both_ways(message, "cookie"),
    }
    if request["bodySize"]:
        request["postData"] = {"mimeType": _header(message, "content-type"), "text": message.get("body", "")}
        if "body_base64" in message:
            # HAR has an encoding for answers only; names of one's own begin with an underscore.
            request["postData"].update(text=message["body_base64"], _encoding="base64")
    return request


def _response(exchange: Shown) -> dict[str, Any]:
    message = exchange["answer"]
    content = {"mimeType": _header(message, "content-type"), "text": message.get("body", "")}
    if "body_base64" in message:
        content.update(text=message["body_base64"], encoding="base64")
    shown = _both_ways(message, "set-cookie")
    return {
        "status": exchange["status"],
        "statusText": HTTP_STATUS_CODES.get(exchange["status"], ""),
        "content": {"size": shown["bodySize"], **content},
        "redirectURL": _header(message, "location"),
        **shown,
    }


def _both_ways(message: Shown, cookies: str) -> dict[str, Any]:
    """Return what HAR wants to know of a request and of an answer alike; sizes of headers are not known."""
    body = message.get("body")
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(_header(message, cookies)),
        "headers": _pairs(message["headers"].items()),
        "headersSize": -1,
        "bodySize": len(base64.b64decode(message["body_base64"]) if body is None else body.encode()),
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(header: str) -> list[dict[str, str]]:
    try:
        return _pairs((name, morsel.value) for name, morsel in SimpleCookie(header).items())
    except CookieError:
        return []
