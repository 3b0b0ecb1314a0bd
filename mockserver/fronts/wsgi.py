"""The way in for WSGI: operations are performed and their outcomes sent, and the rest is left to Flask.

Operations are routed by Flask's own map but not dispatched by Flask, whose contexts and response objects cost more than
all the rest of an answer.

What WSGI cannot do: a delay, a drip or a hang holds a thread. An empty answer and a reset need the client's socket,
which only Werkzeug's own server (``flask run``) hands over; elsewhere they are an answer cut off before the first byte
of its body.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask
from msgspec.structs import replace
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wsgi import get_input_stream

from mockserver.core.errors import ApiError
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome, Wire
from mockserver.core.pipeline import LARGEST_BODY
from mockserver.core.sandboxes import Sandboxes
from mockserver.fronts.answer import BODILESS, sendable
from mockserver.fronts.reading import DRAINED, has_body, quoted_query, target_of
from mockserver.fronts.routing import Match, Routing, refusal, split_sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LINGER_NOT = struct.pack("ii", 1, 0)
_FLUSH = 0.05


class OperationsFirst:
    """A WSGI application around Flask's.

    It takes ``/sandbox/<name>`` or the header ``X-Mockserver-Sandbox`` off a request, puts ``/<vendor>`` on where the
    host is ``<vendor>.localhost``, and answers for the vendors; the rest is Flask's.
    """

    def __init__(self, app: Flask, sandboxes: Sandboxes, routing: Routing) -> None:
        self._flask = app.wsgi_app
        self._sandboxes = sandboxes
        self._routing = routing

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or let Flask answer."""
        whole: str = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        name, path = split_sandbox(whole, environ.get("HTTP_X_MOCKSERVER_SANDBOX"))
        if self._routing.is_flasks(path):
            environ["PATH_INFO"] = path.encode().decode("latin-1")
            return self._flask(environ, start_response)
        try:
            sandbox = self._sandboxes.get(name)
        except ApiError as error:
            return _Sent(_send(refusal(error.status, error.message, error), environ, start_response))
        match = self._routing.match(path, environ.get("HTTP_HOST", ""), environ["REQUEST_METHOD"])
        outcome = self._routing.answer(sandbox, match, _read(environ, match, whole))
        try:
            return _Sent(_send(outcome, environ, start_response), sandbox.dispatch)
        except ConnectionAbortedError:
            sandbox.dispatch()
            raise


class _Sent:
    """The pieces of an answer; ``then`` is called when they have left, or the server has given up on them."""

    def __init__(self, pieces: Iterable[bytes], then: Callable[[], None] = lambda: None) -> None:
        self._pieces = pieces
        self.close = then

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        self.close()


def _read(environ: "WSGIEnvironment", match: Match, whole: str) -> Request:
    named = ((_header_name(variable), value) for variable, value in environ.items())
    headers = {name: value for name, value in named if name and value}
    query: str = environ.get("QUERY_STRING", "")
    query = query if query.isascii() else quoted_query(query.encode("latin-1"))
    return Request(
        method=environ["REQUEST_METHOD"],
        path=match.path,
        query=query,
        headers=headers,
        body=_read_body(environ) if has_body(headers) else b"",
        client=environ.get("REMOTE_ADDR") or "",
        scheme=environ["wsgi.url_scheme"],
        target=target_of(whole, query),
    )


def _read_body(environ: "WSGIEnvironment") -> bytes:
    """Return the body, of one over the limit its first bytes."""
    stream = get_input_stream(environ)
    body = stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        drained = 0
        while drained < DRAINED and (piece := stream.read(LARGEST_BODY)):
            drained += len(piece)
    return body


def _send(outcome: Outcome, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if outcome.delay:
        time.sleep(outcome.delay)
    wire = outcome.wire
    if wire is not None and wire.kind in ("empty", "reset", "hang"):
        if wire.kind == "hang":
            time.sleep(wire.seconds)
        _break(environ, wire)
        wire = Wire("truncated")
        outcome = replace(outcome, body=outcome.body or b"-")  # only what is not empty can be cut off
    outcome, lines = sendable(outcome)
    start_response(f"{outcome.status} {HTTP_STATUS_CODES.get(outcome.status, 'Unknown')}", lines)
    if environ["REQUEST_METHOD"] == "HEAD" or outcome.status in BODILESS:
        return []
    return [outcome.body] if wire is None else _pieces(outcome.body, wire)


def _pieces(body: bytes, wire: Wire) -> Iterator[bytes]:
    if wire.kind == "drip":
        size = max(wire.size, 1)
        for start in range(0, len(body), size):
            if start:
                time.sleep(wire.seconds)
            yield body[start : start + size]
        return
    yield body[: wire.size]
    # A server that learns of the piece and of the end at once may drop both.
    time.sleep(_FLUSH)


def _break(environ: "WSGIEnvironment", wire: Wire) -> None:
    """End the connection where its socket is to be had; Werkzeug takes the exception for the client's own doing."""
    client: socket.socket | None = environ.get("werkzeug.socket")
    if client is None:
        return
    if wire.kind == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        socket.close(client.detach())
    else:
        client.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError(f"The answer suffers {wire.kind!r}.")


@lru_cache(maxsize=1024)
def _header_name(variable: str) -> str:
    """Return the lower-case header of a WSGI variable, empty for one that is none."""
    if variable.startswith("HTTP_"):
        return variable[5:].replace("_", "-").lower()
    return {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}.get(variable, "")
