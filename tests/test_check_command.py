"""``mockserver check client`` as people run it, over scripts in two languages, right ones and ones with a defect."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import psutil
import pytest
import requests
from click.testing import CliRunner

from mockserver.checks.live import Live
from mockserver.checks.options import Wanted
from mockserver.checks.watch import ROOM, Lost, Place, Room, Watch, watching
from mockserver.cli import main
from mockserver.contract.evidence import Evidence
from mockserver.contract.load import contract_of
from mockserver.contract.manners import with_manners
from tests.receiver import Receiver, Reply
from tests.server import free_port, running_server

pytestmark = pytest.mark.checks

ROOT = Path(__file__).parent.parent
CHECK = [sys.executable, "-m", "mockserver", "check", "client"]
NODE = "node tests/subjects/book.mjs"
SHELL = "sh tests/subjects/invite.sh"
LOOK_UP = 'curl -s "$YOUTESTME_BASE_URL/users/externalId=a" -H "X-API-Key: $YOUTESTME_API_KEY"'

needs_node = pytest.mark.skipif(which("node") is None, reason="node is not installed")


def check(vendor: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [*CHECK, vendor, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=ROOT)


def usage(*arguments: str) -> str:
    """Run a check command in this process, which must refuse the arguments; return what it says in one line."""
    done = CliRunner().invoke(main, ["check", *arguments])
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.stderr
    return re.sub(r"\s+", " ", done.stderr)


def failing(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^fails  (\S+)", done.stdout, re.MULTILINE)


@needs_node
def test_a_node_script_that_keeps_to_the_guide_is_kept() -> None:
    done = check("smarterproctoring", "--command", NODE)
    assert (done.returncode, failing(done)) == (0, []), done.stderr
    assert done.stdout.startswith("Done.\nKEPT  smarterproctoring client node tests/subjects/book.mjs\n")


@needs_node
@pytest.mark.parametrize(
    ("defect", "clauses"),
    [
        ("too-early", ["get_onboarding_url.request.after.scheduling"]),
        ("stored-link", ["get_onboarding_url.request.single-use.url"]),
        ("text-for-number", ["provision.request.body.exam.configuration.duration.type"]),
        (
            "invented-sid",
            [
                "update_course_exam_assignments.request.path.examSid.given",
                "schedule_exam_session.request.path.sessionSid.given",
                "get_onboarding_url.request.path.sessionSid.given",
            ],
        ),
    ],
)
def test_a_node_script_with_a_defect_is_told_which_clause_it_breaks(defect: str, clauses: list[str]) -> None:
    done = check("smarterproctoring", "--command", f"{NODE} {defect}")
    assert done.returncode == 1
    assert failing(done) == [f"smarterproctoring.{each}" for each in clauses]


@needs_node
def test_a_node_script_that_goes_on_after_a_failed_call_is_told_the_failure() -> None:
    done = check("smarterproctoring", "--command", f"{NODE} goes-on")
    assert done.returncode == 1
    assert failing(done)[0] == "smarterproctoring.update_course_exam_assignments.request.path.courseSid.given"
    assert "got 'undefined', which no answer before had; provision (exchange 1) was answered 400" in done.stdout


def test_a_refusal_for_what_a_call_does_not_show_by_itself_is_named() -> None:
    said = {"course": {"ids": {"external": "a"}}}
    path = '"$SMARTERPROCTORING_BASE_URL/v2/installs/$SMARTERPROCTORING_INSTALL_SID/provision"'
    headers = "-H \"token: $SMARTERPROCTORING_TOKEN\" -H 'Content-Type: application/json'"
    done = check("smarterproctoring", "--command", f"curl -s {path} {headers} -d '{json.dumps(said)}'")
    assert done.returncode == 0
    assert "Refused, for what a call does not show by itself: 1 exchange (1: 400 " in done.stdout
    assert "course.title: Missing; a new course must have it." in done.stdout


def test_a_shell_script_that_keeps_to_the_article_is_kept() -> None:
    done = check("youtestme", "--command", SHELL)
    assert (done.returncode, failing(done)) == (0, []), done.stderr
    assert "Judged: 4 exchanges, 3 checks (3 passed)" in done.stdout


@pytest.mark.parametrize(
    ("defect", "clause"),
    [
        ("no-look-up", "youtestme.create_user.request.after.look-up"),
        ("wrong-order", "youtestme.create_authorization.request.after.user"),
    ],
)
def test_a_shell_script_with_a_defect_is_told_which_clause_it_breaks(defect: str, clause: str) -> None:
    done = check("youtestme", "--command", f"{SHELL} {defect}")
    assert (done.returncode, failing(done)) == (1, [clause])


def is_running(pid: int) -> bool:
    """Tell whether a process is at work; one that has ended may be waiting for somebody to ask how."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_command_is_told_where_everything_is(tmp_path: Path) -> None:
    told = tmp_path / "environment"
    check("talentsoft", "--fixtures", "documented", "--command", f'env > "{told}"')
    environment = dict(line.split("=", 1) for line in told.read_text().splitlines() if "=" in line)
    assert environment["TALENTSOFT_BASE_URL"].endswith("/talentsoft")
    assert environment["TALENTSOFT_CLIENT_ID"] == "ts_customer"
    assert {"YOUTESTME_API_KEY", "SMARTERPROCTORING_TOKEN", "SMARTERPROCTORING_INSTALL_SID"} <= set(environment)
    assert {"CONSTRUCTOR_INTEGRATION", "CONSTRUCTOR_SECRET", "TALENTSOFT_CLIENT_SECRET"} <= set(environment)
    assert environment["MOCKSERVER_SANDBOX"] == "default"
    assert environment["MOCKSERVER_ADMIN_URL"].endswith("/__admin/sandboxes/default")


