"""Pytest fixtures for the checks of clients, and what becomes of each check."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest

from contract_tests.client.blame import has_raised, refused_for
from contract_tests.client.plugin import makers, notes_of
from contract_tests.client.stage import BrokenOnTheWay, Call, Stage
from contract_tests.clients.adapting import Role
from contract_tests.clients.driving import AdapterBroken, Hung, NotKept
from mockserver.contract.contract import Contract
from mockserver.contract.coverage import ELIGIBLE
from mockserver.contract.evidence import Check
from mockserver.contract.judge import judge_call
from mockserver.contract.manners import with_manners
from mockserver.contract.observed import Observed
from mockserver.contract.order import judge_order
from mockserver.testing import Mockserver
from mockserver.testing.marks import boot_of

_STUCK = pytest.StashKey["list[str]"]()
_CALLS = pytest.StashKey[Sequence[Call]]()
_BECAME = pytest.StashKey[dict[str, Any]]()
_SHOWN_BY = pytest.StashKey[tuple[int, ...]]()
_BY_ADAPTER = pytest.StashKey[bool]()
_PATIENCE = 2


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Give a sandbox of the check's own with the client in it."""
    config, item = request.config, request.node
    role = _role_of(item)
    maker = makers(config)[role.vendor]
    _give_up(config.stash.setdefault(_STUCK, []))
    notes = notes_of(config)
    server: Mockserver = request.getfixturevalue("mockserver")
    clock = role.instant if maker.keeps_time else "live"
    boot = {"fixtures": role.fixtures, "clock": clock, **boot_of(item)}
    with server.sandbox(f"check-{uuid4().hex}", **boot) as sandbox:
        made = Stage(sandbox, role, maker, float(config.getoption("--client-timeout")), notes.verb)
        notes.began(_name_of(item))
        try:
            yield made
        finally:
            made.close()
            item.stash[_CALLS] = made.calls()
    if not notes.kept:
        _hold(_seen(item), server.contract(role.vendor), is_story=_is_story(item))


@pytest.fixture
def client(stage: Stage) -> Any:
    """Give the client, driven through its adapter."""
    return stage.client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Let a check that failed on the way fail by the clause that was broken, which is the first one then."""
    try:
        return (yield)
    except NotKept as failed:
        stage = getattr(item, "funcargs", {}).get("stage")
        clause = refused_for(stage) if stage is not None and has_raised(failed) else None
        if clause is None and isinstance(failed, BrokenOnTheWay):
            clause = failed.clause
        if clause is not None:
            item.add_marker(pytest.mark.clause(clause), append=False)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Tell what becomes of a check; a failure that is nobody's fault by a document does not fail the test."""
    report: pytest.TestReport = yield
    became = item.stash.setdefault(_BECAME, {"outcome": "passed", "detail": "", "expected": "", "got": ""})
    if call.excinfo is not None:
        # What a client raises may be of several lines.
        became.update({name: " ".join(said.split()) for name, said in _told(call.excinfo.value).items()})
        if isinstance(call.excinfo.value, AdapterBroken):
            item.config.stash.setdefault(_STUCK, []).append(item.name)
            item.stash[_BY_ADAPTER] = True
        if isinstance(call.excinfo.value, NotKept):
            item.stash[_SHOWN_BY] = call.excinfo.value.exchanges
            _weigh(item, report, became)
        elif became["outcome"] == "skipped" and not report.skipped:
            report.outcome = "skipped"
            report.longrepr = (str(item.path), item.location[1] or 0, became["detail"])
    if report.when == "teardown":
        by_adapter = item.stash.get(_BY_ADAPTER, False)
        told = Check(
            id=_name_of(item), says=_says(item), clauses=tuple(_clauses(item)), by_adapter=by_adapter, **became
        )
        notes_of(item.config).add_check(told, _seen(item), _shown_by(item), _is_story(item))
    return report


