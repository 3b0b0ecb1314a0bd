"""What the pytest plugin says where it is used wrongly, or cannot do what it should."""

import socket
from pathlib import Path

import psutil
import pytest
import requests

from mockserver.testing.server import CannotServe, running_child
from tests.receiver import Receiver

pytest_plugins = "pytester"


def test_a_server_that_cannot_start_shows_what_it_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(sandbox): pass\ndef test_two(youtestme): pass")
    done = pytester.runpytest_subprocess("--mockserver-fixtures", "nowhere")
    done.assert_outcomes(errors=2)
    done.stdout.fnmatch_lines(
        [
            "No mockserver could be started; `mockserver serve --fixtures=nowhere *` ended with code 1:",
            "Error: There is no fixture set 'nowhere'; known are *",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_an_address_where_no_mockserver_is(pytester: pytest.Pytester, receiver: Receiver) -> None:
    pytester.makepyfile("def test_one(sandbox): pass")
    done = pytester.runpytest_subprocess("--mockserver-url", receiver.url)
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([f"*at {receiver.url} is no mockserver*"])
    done = pytester.runpytest_subprocess("--mockserver-url", "http://127.0.0.1:9")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["No mockserver answers at http://127.0.0.1:9: *Connection refused.*"])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("url", "localhost:8080", "'localhost:8080' is no address like http://127.0.0.1:8080."),
        ("seed", "many", "'many' is no whole number."),
    ],
)
def test_an_option_that_says_nothing_is_a_usage_error(
    pytester: pytest.Pytester, name: str, value: str, said: str
) -> None:
    done = pytester.runpytest_subprocess(f"--mockserver-{name}", value)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: --mockserver-{name}: {said}"])
    pytester.makeini(f"[pytest]\nmockserver_{name} = {value}")
    done = pytester.runpytest_subprocess()
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: mockserver_{name}: {said}"])


def test_a_wrong_mark_says_what_it_takes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from pathlib import Path

        @pytest.mark.mockserver(fixture="demo")
        def test_unknown(): pass

        @pytest.mark.mockserver("demo")
        def test_positional(sandbox): pass

        @pytest.mark.mockserver(seed="7")
        def test_type(sandbox): pass

        @pytest.mark.mockserver(seed=True)
        def test_flag(sandbox): pass

        @pytest.mark.mockserver(scenario="youtestme/happy-path", seed=7)
        def test_both(sandbox): pass

        @pytest.mark.mockserver(fixtures="nowhere")
        def test_no_set(sandbox): pass

        @pytest.mark.mockserver(settings={"youtestme": {"colour": "red"}})
        def test_no_setting(sandbox): pass

        @pytest.mark.mockserver(scenario=Path("nowhere.yaml"))
        def test_no_file(sandbox): pass

        @pytest.mark.mockserver(seed=7)
        def test_good(sandbox): pass
    """)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-n", "1")
    done.assert_outcomes(errors=8, passed=1)
    done.stdout.fnmatch_lines_random(
        [
            "@pytest.mark.mockserver takes no 'fixture'; it takes fixtures, seed, clock, *",
            "@pytest.mark.mockserver takes keyword arguments only (fixtures, *), not 'demo'.",
            "@pytest.mark.mockserver takes int as seed, not '7'.",
            "@pytest.mark.mockserver takes int as seed, not True.",
            "@pytest.mark.mockserver takes scenario alone, *; leave out seed.",
            "No sandbox: There is no fixture set 'nowhere'; *",
            "No sandbox: *colour*",
            "No sandbox: *nowhere.yaml*",
        ]
    )
    done.stdout.no_fnmatch_line("*During handling*")


def test_wrong_usage_is_told_where_the_test_stands(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from datetime import timedelta

        def test_number(sandbox): sandbox.clock.advance(90)

        def test_back(sandbox): sandbox.clock.advance(timedelta(seconds=-5))

        def test_instant(sandbox): sandbox.clock.freeze(2026)

        def test_words(sandbox): sandbox.clock.advance("soon")

        def test_inbox(sandbox): sandbox.inbox("a/b")

        def test_path(sandbox): sandbox.admin("GET", "clock")

        def test_given(sandbox): sandbox.assert_contract(given="ES1")
    """)
    done = pytester.runpytest_subprocess("-p", "no:randomly")
    done.assert_outcomes(failed=7)
    done.stdout.fnmatch_lines_random(
        [
            "E*TypeError: A duration is a text like '90m' or a timedelta, not 90.",
            "E*ValueError: Time passes forward only, not by -5 s.",
            "E*TypeError: An instant is a text like '2026-01-31T09:00:00Z' or a datetime, not 2026.",
            "E*Refused: POST * is refused with 400: advance: 'soon' is not a duration; *",
            "E*ValueError: An inbox has a name without slashes, not 'a/b'.",
            "E*ValueError: A path of the admin API begins with a slash: 'clock'.",
            "E*TypeError: given takes a list of ids, not one: [[]'ES1'[]].",
        ]
    )
    # Where CI is set, pytest's last lines have the whole messages once more.
    assert sum("is not a duration" in each for each in done.outlines if each.startswith("E ")) == 1
    for ours in ("*sandbox.py*", "*admin.py*"):
        done.stdout.no_fnmatch_line(ours)


def test_a_sandbox_too_many_is_told(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_MAX_SANDBOXES", "1")
    pytester.makepyfile("def test_one(sandbox): pass")
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["No sandbox: *the most that this process keeps; *--max-sandboxes."])


def test_a_port_that_is_taken_is_nobody_elses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=f"127.0.0.1:{port}: Address already in use"), running_child((), port):
            pass
    with running_child((), port) as child:
        assert requests.get(f"http://127.0.0.1:{port}/__admin/", timeout=20).json()["name"] == "mockserver"
        assert child.origin == f"http://127.0.0.1:{port}"


def test_workers_that_hang_do_not_outlive_a_server_that_was_killed() -> None:
    with running_child(()) as child:
        workers = psutil.Process(child.process.pid).children(recursive=True)
        for each in workers:
            each.suspend()
        child.process.kill()
        child.process.wait(20)
    gone, left = psutil.wait_procs(workers, timeout=20)
    assert (bool(gone), left) == (True, [])


@pytest.mark.parametrize("folder", [".", "below"])
def test_a_folder_in_the_configuration_file_counts_from_there(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (pytester.mkdir("people") / "set.yaml").write_text("title: Nobody\n", encoding="utf-8")
    pytester.makeini("[pytest]\nmockserver_fixtures = ./people")
    test = pytester.makepyfile("def test_one(sandbox, youtestme): assert sandbox.admin('GET')['fixtures'] == 'people'")
    Path("below").mkdir()
    monkeypatch.chdir(folder)
    pytester.runpytest_subprocess(test).assert_outcomes(passed=1)
    done = pytester.runpytest_subprocess(test, "--mockserver-fixtures", "./people")
    done.assert_outcomes(**({"passed": 1} if folder == "." else {"errors": 1}))
