"""The servers that are measured: mockserver, a bare RSGI function under the same Granian settings, a Flask hello."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from mockserver.cli import BACKLOG, CONNECTIONS

HELLO_PORT, MOCK_PORT, CROWD_PORT, BARE_PORT = 18071, 18072, 18073, 18074
GRANIAN = [str(Path(sys.executable).with_name("granian")), "--http", "1", "--log-level", "error"]


@dataclass(frozen=True)
class Server:
    """A running server."""

    origin: str
    process: psutil.Process
    ready_after: float
    """Seconds from exec to the first answer."""

    def family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        return sum(sum(each.cpu_times()[:2]) for each in self.family())

    def megabytes(self) -> float:
        return sum(each.memory_info().rss for each in self.family()) / 2**20


@contextmanager
def hello() -> Iterator[Server]:
    """Run the Flask hello with four threads, which is where it is fastest."""
    command = [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "4", "--port", str(HELLO_PORT), "bench.hello:app"]
    with _running(command, HELLO_PORT, "/") as server:
        yield server


@contextmanager
def bare() -> Iterator[Server]:
    """Run the yardstick with the settings of ``mockserver serve``."""
    settings = ["--interface", "rsgi", "--no-ws", "--backlog", str(BACKLOG), "--backpressure", str(CONNECTIONS)]
    with _running([*GRANIAN, *settings, "--port", str(BARE_PORT), "bench.bare:app"], BARE_PORT, "/") as server:
        yield server


@contextmanager
def mockserver(fixtures: str = "demo", port: int = MOCK_PORT) -> Iterator[Server]:
    """Run mockserver as ``mockserver serve`` does."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", str(port), "--fixtures", fixtures]
    with _running(command, port, "/__admin/") as server:
        yield server


def reset(server: Server) -> None:
    """Bring the default sandbox back to what its fixtures hold."""
    request = urllib.request.Request(f"{server.origin}/__admin/sandboxes/default", method="PUT")
    urllib.request.urlopen(request, timeout=60).close()


@contextmanager
def _running(command: list[str], port: int, path: str) -> Iterator[Server]:
    origin = f"http://127.0.0.1:{port}"
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        _wait(origin + path, process)
        yield Server(origin, psutil.Process(process.pid), time.perf_counter() - start)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)
        else:
            return
    raise SystemExit(f"{url} does not answer.")
