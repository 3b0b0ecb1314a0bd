"""A receiver of what a server under check sends by itself."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any

from contract_tests.server.settings import WrongSetting
from mockserver.contract.observed import Observed

_LARGEST = 5_000_000
_SECONDS = 10
_LONGEST_LINE = 65_536
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class Receiver:
    """Takes whatever is posted to it, answers 200, and keeps it, between ``start`` and ``stop``.

    It listens at ``listen``, by default on a free port of the loopback address; raises ``WrongSetting`` if nobody can
    listen there. ``url`` is where senders find it; give another one where something stands in between.
    """

    def __init__(self, listen: str = "127.0.0.1:0", url: str = "") -> None:
        host, _, port = listen.rpartition(":")
        try:
            self._server = ThreadingHTTPServer((host, int(port)), _handler(self._take))
        except (OSError, OverflowError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise WrongSetting(f"callback_listen {listen}: nobody can listen there: {why}.") from None
        self._server.daemon_threads = True
        self._came = threading.Condition()
        self._received: list[Observed] = []
        self.url = (url or f"http://127.0.0.1:{self._server.server_address[1]}").rstrip("/")

    def start(self) -> "Receiver":
        """Receive from now on."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Receive no longer."""
        self._server.shutdown()
        self._server.server_close()

    def at(self, path: str, count: int = 1, within: float = 10.0) -> list[Observed]:
        """Return what came to a path, as soon as it is so many, else what came in these seconds.

        ``url`` may have a path of its own, which then stands before it, or not where what stands in between takes it
        off.
        """

        def there() -> list[Observed]:
            return [each for each in self._received if each.path.endswith(path)]

        with self._came:
            self._came.wait_for(lambda: len(there()) >= count, within)
            return there()

    def _take(self, seen: Observed) -> None:
        with self._came:
            self._received.append(seen)
            self._came.notify_all()


def _body(request: BaseHTTPRequestHandler) -> bytes:
    """Return the body of a request, at most as much as is looked at."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return b"".join(_chunks(request.rfile))
    length = request.headers.get("Content-Length", "0")
    return request.rfile.read(min(int(length) if length.isdecimal() else 0, _LARGEST))


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    """Yield the chunks of a body, up to one whose size is none or makes it too much."""
    left = _LARGEST
    while found := _SIZE.match(stream.readline(_LONGEST_LINE)):
        size = int(found[0], 16)
        if size > left:
            return
        if size == 0:
            while stream.readline(_LONGEST_LINE).strip():
                pass  # a field of the trailer
            return
        yield stream.read(size)
        stream.readline(_LONGEST_LINE)
        left -= size


def _handler(take: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_POST(self) -> None:
            body = _body(self)
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Observed(
                method=self.command,
                path=path,
                query=query,
                headers=headers,
                body=body,
                status=200,
                answer_headers={"content-length": "0"},
                url=f"http://{headers.get('host', '')}{self.path}",
            )
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            take(seen)

        do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
