"""Faults on real connections: the exact bytes of each, what is left behind, and who else notices."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from mockserver.core.outcome import Outcome
from mockserver.fronts.answer import sendable
from tests.raw import Received, connect, receive, send
from tests.server import RemoteSandbox, free_port, patient_session, running_server
from tests.test_fifth_vendor import FILES, LAUNCHER

PATH = "/youtestme/users/externalId=cand-1001"
KEY = {"X-API-Key": "fake-youtestme-key"}
ENDINGS = {"empty": False, "reset": True, "hang=0.1": False}


def request(fault: str = "", method: str = "GET", more: str = "") -> bytes:
    """Return a request on a connection that is to be kept."""
    lines = f"Host: localhost\r\nX-API-Key: {KEY['X-API-Key']}\r\n{more}"
    return (
        f"{method} {PATH} HTTP/1.1\r\n{lines}{f'X-Mockserver-Fault: {fault}' if fault else 'X-No: 1'}\r\n\r\n".encode()
    )


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, psutil.Process]]:
    """A server of these tests' own, and its worker process."""
    with running_server() as (origin, process):
        [worker] = [
            each
            for each in psutil.Process(process.pid).children(recursive=True)
            if "tracker" not in str(each.cmdline())
        ]
        yield origin, worker


@pytest.fixture
def origin(served: tuple[str, psutil.Process]) -> str:
    return served[0]


@contextmanager
def running(*command: str) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        patient_session().get(f"http://127.0.0.1:{port}/", timeout=20)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def bare() -> Iterator[str]:
    """A server of nothing but outcomes."""
    with running(
        "granian", "--interface", "rsgi", "--http", "1", "--log-level", "error", "tests.wire_app:app"
    ) as address:
        yield address


def whole(origin: str, method: str = "GET") -> Received:
    """Return the answer without a fault."""
    return send(origin, request(method=method, more="Connection: close\r\n"))


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("fault", ENDINGS)
def test_not_a_byte_comes_and_the_connection_ends_its_way(origin: str, fault: str) -> None:
    assert send(origin, request(fault)) == Received(b"", reset=ENDINGS[fault])


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_truncated_answer_has_all_its_headers_and_the_first_bytes(origin: str, size: int) -> None:
    said, intact = send(origin, request(f"truncated={size}")), whole(origin)
    assert not said.reset
    assert dict(said.headers)["content-length"] == str(len(intact.body))
    assert said.body == intact.body[:size]


