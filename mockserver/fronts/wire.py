"""Outcomes that take time or go wrong, on a connection of Granian's: no wait holds a thread."""

import asyncio
from typing import TYPE_CHECKING

from mockserver.core.outcome import Outcome, Wire
from mockserver.fronts.answer import Lines
from mockserver.fronts.sockets import Connections

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

_FLUSH = 0.05
"""Seconds for the server to write what it was handed, before the end of the answer makes it drop what it has not."""


class Sufferer:
    """Sends outcomes with a delay or a wire fault."""

    def __init__(self) -> None:
        self._connections = Connections()

    async def send(self, outcome: Outcome, lines: Lines, body: bytes, scope: "Scope", proto: "HTTPProtocol") -> None:
        """Wait for the outcome's delay, then send it as its wire says; a client that left is sent nothing.

        ``body`` is empty where the outcome's own may not be sent, as for HEAD.
        """
        wire = outcome.wire
        if outcome.delay and not await _stays(proto, outcome.delay):
            return
        if wire is None:
            proto.response_bytes(outcome.status, lines, body)
        elif wire.kind == "truncated":
            await self._truncate(outcome.status, lines, body, wire, scope, proto)
        elif wire.kind == "drip":
            await _drip(outcome.status, lines, body, wire, proto)
        elif wire.kind != "hang" or await _stays(proto, wire.seconds):
            self._break(wire, scope, proto)

    async def _truncate(
        self, status: int, lines: Lines, body: bytes, wire: Wire, scope: "Scope", proto: "HTTPProtocol"
    ) -> None:
        transport = proto.response_stream(status, lines)
        if piece := body[: wire.size]:
            await transport.send_bytes(piece)
        await asyncio.sleep(_FLUSH)
        if wire.size >= len(body):
            # Nothing is missing, so the server would not end the connection by itself.
            connection = self._connections.find(scope.client, scope.server)
            if connection is not None:
                connection.end()

    def _break(self, wire: Wire, scope: "Scope", proto: "HTTPProtocol") -> None:
        """End the connection before the server gets an answer, which then has nowhere to go."""
        connection = self._connections.find(scope.client, scope.server)
        if connection is not None and wire.kind == "reset":
            connection.reset()
        elif connection is not None:
            connection.end()
        proto.response_empty(500, [("Connection", "close")])


async def _drip(status: int, lines: Lines, body: bytes, wire: Wire, proto: "HTTPProtocol") -> None:
    transport = proto.response_stream(status, lines)
    size = max(wire.size, 1)
    for start in range(0, len(body), size):
        if start and not await _stays(proto, wire.seconds):
            return
        await transport.send_bytes(body[start : start + size])


async def _stays(proto: "HTTPProtocol", seconds: float) -> bool:
    """Wait, and tell whether the client is still there; not any longer than it is."""
    leaves = asyncio.ensure_future(_disconnect(proto))
    done, _ = await asyncio.wait({leaves}, timeout=seconds)
    leaves.cancel()
    return not done


async def _disconnect(proto: "HTTPProtocol") -> None:
    await proto.client_disconnect()
