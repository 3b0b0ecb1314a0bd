"""``mockserver check client`` as people run it, over scripts in two languages, right ones and ones with a defect."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import psutil
import pytest
import requests

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
    ],
)
def test_wrong_usage_is_refused_with_what_to_do(options: list[str], said: str) -> None:
    done = check("youtestme", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_running_server_gives_a_sandbox_of_its_own_and_gets_it_back(origin: str) -> None:
    kept = check("youtestme", "--url", f"{origin}/", "--command", f'{LOOK_UP}; echo "$MOCKSERVER_SANDBOX"')
    assert kept.returncode == 0, kept.stderr
    [name] = re.findall(r"check-\d+", kept.stdout)[:1]
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


def test_serving_ends_by_itself_after_the_timeout() -> None:
    with serving("--timeout", "0.1") as (process, _):
        assert process.wait(30) == 3
