"""Broken twins: the catalogue that ``make prove`` runs, and a handful of it end to end."""

import contextlib
import os
import signal
import subprocess
import sys
from collections import Counter
from functools import cache

import psutil
import pytest

from contract_tests.twins.catalogue import catalogue, healthy, vendors
from contract_tests.twins.running import Caught, Health, catch, examine
from contract_tests.twins.table import FAILED, NOT_PROVEN, PROVEN, Table
from contract_tests.twins.twin import Twin
from mockserver.contract.contract import Contract
from mockserver.contract.load import read_contract
from mockserver.contract.manners import with_manners
from mockserver.vendors import discover

LEAST_CLIENTS, LEAST_SERVERS, LEAST = 15, 8, 60


@cache
def clauses(vendor: str) -> list[str]:
    package = next(each.package for each in discover() if each.name == vendor)
    contract: Contract = with_manners(vendor, read_contract(package))
    return [*contract.clauses, f"{vendor}.paths"]


def test_every_vendor_has_twins() -> None:
    assert set(vendors()) == {each.name for each in discover()}
    counted = Counter((each.vendor, each.kind) for each in catalogue().values())
    for vendor in vendors():
        assert counted[vendor, "client"] >= LEAST_CLIENTS
        assert counted[vendor, "server"] >= LEAST_SERVERS
    assert len(catalogue()) >= LEAST


@pytest.mark.parametrize("twin", catalogue().values(), ids=catalogue())
def test_a_twin_expects_a_clause_that_there_is(twin: Twin) -> None:
    assert any(twin.is_named(each) for each in clauses(twin.vendor))
    assert twin.wrong
    assert "\n" not in twin.wrong


@pytest.mark.parametrize("twin", catalogue().values(), ids=catalogue())
def test_a_twin_expects_few_clauses(twin: Twin) -> None:
    """A glob stands for what one defect can be called, never for a whole operation."""
    assert "*" not in twin.clause.partition(".")[2].split(".")[0] or ".response." in twin.clause
    assert not twin.clause.endswith(".*")


def test_healthy_subjects_are_named_by_vendor() -> None:
    assert [healthy(each).vendor for each in vendors()] == list(vendors())


CLIENTS = {
    "youtestme.client.number-for-id": "fails",
    "smarterproctoring.client.stored-link": "fails",
    "constructor.client.trusting": "warns",
    "talentsoft.client.wasteful": "shown",
}
SERVERS = {
    "youtestme.server.text-for-points": "fails",
    "smarterproctoring.server.duplicating": "fails",
    "constructor.server.always-200": "fails",
    "talentsoft.server.unforgetting": "fails",
    "talentsoft.server.no-lifetime": "fails",
}


@pytest.mark.checks
@pytest.mark.parametrize(("name", "weight"), [*CLIENTS.items(), *SERVERS.items()])
def test_a_twin_is_caught(origin: str, name: str, weight: str) -> None:
    caught = catch(name, origin)
    assert caught.by, caught
    assert catalogue()[name].is_named(caught.clause)
    assert caught.weight == weight


@pytest.mark.checks
@pytest.mark.parametrize(
    "name", ["youtestme.client.healthy", "constructor.server.healthy", "talentsoft.server.healthy-instead"]
)
def test_the_healthy_one_is_clean(origin: str, name: str) -> None:
    assert examine(name, origin) == Health(name, "The contract is kept, as far as it was checked.", clean=True)


def _row(name: str, clause: str = "", **also: str) -> Caught:
    return Caught(name, by="a check" if clause else "", clause=clause, weight="fails" if clause else "", **also)


def _table(*found: Health | Caught) -> Table:
    table = Table()
    for each in found:
        table.add(each)
    return table


CLEAN = Health("a.client.healthy", "It is kept.", clean=True)


def test_the_rate_is_of_what_was_named() -> None:
    one, other, *_ = catalogue()
    table = _table(_row(one, "a.clause"), _row(other))
    assert table.rate == 50
    assert table.code == NOT_PROVEN
    text = table.text(1)
    assert "NOT PROVEN  caught: 1 of 2 twins, kill rate 50.0% (wanted: 95%); no healthy subject. 1 s." in text
    assert f"NO          {other}" in text
    assert f"   1 not caught: {other}" in text


def test_nineteen_of_twenty_are_enough() -> None:
    names = list(catalogue())[:20]
    named = [_row(each, "a.clause") for each in names[1:]]
    assert _table(*named, _row(names[0])).code == PROVEN
    assert _table(*named[1:], _row(names[0])).code == NOT_PROVEN


