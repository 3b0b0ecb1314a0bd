"""How ``mockserver check`` ends: its exit codes, whoever interrupts it, and whom it says to be at fault."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mockserver.checks.client_checks import Adapter, check_client
from mockserver.checks.options import Patience
from mockserver.checks.process import INTERRUPTED, Ended
from mockserver.checks.server_checks import Asked, check_server
from mockserver.contract.channel import Channel, Line
from mockserver.contract.load import contract_of
from mockserver.contract.verdict import HARNESS, verdict

pytestmark = pytest.mark.checks

ROOT = Path(__file__).parent.parent
CHECK = [sys.executable, "-m", "mockserver", "check"]
CLIENT = [*CHECK, "client", "youtestme"]
LOOK_UP = 'curl -s "$YOUTESTME_BASE_URL/users/externalId=a" -H "X-API-Key: $YOUTESTME_API_KEY"'
WORDS = "It was interrupted before there was a verdict."


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, **environment}
    done = subprocess.run([*command], capture_output=True, text=True, timeout=100, check=False, cwd=ROOT, env=told)
    assert "Traceback" not in done.stderr
    return done


@contextmanager
def running(*command: str | Path, **how: Any) -> Iterator["subprocess.Popen[str]"]:
    """Begin a check, and kill it in the end if it has not ended by then."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    with subprocess.Popen([*command], text=True, cwd=ROOT, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


# Several endings at once.


def test_a_command_that_fails_comes_before_too_little_coverage() -> None:
    done = run(*CLIENT, "--command", f"{LOOK_UP}; exit 5", "--min-coverage", "50")
    assert done.returncode == 1
    assert "TOO LITTLE CHECKED" in done.stdout
    assert done.stderr == "Error: The command ended with code 5. It did not succeed.\n"


# Interrupted.


def test_who_interrupts_while_a_check_is_being_imported_is_told_that_nothing_was_checked(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    done = run(*CLIENT, "--serve", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (3, "", f"Error: {WORDS}\n")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        (["client", "youtestme", "--command", LOOK_UP], 0, "KEPT  youtestme client"),
        (["client", "youtestme", "--adapter-command", "false"], 4, "ADAPTER FAILED  youtestme client"),
        (["server", "youtestme", "--url", "http://127.0.0.1:9"], 3, "NOTHING CHECKED  youtestme server"),
    ],
)
def test_who_interrupts_when_the_checks_are_over_gets_the_verdict(
    how: list[str], code: int, said: str, ending: signal.Signals, tmp_path: Path
) -> None:
    """Reports that nobody reads yet hold the process up where the signal is to come."""
    first, last = tmp_path / "report.html", tmp_path / "junit.xml"
    for each in (first, last):
        os.mkfifo(each)
    if "server" in how:
        (tmp_path / "keys.yaml").write_text("youtestme: {api_key: fake-key-of-nobody}")
        how = [*how, "--credentials", str(tmp_path / "keys.yaml")]
    with running(*CHECK, *how, "--report", tmp_path) as process:
        assert first.read_bytes()
        process.send_signal(ending)
        assert last.read_bytes()
        printed, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (code, "")
    assert said in printed
    assert (tmp_path / "har.json").exists()


def test_who_interrupts_twice_does_not_wait_for_the_verdict() -> None:
    patience = Patience()
    with pytest.raises(KeyboardInterrupt):
        patience.hear()
    patience.over()
    patience.hear()
    with pytest.raises(KeyboardInterrupt):
        patience.hear()


@pytest.mark.parametrize(("told", "cut_short"), [({}, INTERRUPTED), ({"ended": True}, "")])
def test_checks_that_had_ended_were_not_cut_short(told: dict[str, bool], cut_short: str) -> None:
    def start(module: str, arguments: Sequence[str], limit: float) -> Ended:
        [notes] = [each.partition("=")[2] for each in arguments if each.startswith("--client-evidence=")]
        Path(notes).write_text(json.dumps(told))
        return Ended("", None, interrupted=True)

    found = check_client(Adapter("youtestme", command="true"), contract_of("youtestme").document, 1, start=start)
    assert found.cut_short == cut_short


def test_checks_of_a_server_that_cannot_begin_are_our_failure() -> None:
    said = "ImportError while loading conftest '/x/conftest.py'."

    def start(module: str, arguments: Sequence[str], limit: float) -> Ended:
        return Ended(said, 4)

    found = check_server(Asked(vendor="youtestme", url="http://127.0.0.1:9"), contract_of("youtestme"), start=start)
    [broken] = found.broken
    assert broken.detail == f"The process of the checks ended with code 4. Its last words: {said}"
    assert verdict(found).code == HARNESS


def test_the_check_of_a_server_that_was_under_way_is_named() -> None:
    def start(module: str, arguments: Sequence[str], limit: float) -> Ended:
        [evidence] = [each.partition("=")[2] for each in arguments if each.startswith("--server-evidence=")]
        Channel(evidence).tell(Line(began="users.all_of_them"))
        return Ended("Killed", -9)

    found = check_server(Asked(vendor="youtestme", url="http://127.0.0.1:9"), contract_of("youtestme"), start=start)
    [broken] = found.broken
    assert "ended with code -9 while users.all_of_them was under way." in broken.detail


