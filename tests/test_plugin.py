"""The pytest plugin, in sessions of its own: what its fixtures do, what it says, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from time import monotonic

import psutil
import pytest
import requests

import mockserver.vendors

pytest_plugins = "pytester"

PAGE = Path(__file__).parent.parent / "docs" / "pytest.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
CLIENT = '''
import pytest
import requests

def create_user(youtestme, look_up=False, **changes):
    """Create a user as a client does, who looks for it first; a field that is None is left out."""
    tom = {"username": "tom", "firstName": "Tom", "lastName": "Palmer", "email": "tom@people.example",
           "roleCode": "STU", "externalId": "u-1", **changes}
    body = {name: value for name, value in tom.items() if value is not None}
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    if look_up:
        requests.get(f"{youtestme.url}/users/externalId=u-1", headers=key, timeout=20)
    return requests.post(f"{youtestme.url}/users/", json=body, headers=key, timeout=20)
'''
FIXTURES = '''
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mockserver.testing import Refused

def test_entities_are_chosen_by_their_fields(youtestme):
    assert create_user(youtestme).status_code == 201
    assert len(youtestme.entities("users")) > 1
    assert [each["username"] for each in youtestme.entities("users", external_id="u-1")] == ["tom"]

@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_a_fixture(vendor, mockserver, sandbox, request):
    found = request.getfixturevalue(vendor)
    assert (found.name, vendor in mockserver.vendors) == (vendor, True)
    assert found.credentials["base_url"] == found.url == f"{sandbox.url}/{vendor}"

@pytest.mark.mockserver(fixtures="empty", clock="2026-03-02T09:00:00Z")
class TestMarked:
    def test_a_mark_of_a_class_counts_for_its_tests(self, youtestme, sandbox):
        assert youtestme.entities("users") == []
        assert sandbox.clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)

    @pytest.mark.mockserver(clock="2027-01-01T00:00:00Z", seed=7, settings={"youtestme": {"create_status": 200}})
    def test_a_nearer_mark_wins(self, youtestme, sandbox):
        described = sandbox.admin("GET")
        assert (described["fixtures"], described["seed"]) == ("empty", 7)
        assert sandbox.clock.now().year == 2027
        assert create_user(youtestme).status_code == 200

@pytest.mark.mockserver(clock="2026-03-02T09:00:00Z")
def test_time_passes_on_command(sandbox):
    begin = sandbox.clock.now()
    sandbox.clock.advance("90m")
    sandbox.clock.advance(timedelta(seconds=30))
    assert sandbox.clock.now() - begin == timedelta(minutes=90, seconds=30)
    sandbox.clock.freeze(begin + timedelta(days=1))
    assert sandbox.clock.now() - begin == timedelta(days=1)
    sandbox.clock.thaw()
    assert sandbox.admin("GET", "/clock")["mode"] == "live"
    assert sandbox.clock.until_idle(within=timedelta(days=2))["next_due"] is None
    assert sandbox.clock.freeze()["mode"] == "frozen"

@pytest.mark.mockserver(fixtures="empty", clock="2026-03-02T09:00:00Z")
def test_a_webhook_reaches_the_inbox(youtestme, sandbox):
    results = sandbox.inbox("results")
    results.answer(status=503, times=1)
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    hook = {"event": "attempt", "resource": "finish", "url": results.url, "secret": "fake-shared-secret"}
    requests.post(f"{youtestme.url}/webhooks", json=hook, headers=key, timeout=20).raise_for_status()
    create_user(youtestme, look_up=True).raise_for_status()
    test = youtestme.action("create_test", name="Geography", external_id="geo-1", max_points=120)
    session = youtestme.action("create_session", test_id=test["id"])
    permitted = {"authorizationExternalId": "o-1", "externalTestId": "geo-1", "candidateExternalId": "u-1"}
    requests.post(f"{youtestme.url}/authorizations", json=permitted, headers=key, timeout=20).raise_for_status()
    [user] = youtestme.entities("users")
    attempt = youtestme.action("book", user_id=user["id"], session_id=session["id"])
    youtestme.action("start", attempt_id=attempt["id"])
    youtestme.action("youtestme.submit", attempt_id=attempt["id"], points=90)
    sandbox.clock.until_idle()
    assert [each["status"] for each in results.received()] == [503, 200]
    assert [proof["valid"] for each in results.received() for proof in each["proofs"]] == [True, True]
    assert [each["stage"] for each in sandbox.outbox(event="youtestme.attempt_finished")] == ["delivered"]
    assert [each["status"] for each in sandbox.journal(direction="out")] == [503, 200]
    results.clear()
    assert results.received() == []
    sandbox.assert_contract()

def test_faults_are_a_vendors_own_or_the_sandboxs(youtestme, constructor, sandbox):
    youtestme.faults.add("status", "create_user", status=503, times=1)
    constructor.faults.add("status", status=500)
    assert [create_user(youtestme).status_code for _ in range(2)] == [503, 201]
    assert [each["strikes"] for each in youtestme.faults.rules()] == [1]
    youtestme.faults.clear()
    assert [each["operation"] for each in sandbox.faults.rules()] == ["constructor.*"]
    sandbox.faults.clear()
    assert sandbox.faults.rules() == []

def test_settings_and_progressions(smarterproctoring, constructor):
    assert smarterproctoring.progression("get_session_status", polls=2)["count"] == 2
    assert constructor.progression("get_session_status", after="10m")["duration"] == "10m"
    assert constructor.progression("constructor.get_session_status")["mode"] == "manual"
    with pytest.raises(TypeError, match="not by both"):
        constructor.progression("get_session_status", after="10m", polls=2)
    name, value = next((name, value) for name, value in constructor.settings().items() if isinstance(value, bool))
    assert constructor.settings(**{name: not value})[name] is not value

def test_the_journal_is_filtered_waited_for_and_masked(youtestme, sandbox):
    create_user(youtestme)
    create_user(youtestme)
    assert [each["status"] for each in youtestme.journal(operation="create_user", wait="20s", count=2)] == [201, 409]
    assert youtestme.journal(status=404) == sandbox.journal(vendor="constructor") == []
    [shown, _] = sandbox.journal(secrets="shown")
    [masked] = sandbox.journal(status=201)
    name = next(each for each in masked["request"]["headers"] if each.lower() == "x-api-key")
    assert (masked["request"]["headers"][name], shown["request"]["headers"][name]) == (
        "***", youtestme.credentials["api_key"])

def test_a_snapshot_brings_back_what_was(youtestme, sandbox):
    before = sandbox.snapshot()
    create_user(youtestme)
    sandbox.restore(before)
    assert youtestme.entities("users", external_id="u-1") == []

SCENARIO = """
title: A user is made
vendors: [youtestme]
clock: "2026-03-02T09:00:00Z"
steps: [{when: youtestme.create_user}]
expect: {calls: [{operation: youtestme.create_user, count: 1}]}
"""

def test_a_scenario_from_a_file(youtestme, sandbox, tmp_path):
    story = tmp_path / "story.yaml"
    story.write_text(SCENARIO, encoding="utf-8")
    assert sandbox.run(story)["stage"] == "running"
    assert list(sandbox.verdict())
    create_user(youtestme)
    assert (sandbox.run()["stage"], sandbox.verdict()) == ("finished", {})

@pytest.mark.mockserver(scenario="youtestme/happy-path")
def test_a_scenario_by_mark(sandbox):
    assert sandbox.run()["stage"] == "running"
    assert sandbox.verdict()

def test_a_refusal_names_the_field(sandbox):
    with pytest.raises(Refused, match="(?s)refused with 400.*advance") as refused:
        sandbox.clock.advance("soon")
    assert refused.value.status == 400
    with pytest.raises(LookupError, match="known are constructor"):
        sandbox.vendor("nobody")

def test_a_test_may_delete_its_sandbox_and_make_others(mockserver, sandbox):
    with mockserver.sandbox("another", fixtures="empty") as another:
        assert another.vendor("youtestme").entities("users") == []
    with pytest.raises(ZeroDivisionError), mockserver.sandbox("another"):
        1 / 0
    sandbox.delete()
    names = [each["name"] for each in mockserver.admin("GET", "/sandboxes")]
    assert not {"another", sandbox.name} & set(names)
'''


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_page_work_as_printed(pytester: pytest.Pytester, example: str) -> None:
    pytester.makepyfile(example)
    pytester.runpytest_subprocess("--strict-markers", "-W", "error").assert_outcomes(passed=1)


def test_every_fixture_does_what_it_says(pytester: pytest.Pytester) -> None:
    folder = Path(mockserver.vendors.__file__).parent
    vendors = sorted(each.parent.name for each in folder.glob("*/__init__.py"))
    pytester.makepyfile(f"{CLIENT}\nVENDORS = {vendors}\n{FIXTURES}")
    done = pytester.runpytest_subprocess("-W", "error", timeout=100)
    tests = len(re.findall(r"^ *def test_", FIXTURES, re.MULTILINE)) - 1 + len(vendors)
    done.assert_outcomes(passed=tests)


def test_each_worker_has_a_server_and_none_is_left(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        import requests

        @pytest.mark.parametrize("number", range(20))
        def test_alone(number, mockserver, sandbox, youtestme, worker_id, tmp_path_factory):
            seen = tmp_path_factory.getbasetemp().parent / "seen"
            seen.mkdir(exist_ok=True)
            (seen / worker_id).write_text(mockserver.url, encoding="utf-8")
            assert sandbox.journal() == []
            requests.get(f"{youtestme.url}/users/1", timeout=20)
            assert len(sandbox.journal()) == 1
            assert len(mockserver.admin("GET", "/sandboxes")) == 2
    """)
    pytester.runpytest_subprocess("-n", "2", "--dist", "worksteal").assert_outcomes(passed=20)
    urls = [each.read_text(encoding="utf-8") for each in pytester.path.parent.rglob("seen/gw*")]
    assert len(set(urls)) == len(urls) == 2
    for url in urls:
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)