def test_a_proxy_is_kept_out_of_calls_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.delenv("no_proxy", raising=False)
    done = check("youtestme", "--command", f'{LOOK_UP}; echo "$no_proxy"')
    assert done.returncode == 0, done.stderr
    assert "intranet.example,127.0.0.1,localhost\n" in done.stdout


def test_the_sandbox_boots_as_the_options_say(tmp_path: Path) -> None:
    told = tmp_path / "sandbox"
    boot = ["--fixtures", "empty", "--seed", "9", "--clock", "2030-01-01T00:00:00Z"]
    settings = ["--settings", '{"youtestme": {"single_use": true}}']
    check("youtestme", *boot, *settings, "--command", f'curl -s "$MOCKSERVER_ADMIN_URL"/snapshot > "{told}"')
    sandbox = json.loads(told.read_text())
    assert (sandbox["boot"]["fixtures"], sandbox["seed"], sandbox["clock"]["mode"]) == ("empty", 9, "frozen")
    assert sandbox["settings"]["youtestme"]["single_use"] is True


def test_a_command_that_never_calls_leaves_nothing_to_judge() -> None:
    done = check("youtestme", "--command", "true")
    assert done.returncode == 3
    assert "Nothing was checked." in done.stdout
    assert re.search(r"^Nothing was called at http://127\.0\.0\.1:\d+/youtestme\.$", done.stdout, re.MULTILINE)


def test_a_command_that_fails_fails_the_check_though_its_calls_are_right() -> None:
    done = check("youtestme", "--command", f"{LOOK_UP}; exit 3")
    assert done.returncode == 1
    assert failing(done) == []
    assert "The command ended with code 3. What it called keeps to the contract" in done.stderr
    assert "KEPT" in done.stdout


def test_a_command_that_fails_without_a_call_is_not_checked() -> None:
    assert check("youtestme", "--command", "exit 3").returncode == 3


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    stubborn = f'{LOOK_UP}; trap "" TERM; sleep 600 & echo $! $$ > "{pids}"; wait; wait'
    done = check("youtestme", "--timeout", "2", "--command", stubborn)
    assert done.returncode == 1
    assert "The command did not end within 2 s and was stopped" in done.stderr
    assert "Judged: 1 exchange" in done.stdout
    assert not [pid for pid in map(int, pids.read_text().split()) if is_running(pid)]


def test_what_a_command_leaves_running_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    done = check("youtestme", "--command", f'{LOOK_UP}; sleep 600 > /dev/null 2>&1 & echo $! > "{pid}"; {LOOK_UP}')
    assert done.returncode == 0, done.stderr
    assert not is_running(int(pid.read_text()))


def test_a_command_that_is_none_is_wrong_usage() -> None:
    done = check("youtestme", "--command", "no-such-command --fast")
    assert done.returncode == 2
    assert "The command could not be started" in done.stderr


def test_calls_that_lose_the_path_of_the_base_url_are_found() -> None:
    done = check(
        "youtestme", "--command", 'ROOT="${YOUTESTME_BASE_URL%/*}"; curl -s $ROOT/users/externalId=a $ROOT/ping'
    )
    assert (done.returncode, failing(done)) == (1, ["youtestme.paths"])
    assert re.search(r"expected a path below \S+/youtestme; got GET \S+/users/externalId=a", done.stdout)
    assert re.search(r"Not judged: 1 request outside of every vendor \(GET \S+/ping\)", done.stdout)


def test_calls_of_another_vendor_are_not_judged_and_said_so() -> None:
    done = check("youtestme", "--command", f'{LOOK_UP}; curl -s "$TALENTSOFT_BASE_URL/nothing"')
    assert (done.returncode, failing(done)) == (0, [])
    assert "Not judged: calls of talentsoft (1)." in done.stdout


