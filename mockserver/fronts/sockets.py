"""The socket behind a server's connection, found among the process's own descriptors by who is at the other end.

Granian tells the client's address and port, and keeps the socket to itself.
"""

import os
import socket
import struct
from contextlib import suppress

_NO_LINGER = struct.pack("ii", 1, 0)
_DESCRIPTORS = "/dev/fd"  # Linux, macOS, the BSDs; where it is missing, no connection is ever found


def allow_descriptors(most: int) -> None:
    """Let this process have so many descriptors, or as many as its own hard limit allows."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Connection:
    """A connection, held by a duplicate of the server's descriptor until it is ended or reset."""

    def __init__(self, descriptor: int, duplicate: socket.socket) -> None:
        self._descriptor = descriptor
        self._socket = duplicate

    def end(self) -> None:
        """Close it in order, both ways."""
        with self._socket, suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Reset it (RST).

        A connection is reset when its last descriptor is closed and none may linger, so the server's is put to
        another use: it now means one end of a pair whose other end is closed. Whatever the server still writes goes
        nowhere, and it closes the descriptor in its own time.
        """
        nowhere, other = socket.socketpair()
        other.close()
        with self._socket, nowhere, suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            if os.path.samestat(os.fstat(self._descriptor), os.fstat(self._socket.fileno())):
                os.dup2(nowhere.fileno(), self._descriptor)


class Connections:
    """Finds connections, and remembers where it saw them: thousands may be looked for at once."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], int] = {}

    def find(self, client: str, server: str) -> Connection | None:
        """Return the connection whose ends are these, each ``address:port``; None if there is none."""
        ends = (client, _port(server))
        if ends not in self._seen or (found := _open(self._seen[ends], ends)) is None:
            self._seen = _connections()
            found = _open(self._seen[ends], ends) if ends in self._seen else None
        return found


def _open(descriptor: int, ends: tuple[str, int]) -> Connection | None:
    """Return the connection if it is still the one with these ends: the server closes and opens as it likes."""
    with suppress(OSError):
        duplicate = os.dup(descriptor)
        if _ends_of(duplicate) == ends:
            return Connection(descriptor, socket.socket(fileno=duplicate))
        os.close(duplicate)
    return None


def _connections() -> dict[tuple[str, int], int]:
    """Return the descriptor of each connection by the client's ``address:port`` and the port that it came to."""
    found: dict[tuple[str, int], int] = {}
    with suppress(OSError):
        for name in os.listdir(_DESCRIPTORS):  # noqa: PTH208 - a Path each is what takes the time
            ends = _ends_of(int(name))
            if ends is not None:
                found[ends] = int(name)
    return found


def _ends_of(descriptor: int) -> tuple[str, int] | None:
    """Return who is at the other end and the port of this one, None for what is no connection over TCP."""
    try:
        borrowed = socket.socket(fileno=descriptor)
    except OSError:
        return None
    try:
        peer, own = borrowed.getpeername(), borrowed.getsockname()
        host = {socket.AF_INET: "{}", socket.AF_INET6: "[{}]"}.get(borrowed.family)
        return (f"{host.format(peer[0])}:{peer[1]}", own[1]) if host else None
    except OSError:
        return None
    finally:
        borrowed.detach()


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])
