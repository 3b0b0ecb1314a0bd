"""``mockserver scenario`` as a user runs it, against a running server."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from contract_tests.players import player_of
from contract_tests.players.world import World

Run = Callable[..., "subprocess.CompletedProcess[str]"]

WRONG = """\
title: Wrong
vendors: [youtestme]
clock: noon
steps:
  - when: youtestme.create_usr
  - after: soon
    do: youtestme.book
expect: {calls: [{operation: youtestme.create_user}]}
"""


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mockserver", "scenario", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def name() -> str:
    return f"t{uuid4().hex}"


@pytest.fixture
def ask(origin: str, name: str) -> Run:
    """Run a command about a sandbox of this test's own."""

    def ask(command: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return run(command, *arguments, "--sandbox", name, "--url", origin)

    return ask


def test_the_library_is_listed_and_nothing_is_wrong_with_it() -> None:
    assert "youtestme/happy-path" in run("list").stdout
    linted = run("lint", "scenarios")
    assert linted.returncode == 0
    assert linted.stdout.startswith("Nothing is wrong with ")


def test_every_problem_of_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG, encoding="utf-8")
    linted = run("lint", tmp_path)
    assert linted.returncode == 1
    assert [line.removeprefix(f"{file}:").split(": ")[:2] for line in linted.stdout.splitlines()] == [
        ["3", "clock"],
        ["5", "steps[1].when"],
        ["6", "steps[2].after"],
        ["7", "steps[2].do"],
        ["7", "steps[2].do"],
    ]
    assert "5 problems in 1 of 1 files" in linted.stderr


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "\t", ""])
def test_what_is_no_scenario_at_all_is_one_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "none.yaml").write_text(text, encoding="utf-8")
    linted = run("lint", tmp_path)
    assert linted.returncode == 1
    assert "1 problems in 1 of 1 files" in linted.stderr


def test_the_language_is_printed_for_editors() -> None:
    assert json.loads(run("schema").stdout)["title"] == "A mockserver scenario"


def test_a_scenario_is_played_shown_and_verified(ask: Run, origin: str, name: str) -> None:
    played = ask("play", "youtestme/happy-path")
    assert played.returncode == 0, played.stderr
    assert f"{origin}/sandbox/{name}/youtestme" in played.stdout
    assert "waits for youtestme.create_authorization" in ask("show").stdout
    too_soon = ask("verify")
    assert too_soon.returncode == 1
    assert "steps[1]: Step 1 of 3 waits for youtestme.create_authorization" in too_soon.stdout
    world = World(origin, name)
    player_of("youtestme/happy-path")(world)
    world.until_idle()
    verified = ask("verify")
    assert (verified.returncode, verified.stdout) == (0, "Everything holds.\n")
    assert "finished" in ask("show").stdout
    world.session.close()


def test_a_file_is_played_too_and_a_wrong_one_refused(ask: Run, tmp_path: Path) -> None:
    good = Path("scenarios/youtestme/happy-path.yaml")
    assert ask("play", good).returncode == 0
    again = ask("play", good)
    assert again.returncode == 1
    assert "is playing a scenario" in again.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG, encoding="utf-8")
    refused = ask("play", wrong)
    assert refused.returncode == 1
    assert "line 5" in refused.stderr
    missing = ask("play", tmp_path / "missing.yaml")
    assert missing.returncode == 1
    assert "No such file" in missing.stderr


def test_what_is_not_there_is_one_line(ask: Run) -> None:
    for command in (["verify"], ["show"], ["play", "nobody/nothing"]):
        done = ask(*command)
        assert done.returncode == 1
        assert "There is no" in done.stderr
        assert "Traceback" not in done.stderr
    unserved = run("verify", "--url", "http://127.0.0.1:9")
    assert "is mockserver serving?" in unserved.stderr


def test_a_played_scenario_is_recorded_and_repeated_the_same(ask: Run, origin: str, name: str, tmp_path: Path) -> None:
    ask("play", "youtestme/happy-path")
    world = World(origin, name)
    player_of("youtestme/happy-path")(world)
    world.until_idle()
    file = tmp_path / "run.json"
    recorded = ask("record", "-o", file)
    assert recorded.returncode == 0, recorded.stderr
    repeated = run("replay", file)
    assert repeated.returncode == 0, repeated.stdout + repeated.stderr
    assert repeated.stdout.endswith("all the same.\n")
    world.session.close()


def test_a_recording_that_would_come_out_otherwise_says_where(ask: Run, origin: str, name: str, tmp_path: Path) -> None:
    ask("play", "youtestme/happy-path")
    world = World(origin, name)
    player_of("youtestme/happy-path")(world)
    world.until_idle()
    file = tmp_path / "run.json"
    ask("record", "-o", file)
    recording = json.loads(file.read_text(encoding="utf-8"))
    recording["done"] = [each for each in recording["done"] if "/authorizations" not in each["path"]]
    file.write_text(json.dumps(recording), encoding="utf-8")
    repeated = run("replay", file)
    assert repeated.returncode == 1
    assert "0 attempts were made, 1 were recorded" in repeated.stdout
    world.session.close()


@pytest.mark.parametrize("text", ["", "{}", '{"format": "mockserver-recording", "version": 9}', "[]"])
def test_what_is_no_recording_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "none.json"
    file.write_text(text, encoding="utf-8")
    refused = run("replay", file)
    assert refused.returncode == 1
    assert "recording" in refused.stderr
    assert "Traceback" not in refused.stderr