@pytest.mark.parametrize(
    ("asked", "length", "body"),
    [
        ("GET /?kind=truncated&size=3&body=abc", "3", b"abc"),
        ("GET /?kind=truncated&size=9&body=abc", "3", b"abc"),
        ("GET /?kind=truncated&size=0", "0", b""),
        ("HEAD /?kind=truncated&size=2&body=abc", "3", b""),
        ("GET /?kind=truncated&size=2&body=abc&delay=0.05", "3", b"ab"),
    ],
)
def test_the_end_comes_also_where_not_a_byte_is_missing(bare: str, asked: str, length: str, body: bytes) -> None:
    said = send(bare, f"{asked} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert (dict(said.headers)["content-length"], said.body, said.reset) == (length, body, False)


@pytest.mark.parametrize("kind", ["empty", "reset", "hang", "truncated", "drip"])
def test_a_delay_comes_before_whatever_goes_wrong(bare: str, kind: str) -> None:
    """A client that gives up during it is not missed, and the next is answered."""
    asked = f"GET /?kind={kind}&body=abc&seconds=0.01&delay="
    with connect(bare) as wire:
        wire.sendall(f"{asked}0.2 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    before = time.monotonic()
    said = send(bare, f"{asked}0.2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert time.monotonic() - before >= 0.2
    assert said.reset == (kind == "reset")
    assert send(bare, b"GET /?body=abc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").body == b"abc"


def test_a_drip_arrives_in_its_pieces_and_the_connection_goes_on(origin: str) -> None:
    intact = whole(origin)
    with connect(origin) as wire:
        wire.sendall(request(f"drip={len(intact.body) // 3 + 1};seconds=0.2"))
        pieces = [wire.recv(65536)]
        while not b"".join(pieces).endswith(intact.body):
            pieces.append(wire.recv(65536))
        assert len(pieces) >= 3
        assert Received(b"".join(pieces)).body == intact.body
        wire.sendall(request(more="Connection: close\r\n"))
        assert receive(wire).body == intact.body


@pytest.mark.parametrize(
    ("fault", "answers"), [("empty", 1), ("truncated=10", 1), ("hang=0.1", 1), ("drip=100;seconds=0.01", 3)]
)
def test_what_was_asked_before_a_fault_on_the_same_connection_is_answered_whole(
    origin: str, fault: str, answers: int
) -> None:
    """What was asked behind it is lost, if the connection ends; nobody else's connection is touched."""
    intact = whole(origin).body
    with connect(origin) as wire, connect(origin) as neighbour:
        neighbour.sendall(request("delay=0.5", more="Connection: close\r\n"))
        wire.sendall(request() + request(fault) + request(more="Connection: close\r\n"))
        data = receive(wire).data
        assert data.count(intact) == answers
        assert Received(data[: data.index(intact) + len(intact)]).body == intact
        assert receive(neighbour).body == intact


def test_hundreds_of_faults_leave_no_descriptor_behind(served: tuple[str, psutil.Process]) -> None:
    origin, worker = served
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda fault: send(origin, request(fault)), [*ENDINGS, "truncated=5"] * 2))
        before = worker.num_fds()
        said = list(
            pool.map(lambda fault: send(origin, request(fault)), ["reset"] * 300 + ["empty", "truncated=5"] * 50)
        )
    assert [each for each in said[:300] if each != Received(b"", reset=True)] == []
    assert eventually(lambda: worker.num_fds() < before + 20), worker.num_fds()
    assert whole(origin).status == 200


def test_more_clients_than_threads_hang_and_another_is_answered(served: tuple[str, psutil.Process]) -> None:
    """Each that leaves is forgotten at once, long before its time is over."""
    origin, worker = served
    with ExitStack() as stack:
        for number in range(600):
            wire = stack.enter_context(connect(origin))
            wire.sendall(request("hang=300" if number % 2 else "delay=300"))
        assert eventually(lambda: worker.num_fds() > 600), worker.num_fds()
        assert whole(origin).status == 200
        assert requests.get(f"{origin}/__admin/", timeout=20).status_code == 200
    assert eventually(lambda: worker.num_fds() < 100), worker.num_fds()


UNSENDABLE = {
    "status 99": Outcome(99, {}, b""),
    "status 101": Outcome(101, {}, b""),
    "status 600": Outcome(600, {}, b""),
    "no name": Outcome(200, {"": "x"}, b""),
    "blank in a name": Outcome(200, {"A b": "x"}, b""),
    "line end in a value": Outcome(200, {"A": "x\r\nB: y"}, b""),
    "nul in a value": Outcome(200, {"A": "\0"}, b""),
    "no Latin-1": Outcome(200, {"A": "€"}, b""),
}


@pytest.mark.parametrize("name", UNSENDABLE)
def test_what_no_server_can_send_is_told_as_a_defect(name: str, caplog: pytest.LogCaptureFixture) -> None:
    outcome, lines = sendable(UNSENDABLE[name])
    assert (outcome.status, dict(lines)["X-Mockserver-Bug"]) == (500, "front")
    assert "cannot be sent" in json.loads(outcome.body)["detail"]
    assert "cannot be sent" in caplog.text


def test_the_length_is_the_bodys_whatever_the_headers_say() -> None:
    _, lines = sendable(Outcome(200, {"content-length": "7", "Transfer-Encoding": "chunked", "A": "é"}, b"abc"))
    assert lines == [("A", "é"), ("Content-Length", "3")]


HOLD = """
    def hold(self, *, text):
        import pathlib, time
        pathlib.Path(text + ".held").touch()
        while pathlib.Path(text).exists():
            time.sleep(0.01)
        return self.greet(text="held")
"""


@pytest.fixture
def holding(tmp_path: Path) -> Iterator[str]:
    """A server with one more vendor, whose action ``hold`` keeps its sandbox busy while a file exists."""
    package = tmp_path / "vendors" / "tiny"
    package.mkdir(parents=True)
    source = FILES["__init__.py"].replace("\n\nclass GreetingSchema", f"{HOLD}\n\nclass GreetingSchema")
    listed = 'actions=(Action("hold", Tiny.hold, GreetSchema(), "It takes long."), '
    (package / "__init__.py").write_text(source.replace("actions=(", listed), encoding="utf-8")
    (package / "contract.yaml").write_text(FILES["contract.yaml"], encoding="utf-8")
    launcher = tmp_path / "launcher.py"
    launcher.write_text(LAUNCHER.format(folder=str(package.parent)), encoding="utf-8")
    with running_server("--fixtures", "empty", "--threads", "4", program=[str(launcher)]) as (address, _):
        yield address


def test_a_busy_sandbox_keeps_nobody_else_waiting(holding: str, tmp_path: Path) -> None:
    busy, idle = (RemoteSandbox(holding, name, patient_session()) for name in ("busy", "idle"))
    for each in (busy, idle):
        each.boot()
    file = tmp_path / "exists"
    file.touch()

    def greet(sandbox: RemoteSandbox) -> int:
        said = requests.post(
            sandbox.url("/tiny/greetings"), json={"text": "Hi"}, headers={"key": "fake-tiny-key"}, timeout=20
        )
        return said.status_code

    with ThreadPoolExecutor(3) as pool:
        held = pool.submit(busy.action, "tiny.hold", text=str(file))
        assert eventually(Path(f"{file}.held").exists)
        waiting = pool.submit(greet, busy)
        assert [greet(idle) for _ in range(5)] == [201] * 5
        assert not waiting.done()
        file.unlink()
        assert waiting.result() == 201
        assert held.result()["text"] == "held"
    texts = [each["text"] for each in busy.entities("tiny", "greetings")]
    assert texts == ["held", "Hi"]


def test_flask_run_performs_every_kind() -> None:
    with running("flask", "--app", "mockserver", "run") as origin:
        intact = whole(origin).body
        for fault, reset in ENDINGS.items():
            assert send(origin, request(fault)) == Received(b"", reset=reset)
        assert send(origin, request("truncated=10")).body == intact[:10]
        assert send(origin, request("drip=100;seconds=0.01")).body == intact
        assert whole(origin).body == intact


def test_another_wsgi_server_breaks_off_before_the_first_byte_of_the_body() -> None:
    """It keeps the socket to itself, so this is the nearest thing."""
    options = ("--interface", "wsgi", "--http", "1", "--blocking-threads", "4", "--factory", "mockserver:create_app")
    with running("granian", *options) as origin:
        intact = whole(origin).body
        for fault in ENDINGS:
            said = send(origin, request(fault))
            assert (said.body, said.reset) == (b"", False)
        assert send(origin, request("truncated=10")).body == intact[:10]
        assert send(origin, request("drip=100;seconds=0.01", more="Connection: close\r\n")).body == intact
