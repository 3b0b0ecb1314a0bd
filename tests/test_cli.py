"""The command line: one clear line for what it refuses, and a prompt, silent end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

import psutil
import pytest
import requests
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.vendors import discover
from tests.raw import connect, receive
from tests.server import free_port, patient_session, running_server

VENDORS = list(discover())
NOWHERE = {"MOCKSERVER_HOST": "203.0.113.1"}  # where no server can start, should one get so far
MODULE = [sys.executable, "-m", "mockserver"]


def run(*arguments: str, **environment: str) -> Result:
    """Run a command that ends, in this process."""
    return CliRunner().invoke(main, list(arguments), env=environment)


def refusal(result: Result) -> str:
    """Return the one line that a refused command prints."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def usage(result: Result) -> str:
    """Return what a command prints that was called wrongly."""
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--clock", "noon"], "A clock is live, frozen, an instant, or live@<instant>."),
        (["--fixtures", "nowhere"], "There is no fixture set 'nowhere'; known are "),
        (["--fixtures", "./nowhere"], "nowhere is no folder of fixtures."),
        (["--host", "no.such.host.invalid"], "Cannot listen on no.such.host.invalid:8080: "),
        (["--host", "203.0.113.1"], "Cannot listen on 203.0.113.1:8080: "),
        (["--host", "a..b"], "Cannot listen on a..b:8080: "),
    ],
)
def test_serve_refuses_what_it_cannot_do_in_one_line(arguments: list[str], reason: str) -> None:
    assert reason in refusal(run("serve", *arguments))


@pytest.mark.parametrize(
    ("variable", "value", "field"),
    [
        ("PORT", "abc", "port"),
        ("PORT", "", "port"),
        ("PORT", "0", "port"),
        ("PORT", "70000", "port"),
        ("PORT", "9" * 5000, "port"),
        ("SEED", "one", "seed"),
        ("THREADS", "0", "threads"),
        ("MAX_SANDBOXES", "0", "max_sandboxes"),
        ("JOURNAL_EXCHANGES", "-1", "journal_exchanges"),
        ("JOURNAL_BYTES", "1.5", "journal_bytes"),
    ],
)
def test_a_wrong_variable_is_named_in_one_line(variable: str, value: str, field: str) -> None:
    said = refusal(run("serve", **NOWHERE, **{f"MOCKSERVER_{variable}": value}))
    assert f"$.{field}" in said
    assert "MOCKSERVER_" in said


@pytest.mark.parametrize("variable", ["CLOCK", "FIXTURES"])
def test_a_variable_is_refused_as_its_option_is(variable: str) -> None:
    assert refusal(run("serve", **{f"MOCKSERVER_{variable}": "nowhere"}))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "abc"],
        ["--port", "0"],
        ["--port", "65536"],
        ["--threads", "0"],
        ["--seed", "x"],
        ["--nothing"],
        ["x"],
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str]) -> None:
    assert usage(run("serve", *arguments, **NOWHERE))


def test_an_option_counts_over_its_variable() -> None:
    assert "nowhere-else" in refusal(run("serve", "--fixtures", "nowhere-else", MOCKSERVER_FIXTURES="demo"))


def test_a_taken_port_is_refused_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*MODULE, "serve", "--port", port], capture_output=True, text=True, timeout=20, check=False
        )
    assert (done.returncode, done.stdout) == (os.EX_UNAVAILABLE, "")
    expected = (
        f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use. Choose another with --host and --port.\n"
    )
    assert done.stderr == expected


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_promptly_and_silently_when_told_to(sent: signal.Signals) -> None:
    with running_server() as (origin, process), patient_session() as http:
        http.get(f"{origin}/__admin/", timeout=20)
        before = monotonic()
        process.send_signal(sent)
        said, _ = process.communicate(timeout=20)
        assert monotonic() - before < 5
    assert process.returncode == 0
    assert said.rstrip().endswith("Stop with Ctrl-C.")
    assert "Traceback" not in said


def test_nothing_of_it_outlives_it_when_it_is_killed() -> None:
    with running_server() as (_, process):
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        _, alive = psutil.wait_procs(workers, timeout=20)
    assert workers
    assert not alive


WAITING = [
    "/__admin/sandboxes/default/journal?wait=30s&count=1000 HTTP/1.1\r\nX-A: b",
    "{page} HTTP/1.1\r\nX-Mockserver-Fault: hang=300",
    "{page} HTTP/1.1\r\nX-Mockserver-Fault: delay=300",
]