def test_the_weights_of_the_findings_are_counted() -> None:
    names = list(catalogue())[:4]
    weights = ("fails", "fails", "warns", "shown")
    text = _table(
        *(Caught(name, "a check", "a.clause", weight) for name, weight in zip(names, weights, strict=True))
    ).text(1)
    assert "   2 caught by a finding that fails at the default level (example)" in text
    assert "   1 caught by one that only warns" in text
    assert "   1 caught by one that is only shown" in text


def test_nothing_caught_of_nothing_is_no_success() -> None:
    assert Table().code == NOT_PROVEN
    assert _table(CLEAN).code == PROVEN


def test_a_healthy_one_that_is_not_clean_is_told() -> None:
    table = _table(CLEAN, Health("b.client.healthy", "It is not kept.", clean=False, against=("fails a.clause",)))
    assert table.code == NOT_PROVEN
    assert "NOT CLEAN" in table.text(1)
    assert "fails a.clause" in table.text(1)


def test_a_broken_check_catches_nobody_and_is_told() -> None:
    one, other, *_ = catalogue()
    text = _table(_row(one, "a.clause", broken="It hung."), _row(other, broken="It hung.")).text(1)
    assert "caught: 1 of 2" in text
    assert f"   2 with a check that came to no end (broken): {one}, {other}" in text


def test_an_error_of_the_checking_itself_is_neither() -> None:
    one, *_ = catalogue()
    caught = catch(one, "http://127.0.0.1:9")
    assert "Unreachable" in caught.bug
    table = _table(CLEAN, caught)
    assert table.code == FAILED
    assert table.bugs.startswith(f"{one}:\nTraceback")
    assert f"   1 not put to the end, since the checking itself failed: {one}" in table.text(1)


def _command(*words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "contract_tests.twins", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )


@pytest.mark.checks
def test_the_command_proves_what_it_is_asked_for() -> None:
    with _command("talentsoft.server.no-lifetime", "talentsoft.client.healthy", "--jobs=1") as command:
        said, wrong = command.communicate(timeout=100)
    assert command.returncode == 0, said + wrong
    assert "healthy  talentsoft.client.healthy " in said
    assert "yes  fails  talentsoft.server.no-lifetime: " in said
    assert "PROVEN  caught: 1 of 1 twins, kill rate 100.0% (wanted: 95%); healthy subjects clean: 1 of 1." in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no-twin-is-called-so", "lonely"], "no subject and no twin has 'no-twin-is-called-so' in its name"),
        (["--jobs=0"], "'0' is no whole number from 1 on"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_wrong_usage_is_told(words: list[str], says: str) -> None:
    with _command(*words) as command:
        said, wrong = command.communicate(timeout=60)
    assert command.returncode == 2
    assert not said
    assert says in wrong


@pytest.mark.checks
def test_a_machine_where_nothing_can_be_served_is_told() -> None:
    with _command("lonely", MOCKSERVER_FIXTURES="no-such-set") as command:
        said, wrong = command.communicate(timeout=100)
    assert command.returncode == FAILED
    assert not said
    assert "No mockserver could be started" in wrong
    assert "Traceback" not in wrong


def _children(command: "subprocess.Popen[str]", count: int) -> list[psutil.Process]:
    """Wait until a command has so many processes below it."""
    for _ in range(600):
        children = psutil.Process(command.pid).children(recursive=True)
        if len(children) >= count:
            return children
        with contextlib.suppress(subprocess.TimeoutExpired):
            command.wait(0.1)
    raise AssertionError(f"It has no {count} processes.")


@pytest.mark.checks
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_interrupted_command_leaves_nothing_running(sent: signal.Signals, code: int) -> None:
    # A mockserver of two processes, a worker, what it forks off, one that has been forked off, and resource trackers.
    with _command("constructor.server.no-reviews", "--jobs=1") as command:
        children = _children(command, 6)
        os.killpg(command.pid, sent)
        _, wrong = command.communicate(timeout=30)
        assert command.returncode == code
        assert psutil.wait_procs(children, timeout=20)[1] == []
    assert "Traceback" not in wrong
    assert sent == signal.SIGKILL or "Interrupted; nothing is proven." in wrong


@pytest.mark.checks
def test_a_worker_that_ends_by_itself_is_told() -> None:
    with _command("constructor.server.no-reviews", "--jobs=1") as command:
        workers = [each for each in _children(command, 6) if "spawn_main" in " ".join(each.cmdline())]
        workers[0].kill()
        said, wrong = command.communicate(timeout=60)
    assert command.returncode == FAILED
    assert not said
    assert "ended before its time" in wrong
    assert "Traceback" not in wrong
