"""The demo as people and machines start it: a process of its own, which must leave none behind."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from mockserver.config import data_folder
from tests.server import free_port

COMMAND = [sys.executable, "-m", "mockserver", "demo"]
JOURNEY = data_folder("scenarios") / "journeys" / "certified-with-constructor.yaml"
BEATS = [
    "Ordered in Talentsoft, sat in YouTestMe, watched by SmarterProctoring",
    "] 2/15  Mon 02 Mar 2026 09:35",
    "She invites Grace Mensah",
    "client <-- Talentsoft          200  call_invite_applicants",
    "client --> YouTestMe           201  create_user",
    "= YouTestMe users cand-1007",
    "client --> YouTestMe           201  create_authorization",
    "YouTestMe permits Grace one attempt.",
    "client --> SmarterProctoring   200  schedule_exam_session",
    "Needs Proctor -> Pending Approval",
    "The instructor approves",
    "Pending Approval -> Scheduled",
    "client --> SmarterProctoring   303  open_onboarding",
    "Grace opens her onboarding link",
    "Scheduled -> In Progress",
    "client --> YouTestMe           302  open_sso_link",
    "She hands in",
    "client <-- YouTestMe           200  attempt_finished",
    "not_attempted -> finished, points none -> 96",
    "The session is closed.",
    "Processing -> Closed",
    "client --> Talentsoft          200  receive_callback",
    "client <-- Talentsoft          200  call_list_assessments",
    "inProgress -> completed, global_score none -> 80",
    "] 15/15  Sat 07 Mar 2026 11:17",
    "Verdict: everything holds",
]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    wide = {**os.environ, "COLUMNS": "140"}
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=90, check=False, env=wide)


def run_fast(*options: str) -> subprocess.CompletedProcess[str]:
    return run("--fast", "--port", str(free_port()), *options)


@contextmanager
def showing(text: str, *options: str) -> Iterator[tuple["subprocess.Popen[str]", list[str], list[psutil.Process]]]:
    """Run the demo until it prints a text; give it, the lines up to there, and the processes that it has started."""
    command = [*COMMAND, "--port", str(free_port()), *options]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert demo.stdout is not None
    children: list[psutil.Process] = []
    try:
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if text in line:
                break
        children = psutil.Process(demo.pid).children(recursive=True)
        assert children, "".join(lines)
        yield demo, lines, children
    finally:
        for each in [*children, demo]:
            if each.is_running() if isinstance(each, psutil.Process) else each.poll() is None:
                each.kill()
        demo.wait(timeout=10)
        demo.stdout.close()


def test_the_beats_of_the_story_come_in_their_order() -> None:
    done = run_fast()
    assert (done.returncode, done.stderr) == (0, "")
    at = -1
    for beat in BEATS:
        at = done.stdout.find(beat, at + 1)
        assert at >= 0, f"{beat!r} does not come after what is before it in:\n{done.stdout}"
    assert "\x1b" not in done.stdout


def test_a_vendor_alone() -> None:
    done = run_fast("--vendor", "youtestme")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "<-- YouTestMe           200  attempt_finished" in done.stdout


def test_a_broken_expectation_is_named_and_ends_1(tmp_path: Path) -> None:
    file = tmp_path / "journeys" / JOURNEY.name
    file.parent.mkdir()
    file.write_text(JOURNEY.read_text(encoding="utf-8").replace("global_score: 80", "global_score: 81"))
    done = run_fast("--scenario", str(file))
    assert done.returncode == 1
    assert "Verdict: 1 expectation is broken.\n  expect.state[4].has.global_score:" in done.stdout
    assert "it is 80, not 81" in done.stdout


def test_a_client_that_gives_up_is_quoted_and_the_steps_left_are_named(tmp_path: Path) -> None:
    file = tmp_path / "journeys" / JOURNEY.name
    file.parent.mkdir()
    file.write_text(JOURNEY.read_text(encoding="utf-8").replace("campaign_id: cert-data-analyst", "campaign_id: other"))
    done = run_fast("--scenario", str(file))
    assert done.returncode == 1
    assert "The client gave up: Talentsoft has ordered nothing for a day." in done.stdout
    assert "steps[2]: Step 2 of 11 waits for youtestme.create_authorization" in done.stdout


def test_the_server_stays_until_ctrl_c_and_leaves_nothing() -> None:
    with showing("Stop with Ctrl-C.", "--pace", "0") as (demo, lines, children):
        links = re.findall(r"https?://\S+", "".join(lines[-10:]))
        assert len(links) == 6
        assert [requests.get(each, timeout=20).status_code for each in links] == [200] * 6
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=20)
        assert (demo.returncode, rest) == (0, "\nStopped.\n")
        assert psutil.wait_procs(children, timeout=5)[1] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_the_story_ends_it_cleanly(number: signal.Signals) -> None:
    with showing("client -->", "--pace", "60") as (demo, _, children):
        demo.send_signal(number)
        rest, _ = demo.communicate(timeout=20)
        assert (demo.returncode, rest) == (130, "\nStopped.\n")
        assert psutil.wait_procs(children, timeout=5)[1] == []


def test_the_server_ends_with_a_demo_that_is_killed() -> None:
    with showing("Stop with Ctrl-C.", "--pace", "0") as (demo, _, children):
        demo.kill()
        demo.wait(timeout=20)
        assert psutil.wait_procs(children, timeout=20)[1] == []


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--fast", "--port", str(port))
    message = (
        f"Error: No mockserver can listen on 127.0.0.1:{port}: Address already in use. "
        "Choose another with --port, 0 for any.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--scenario", "journeys/nowhere"], 1, "There is no scenario 'journeys/nowhere'"),
        (["--vendor", "nobody"], 1, "There is no scenario 'nobody/happy-path'"),
        (["--scenario", "/nowhere/journeys/x.yaml"], 1, "No such file or directory"),
        (["--scenario", __file__.replace("test_demo.py", "plain.yml")], 1, "No such file or directory"),
        (["--scenario", "journeys/erased-half-way", "--vendor", "youtestme"], 2, "not both"),
        (["--pace", "-1"], 2, "--pace"),
    ],
)
def test_a_wrong_wish_is_refused_before_anything_starts(options: list[str], code: int, said: str) -> None:
    done = run(*options)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_nobody_plays_or_that_is_no_scenario(tmp_path: Path) -> None:
    unknown = tmp_path / "unknown.yaml"
    unknown.write_text("title: x\n")
    assert "Nobody plays" in run("--scenario", str(unknown)).stderr
    ill = tmp_path / "journeys" / JOURNEY.name
    ill.parent.mkdir()
    ill.write_text("title: x\n")
    done = run_fast("--scenario", str(ill))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "'clock' is missing" in done.stderr


@pytest.mark.parametrize(("environment", "colours"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals_and_no_cursor_is_moved(environment: dict[str, str], colours: bool) -> None:
    ours, theirs = pty.openpty()
    command = [*COMMAND, "--fast", "--port", str(free_port())]
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    demo = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**known, **environment})
    os.close(theirs)
    shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert demo.wait(timeout=20) == 0, shown.decode()
    codes = set(re.findall(rb"\x1b\[[0-9;?]*([A-Za-z])", shown))
    assert codes == ({b"m"} if colours else set())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # what Linux says when the other end is closed
        return b""