def test_an_interrupt_while_it_is_being_imported_ends_it_plainly(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(MODULE, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Aborted!\n")


def test_another_package_of_the_name_of_the_checks_is_named(tmp_path: Path) -> None:
    """It would be called in place of them; what needs no checks is there all the same."""
    (tmp_path / "contract_tests").mkdir()
    (tmp_path / "contract_tests" / "__init__.py").touch()

    def told(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([*MODULE, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    code, said = told("check", "client", "nobody")
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith(f"Error: Python finds {tmp_path / 'contract_tests' / '__init__.py'} as contract_tests, ")
    assert told("fixtures", "list") == (0, "")


def test_it_ends_promptly_while_clients_wait() -> None:
    """Answers that are held back, or never come, hold nothing up; nor does a call of the admin API that waits."""
    with running_server() as (origin, process), patient_session() as http, ExitStack() as stack:
        listed = http.get(f"{origin}/__admin/operations", timeout=20).json()
        page = next(each["path"] for each in listed if each["method"] == "GET" and "{" not in each["path"])
        wires = [stack.enter_context(connect(origin)) for _ in range(30)]
        for wire, line in zip(wires, WAITING * 10, strict=True):
            wire.sendall(f"GET {line.format(page=page)}\r\nHost: localhost\r\n\r\n".encode())
        assert http.get(f"{origin}/__admin/", timeout=20).ok
        before = monotonic()
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert monotonic() - before < 5
        assert {receive(wire).data for wire in wires} <= {b""}
    assert process.returncode == 0
    assert said.rstrip().endswith("Stop with Ctrl-C.")


def test_the_banner_tells_vendors_credentials_and_where_to_look() -> None:
    with running_server("--seed", "5", "--clock", "2026-01-31T09:00:00Z") as (origin, process):
        process.terminate()
        said, _ = process.communicate(timeout=20)
    assert "seed 5" in said
    assert "2026-01-31T09:00:00Z" in said
    assert f"{origin}/__admin/docs/" in said
    for vendor in VENDORS:
        assert f"{origin}/{vendor.name}" in said


def test_version_and_help_are_told() -> None:
    assert run("--version").stdout.startswith("mockserver, version ")
    for command in ("serve", "fixtures", "token", "openapi"):
        assert run(command, "--help").exit_code == 0
        assert command in run("-h").stdout


def test_fixture_sets_are_listed_with_their_titles() -> None:
    told = dict(line.split(maxsplit=1) for line in run("fixtures", "list").stdout.splitlines())
    assert {"demo", "documented", "empty"} <= set(told)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_generated_set_boots_with_every_vendor_and_knows_the_people(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "crowd"
    made = run("fixtures", "generate", str(folder), "--users", "9", "--seed", "3", "--format", kind)
    written = [Path(line).name for line in made.stdout.splitlines()]
    assert written == ["set.yaml", *(f"{vendor.name}.{kind}" for vendor in VENDORS)]
    with running_server("--fixtures", f"{folder}/") as (origin, _), patient_session() as http:
        sandbox = f"{origin}/__admin/sandboxes/default"
        counts = http.get(f"{sandbox}/state", timeout=20).json()
        assert all(9 in counts[vendor.name].values() for vendor in VENDORS), counts
        credentials = http.get(f"{sandbox}/credentials", timeout=20).json()
        assert all(value for each in credentials.values() for value in each.values())


def test_generated_sets_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("fixtures", "generate", str(tmp_path / name), "--users", "5", "--seed", "3")
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_generate_touches_no_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert "is not empty; name a new folder." in refusal(run("fixtures", "generate", str(tmp_path)))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_generate_refuses_a_place_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in usage(run("fixtures", "generate", str(tmp_path / "file")))
    assert str(tmp_path / "file") in refusal(run("fixtures", "generate", str(tmp_path / "file" / "below")))


@pytest.mark.parametrize("option", [["--users", "0"], ["--users", "1000001"], ["--seed", "x"], ["--format", "xml"]])
def test_generate_refuses_wrong_options(tmp_path: Path, option: list[str]) -> None:
    assert usage(run("fixtures", "generate", str(tmp_path / "new"), *option))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("vendor", [each.name for each in VENDORS])
def test_openapi_prints_the_contract_as_json(vendor: str) -> None:
    document = json.loads(run("openapi", vendor).stdout)
    assert document["openapi"].startswith("3.1")
    assert document["paths"]


@pytest.mark.parametrize("command", ["openapi", "token"])
def test_an_unknown_vendor_is_refused_and_the_known_named(command: str) -> None:
    said = refusal(run(command, "nobody"))
    assert "There is no vendor 'nobody'; known are " in said
    assert all(vendor.name in said for vendor in VENDORS)


@pytest.mark.parametrize("vendor", [each.name for each in VENDORS if each.token is None])
def test_a_token_that_a_vendor_has_not_is_refused(vendor: str) -> None:
    assert f"{vendor} takes its credentials as they are" in refusal(run("token", vendor))


@pytest.mark.parametrize("vendor", [each.name for each in VENDORS if each.token is not None])
def test_a_token_is_one_line_and_the_same_for_the_same_clock(vendor: str) -> None:
    one, two = (run("token", vendor, "--clock", "2026-01-31T09:00:00Z").stdout for _ in range(2))
    assert one == two
    assert len(one.split()) == 1
    assert one.count(".") == 2


def test_a_token_of_an_unknown_set_or_clock_is_refused() -> None:
    vendor = next(each.name for each in VENDORS if each.token is not None)
    assert "no fixture set" in refusal(run("token", vendor, "--fixtures", "nowhere"))
    assert "A clock is" in refusal(run("token", vendor, "--clock", "noon"))


@contextmanager
def flask_server(**environment: str) -> Iterator[str]:
    """Run the application as ``flask run`` does."""
    port = free_port()
    command = [sys.executable, "-m", "flask", "--app", "mockserver", "run", "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_flask_run_serves_the_same_application() -> None:
    with flask_server(MOCKSERVER_FIXTURES="empty", MOCKSERVER_SEED="7") as origin, patient_session() as http:
        sandbox = http.get(f"{origin}/__admin/sandboxes/default", timeout=20).json()
        assert (sandbox["fixtures"], sandbox["seed"]) == ("empty", 7)
        for vendor in VENDORS:
            unmatched = http.get(f"{origin}/{vendor.name}/nowhere", timeout=20)
            assert (unmatched.status_code, unmatched.headers["X-Mockserver-Unmatched"]) == (404, "true")


def test_flask_run_refuses_a_wrong_configuration_in_one_line() -> None:
    command = [sys.executable, "-m", "flask", "--app", "mockserver", "run", "--port", str(free_port())]
    environment = {**os.environ, "MOCKSERVER_FIXTURES": "nowhere"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no fixture set 'nowhere'")
    assert len(done.stderr.splitlines()) == 1


CANARY = "fake-canary-of-the-environment"


def shown(http: requests.Session, origin: str) -> Iterator[requests.Response]:
    """Yield the answer of every GET that the admin API documents, its parameters filled in, and of each document."""
    admin = f"{origin}/__admin"
    vendor, collection, key = an_entity(http, f"{admin}/sandboxes/default/state")
    values = {"name": "default", "vendor": vendor, "collection": collection, "key": key, "number": "1"}
    values |= {"inbox_name": "any", "operation": "any"}
    for path, item in http.get(f"{admin}/documents/admin.json", timeout=20).json()["paths"].items():
        if "get" in item:
            yield http.get(admin + path.format(**values), timeout=20)
    for name in (*(each.name for each in VENDORS), "admin"):
        yield http.get(f"{admin}/documents/{name}.json", timeout=20)


def an_entity(http: requests.Session, state: str) -> tuple[str, str, str]:
    """Return vendor, collection and key of any entity that is found by an ``id`` that is no secret."""
    for vendor, collections in http.get(state, timeout=20).json().items():
        for collection, count in collections.items():
            listed = http.get(f"{state}/{vendor}/{collection}", timeout=20).json()["entities"] if count else []
            if listed and listed[0].get("id", "***") != "***":
                return vendor, collection, str(listed[0]["id"])
    raise AssertionError("no entity has an id")


def test_nothing_of_the_process_environment_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_CANARY", CANARY)
    monkeypatch.setenv("FAKE_CANARY_PASSWORD", CANARY)
    with running_server() as (origin, process), patient_session() as http:
        http.get(f"{origin}/{VENDORS[0].name}/nowhere", timeout=20)
        answers = list(shown(http, origin))
        process.terminate()
        said, _ = process.communicate(timeout=20)
    # A few have nothing to show yet: no run, no delivery, no fault.
    assert {each.status_code for each in answers} <= {200, 400, 404, 409}
    assert sum(each.status_code == 200 for each in answers) > 15
    for text in (said, *(f"{each.headers} {each.text}" for each in answers)):
        assert CANARY not in text
        assert "CANARY" not in text
