"""Many receivers that take a webhook and never answer, and what a client of the API notices of them."""

import asyncio
import json
import socket
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.delays import Latency, ask, latency
from bench.servers import Server

KEY = {"X-API-Key": "fake-youtestme-key"}
SECONDS = 3.0
_DEADLINE = 20.0


@dataclass(frozen=True)
class Hanging:
    """A client's latency without and with hanging receivers, the median of the rounds."""

    before: Latency
    during: Latency
    receivers: int
    """How many held an attempt in the last round."""


def hang_many(server: Server, receivers: int, rounds: int) -> Hanging:
    """Have so many receivers hang, round after round, and measure a client before and meanwhile."""
    found = [_round(server, f"hang-{number}", receivers) for number in range(rounds)]
    before, during = ([each[side] for each in found] for side in (0, 1))
    return Hanging(_middle(before), _middle(during), receivers)


def _round(server: Server, sandbox: str, receivers: int) -> tuple[Latency, Latency]:
    port = int(server.origin.rpartition(":")[2])
    with ExitStack() as stack:
        ports = [stack.enter_context(_silent()).getsockname()[1] for _ in range(receivers)]
        attempt = _subscribed(server, sandbox, ports)
        before = asyncio.run(_measure(port))
        _act(server, sandbox, "youtestme.submit", attempt_id=attempt, points=1)
        _until_sending(server, sandbox, receivers)
        during = asyncio.run(_measure(port))
        if _sending(server, sandbox) != receivers:
            raise SystemExit("Some receivers were given up during the measurement.")
    _call(server, "DELETE", f"/__admin/sandboxes/{sandbox}")
    return before, during


def _silent() -> socket.socket:
    """Return a socket that takes connections, as its backlog does, and says nothing."""
    return socket.create_server(("127.0.0.1", 0), backlog=16)


def _subscribed(server: Server, sandbox: str, ports: list[int]) -> int:
    """Make a sandbox with a subscription for each receiver, and return an attempt that is about to be handed in."""
    settings = {"youtestme": {"webhook_retries": []}}
    _call(server, "PUT", f"/__admin/sandboxes/{sandbox}", {"fixtures": "documented", "settings": settings})
    base = f"/sandbox/{sandbox}/youtestme"
    for port in ports:
        hook = {"event": "attempt", "resource": "finish", "url": f"http://127.0.0.1:{port}/", "secret": "fake"}
        _call(server, "POST", f"{base}/webhooks", hook)
    user = {"username": "tom", "firstName": "T", "lastName": "P", "email": "t@people.example", "roleCode": "STU"}
    user_id = _call(server, "POST", f"{base}/users/", user)["id"]
    _call(server, "POST", f"{base}/authorizations", {"testId": 100320, "candidateId": user_id})
    attempt: int = _act(server, sandbox, "youtestme.book", user_id=user_id, session_id=5033)["id"]
    _act(server, sandbox, "youtestme.start", attempt_id=attempt)
    return attempt


async def _measure(port: int) -> Latency:
    connection = await asyncio.open_connection("127.0.0.1", port)
    took, until = [], time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        took.append(await ask(*connection))
    connection[1].close()
    return latency(took)


def _until_sending(server: Server, sandbox: str, receivers: int) -> None:
    deadline = time.monotonic() + _DEADLINE
    while _sending(server, sandbox) < receivers:
        if time.monotonic() > deadline:
            raise SystemExit(f"Only {_sending(server, sandbox)} of {receivers} webhooks are being sent.")


def _sending(server: Server, sandbox: str) -> int:
    sending: int = _call(server, "GET", f"/__admin/sandboxes/{sandbox}")["outbox"]["sending"]
    return sending


def _act(server: Server, sandbox: str, action: str, **arguments: Any) -> Any:
    body = {"action": action, "arguments": arguments}
    return _call(server, "POST", f"/__admin/sandboxes/{sandbox}/actions", body)["result"]


def _call(server: Server, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {**KEY, "Content-Type": "application/json"}
    request = urllib.request.Request(server.origin + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        said = answer.read()
    return json.loads(said) if said else None


def _middle(found: list[Latency]) -> Latency:
    return Latency(median(each.p50 for each in found), median(each.p99 for each in found))