def _give_up(stuck: list[str]) -> None:
    """End the checks of an adapter that does not work: say so once, and leave out the rest."""
    if len(stuck) == _PATIENCE:
        raise AdapterBroken(f"The checks end here: the adapter did not work in {' and '.join(stuck)}.")
    if len(stuck) > _PATIENCE:
        pytest.skip("Left out, since the adapter does not work.")


def _told(error: BaseException) -> dict[str, str]:
    if isinstance(error, AdapterBroken) and not isinstance(error, Hung):
        return {"outcome": "broken", "detail": str(error)}
    if isinstance(error, NotKept):
        return {"outcome": "failed", "detail": str(error), "expected": error.must, "got": error.found}
    if isinstance(error, pytest.skip.Exception):
        return {"outcome": "skipped", "detail": str(error.msg)}
    if isinstance(error, NotImplementedError):
        return {"outcome": "skipped", "detail": f"The client does not have this verb. {error}".strip()}
    return {"outcome": "broken", "detail": f"{type(error).__name__}: {error}"}


def _weigh(item: pytest.Item, report: pytest.TestReport, became: Mapping[str, str]) -> None:
    """Say what was not kept; what no document says fails nobody, where nobody else passes a verdict."""
    clause = _clauses(item)[0]
    lines = [_says(item), f"  clause    {clause}"]
    lines += [f"  {name:<9} {became[name]}" for name in ("expected", "got") if became[name]]
    report.longrepr = "\n".join(lines)
    stage = getattr(item, "funcargs", {}).get("stage")
    if stage is None or notes_of(item.config).kept:
        return
    server, vendor = stage.sandbox.server, stage.role.vendor
    known = with_manners(vendor, server.contract(vendor).document).clauses
    if known[clause].confidence not in ELIGIBLE:
        report.outcome = "skipped"
        report.wasxfail = f"{known[clause].confidence}, held against nobody: {became['detail']}"


def _seen(item: pytest.Item) -> list[Observed]:
    return [each.seen for each in item.stash.get(_CALLS, ())]


def _shown_by(item: pytest.Item) -> Sequence[int] | None:
    """Return the numbers of the calls that show why a check failed; None where nobody knows.

    Where the failure does not say, it is the last call of the operation whose clause was broken, if that was called.
    """
    told = item.stash.get(_SHOWN_BY, ())
    stage = getattr(item, "funcargs", {}).get("stage")
    operation = _clauses(item)[0].split(".")[1]
    if told or stage is None or operation not in {each.name for each in stage.contract.operations}:
        return told or None
    return [each.number for each in item.stash.get(_CALLS, ()) if each.operation == operation][-1:]


def _hold(seen: Sequence[Observed], contract: Contract, *, is_story: bool) -> None:
    """Fail the test for what is wrong with the calls by a document, where nobody else passes a verdict."""
    findings = [each for call in seen for each in judge_call(contract, call)]
    findings += judge_order(contract, seen, whole=True).findings if is_story else []
    held = [each for each in findings if each.confidence in ELIGIBLE]
    if held:
        told = [
            f"{each.clause} ({each.source}): {each.place}: expected {each.expected}, got {each.got}" for each in held
        ]
        pytest.fail("\n".join(told), pytrace=False)


def _is_story(item: pytest.Item) -> bool:
    """Tell whether the order of the calls is the client's own."""
    return item.get_closest_marker("out_of_order") is None


def _role_of(item: pytest.Item) -> Role:
    role: Role = import_module(str(getattr(item, "module").__package__)).ROLE  # noqa: B009 - of functions alone
    return role


def _name_of(item: pytest.Item) -> str:
    return item.nodeid.rpartition("contract_tests/")[2].removeprefix("client/")


def _says(item: pytest.Item) -> str:
    text = getattr(item, "function", None).__doc__ or item.name
    return " ".join(text.split())


def _clauses(item: pytest.Item) -> list[str]:
    return [clause for mark in item.iter_markers("clause") for clause in mark.args]
