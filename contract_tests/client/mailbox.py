"""A server that keeps what is sent to it, byte by byte, and answers 200."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LARGEST = 5_000_000


@dataclass(frozen=True)
class Letter:
    """One request; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Mailbox:
    """Receives webhooks on a free port of the loopback address until it is closed.

    What it received is handed to the client afterwards, so that nothing happens at two places at one time.
    """

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length", 0)), _LARGEST)
                headers = {name.lower(): value for name, value in self.headers.items()}
                mailbox.letters.append(Letter(self.path, headers, self.rfile.read(length)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def empty(self) -> list[Letter]:
        """Return what is there, oldest first, and forget it."""
        found, self.letters = self.letters, []
        return found

    def close(self) -> None:
        """Receive no more."""
        self._server.shutdown()
        self._server.server_close()
