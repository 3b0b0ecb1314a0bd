"""Many clients whose answers are delayed, and what another client notices of them."""

import asyncio
import resource
import time
from dataclasses import dataclass

from bench.servers import Server

PATH = "/youtestme/users/externalId=cand-1001"
HEAD = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: fake-youtestme-key\r\n"


@dataclass(frozen=True)
class Latency:
    """Milliseconds that answers took, half of them and 99 of a hundred no longer than this."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Crowd:
    """What became of the delayed requests, and the other client's latency before and meanwhile."""

    answered: int
    first: float
    last: float
    before: Latency
    during: Latency


def delay_many(server: Server, clients: int, seconds: float) -> Crowd:
    """Have so many clients wait for their answers at once, and measure another client before and meanwhile."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port = int(server.origin.rpartition(":")[2])
    return asyncio.run(_delay_many(port, clients, seconds))


async def _delay_many(port: int, clients: int, seconds: float) -> Crowd:
    other = await asyncio.open_connection("127.0.0.1", port)
    before = latency([await ask(*other) for _ in range(1000)])
    crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    waiting = [asyncio.ensure_future(ask(*each, f"X-Mockserver-Fault: delay={seconds:g}\r\n")) for each in crowd]
    during = []
    # From the moment when all have asked to shortly before the first is answered.
    await asyncio.sleep(seconds / 4)
    until = time.perf_counter() + seconds / 2
    while time.perf_counter() < until:
        during.append(await ask(*other))
    took = await asyncio.gather(*waiting)
    for _, writer in (*crowd, other):
        writer.close()
    return Crowd(len(took), min(took), max(took), before, latency(during))


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: str = "") -> float:
    """Send a request, read its answer to the end, and return the seconds that this took."""
    begun = time.perf_counter()
    writer.write(f"{HEAD}{headers}\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise SystemExit(f"An answer was not 200:\n{head!r}")
    await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r", 1)[0]))
    return time.perf_counter() - begun


def latency(took: list[float]) -> Latency:
    """Return what half and what 99 of a hundred answers took at most."""
    ordered = sorted(took)
    return Latency(ordered[len(ordered) // 2] * 1000, ordered[len(ordered) * 99 // 100] * 1000)
