"""``python -m bench``: mockserver beside a bare Flask hello, in one run. Takes about two minutes."""

import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.load import SCRIPT, Figures, Load, middle, run
from bench.servers import Server, hello, mockserver

KEY = "X-API-Key: fake-youtestme-key"
JSON = "Content-Type: application/json"
HELLO = Load("bare Flask hello", "/")
POST = Load("POST /youtestme/users/", "/youtestme/users/", (KEY, JSON), SCRIPT)
ROUNDS = 3
SECONDS = 4.0
MANY = 100_000


def get_of(external_id: str) -> Load:
    return Load("GET /youtestme/users/externalId=", f"/youtestme/users/externalId={external_id}", (KEY,))


def main() -> None:
    print(machine())
    starts = []
    for _ in range(5):
        with mockserver() as server:
            starts.append(server.ready_after)
    print(f"\nready to answer after exec: {median(starts):.2f} s (median of {len(starts)}, worst {max(starts):.2f} s)")
    small = compare()
    with tempfile.TemporaryDirectory() as folder:
        crowded(Path(folder) / "crowd", small)


def compare() -> dict[str, Figures]:
    """Measure the small server and the yardstick in turns, so that a slow moment of the machine strikes all."""
    get = get_of("cand-1001")
    with hello() as bare, mockserver() as mock:
        run(mock, POST, 1), run(bare, HELLO, 1)
        turns = ((bare, HELLO), (mock, get), (mock, POST))
        rounds = [{load.name: run(server, load, SECONDS) for server, load in turns} for _ in range(ROUNDS)]
    found = {name: middle([each[name] for each in rounds]) for name in rounds[0]}
    print(f"\n{'':<34}{'req/s':>9}{'of hello':>10}{'CPU s/1000':>12}")
    for name, figures in found.items():
        print(row(name, figures, found[HELLO.name].per_second))
    return found


def crowded(folder: Path, small: dict[str, Figures]) -> None:
    """Measure again with many users stored and the journal full, and watch the memory of further requests."""
    command = [sys.executable, "-m", "mockserver", "fixtures", "generate", str(folder), "--format", "json"]
    subprocess.run([*command, "--users", str(MANY)], check=True, stdout=subprocess.DEVNULL)
    get = get_of("cand-51000")
    with mockserver(f"{folder}/") as mock:
        run(mock, get, SECONDS)
        print(f"\nwith {MANY:,} users stored and the journal full")
        for load in (get, POST):
            figures = middle([run(mock, load, SECONDS) for _ in range(ROUNDS)])
            print(row(load.name, figures, small[load.name].per_second, "of the small one"))
        memory(mock, get)


def memory(server: Server, load: Load) -> None:
    before = server.megabytes()
    for _ in range(ROUNDS):
        run(server, load, SECONDS)
    after = server.megabytes()
    print(
        f"\nmemory: {before:.0f} MiB with the journal full, {after:.0f} MiB after {ROUNDS * SECONDS:.0f} s of requests"
    )


def row(name: str, figures: Figures, yardstick: float, what: str = "") -> str:
    ratio = figures.per_second / yardstick
    return f"{name:<34}{figures.per_second:>9.0f}{ratio:>10.2f}{figures.cpu_per_thousand:>12.3f}  {what}".rstrip()


def machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    packages = ", ".join(f"{name} {version(name)}" for name in ("granian", "flask", "marshmallow", "msgspec"))
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
