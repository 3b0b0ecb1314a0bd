"""Reading a request: what both fronts make of it, and the headers and the body as RSGI hands them over."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol  # type: ignore[attr-defined]

DRAINED = 64 * 1024 * 1024
"""Bytes of a body too large that are read all the same: a client that is still sending would not see its answer."""
_SAFE = "/:@!$&'()*+,;=~-._"
_PLAIN = re.compile(r"[A-Za-z0-9/:@!$&'()*+,;=~._-]*").fullmatch


def has_body(headers: Mapping[str, str]) -> bool:
    """Tell from its headers, in lower case, whether a request carries a body."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def quoted_query(raw: bytes) -> str:
    """Return the bytes of a query string with those beyond ASCII percent-encoded."""
    return quote(raw, safe=_SAFE + "?%")


def target_of(path: str, query: str) -> str:
    """Return path and query percent-encoded again, since servers hand the path over decoded.

    Bytes that were no UTF-8 are U+FFFD by then.
    """
    raw = path if _PLAIN(path) else quote(path, safe=_SAFE)
    return f"{raw}?{query}" if query else raw


def read_headers(lines: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name, without empty ones; repeated ones are joined as WSGI servers do."""
    headers = dict(lines)
    if len(headers) != len(lines):
        headers = join_headers(lines)
    if "" in headers.values():
        headers = {name: value for name, value in headers.items() if value}
    return headers


def join_headers(lines: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name, the empty ones too; repeated ones are joined."""
    headers: dict[str, str] = {}
    for name, value in lines:
        if name not in headers:
            headers[name] = value
        elif name != "content-type":
            headers[name] += f"{';' if name == 'cookie' else ','}{value}"
    return headers


async def read_body(proto: "HTTPProtocol", headers: Mapping[str, str], most: int) -> bytes:
    """Return at most so many bytes of the body.

    What comes after them is thrown away.
    Raises ``granian.rsgi.ProtocolError`` or ``ProtocolClosed`` if the client left in the middle of a short body.
    """
    if not has_body(headers):
        return b""
    length = headers.get("content-length", "")
    if "transfer-encoding" not in headers and length.isdecimal() and int(length) <= most:
        return await proto()
    kept = bytearray()
    size = 0
    async for piece in proto:
        size += len(piece)
        kept += piece[: most - len(kept)]
        if size > max(most, DRAINED):
            break
    return bytes(kept)
