"""Flask under RSGI: a request as a WSGI environment, and the answer whole."""

import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mockserver.fronts.answer import Lines
from mockserver.fronts.reading import join_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import Scope

_OWN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environment(scope: "Scope", path: str, query: str, body: bytes) -> dict[str, Any]:
    """Return the WSGI environment of a request, its body read already.

    A header that is empty, or of which Granian tells only the name since its value is no ASCII, is there and empty: who
    refuses requests by what a header says must not take it for one that was not sent.
    """
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host_of(scope.server),
        "SERVER_PORT": scope.server.rpartition(":")[2],
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": host_of(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    readable = join_headers(scope.headers.items())
    for name in ("host", *scope.headers.keys()):
        environ[_OWN.get(name) or f"HTTP_{name.replace('-', '_').upper()}"] = readable.get(name, "")
    return environ


def run(application: "WSGIApplication", environ: dict[str, Any]) -> tuple[int, Lines, bytes]:
    """Call a WSGI application, and return status, header lines and body; raise what it raises."""
    started: list[tuple[str, Lines]] = []
    written: list[bytes] = []

    def start_response(status: str, lines: Lines, _: object = None) -> Callable[[bytes], object]:
        started.append((status, lines))
        return written.append

    pieces: Iterable[bytes] = application(environ, start_response)
    try:
        written.extend(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    status, lines = started[-1]
    return int(status.split(" ", 1)[0]), list(lines), b"".join(written)


def host_of(address: str) -> str:
    """Return the host of ``host:port`` or ``[host]:port``."""
    return address.rpartition(":")[0].strip("[]")
