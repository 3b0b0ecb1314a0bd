"""A small reverse proxy that spoils what goes through it."""

import http.client
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from contract_tests.twins.edits import Edit, edited

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True)
class Asked:
    """A request; header names are in lower case, ``path`` has the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answered:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


Forward = Callable[[Asked], Answered]
Spoil = Callable[[Asked, Forward], Answered]
"""Answers a request in its own way, by what the healthy server answers or without."""
Change = Callable[[Answered], Answered]


class Proxy:
    """Stands before the server at an origin, on a free port of the loopback address, in a ``with``."""

    def __init__(self, origin: str, spoil: Spoil) -> None:
        self._target = urlsplit(origin).netloc
        self._spoil = spoil
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, asked: Asked) -> Answered:
        connection = http.client.HTTPConnection(self._target, timeout=30)
        headers = {name: value for name, value in asked.headers.items() if name not in _HOP | {"host"}}
        if asked.body or "content-length" in asked.headers:
            headers["content-length"] = str(len(asked.body))
        try:
            connection.request(asked.method, asked.path, asked.body, headers)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders() if name.lower() not in _HOP}
            return Answered(response.status, told, response.read())
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 30

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answered = proxy._spoil(Asked(self.command, self.path, headers, body), proxy._forward)
                self.send_response(answered.status)
                for name, value in answered.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answered.body)))
                self.end_headers()
                self.wfile.write(answered.body)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - the library's names

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


def nothing() -> Spoil:
    """Spoil nothing."""
    return lambda asked, forward: forward(asked)


def answering(method: str, path: str, *changes: Change, status: str = "") -> Callable[[], Spoil]:
    """Change the answers to a method (``*`` for all) at paths that a pattern is found in, of statuses likewise."""

    def spoil(asked: Asked, forward: Forward) -> Answered:
        answered = forward(asked)
        if _fits(asked, method, path) and re.fullmatch(status or r"\d+", str(answered.status)):
            for change in changes:
                answered = change(answered)
        return answered

    return lambda: spoil


def asking(method: str, path: str, *edits: Edit) -> Callable[[], Spoil]:
    """Let the server do what it was not asked: edit the JSON of some requests before it sees them."""

    def spoil(asked: Asked, forward: Forward) -> Answered:
        return forward(replace(asked, body=edited(asked.body, edits)) if _fits(asked, method, path) else asked)

    return lambda: spoil


def doing_nothing(method: str, path: str, answered: Answered) -> Callable[[], Spoil]:
    """Answer some requests as if something had been done, and do nothing."""
    return lambda: lambda asked, forward: answered if _fits(asked, method, path) else forward(asked)


def told(*edits: Edit) -> Change:
    """Edit the JSON of an answer."""
    return lambda answered: replace(answered, body=edited(answered.body, edits))


def with_status(status: int) -> Change:
    """Give an answer another status."""
    return lambda answered: replace(answered, status=status)


def with_type(kind: str) -> Change:
    """Give an answer another content type."""
    return lambda answered: replace(answered, headers={**answered.headers, "content-type": kind})


def as_page(answered: Answered) -> Answered:
    """Answer with a page of HTML."""
    return replace(answered, headers={"content-type": "text/html"}, body=b"<h1>Something went wrong</h1>")


def _fits(asked: Asked, method: str, path: str) -> bool:
    return method in {"*", asked.method} and re.search(path, asked.path.partition("?")[0]) is not None
