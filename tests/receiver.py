"""A real HTTP receiver of webhooks and callbacks, in the test's own process."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PATIENCE = 20.0


@dataclass(frozen=True)
class Received:
    """One request; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What to answer; ``hold`` is waited for before."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hold: threading.Event | None = None


class Receiver:
    """What came in, and what to answer next: ``answers`` in turn, 200 when there are none."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.requests: list[Received] = []
        self.answers: deque[Reply] = deque()
        self._arrived = threading.Condition()

    def take(self, request: Received) -> Reply:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
            return self.answers.popleft() if self.answers else Reply()

    def wait(self, count: int = 1) -> list[Received]:
        """Return all requests when there are at least so many; fail if they do not come."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.requests) >= count, _PATIENCE)
        assert came, f"{len(self.requests)} of {count} requests came."
        return self.requests


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port of the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Received(self.command, self.path, headers, body))
            if reply.hold is not None:
                reply.hold.wait(_PATIENCE)
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(server.server_address[1])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
