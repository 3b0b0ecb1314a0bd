"""Requests as exact bytes, and all that comes back on the connection."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Received:
    """All the bytes of a connection, and whether a reset ended it."""

    data: bytes
    reset: bool = False

    @property
    def final(self) -> bytes:
        """What follows interim answers."""
        data = self.data
        while data.startswith(b"HTTP/1.1 100 "):
            data = data.partition(b"\r\n\r\n")[2]
        return data

    @property
    def status(self) -> int:
        return int(self.final.split(b" ", 2)[1])

    @property
    def headers(self) -> list[tuple[str, str]]:
        lines = self.final.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        pairs = [line.split(":", 1) for line in lines]
        return [(name.lower(), value.strip()) for name, value in pairs]

    @property
    def body(self) -> bytes:
        return self.final.partition(b"\r\n\r\n")[2]


def connect(origin: str) -> socket.socket:
    address = urlsplit(origin)
    return socket.create_connection((str(address.hostname), address.port), timeout=20)


def receive(wire: socket.socket) -> Received:
    """Read until the other side ends the connection."""
    data = b""
    try:
        while piece := wire.recv(65536):
            data += piece
    except ConnectionResetError:
        return Received(data, reset=True)
    return Received(data)


def send(origin: str, request: bytes) -> Received:
    """Send bytes on a connection of their own and read until it ends."""
    with connect(origin) as wire:
        wire.sendall(request)
        return receive(wire)
