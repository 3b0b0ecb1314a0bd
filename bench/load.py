"""Load from wrk, read back as figures."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from bench.servers import Server

CONNECTIONS = 16
_RUNS = count(1)
SCRIPT = str(Path(__file__).with_name("post_user.lua"))


@dataclass(frozen=True)
class Figures:
    """What one load gave."""

    per_second: float
    cpu_per_thousand: float
    """CPU seconds that the server spent on 1,000 requests."""


@dataclass(frozen=True)
class Load:
    """One kind of request."""

    name: str
    path: str
    headers: tuple[str, ...] = ()
    script: str | None = None


def run(server: Server, load: Load, seconds: float) -> Figures:
    """Send a load for some seconds; an answer other than 2xx ends the benchmark."""
    if not shutil.which("wrk"):
        raise SystemExit("The benchmark needs wrk: apt-get install wrk, brew install wrk.")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", server.origin + load.path]
    for header in load.headers:
        command += ["-H", header]
    if load.script:
        command += ["-s", load.script, "--", str(next(_RUNS))]
    before = server.cpu_seconds()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = server.cpu_seconds() - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{load.name} was not answered 2xx throughout:\n{said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    return Figures(rate, spent / requests * 1000)


def middle(figures: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(median(each.per_second for each in figures), median(each.cpu_per_thousand for each in figures))