def test_reports_and_coverage_are_as_for_any_check(tmp_path: Path) -> None:
    done = check("youtestme", "--report", str(tmp_path), "--min-coverage", "99", "--command", SHELL)
    assert done.returncode == 3
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["subject"]["name"] == SHELL
    assert "fake-youtestme-key" not in (tmp_path / "report.html").read_text()
    covered = json.loads((tmp_path / "coverage.json").read_text())["clauses"]
    [look_up] = [each for each in covered if each["id"] == "youtestme.create_user.request.after.look-up"]
    assert (look_up["state"], look_up["operation"]) == ("passed", "create_user")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Say one of --command, --serve"),
        (["--serve", "--command", "true"], "given: --command and --serve"),
        (["--command", "  "], "--command is empty"),
        (["--command", "true", "--url", "localhost:8080"], "--url localhost:8080 must begin with http://"),
        (["--command", "true", "--url", "http://127.0.0.1:9"], "No mockserver answers at http://127.0.0.1:9"),
        (["--command", "true", "--settings", "[1"], "--settings is neither JSON nor YAML"),
        (["--command", "true", "--settings", "[1]"], "--settings must be a mapping"),
        (["--command", "true", "--settings", "{nobody: {a: 1}}"], "There is no vendor 'nobody'"),
        (["--command", "true", "--fixtures", "no-such-set"], "There is no fixture set 'no-such-set'"),
        (["--command", "true", "--clock", "noon"], "noon"),
        (["--adapter", "a:B", "--seed", "1"], "--seed goes with --command or --serve"),
        (["--adapter", "a:B", "--port", "8080"], "--port goes with --command or --serve"),
        (["--serve", "--port", "8080", "--url", "http://127.0.0.1:9"], "leave out it or --url"),
        (["--serve", "--port", "0"], "'--port': 0 is not in the range"),
        (["--command", "a\0b"], "The command could not be started: embedded null byte"),
        (["--command", "true", "--timeout", "nan"], "'nan' is no number"),
        (["--command", "true", "--min-coverage", "nan"], "'nan' is no number"),
        (["--command", "true", "--min-coverage", "101"], "101.0 is not in the range 0<=x<=100"),
        (["--command", "true", "--level", "strict"], "'strict' is not one of 'documented'"),
    ],
)
def test_wrong_usage_is_refused_with_what_to_do(options: list[str], said: str) -> None:
    assert said in usage("client", "youtestme", *options)


@pytest.mark.parametrize("kind", [["client", "youtestme", "--serve"], ["server", "youtestme"]])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("partner.example", "must begin with http:// or https://"),
        ("http://", "names no host that could be called"),
        ("http://a b/", "names no host"),
        ("http://127.0.0.1:99999", "names no host"),
        ("http://[::1", "names no host"),
        ("http://127.0.0.1:9/\nx", "names no host"),
        ("http://127.0.0.1:9/?tenant=1", "cannot have a query (?)"),
        ("http://127.0.0.1:9/#top", "cannot have a query (?) or a fragment (#)"),
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_called(kind: list[str], url: str, said: str) -> None:
    assert said in usage(*kind, "--url", url)


