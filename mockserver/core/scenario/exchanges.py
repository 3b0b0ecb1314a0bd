"""Exchanges as scenarios see them: whether one is what is waited for, and the parts of it that can be captured."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from mockserver.core.journal import Exchange
from mockserver.core.journal_query import body_of, contains
from mockserver.core.scenario.script import Exchanged, filled

_REFUSED = {"in": 400, "out": 300}
"""From which status on an operation was refused, and an event not delivered."""


def why_not(exchange: Exchange, awaited: Exchanged, captured: Mapping[str, Any]) -> str | None:
    """Return why an exchange is not the one that is awaited, None if it is."""
    if exchange.operation != awaited.operation:
        return f"it was {exchange.operation or f'{exchange.method} {exchange.target}, which no operation has'}"
    if awaited.status is None and not 0 < exchange.status < _REFUSED[exchange.direction]:
        return f"it was answered {exchange.status}" if exchange.status else "no answer came through"
    if awaited.status is not None and exchange.status != awaited.status:
        return f"it was answered {exchange.status}, not {awaited.status}"
    if awaited.body is not None and not contains(
        body_of(exchange.request_headers, exchange.request_body), filled(awaited.body, captured)
    ):
        return "its body is another"
    return None


def part_of(whole: Any, place: str) -> Any:
    """Return the part of an exchange, or of ``{"result": ...}``, that a place names; None if there is none."""
    value = _plain(whole, place.split(".")[0]) if isinstance(whole, Exchange) else whole
    for step in place.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _plain(exchange: Exchange, side: str) -> dict[str, Any]:
    if side == "request":
        query = dict(parse_qsl(urlsplit(exchange.target).query, keep_blank_values=True))
        body = body_of(exchange.request_headers, exchange.request_body)
        return {"request": {"headers": _headers(exchange.request_headers), "query": query, "body": body}}
    body = _decoded(exchange.answer_body)
    return {"answer": {"status": exchange.status, "headers": _headers(exchange.answer_headers), "body": body}}


def _headers(text: str) -> dict[str, str]:
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in text.split("\n"))}


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