def test_a_sandbox_has_the_same_name_again(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("text", ["a/b c", "\\u00e9" * 99, "../..", ""])
        def test_named(text, sandbox, record_property):
            print("NAME", sandbox.name)
    """)
    first, second = (
        re.findall(r"NAME (\S+)", pytester.runpytest_subprocess("-s", "-p", "no:randomly").stdout.str())
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 4


def test_a_server_that_ends_meanwhile_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import psutil
        import pytest
        from mockserver.testing import Unreachable

        def test_end(sandbox):
            [child] = psutil.Process().children()
            child.terminate()
            child.wait(20)
            with pytest.raises(Unreachable, match="(?s)No mockserver answers at http.*It said:.*Admin API"):
                sandbox.clock.now()
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_running_server_is_used_and_left_as_it_was(pytester: pytest.Pytester, origin: str) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("number", range(4))
        def test_there(number, mockserver, sandbox, youtestme):
            print("NAME", sandbox.name)
            described = sandbox.admin("GET")
            assert (described["seed"], described["fixtures"]) == (11, "empty")
            assert youtestme.url.startswith(mockserver.url)

        @pytest.mark.mockserver(seed=12)
        def test_mark(sandbox):
            assert sandbox.admin("GET")["seed"] == 12
    """)
    pytester.makeini(f"[pytest]\nmockserver_url = {origin}/\nmockserver_seed = 10\nmockserver_fixtures = empty")
    names = []
    for _ in range(2):
        done = pytester.runpytest_subprocess("-s", "--mockserver-seed", "11")
        done.assert_outcomes(passed=5)
        names += re.findall(r"NAME (\S+)", done.stdout.str())
    assert len(set(names)) == 8
    assert not set(names) & {each["name"] for each in requests.get(f"{origin}/__admin/sandboxes", timeout=20).json()}


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_a_session_that_is_cut_short(pytester: pytest.Pytester, blow: signal.Signals) -> None:
    pytester.makepyfile("""
        from threading import Event

        def test_long(mockserver):
            print("URL", mockserver.url, flush=True)
            Event().wait(100)
    """)
    command = [sys.executable, "-m", "pytest", "-s", "-q"]
    with subprocess.Popen(
        command, cwd=pytester.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as session:
        assert session.stdout
        url = next(found[1] for line in session.stdout if (found := re.search(r"URL (\S+)", line)))
        servers = psutil.Process(session.pid).children(recursive=True)
        assert requests.get(f"{url}/__admin/", timeout=20).ok
        # As a terminal does: to the whole group.
        os.killpg(session.pid, blow)
        session.communicate(timeout=30)
    gone, left = psutil.wait_procs(servers, timeout=30)
    assert (len(gone) >= 2, left) == (True, [])
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_loading_the_plugin_imports_nothing_that_takes_time() -> None:
    script = "import pytest, mockserver.testing, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    loaded = done.stdout.split()
    heavy = {"flask", "granian", "faker", "marshmallow", "jsonschema", "yaml", "requests", "urllib3", "http.client"}
    assert heavy & set(loaded) == set()
    assert [each for each in loaded if each.startswith("mockserver.") and "mockserver.testing" not in each] == []


ISOLATION = """
import pytest
import requests

@pytest.mark.parametrize("number", range(1000))
def test_nothing_of_another_test_is_seen(number, sandbox, youtestme):
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    user = {"username": f"u{number}", "firstName": "Tom", "lastName": "Palmer", "email": f"u{number}@people.example",
            "roleCode": "STU", "externalId": f"u-{number}"}
    assert sandbox.journal() == []
    assert sandbox.faults.rules() == []
    begin = sandbox.clock.now()
    sandbox.clock.freeze()
    sandbox.clock.advance(f"{number}d")
    made = requests.post(f"{youtestme.url}/users/", json=user, headers=key, timeout=60)
    assert made.status_code == 201
    assert [each["username"] for each in youtestme.entities("users")][-1] == f"u{number}"
    youtestme.faults.add("status", "create_user", status=503)
    assert requests.post(f"{youtestme.url}/users/", json=user, headers=key, timeout=60).status_code == 503
    assert (sandbox.clock.now() - begin).days == number
    assert [each["status"] for each in sandbox.journal()] == [201, 503]
    assert len(youtestme.entities("users")) == len(sandbox.snapshot()["states"]["youtestme"]["users"])
    sandbox.assert_contract(order=False)
"""


@pytest.mark.isolation
@pytest.mark.timeout(900)
@pytest.mark.parametrize("shared", [False, True], ids=["a-server-each-worker", "one-server-for-all"])
def test_a_thousand_tests_in_eight_workers_do_not_meet(pytester: pytest.Pytester, origin: str, shared: bool) -> None:
    pytester.makepyfile(textwrap.dedent(ISOLATION))
    begin = monotonic()
    done = pytester.runpytest_subprocess("-n", "8", *(["--mockserver-url", origin] if shared else []), timeout=800)
    print(f"1,000 tests, 8 workers, {'one server' if shared else '8 servers'}: {monotonic() - begin:.1f} s")  # noqa: T201 - to be read
    done.assert_outcomes(passed=1000)


@pytest.mark.isolation
def test_what_a_sandbox_costs(pytester: pytest.Pytester) -> None:
    """Prints the time that making and deleting one takes; nothing is asserted of it."""
    pytester.makepyfile("""
        from statistics import median, quantiles
        from time import perf_counter

        def test_cost(mockserver, capsys):
            times = []
            for number in range(500):
                begin = perf_counter()
                with mockserver.sandbox(f"s{number}"):
                    made = perf_counter()
                times.append(((made - begin) * 1000, (perf_counter() - made) * 1000))
            for what, each in zip(("make", "delete"), zip(*times)):
                print(f"FIGURE {what} a sandbox: median {median(each):.2f} ms, 95% {quantiles(each, n=20)[-1]:.2f} ms")
            assert len(mockserver.admin("GET", "/sandboxes")) == 1
    """)
    done = pytester.runpytest_subprocess("-s")
    done.assert_outcomes(passed=1)
    print(*re.findall(r"FIGURE .*", done.stdout.str()), sep="\n")  # noqa: T201 - to be read
