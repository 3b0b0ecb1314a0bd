"""Raw listeners: receivers that answer with any bytes, or do anything with their socket."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from threading import Event, Thread

import pytest

Behaviour = Callable[[socket.socket], object]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
PATIENCE = 20


def _has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


HAS_IPV6 = _has_ipv6()
needs_ipv6 = pytest.mark.skipif(not HAS_IPV6, reason="This machine has no IPv6 loopback.")


class Listener:
    """One listening socket; every connection is counted, and served in a thread of its own."""

    def __init__(self, behaviour: Behaviour, context: ssl.SSLContext | None, host: str) -> None:
        if host == "::" and not HAS_IPV6:
            host = "0.0.0.0"
        if host == "::":
            self.socket = socket.create_server((host, 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=512)
        else:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self.socket = socket.create_server((host, 0), family=family, backlog=512)
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        self.got: Queue[bytes] = Queue()
        self.gone = Event()
        """Set when the test is over, for behaviours that hang until then."""
        self._behaviour = behaviour
        self._context = context
        self._threads: list[Thread] = []
        self._acceptor = Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def request(self) -> bytes:
        """Return the next request that arrived, waiting for it."""
        return self.got.get(timeout=PATIENCE)

    def requests(self) -> list[bytes]:
        """Return those that have arrived and were not yet taken."""
        found: list[bytes] = []
        with suppress(Empty):
            while True:
                found.append(self.got.get_nowait())
        return found

    def close(self) -> None:
        self.gone.set()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in [self._acceptor, *self._threads]:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = Thread(target=self._serve, args=(accepted,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        with suppress(OSError):
            accepted.settimeout(PATIENCE)
            with accepted, self._context.wrap_socket(accepted, server_side=True) if self._context else accepted as wire:
                self._behaviour(wire)


@contextmanager
def listening(
    behaviour: bytes | Callable[[socket.socket, Listener], object] = OK,
    *,
    context: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Listener]:
    """Run a receiver that reads a request and then sends these bytes, or does this with its socket."""

    def behave(wire: socket.socket) -> None:
        listener.got.put(read_request(wire))
        if isinstance(behaviour, bytes):
            wire.sendall(behaviour)
        else:
            behaviour(wire, listener)

    listener = Listener(behave, context, host)
    try:
        yield listener
    finally:
        listener.close()


def read_request(wire: socket.socket) -> bytes:
    """Return one request, head and body; less if the sender stops."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = wire.recv(65536)
        if not more:
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = next((int(each[15:]) for each in head.split(b"\r\n") if each.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        more = wire.recv(65536)
        if not more:
            break
        body += more
    return head + b"\r\n\r\n" + body
