"""One connection, to an address that was judged, with one deadline for all that happens on it.

A socket is opened before ``urllib3`` is asked for anything and handed to its connection, which can open no other.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from mockserver.core.callback_hosts import Receiver

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class Deadline:
    """The end of a number of real seconds that starts now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Return the seconds left, more than 0; raise ``TimeoutError`` if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class DeadlineSocket(socket.socket):
    """A socket that gives each operation the time that is left, so that many short waits are no longer than one."""

    deadline: Deadline

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        """Receive within the deadline."""
        self.settimeout(self.deadline.left())
        return super().recv_into(buffer, nbytes, flags)

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Send everything within the deadline."""
        self.settimeout(self.deadline.left())
        super().sendall(data, flags)


class DeadlineTlsSocket(ssl.SSLSocket):
    """The same over TLS; the handshake, before it has a deadline, runs on the time left in the socket it wraps."""

    deadline: Deadline

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        """Receive within the deadline; OpenSSL counts one time-out for all parts of a record."""
        self.settimeout(self.deadline.left())
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        """Send a part within the deadline; ``sendall`` is made of these."""
        self.settimeout(self.deadline.left())
        return super().send(data, flags)


def trusting(*files: str) -> ssl.SSLContext:
    """Return a TLS context that verifies against the system's authorities and those in the files (PEM)."""
    context = ssl.create_default_context()
    context.sslsocket_class = DeadlineTlsSocket
    for file in files:
        context.load_verify_locations(file)
    return context


def open_socket(
    addresses: Sequence[str], port: int, deadline: Deadline, judge: Callable[[str], object]
) -> DeadlineSocket:
    """Connect to the first of the addresses that accepts; ``judge`` sees the address that was really reached.

    Raises what ``judge`` raises, or the first address's ``OSError``. An address that does not answer takes its share
    of the time only.
    """
    failures: list[OSError] = []
    for at, address in enumerate(addresses):
        opened = DeadlineSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        opened.deadline = deadline
        try:
            opened.settimeout(deadline.left() / (len(addresses) - at))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.connect((address, port))
            judge(opened.getpeername()[0])
            if opened.getpeername() == opened.getsockname():
                # A port of the range for clients on which nobody listens can be connected to itself.
                raise ConnectionRefusedError
        except OSError as error:
            opened.close()
            failures.append(error)
        except BaseException:
            opened.close()
            raise
        else:
            return opened
    raise failures[0]


class Wire(requests.PreparedRequest):
    """A request, the socket that is open for it, and the head of what was sent (empty until something is)."""

    def __init__(self, receiver: Receiver, opened: DeadlineSocket) -> None:
        super().__init__()
        self.receiver = receiver
        self.deadline = opened.deadline
        self.head = b""
        self._opened = opened
        self._taken = False

    @property
    def sent_headers(self) -> str:
        """The lines of the head after the first, without the empty one at its end."""
        return self.head.decode("latin-1").partition("\r\n")[2].rstrip("\r\n").replace("\r\n", "\n")

    def take(self) -> DeadlineSocket:
        """Return the socket; it can be taken once, so that nothing is sent twice."""
        if self._taken:
            raise ConnectionError("The connection was to be opened a second time.")
        self._taken = True
        self._opened.settimeout(self.deadline.left())
        return self._opened

    def close(self) -> None:
        """Close the socket, if TLS has not taken it over."""
        self._opened.close()


class _Connection(HTTPConnection):
    """A connection over the socket of a wire."""

    def __init__(self, *arguments: Any, wire: Wire, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.wire = wire

    def _new_conn(self) -> socket.socket:
        return self.wire.take()

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.wire.head = self.wire.head or data
        super().send(data)


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS."""

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, DeadlineTlsSocket):
            self.sock.deadline = self.wire.deadline


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class WireAdapter(HTTPAdapter):
    """Sends a ``Wire`` on its own socket: no pool, proxy, environment, cookie, redirect or second try."""

    def __init__(self, context: Callable[[], ssl.SSLContext]) -> None:
        super().__init__()
        self._context = context

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """Return a pool that holds the wire's connection and no other."""
        assert isinstance(request, Wire)  # noqa: S101 - nothing else is given to this adapter
        receiver = request.receiver
        if receiver.scheme == "https":
            return _TlsPool(receiver.host, receiver.port, wire=request, ssl_context=self._context())
        return _Pool(receiver.host, receiver.port, wire=request)

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Leave verification to the context, which already trusts what is to be trusted."""

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """Return path and query as they are, slashes at the start too."""
        assert isinstance(request, Wire)  # noqa: S101 - nothing else is given to this adapter
        return request.receiver.target

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Return the answer without reading cookies or an encoding from it."""
        response = requests.Response()
        response.status_code = resp.status
        response.raw = resp
        return response