def test_what_serves_behind_a_script_tells_how_it_is_ended() -> None:
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    unbuffered = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with running(*CLIENT, "--serve", preexec_fn=ignore, env=unbuffered) as process:
        assert process.stdout is not None
        ending = f"kill {process.pid}"
        assert (
            process.stdout.readline() == f"Point the client of youtestme here; {ending} ends this with the verdict.\n"
        )
        process.send_signal(signal.SIGINT)
        process.terminate()
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "NOTHING CHECKED" in said


# Nobody reads it.


@pytest.fixture
def unread() -> Iterator[int]:
    """Give a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


def test_a_verdict_that_nobody_reads_is_still_the_exit_code(archive: Path, unread: int, tmp_path: Path) -> None:
    command: list[str | Path] = [
        *CHECK,
        "har",
        archive,
        "--vendor",
        "youtestme",
        "--side",
        "server",
        "--report",
        tmp_path / "out",
    ]
    with running(*command, stdout=unread) as process:
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert (tmp_path / "out" / "report.html").exists()


def test_serving_somebody_who_does_not_read_where_ends_unchecked(unread: int) -> None:
    with running(*CLIENT, "--serve", stdout=unread) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert errors.startswith("Error: Nobody reads what it says any more")


# Whose fault it is.


BAD_IMPORT = "import os\nos._exit(7)\n"
BAD_VERB = """
import os
from contract_tests.clients.complete import YouTestMe

class Client(YouTestMe):
    def find_user(self, **said):
        os._exit(7)
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BAD_IMPORT, "The process of the checks ended with code 7 before the first of them: the adapter, or what "),
        (BAD_VERB, "The process of the checks ended with code 7 while the adapter's "),
    ],
)
def test_an_adapter_that_ends_the_checks_is_at_fault_itself(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "bad_adapter.py").write_text(content)
    done = run(*CLIENT, "--adapter", "bad_adapter:Client", PYTHONPATH=str(tmp_path))
    assert done.returncode == 4
    assert said in done.stdout
    assert is_adapters(done.stdout)


def is_adapters(said: str) -> bool:
    head, verdict, *_ = said.splitlines()
    return (
        head.startswith("ADAPTER FAILED  youtestme client")
        and verdict == "The adapter did not work at 1 check, where nothing can be said of the client behind it."
        and "not to blame" not in said
    )


def test_an_adapter_that_does_not_answer_is_at_fault_itself() -> None:
    done = run(*CLIENT, "--adapter-command", "sleep 600", "--timeout", "0.2")
    assert done.returncode == 4
    assert is_adapters(done.stdout)


# A recording of one side, and of both.


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return a recording of a client's mistake, which the server has answered rightly."""
    headers = [{"name": "Content-Type", "value": "application/json"}, {"name": "X-API-Key", "value": "k"}]
    entry = {
        "request": {
            "method": "POST",
            "url": "https://v.example/users/",
            "headers": headers,
            "postData": {"mimeType": "application/json", "text": '{"username": "tom", "roleCode": 5}'},
        },
        "response": {"status": 400, "headers": headers[:1], "content": {"size": 2, "text": "{}"}},
    }
    file = tmp_path / "made.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    return file


@pytest.mark.parametrize(("side", "code"), [("client", 1), ("server", 0)])
def test_a_recording_can_be_judged_on_one_side(side: str, code: int, archive: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [*CHECK, "har", archive, "--vendor", "youtestme"]
    done = run(*command, "--side", side, "--report", tmp_path)
    assert done.returncode == code, done.stdout
    assert f"KEPT  youtestme {side} made.har\n" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["subject"]["sides"] == [side]
    assert {each["side"] for each in report["findings"]} <= {side}
    assert {each["id"].split(".")[2] for each in report["checks"]} <= {"request" if side == "client" else "response"}
    total = report["coverage"]["total"]
    run(*command, "--report", tmp_path)
    both = json.loads((tmp_path / "report.json").read_text())["coverage"]["total"]
    assert 0 < total["exercised"] < both["exercised"]


def test_a_waiver_that_waives_nothing_is_nobodys_doing(archive: Path, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- clause: youtestme.get_user.*\n  reason: Known.\n")
    told = ("--vendor", "youtestme", "--waivers", waivers)
    done = run(*CHECK, "har", archive, *told, "--side", "server")
    assert done.returncode == 1
    assert done.stdout.startswith(
        "WAIVERS LEFT OVER  youtestme server made.har\n"
        "The contract is kept, as far as it was checked, but there is 1 waiver to take out, for there is nothing to"
        " waive.\n\nfails  waivers  (nothing to waive)\n"
        f"       {waivers}:1: expected a finding about youtestme.get_user.*; got none; take the waiver out\n"
    )
    assert run(*CHECK, "har", archive, *told).stdout.splitlines()[1] == (
        "The contract is not kept: 1 finding, and 1 waiver to take out, for there is nothing to waive."
        " (1 of the client, 0 of the server)"
    )
