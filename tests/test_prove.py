"""Broken twins: the catalogue that ``make prove`` runs, and a handful of it end to end."""

import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from contract_tests.twins.catalogue import catalogue, healthy, vendors
from contract_tests.twins.running import Caught, Health, catch, examine
from contract_tests.twins.table import Table
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


@pytest.mark.parametrize(("name", "weight"), [*CLIENTS.items(), *SERVERS.items()])
def test_a_twin_is_caught(origin: str, name: str, weight: str) -> None:
    caught = catch(name, origin)
    assert caught.by, caught
    assert catalogue()[name].is_named(caught.clause)
    assert caught.weight == weight


@pytest.mark.parametrize(
    ("kind", "vendor"), [("client", "youtestme"), ("server", "constructor"), ("instead", "talentsoft")]
)
def test_the_healthy_one_is_clean(origin: str, kind: str, vendor: str) -> None:
    assert examine(kind, vendor, origin) == Health(
        f"{vendor}.{kind}", "The contract is kept, as far as it was checked.", clean=True
    )


def _row(name: str, clause: str = "") -> Caught:
    return Caught(name, by="a check" if clause else "", clause=clause, weight="fails" if clause else "")


def test_the_rate_is_of_what_was_named() -> None:
    one, other, *_ = catalogue()
    table = Table()
    table.add(_row(one, "a.clause"))
    table.add(_row(other))
    assert table.rate == 50
    text = table.text(1)
    assert "Caught: 1 of 2 twins (1 fails), kill rate 50.0%" in text
    assert f"NO          {other}" in text


def test_nothing_caught_of_nothing_is_no_success() -> None:
    assert Table().rate == 0


def test_a_healthy_one_that_is_not_clean_is_told() -> None:
    table = Table()
    table.add_healthy(Health("a.client", "It is not kept.", clean=False, against=("fails a.clause",)))
    assert not table.clean
    assert "NOT CLEAN" in table.text(1)
    assert "fails a.clause" in table.text(1)


def test_the_command_says_when_nothing_was_caught() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "contract_tests.twins", "no-twin-is-called-so"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Caught: 0 of 0" in done.stdout