@pytest.mark.parametrize("command", ["client youtestme --serve", "server youtestme --url http://127.0.0.1:9"])
@pytest.mark.parametrize(
    ("waivers", "said"),
    [
        ("[", "This is no YAML"),
        ("clause: x", "This must be a list"),
        ("- clause: x", "The reason is missing"),
        ("- &a [*a]", "holds itself"),
        (b"\xff\xfe\x00", "is no text in UTF-8"),
    ],
)
def test_broken_waivers_are_told_before_anything_is_checked(
    command: str, waivers: str | bytes, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_bytes(waivers if isinstance(waivers, bytes) else waivers.encode())
    assert said in usage(*command.split(), "--waivers", str(file))


def test_a_folder_for_reports_that_cannot_be_is_told_before_anything_is_checked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is a file" in usage("client", "youtestme", "--serve", "--report", str(tmp_path / "file"))
    assert "cannot be made" in usage("client", "youtestme", "--serve", "--report", str(tmp_path / "file" / "below"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="This system has no folder that nobody can write into.")
def test_a_folder_that_nobody_can_write_into_is_told_before_anything_is_checked() -> None:
    assert "Nothing can be written into /proc" in usage("client", "youtestme", "--serve", "--report", "/proc")


def test_reports_that_cannot_be_written_afterwards_leave_the_verdict_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    done = check("youtestme", "--command", LOOK_UP, "--report", str(tmp_path))
    assert done.returncode == 4
    assert "KEPT  youtestme client" in done.stdout
    assert f"The reports could not be written: {tmp_path}/report.html: Is a directory." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_running_server_gives_a_sandbox_of_its_own_and_gets_it_back(origin: str) -> None:
    kept = check("youtestme", "--url", f"{origin}/", "--command", f'{LOOK_UP}; echo; echo "$MOCKSERVER_SANDBOX"')
    assert kept.returncode == 0, kept.stderr
    [name] = re.findall(r"^check-[0-9a-f]+$", kept.stdout, re.MULTILINE)
    assert requests.get(f"{origin}/__admin/sandboxes/{name}", timeout=20).status_code == 404


@contextmanager
def serving(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    """Run ``--serve``; give the process and the variables that it prints."""
    unbuffered = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*CHECK, "youtestme", "--serve", *options], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=unbuffered
    )
    assert process.stdout is not None
    told: dict[str, str] = {}
    try:
        for line in process.stdout:
            name, _, value = line.removeprefix("export ").strip().partition("=")
            told |= {name: value} if line.startswith("export ") else {}
            if told and not line.strip():
                break
        yield process, told
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serving_tells_a_finding_when_it_comes_and_the_verdict_at_the_end(ending: signal.Signals) -> None:
    with serving() as (process, told):
        assert process.stdout is not None
        user = {
            "username": "tom",
            "roleCode": 7,
            "firstName": "Tom",
            "lastName": "Palmer",
            "email": "tom@people.example",
        }
        key = {"X-API-Key": told["YOUTESTME_API_KEY"]}
        requests.post(f"{told['YOUTESTME_BASE_URL']}/users/", json=user, headers=key, timeout=20)
        seen = {re.split(" +", process.stdout.readline())[1] for _ in range(4)}
        assert {
            "youtestme.create_user.request.after.look-up",
            "youtestme.create_user.request.body.roleCode.type",
        } <= seen
        process.send_signal(ending)
        verdict = process.stdout.read()
        assert process.wait(20) == 1
    assert "NOT KEPT  youtestme client the calls that came in" in verdict


def test_serving_tells_each_kind_of_finding_once() -> None:
    with serving() as (process, told):
        for number in range(3):
            requests.get(f"{told['YOUTESTME_BASE_URL']}/nothing/{number}", timeout=20)
            if not number:
                line_of(process, "fails  youtestme.paths")
        requests.delete(f"{told['YOUTESTME_BASE_URL']}/users/", timeout=20)
        line_of(process, "got DELETE /users/")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    live, _, verdict = said.partition("NOT KEPT")
    assert live == ""
    assert re.search(r"got GET /nothing/0\n       exchange 1, 2, 3\n", verdict)


def test_serving_ends_by_itself_after_the_timeout() -> None:
    with serving("--timeout", "0.1") as (process, _):
        assert process.wait(30) == 3


def test_serving_at_a_port_of_ones_own_choice() -> None:
    port = free_port()
    with serving("--port", str(port)) as (process, told):
        assert told["YOUTESTME_BASE_URL"] == f"http://127.0.0.1:{port}/youtestme"
        assert requests.get(f"{told['MOCKSERVER_ADMIN_URL']}/journal", timeout=20).ok
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 3


def test_a_port_that_is_taken_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for way in (["--serve"], ["--command", "true"]):
            said = usage("client", "youtestme", *way, "--port", port)
            assert said.endswith(
                f"Error: --port: No mockserver can listen on 127.0.0.1:{port}: Address already in use. "
            )


# Interrupted.


def line_of(process: "subprocess.Popen[str]", said: str) -> str:
    """Read what a process prints until a line has something in it."""
    assert process.stdout is not None
    for line in process.stdout:
        if said in line:
            return line
    raise AssertionError(f"It never said {said!r}.")


@contextmanager
def checking(*options: str) -> Iterator["subprocess.Popen[str]"]:
    """Begin a check of a client, and kill it in the end if it has not ended by then."""
    process = subprocess.Popen(
        [*CHECK, "youtestme", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


HEARS_OF_THE_END_OF_THE_TERMINAL = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN


@pytest.mark.parametrize(
    "ending", [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if HEARS_OF_THE_END_OF_THE_TERMINAL else [])]
)
def test_a_command_that_is_interrupted_is_judged_so_far(ending: signal.Signals, tmp_path: Path) -> None:
    command = f"{LOOK_UP}; echo; echo begun; exec sleep 600"
    with checking("--command", command, "--report", str(tmp_path)) as process:
        line_of(process, "begun")
        process.send_signal(ending)
        said, errors = process.communicate(timeout=30)
    assert process.returncode == 1, said
    assert "The command was interrupted.\nJudged: 1 exchange\n" in re.sub("(?m)^.* in the reports: .*\n", "", said)
    assert "The command was interrupted. What it called keeps to the contract" in errors
    assert (tmp_path / "report.html").exists()


def test_who_interrupts_twice_waits_for_no_command_and_gets_the_verdict(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    stubborn = f'trap "echo told" TERM; echo $$ > "{pid}"; echo; echo begun; while :; do sleep 600 & wait; done'
    with checking("--command", f"{LOOK_UP}; {stubborn}") as process:
        line_of(process, "begun")
        process.send_signal(signal.SIGINT)
        line_of(process, "told")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1, said
    assert "The command was interrupted." in said
    assert not is_running(int(pid.read_text()))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_before_anything_was_seen_is_told_so(ending: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with checking("--command", "true", "--url", url) as process, silent.accept()[0]:
            process.send_signal(ending)
            said, errors = process.communicate(timeout=30)
    assert (process.returncode, said) == (3, "")
    assert errors == "Error: It was interrupted before there was a verdict.\n"


# What mockserver loses.


def test_exchanges_that_the_journal_gave_up_are_counted() -> None:
    many = LOOK_UP.replace("externalId=a", "externalId=[1-40]")
    with running_server("--journal-exchanges", "1") as (origin, _):
        done = check("youtestme", "--url", origin, "--command", many)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"The journal had to give up \d+ exchanges; neither they nor the whole order were judged", done.stdout
    )
    assert "Traceback" not in done.stderr


@contextmanager
def relay(origin: str, told: Callable[[str, bytes], object]) -> Iterator[str]:
    """Stand before the admin API of a server, and tell what it was asked and has answered."""

    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kind = {"Content-Type": self.headers.get("Content-Type", "application/json")}
            try:
                answer = requests.request(self.command, origin + self.path, data=body, headers=kind, timeout=20)
            except requests.RequestException:
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)
            told(self.path, answer.content)

        do_GET = do_PUT = do_POST = do_DELETE = forward  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_what_came_until_the_server_died_is_reported(tmp_path: Path) -> None:
    wrong = LOOK_UP.replace("users/externalId=a", "nothing")
    with running_server() as (origin, process):

        def die(path: str, answer: bytes) -> None:
            if "/journal/export" in path and b"/youtestme/nothing" in answer and process.poll() is None:
                process.terminate()

        with relay(origin, die) as url:
            options = ("--url", url, "--report", str(tmp_path))
            done = check("youtestme", *options, "--command", f"{wrong}; exec sleep 600")
    assert done.returncode == 4, done.stdout
    assert failing(done) == ["youtestme.paths"]
    assert re.search(
        r"^broken  sandbox: No mockserver answers at .* Only what came until then was judged\.$", done.stdout, re.M
    )
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["exchanges"] == 1
    assert "Traceback" not in done.stderr


def test_serving_ends_with_what_came_when_the_server_dies() -> None:
    with running_server() as (origin, server), serving("--url", origin) as (process, told):
        requests.get(f"{told['YOUTESTME_BASE_URL']}/nothing", timeout=20)
        line_of(process, "youtestme.paths")
        server.terminate()
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 4, said
    assert "HARNESS FAILED" in said
    assert "fails  youtestme.paths" in said


def test_a_command_that_deletes_its_sandbox_is_told(origin: str) -> None:
    done = check("youtestme", "--url", origin, "--command", f'{LOOK_UP}; curl -s -X DELETE "$MOCKSERVER_ADMIN_URL"')
    assert done.returncode == 4, done.stdout
    assert re.search(r"broken  sandbox: .*There is no sandbox 'check-[0-9a-f]+'", done.stdout)
    assert "Traceback" not in done.stderr


# What the client answers.


@contextmanager
def watched(vendor: str, origin: str, room: Room = ROOM, **settings: Any) -> Iterator[tuple[Watch, dict[str, str]]]:
    """Give a sandbox that is watched, and the variables that a client is told."""
    contract = with_manners(vendor, contract_of(vendor).document)
    boot = {"fixtures": "demo", "clock": "frozen", "settings": {vendor: settings}}
    with watching(Place(origin, boot, room=room), contract) as watch:
        yield watch, watch.environment


def act(told: dict[str, str], path: str, **body: Any) -> None:
    answer = requests.post(f"{told['MOCKSERVER_ADMIN_URL']}{path}", json=body, timeout=20)
    assert answer.ok, answer.text


def have_a_result_sent(told: dict[str, str], url: str, **webhook: Any) -> None:
    """Subscribe as a client would, and have the candidate hand in."""
    subscription = {"event": "attempt", "resource": "finish", "url": url, "secret": "fake-secret-of-a-test", **webhook}
    key = {"X-API-Key": told["YOUTESTME_API_KEY"]}
    base = told["YOUTESTME_BASE_URL"]
    assert requests.post(f"{base}/webhooks", json=subscription, headers=key, timeout=20).ok
    act(told, "/actions", action="youtestme.submit", arguments={"attempt_id": 100002, "points": 60})
    act(told, "/clock", advance="0s")


def seen_by(watch: Watch) -> Evidence:
    watch.look()
    return watch.evidence("a test")


def sent(evidence: Evidence) -> list[tuple[str, int]]:
    """Return what mockserver sent that counts, and how the client answered."""
    return [(each.webhook, each.status) for each in evidence.exchanges if each.webhook]


@pytest.mark.parametrize(("status", "clauses"), [(200, []), (500, ["youtestme.attempt_finished"])])
def test_the_answer_to_a_webhook_is_the_clients_doing(
    status: int, clauses: list[str], origin: str, receiver: Receiver
) -> None:
    receiver.answers.append(Reply(status))
    with watched("youtestme", origin) as (watch, told):
        have_a_result_sent(told, receiver.url)
        evidence = seen_by(watch)
    assert sent(evidence) == [("attempt_finished", status)]
    assert [(each.clause, each.side, each.place) for each in evidence.findings] == [
        (each, "client", "answer.status") for each in clauses
    ]


def test_a_webhook_to_an_inbox_of_mockserver_is_not_the_clients(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        have_a_result_sent(told, f"{told['MOCKSERVER_ADMIN_URL']}/inbox/mine".replace("127.0.0.1", "localhost"))
        evidence = seen_by(watch)
    assert (sent(evidence), list(evidence.notes), evidence.findings) == ([], [], [])


def test_a_webhook_that_nobody_answers_is_told_and_proves_nothing(origin: str) -> None:
    url = f"http://127.0.0.1:{free_port()}/hook"
    with watched("youtestme", origin) as (watch, told):
        have_a_result_sent(told, url)
        evidence = seen_by(watch)
    assert (sent(evidence), evidence.findings) == ([], [])
    assert evidence.notes == [f"Not judged: 1 webhook without an answer (attempt_finished to {url})."]


@pytest.mark.parametrize("header", ["X-YTM-Signature", "X-Hub-Digest"])
@pytest.mark.parametrize(
    ("fault", "webhook", "status", "outcomes"),
    [
        ("bad_signature", {}, 401, ["passed"]),
        ("bad_signature", {}, 200, ["failed"]),
        ("altered_body", {}, 200, ["failed"]),
        # Nothing tells of these that something is wrong.
        ("altered_body", {"secret": None}, 200, []),
        ("stale_timestamp", {}, 200, []),
    ],
)
def test_what_was_forged_is_to_be_refused_and_not_judged_otherwise(
    fault: str, webhook: dict[str, Any], status: int, outcomes: list[str], header: str, origin: str, receiver: Receiver
) -> None:
    receiver.answers.append(Reply(status))
    with watched("youtestme", origin, webhook_signature_header=header) as (watch, told):
        act(told, "/faults", kind=fault, operation="youtestme.attempt_finished")
        have_a_result_sent(told, receiver.url, **webhook)
        evidence = seen_by(watch)
    assert [(each.id, each.outcome) for each in evidence.checks] == [
        ("caller.webhook-verified", each) for each in outcomes
    ]
    assert evidence.findings == []
    assert sent(evidence) == [("attempt_finished", status)] * len(outcomes)


@pytest.mark.parametrize(("fault", "outcomes"), [("bad_signature", ["failed"]), ("altered_body", [])])
def test_a_token_proves_the_sender_and_not_the_body(
    fault: str, outcomes: list[str], origin: str, receiver: Receiver
) -> None:
    with watched("smarterproctoring", origin, status_webhook_url=receiver.url) as (watch, told):
        act(told, "/faults", kind=fault, operation="smarterproctoring.*")
        session = "ES5a1e0000000000000000000000000005"
        act(told, "/actions", action="smarterproctoring.close", arguments={"session_sid": session})
        act(told, "/clock", advance="0s")
        evidence = seen_by(watch)
    assert len(receiver.requests) == 1
    assert [each.outcome for each in evidence.checks] == outcomes


def do(told: dict[str, str], action: str, **arguments: Any) -> None:
    """Have something done at Talentsoft, and all that follows from it."""
    act(told, "/actions", action=f"talentsoft.{action}", arguments=arguments)
    act(told, "/clock", advance="0s")


@pytest.mark.parametrize("to", ["the client", "mockserver"])
def test_where_roles_are_swapped_the_callback_is_the_clients_to_answer_and_nothing_else(
    to: str, origin: str, receiver: Receiver
) -> None:
    """A client of this API plays Talentsoft, as mockserver does here too: it calls itself, and is called back."""
    receiver.answers.append(Reply(500))
    tom = {
        "applicant_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "firstname": "Tom",
        "lastname": "Palmer",
        "email": "tom@people.example",
    }
    callback = {"callback_url": receiver.url} if to == "the client" else {}
    with watched("talentsoft", origin) as (watch, told):
        do(told, "connect_partner")
        do(told, "caller_invite", campaign_id="1", invitations=[tom], **callback)
        do(told, "start", campaign_id="1", applicant_id=tom["applicant_id"])
        evidence = seen_by(watch)
    judged = [("assessment_updated", 500)] if callback else []
    assert [(each.webhook, each.status) for each in evidence.exchanges] == judged
    assert [(each.clause, each.side) for each in evidence.findings] == [
        (f"talentsoft.{name}", "client") for name, _ in judged
    ]


def test_where_roles_are_swapped_what_a_partner_answers_is_not_the_clients(origin: str, receiver: Receiver) -> None:
    with watched("talentsoft", origin) as (watch, told):
        known = {"client_id": "ts_demo", "client_secret": "fake-secret-of-a-test"}
        do(told, "connect_partner", base_url=f"{receiver.url}/api/v1", **known)
        do(told, "caller_list_campaigns")
        receiver.wait()
        evidence = seen_by(watch)
    assert (sent(evidence), evidence.findings) == ([], [])


def test_a_command_is_judged_by_its_answers_too(receiver: Receiver) -> None:
    receiver.answers.append(Reply(500))
    post = "curl -s -o /dev/null -X POST -H Content-Type:application/json"
    subscription = json.dumps({"event": "attempt", "resource": "finish", "url": receiver.url})
    submission = json.dumps({"action": "youtestme.submit", "arguments": {"attempt_id": 100002, "points": 60}})
    command = f"""
        {post} "$YOUTESTME_BASE_URL/webhooks" -H "X-API-Key: $YOUTESTME_API_KEY" -d '{subscription}'
        {post} "$MOCKSERVER_ADMIN_URL/actions" -d '{submission}'
        {post} "$MOCKSERVER_ADMIN_URL/clock" -d '{{"advance": "0s"}}'
    """
    done = check("youtestme", "--fixtures", "demo", "--level", "inferred", "--command", command)
    assert (done.returncode, failing(done)) == (1, ["youtestme.attempt_finished"]), done.stdout + done.stderr
    assert "client, answer.status: expected one of 2XX; got 500" in done.stdout


# What is told meanwhile.


def call(told: dict[str, str], method: str, path: str, body: Any = None, vendor: str = "youtestme") -> None:
    key = {"X-API-Key": told["YOUTESTME_API_KEY"]}
    requests.request(method, f"{told[f'{vendor}_base_url'.upper()]}{path}", json=body, headers=key, timeout=20)


def test_what_is_new_is_judged_once_and_when_it_was_there_at_two_looks(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        heard = []
        for path in ("/nothing/1", "/nothing/2", ""):
            if path:
                call(told, "GET", path)
            watch.look()
            heard.append([each.exchange for each in watch.news()])
        assert watch.news() == []
    assert heard == [[], [1], [2]]


def test_the_order_is_told_of_everything_as_long_as_there_is_little(origin: str) -> None:
    user = {"username": "tom", "roleCode": "STU", "firstName": "Tom", "lastName": "Palmer", "email": "t@people.example"}
    with watched("youtestme", origin) as (watch, told):
        call(told, "GET", "/nothing")
        watch.look()
        watch.look()
        watch.news()
        call(told, "POST", "/users/", user)
        watch.look()
        watch.look()
        assert [each.clause for each in watch.news()] == ["youtestme.create_user.request.after.look-up"]


def test_a_call_of_mockserver_to_itself_is_never_told(origin: str) -> None:
    with watched("talentsoft", origin) as (watch, told):
        do(told, "connect_partner")
        watch.look()
        do(told, "caller_list_campaigns")
        watch.look()
        watch.look()
        assert (watch.news(), watch.calls > 0) == ([], True)


def test_secrets_are_masked_in_what_is_told(origin: str, capsys: pytest.CaptureFixture[str]) -> None:
    with watched("youtestme", origin) as (watch, told):
        live = Live(watch, Wanted())
        call(told, "GET", f"/nothing/{told['YOUTESTME_API_KEY']}")
        for _ in range(2):
            watch.look()
            live.tell()
    said = capsys.readouterr().out
    assert "fails  youtestme.paths" in said
    assert "got GET /nothing/***" in said


def test_of_very_many_kinds_of_findings_the_first_are_told(origin: str, capsys: pytest.CaptureFixture[str]) -> None:
    paths = contract_of("smarterproctoring").document["paths"]
    fields = json.dumps(contract_of("smarterproctoring").document).split('"')
    with watched("smarterproctoring", origin) as (watch, told):
        live = Live(watch, Wanted(level="inferred"))
        for path in (path for path, item in paths.items() if "post" in item):
            for body in ({}, *(dict.fromkeys(fields, value) for value in ({"wrong": []}, "x", -1))):
                call(told, "POST", path, body, "smarterproctoring")
            watch.look()
            live.tell()
    said = capsys.readouterr().out
    assert len(re.findall(r"^(fails|warns) ", said, re.MULTILINE)) == 50
    assert said.endswith("\nWhatever else is wrong is told at the end.\n")
    assert said.count("Whatever else") == 1


# What becomes of the journal meanwhile.


def look_up(told: dict[str, str], number: int) -> None:
    key = {"X-API-Key": told["YOUTESTME_API_KEY"]}
    requests.get(f"{told['YOUTESTME_BASE_URL']}/users/{number}", headers=key, timeout=20)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_what_came_before_a_reset_is_kept_and_the_reset_told(after: int, origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        look_up(told, 1)
        look_up(told, 2)
        watch.look()
        requests.put(told["MOCKSERVER_ADMIN_URL"], json={"fixtures": "demo"}, timeout=20)
        for number in range(after):
            look_up(told, 7 + number)
        evidence = seen_by(watch)
    assert [each.path for each in evidence.exchanges] == [f"/users/{each}" for each in (1, 2, 7, 8, 9)[: 2 + after]]
    assert [each.number for each in evidence.exchanges] == list(range(1, 3 + after))
    assert [each for each in evidence.notes if "The sandbox was reset" in each]


def reset(told: dict[str, str], **boot: Any) -> None:
    assert requests.put(told["MOCKSERVER_ADMIN_URL"], json=boot, timeout=20).ok


def test_what_came_before_resets_that_nobody_saw_is_counted(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        for number in (1, 2):
            look_up(told, number)
            reset(told)
        look_up(told, 3)
        evidence = seen_by(watch)
    assert [(each.number, each.path) for each in evidence.exchanges] == [(3, "/users/3")]
    assert evidence.notes[0] == (
        "The journal had to give up 2 exchanges; neither they nor the whole order were judged."
    )
    assert "The sandbox was reset" in evidence.notes[1]


def test_a_reset_before_the_first_call_takes_nothing_from_the_judgement(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        reset(told, fixtures="documented")
        call(told, "GET", "/users/10000000")
        # An id of the fixtures that the sandbox has now, though of no user.
        call(told, "GET", "/users/100320")
        evidence = seen_by(watch)
    assert evidence.notes == []
    assert [each.exchange for each in evidence.findings if each.clause.endswith(".given")] == [1]


def test_a_sandbox_that_is_deleted_and_made_anew_is_told(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        look_up(told, 1)
        requests.delete(told["MOCKSERVER_ADMIN_URL"], timeout=20)
        look_up(told, 2)
        evidence = seen_by(watch)
    assert [each for each in evidence.notes if "The sandbox was reset" in each]


@pytest.mark.parametrize("room", [Room(exchanges=3), Room(bytes=4000)])
def test_a_long_watch_keeps_the_newest_and_counts_the_rest(room: Room, origin: str) -> None:
    with watched("youtestme", origin, room) as (watch, told):
        for number in range(1, 21):
            call(told, "GET", f"/nothing/{number}")
            watch.look()
            # What the last look has found waits for the next one.
            assert {each.exchange for each in watch.news()} == ({number - 1} if number > 1 else set())
        evidence = seen_by(watch)
    kept = [each.path for each in evidence.exchanges]
    assert 2 <= len(kept) <= 6
    assert kept == [f"/nothing/{each}" for each in range(21 - len(kept), 21)]
    lost = 20 - len(kept)
    assert evidence.notes == [
        f"The journal had to give up {lost} exchanges; neither they nor the whole order were judged."
    ]


def test_what_was_cleared_unseen_is_counted(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        look_up(told, 1)
        watch.look()
        look_up(told, 2)
        requests.delete(f"{told['MOCKSERVER_ADMIN_URL']}/journal", timeout=20)
        evidence = seen_by(watch)
    assert [each.path for each in evidence.exchanges] == ["/users/1"]
    assert evidence.notes == ["The journal had to give up 1 exchange; neither they nor the whole order were judged."]


def test_a_sandbox_that_is_gone_is_lost_and_what_was_seen_is_not(origin: str) -> None:
    with watched("youtestme", origin) as (watch, told):
        look_up(told, 1)
        watch.look()
        requests.delete(told["MOCKSERVER_ADMIN_URL"], timeout=20)
        with pytest.raises(Lost, match="There is no sandbox"):
            watch.look()
        assert len(watch.evidence("a test").exchanges) == 1
