"""A small HTTP server for webhooks and callbacks: it answers at once and does the work afterwards.

What is sent may be forged, come twice, late, or in another order. An ``Inlet`` judges a request before it is answered
and takes its content after; ``Inlets`` runs them by path, and takes no message twice that has an id.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, Protocol

from contract_tests.clients.answers import Record, read_json

Headers = Mapping[str, str]
"""The headers of a received request, their names in lower case."""

Work = Callable[[], None]

_LARGEST = 5_000_000
_MOST = 10_000
"""As many ids, statuses and failures are remembered, the newest."""


class Rejected(Exception):
    """A received request is not taken; ``status`` is what it is answered."""

    status = 400


class Forged(Rejected):
    """Nobody who knows the secret sent this, or not lately."""

    status = 401


@dataclass(frozen=True)
class Message:
    """What was received, and found genuine.

    ``id`` is equal for two requests that tell of one event. None says that the same content may truly come again, as
    where something is booked, cancelled, and booked again: taking it twice must then do no harm.
    """

    id: str | None
    content: Record


class Inlet(Protocol):
    """The receiving side of one vendor, or of one of its addresses."""

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge a request before it is answered, quickly and changing nothing; raise ``Rejected``."""

    def take(self, message: Message) -> None:
        """Do what a message calls for; called after the answer, one message at a time, in the order of arrival."""


class Inlets:
    """Runs inlets by path, a message with an id once at each; ``inlets`` may be given later."""

    def __init__(self, inlets: Mapping[str, Inlet]) -> None:
        self.inlets = inlets
        self._seen: dict[tuple[str, str], None] = {}

    def judge(self, path: str, headers: Headers, body: bytes) -> tuple[int, str, Work]:
        """Return status and text of the answer, and the work that is left."""
        path = path.partition("?")[0]
        inlet = self.inlets.get(path)
        if inlet is None:
            return 404, f"Nothing is received at {path}.", _nothing
        try:
            message = inlet.read(headers, body)
        except Rejected as rejected:
            return rejected.status, str(rejected), _nothing
        return 200, "", lambda: self._take_once(path, inlet, message)

    def _take_once(self, path: str, inlet: Inlet, message: Message) -> None:
        if message.id is None:
            inlet.take(message)
        elif (path, message.id) not in self._seen:
            inlet.take(message)
            self._seen[path, message.id] = None
            if len(self._seen) > _MOST:
                del self._seen[next(iter(self._seen))]


class Receiver:
    """Serves inlets by path on a free port of the loopback address, between ``start`` and ``stop`` or in a ``with``.

    A genuine request is answered 200, another with the status of its ``Rejected``. ``statuses`` has what was
    answered, ``failures`` what ``take`` raised, the newest 10,000 of each: a sender knows nothing of the latter, since
    it had its answer.
    """

    def __init__(self, inlets: Mapping[str, Inlet]) -> None:
        self.statuses: list[int] = []
        self.failures: list[Exception] = []
        self._inlets = Inlets(inlets)
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        self._done = 0
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._serve, self._do_the_work)]

    @property
    def url(self) -> str:
        """The origin; an inlet's path follows it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> "Receiver":
        """Serve from now on."""
        for each in self._threads:
            each.start()
        return self

    def stop(self) -> None:
        """Serve no longer, once the work that is left is done."""
        self._server.shutdown()
        self._server.server_close()
        self._work.put(None)
        for each in self._threads:
            each.join()

    def __enter__(self) -> "Receiver":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, count: int, within: float = 10.0) -> list[int]:
        """Return the statuses of the answers when there are so many and their work is done; raise ``TimeoutError``."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._done >= count, within):
                raise TimeoutError(f"{self._done} of {count} requests came within {within} seconds.")
            return list(self.statuses)

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def _do_the_work(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Exception as error:
                self.failures.append(error)
                del self.failures[:-_MOST]
            with self._changed:
                self._done += 1
                self._changed.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not length.isdecimal() or float(length) > _LARGEST:
                    self.close_connection = True
                    self._answer(413 if length.isdecimal() else 411, "Say a Content-Length, not above 5 MB.")
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, text, work = receiver._inlets.judge(self.path, headers, self.rfile.read(int(length)))
                receiver.statuses.append(status)
                del receiver.statuses[:-_MOST]
                receiver._work.put(work)  # before the answer: a sender that had one does not come again
                self._answer(status, text)

            def _answer(self, status: int, text: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


def content_of(body: bytes) -> Record:
    """Return the JSON object that a body is; raise ``Rejected``."""
    try:
        content = read_json(body)
    except ValueError as error:
        raise Rejected(f"The body cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise Rejected("The body is not a JSON object.")
    return content


def id_of(body: bytes) -> str:
    """Return an id for a body whose sender gives none, where the same body always tells of the same event."""
    return hashlib.sha256(body).hexdigest()


def _nothing() -> None:
    """Do nothing: what was rejected calls for no work."""
