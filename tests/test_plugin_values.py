"""What a test may give the pytest plugin, how that reaches the server, and what is said of what cannot."""

import re
import subprocess
import sys

import pytest

from tests.test_plugin import CLIENT

pytest_plugins = "pytester"

VALUES = """
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

INSTANT = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))

def test_every_filter_of_the_journal_can_be_given(youtestme, sandbox):
    create_user(youtestme, look_up=True)
    assert [each["status"] for each in youtestme.journal(method="GET")] == [404]
    assert [each["status"] for each in sandbox.journal(path="/users/", method="POST", wait="20s")] == [201]
    assert sandbox.admin("GET", "/journal", path="externalId", method="GET")["total"] == 1
    assert len(youtestme.journal(operation=None, matched=True)) == 2
    sandbox.assert_contract(method="GET")
    sandbox.assert_contract(path="externalId")

def test_entities_without_a_value(constructor, youtestme):
    create_user(youtestme)
    create_user(youtestme, username="null", externalId=None, email="null@people.example", last_name="null")
    everybody = youtestme.entities("users")
    nobodys = [each["username"] for each in everybody if each["external_id"] is None]
    assert "null" in nobodys
    assert len(nobodys) < len(everybody)
    assert [each["username"] for each in youtestme.entities("users", external_id=None)] == nobodys
    assert youtestme.entities("users", username=None) == []

@pytest.mark.mockserver(clock="2026-03-02T09:00:00Z")
def test_instants_durations_and_paths(mockserver, sandbox, youtestme, constructor):
    sandbox.clock.freeze(INSTANT + timedelta(hours=1))
    assert sandbox.clock.now() == datetime(2026, 3, 2, 10, tzinfo=UTC)
    rule = youtestme.faults.add("status", status=500, until=INSTANT + timedelta(days=1))
    assert datetime.fromisoformat(rule["until"]) == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert sandbox.inbox("slow").answer(delay=timedelta(milliseconds=5))["delay"] == "0.005s"
    assert constructor.progression("get_session_status", after=timedelta(minutes=10))["duration"] == "600000ms"
    with mockserver.sandbox("another", clock=INSTANT.astimezone(UTC), fixtures=Path("empty")) as another:
        assert (another.clock.now(), another.admin("GET")["fixtures"]) == (INSTANT, "empty")
    assert sandbox.journal(wait=timedelta(0), since=INSTANT) == []

@pytest.mark.parametrize(
    ("give", "error", "said"),
    [
        (lambda s, v: v.faults.add("status", until=datetime(2026, 3, 2)), ValueError, "2026, 3, 2.* has none"),
        (lambda s, v: v.settings(create_status={201}), TypeError, "[{]201[}] cannot be sent as JSON; give texts"),
        (lambda s, v: v.entities("users", id=b"7"), TypeError, "b'7' cannot be sent"),
        (lambda s, v: v.faults.add("delay", seconds=float("nan")), ValueError, "not JSON compliant"),
        (lambda s, v: v.action(7), TypeError, "has a text as its name, not 7"),
        (lambda s, v: v.entities(""), ValueError, "A collection cannot be called ''"),
        (lambda s, v: v.entities("a?b"), Exception, "refused with 404.*has no collection 'a[?]b'"),
        (lambda s, v: v.entities("users", limit=3), TypeError, "it takes no limit"),
        (lambda s, v: v.progression("a/b"), ValueError, "without slashes, not 'youtestme.a/b'"),
        (lambda s, v: s.inbox(".."), ValueError, "An inbox cannot be called '[.][.]'"),
        (lambda s, v: s.inbox(None), TypeError, "An inbox has a text as its name, not None"),
        (lambda s, v: s.journal(count=3), TypeError, "goes with wait"),
        (lambda s, v: s.journal(wait=3), TypeError, "a text like '90m' or a timedelta, not 3"),
        (lambda s, v: s.journal(format="har"), TypeError, "takes no format"),
        (lambda s, v: v.journal(vendor="talentsoft"), TypeError, "sandbox.journal takes a vendor"),
        (lambda s, v: s.journal(colour="red"), Exception, "colour: Unknown field; known are .*vendor"),
        (lambda s, v: s.outbox(colour="red"), Exception, "colour: Unknown field; known are stage, event"),
        (lambda s, v: s.inbox("a").answer(colour="red"), Exception, "known are status, headers, body, delay, times"),
        (lambda s, v: s.admin("POST", "/clock", body={"thaw": True}), TypeError, "given without its name: admin"),
        (lambda s, v: s.server.admin("GET", "operations"), ValueError, "begins with a slash: 'operations'"),
    ],
)
def test_what_cannot_be_given_is_named(give, error, said, sandbox, youtestme):
    with pytest.raises(error, match=said):
        give(sandbox, youtestme)

@pytest.mark.parametrize("name", ["a?b", None, "", "a/b", "-a", "a" * 65, "a\\n"])
def test_a_name_that_is_none(name, mockserver):
    with pytest.raises(ValueError, match="A sandbox's name is 1 to 64 letters"), mockserver.sandbox(name):
        pass

def test_an_inbox_with_a_name_that_needs_quoting(sandbox):
    inbox = sandbox.inbox("r\\u00e9sultats?#1")
    requests.post(inbox.url, json={}, timeout=20)
    assert len(inbox.received()) == 1

def test_the_log_is_the_tests_own(youtestme, sandbox, caplog):
    caplog.set_level(logging.DEBUG)
    together = threading.Barrier(12)
    def look(_):
        together.wait(20)
        return sandbox.journal(wait="1ms", count=9)
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(look, range(12))) == [[]] * 12
    assert caplog.records == []
    create_user(youtestme, look_up=True)
    assert "/youtestme/users/" in caplog.text
"""


def test_what_a_test_gives_arrives_or_is_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT + VALUES)
    done = pytester.runpytest_subprocess("-W", "error", timeout=100)
    tests = len(re.findall(r"^def test_", VALUES, re.MULTILINE)) - 2
    done.assert_outcomes(passed=tests + VALUES.count("(lambda s, v") + 7)


TYPED = """
from datetime import timedelta
from mockserver.testing import Clock, Faults, Finding, Inbox, Mockserver, Sandbox, Vendor
from contract_tests.clients.smarterproctoring import SmarterProctoring

def test_typed(mockserver: Mockserver, sandbox: Sandbox, youtestme: Vendor) -> None:
    clock: Clock = sandbox.clock
    clock.advance(timedelta(minutes=5))
    faults: Faults = youtestme.faults
    inbox: Inbox = sandbox.inbox("mine")
    found: list[Finding] = sandbox.assert_contract(level="documented")
    places: list[str] = [each.place for each in found]
    sandbox.clock.advance(5)
"""


def test_a_test_with_annotations_is_checked(pytester: pytest.Pytester) -> None:
    pytest.importorskip("mypy")
    page = pytester.makepyfile(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(pytester.path / "cache"), str(page)]
    done = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, timeout=110)
    [problem] = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert 'Argument 1 to "advance" of "Clock" has incompatible type "int"' in problem
