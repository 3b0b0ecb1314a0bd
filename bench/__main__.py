"""``python -m bench``: mockserver beside a bare RSGI function and a Flask hello, in one run of about four minutes."""

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

import msgspec

from bench.delays import delay_many
from bench.hanging import hang_many
from bench.load import SCRIPT, Figures, Load, middle, run
from bench.servers import CROWD_PORT, Server, bare, hello, mockserver, reset

KEY = "X-API-Key: fake-youtestme-key"
JSON = "Content-Type: application/json"
HELLO = Load("bare Flask hello", "/")
BARE = Load("bare RSGI function, GET", "/")
BARE_POST = Load("bare RSGI function, POST", "/", (KEY, JSON), SCRIPT)
POST = Load("POST /youtestme/users/", "/youtestme/users/", (KEY, JSON), SCRIPT)
ROUNDS = 3
SECONDS = 4.0
MANY = 100_000
DELAYED = 2_000
DELAY = 2.0
RECEIVERS = 200
HANGING_ROUNDS = 5


def get_of(external_id: str) -> Load:
    return Load("GET /youtestme/users/externalId=", f"/youtestme/users/externalId={external_id}", (KEY,))


def main() -> None:
    print(machine())
    starts = []
    for _ in range(5):
        with mockserver() as server:
            starts.append(server.ready_after)
    print(f"\nready to answer after exec: {median(starts):.2f} s (median of {len(starts)}, worst {max(starts):.2f} s)")
    compare()
    delayed()
    hanging()
    with tempfile.TemporaryDirectory() as folder:
        crowded(Path(folder) / "crowd")


def compare() -> None:
    """Measure mockserver and the yardsticks in turns, so that a slow moment of the machine strikes all."""
    with hello() as flask, bare() as function, mockserver() as mock:
        get = get_of("cand-1001")
        turns = ((flask, HELLO), (function, BARE), (function, BARE_POST), (mock, get), (mock, POST))
        rounds = [{load.name: measured(server, load) for server, load in turns} for _ in range(ROUNDS)]
    found = {name: middle([each[name] for each in rounds]) for name in rounds[0]}
    print(f"\n{'':<34}{'req/s':>9}{'of bare':>10}{'CPU s/1000':>12}")
    for load in (HELLO, BARE, get, BARE_POST, POST):
        yardstick = BARE_POST if load in (BARE_POST, POST) else BARE
        print(row(load.name, found[load.name], found[yardstick.name].per_second))


def delayed() -> None:
    """Hold many answers back at once, and look at another client's."""
    with mockserver() as mock:
        crowd = delay_many(mock, DELAYED, DELAY)
    said = f"all {crowd.answered:,} answered after {crowd.first:.2f} to {crowd.last:.2f} s"
    print(f"\n{DELAYED:,} answers delayed by {DELAY:g} s at once: {said}")
    for name, latency in (("another client before", crowd.before), ("another client meanwhile", crowd.during)):
        print(f"{name:<34}p50 {latency.p50:>6.2f} ms{'':>4}p99 {latency.p99:>6.2f} ms")


def hanging() -> None:
    """Have many receivers of webhooks hang, and look at a client of the API."""
    with mockserver() as mock:
        found = hang_many(mock, RECEIVERS, HANGING_ROUNDS)
    ratio = found.during.p99 / found.before.p99
    print(f"\n{RECEIVERS} receivers hanging, {HANGING_ROUNDS} rounds: p99 {ratio:.2f} of that without")
    for name, latency in (("a client before", found.before), ("a client meanwhile", found.during)):
        print(f"{name:<34}p50 {latency.p50:>6.2f} ms{'':>4}p99 {latency.p99:>6.2f} ms")


def crowded(folder: Path) -> None:
    """Measure with many users stored and the journal full, beside a small server, and watch the memory."""
    write_crowd(folder)
    with mockserver() as small, mockserver(f"{folder}/", CROWD_PORT) as crowd:
        run(crowd, get_of("crowd-1"), SECONDS)
        print(f"\n{MANY:,} users stored, journal full{'req/s':>12}{'of small':>10}{'CPU s/1000':>12}")
        for load, other in ((get_of("cand-1001"), get_of(f"crowd-{MANY // 2}")), (POST, POST)):
            rounds = [(measured(small, load), run(crowd, other, SECONDS)) for _ in range(ROUNDS)]
            yardstick = middle([each for each, _ in rounds])
            print(row(load.name, middle([each for _, each in rounds]), yardstick.per_second))
        memory(crowd, get_of("crowd-1"))


def measured(server: Server, load: Load) -> Figures:
    """Measure from the same state each time: users that an earlier round created are gone."""
    if load not in (HELLO, BARE, BARE_POST):
        reset(server)
    return run(server, load, SECONDS)


def write_crowd(folder: Path) -> None:
    """Write a fixture set of many YouTestMe users and nothing else."""
    users = [
        {
            "id": 100_000 + number,
            "username": f"crowd{number}@people.example",
            "first_name": "Tom",
            "last_name": "Palmer",
            "email": f"crowd{number}@people.example",
            "role_code": "STU",
            "external_id": f"crowd-{number}",
        }
        for number in range(1, MANY + 1)
    ]
    folder.mkdir()
    rows = {"api_keys": [{"id": "fake-youtestme-key"}], "users": users}
    (folder / "youtestme.json").write_bytes(msgspec.json.encode(rows))


def memory(server: Server, load: Load) -> None:
    before = server.megabytes()
    for _ in range(ROUNDS):
        run(server, load, SECONDS)
    after = server.megabytes()
    print(
        f"\nmemory: {before:.0f} MiB with the journal full, {after:.0f} MiB after {ROUNDS * SECONDS:.0f} s of requests"
    )


def row(name: str, figures: Figures, yardstick: float) -> str:
    ratio = figures.per_second / yardstick
    return f"{name:<34}{figures.per_second:>9.0f}{ratio:>10.2f}{figures.cpu_per_thousand:>12.3f}"


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
