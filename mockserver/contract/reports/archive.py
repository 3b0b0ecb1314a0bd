"""What was observed as an HTTP archive (HAR 1.2), for browsers and proxies, and for judging it again."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mockserver.contract.observed import Observed

NOWHERE = "http://vendor.invalid"
"""The base of the addresses of exchanges of which only the path below it is known."""

_LONG_AGO = "1970-01-01T00:00:00Z"


def har_json(exchanges: Sequence[Observed]) -> bytes:
    """Return the archive; the exchanges are masked already. Times that are not known are 1970, durations 0."""
    log = {
        "version": "1.2",
        "creator": {"name": "mockserver", "version": "1"},
        "comment": "Secrets are masked. A time of 1970 is not known; durations are not known and given as 0.",
        "entries": [_entry(each) for each in exchanges],
    }
    return msgspec.json.encode({"log": log})


def _entry(seen: Observed) -> dict[str, Any]:
    query = f"?{seen.query}" if seen.query else ""
    request: dict[str, Any] = {
        "method": seen.method,
        "url": seen.url or f"{NOWHERE}{seen.path}{query}",
        "queryString": _pairs(parse_qsl(seen.query, keep_blank_values=True)),
        **_message(seen.headers, seen.body),
    }
    if seen.body:
        kind = seen.headers.get("content-type", "")
        request["postData"] = {"mimeType": kind, "text": seen.body.decode(errors="replace")}
    content = {
        "size": len(seen.answer),
        "mimeType": seen.answer_headers.get("content-type", ""),
        "text": seen.answer.decode(errors="replace"),
    }
    return {
        "startedDateTime": seen.at or _LONG_AGO,
        "time": 0,
        "request": request,
        "response": {
            "status": seen.status,
            "statusText": HTTPStatus(seen.status).phrase if seen.status in set(HTTPStatus) else "",
            "content": content,
            "redirectURL": seen.answer_headers.get("location", ""),
            **_message(seen.answer_headers, seen.answer),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_number": seen.number,
        "_webhook": seen.webhook,
        "_spoiled": seen.spoiled,
    }


def _message(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(list(headers.items())),
        "headersSize": -1,
        "bodySize": len(body),
    }


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
