"""A partner without a prefix: what the sandbox has below ``/api/v1`` begins at a host of its own, the tokens too."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 30.0
_OF_THE_CONNECTION = frozenset({"connection", "content-length", "date", "host", "server", "transfer-encoding"})


@contextmanager
def without_prefix(partner: str) -> Iterator[str]:
    """Give the address of a server that passes on what it is asked to the partner at a URL.

    ``/assessment/...`` becomes ``/api/v1/assessment/...``; ``/token`` stays, which the partner serves at its root too.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _passing_on(partner))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _passing_on(partner: str) -> type[BaseHTTPRequestHandler]:
    there = urlsplit(partner)

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            prefix = "/api/v1" if self.path.startswith("/assessment/") else ""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection(there.netloc, timeout=_SECONDS)
            try:
                connection.request(self.command, f"{there.path}{prefix}{self.path}", body, _kept(self.headers.items()))
                self._answer(connection.getresponse())
            finally:
                connection.close()

        do_POST = do_DELETE = do_GET  # noqa: N815 - the standard library's names

        def _answer(self, response: http.client.HTTPResponse) -> None:
            body = response.read()
            self.send_response(response.status)
            for name, value in _kept(response.getheaders()).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def _kept(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in _OF_THE_CONNECTION}
