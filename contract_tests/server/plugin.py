"""The pytest plugin of server checks: options, the mark ``clause``, and an account of what each check did."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.selecting import leave_out, vendor_of
from contract_tests.server.outcomes import AnswersNotKept, Outcome, checks_of, name_of
from contract_tests.server.rules import Account, CannotGoOn, NotKept
from contract_tests.server.sandbox import copied, removed
from contract_tests.server.session import Session
from contract_tests.server.settings import Target, WrongSetting, read_settings, split_server
from mockserver.checks.process import FINISHED
from mockserver.contract.channel import Channel, Line
from mockserver.contract.load import contract_of

_HERE = Path(__file__).parent
_USAGE = "usage"
"""What a worker of xdist calls the reason why it cannot go on."""
_MARKS = (
    "clause(*ids): the clauses of a vendor's contract that a check rests on, the one that it is about first",
    "writes: the check makes or changes something at the server, which --allow-writes permits",
    "sandbox: the check needs the admin API of a mockserver, admin_url of the capabilities",
)


class Run:
    """All that goes on between the start of pytest and its end."""

    def __init__(self, targets: dict[str, Target], channel: Channel, copy: str = "") -> None:
        self.targets = targets
        self.channel = channel
        self.copy = copy
        """How this process calls its copies of sandboxes; empty where no other process works beside it."""
        self.sessions: dict[str, Session] = {}
        self.account = Account()
        self.outcome = Outcome()

    def session(self, vendor: str, kind: Callable[..., Any]) -> Any:
        """Return the session of a vendor, which lasts until the end; raise ``WrongSetting``."""
        if vendor not in self.sessions:
            if self.copy:
                self.targets[vendor] = copied(self.targets[vendor], self.copy)
            made = kind(self.targets[vendor], contract_of(vendor), lambda: self.account)
            made.begin_to_receive()
            self.sessions[vendor] = made
        return self.sessions[vendor]


_RUN = pytest.StashKey[Run]()
_BEGAN = pytest.StashKey[tuple[int, int, int]]()


def run_of(config: pytest.Config) -> Run:
    """Return what goes on."""
    return config.stash[_RUN]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("checks of a server")
    group.addoption(
        "--server", action="append", default=[], metavar="VENDOR=URL", help="A server to check; repeatable."
    )
    group.addoption("--credentials", metavar="FILE", help="Who calls the servers: YAML or JSON, a mapping a vendor.")
    group.addoption("--capabilities", metavar="FILE", help="What the servers can do: YAML or JSON, a mapping a vendor.")
    group.addoption("--allow-writes", action="store_true", help="Checks may make, change and erase things there.")
    group.addoption(
        "--answer-timeout", type=float, default=10.0, metavar="SECONDS", help="How long an answer may take."
    )
    group.addoption(
        "--server-evidence", metavar="FILE", help="Append what was checked to a file, one JSON object a line."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks and read the files."""
    for each in _MARKS:
        config.addinivalue_line("markers", each)
    config.addinivalue_line("filterwarnings", "default::contract_tests.server.rules.OnlyPublic")
    try:
        channel = Channel(config.getoption("--server-evidence"))
    except OSError as error:
        raise pytest.UsageError(str(error)) from None
    # Settings and time of a sandbox are of one check at a time, so that each worker of xdist needs its own.
    worker = getattr(config, "workerinput", {})
    copy = f"{worker['testrunuid'][:8]}-{worker['workerid']}" if worker else ""
    try:
        config.stash[_RUN] = Run(_targets(config), channel, copy)
    except WrongSetting as wrong:
        channel.tell(Line(usage=str(wrong)))
        raise pytest.UsageError(str(wrong)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove copies of sandboxes."""
    if _RUN in config.stash:
        for vendor in run_of(config).sessions if run_of(config).copy else ():
            removed(run_of(config).targets[vendor])


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Leave out the checks of vendors whose server was not given; tell of an expression that chooses wrongly."""
    leave_out(config, items, _HERE, run_of(config).targets)
    try:
        yield
    except pytest.UsageError as wrong:
        run_of(config).channel.tell(Line(usage=str(wrong)))
        raise


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Say that this is all, if pytest itself came to its end."""
    if exitstatus in FINISHED:
        run_of(session.config).channel.tell(Line(ended=True))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """End pytest for what a worker of xdist cannot use; the others cannot either."""
    usage = getattr(node, "workeroutput", {}).get(_USAGE)
    if usage:
        pytest.exit(usage, returncode=pytest.ExitCode.USAGE_ERROR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Open an account for a check, and write down what came of it."""
    vendor, run = vendor_of(item, _HERE), run_of(item.config)
    if not vendor:
        return (yield)
    run.account, run.outcome = Account(), Outcome()
    run.channel.tell(Line(began=name_of(item)))
    item.stash[_BEGAN] = _extent(run, vendor)
    try:
        return (yield)
    finally:
        _write(item, run, vendor)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip what may not be done or cannot, and watch the rest."""
    if not vendor_of(item, _HERE):
        return (yield)
    return (yield from _watched(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Watch a check."""
    if not vendor_of(item, _HERE):
        return (yield)
    return (yield from _watched(item))


@pytest.fixture(autouse=True)
def _permitted(request: pytest.FixtureRequest) -> None:
    vendor = vendor_of(request.node, _HERE)
    if not vendor:
        return
    target = run_of(request.config).targets[vendor]
    if request.node.get_closest_marker("writes") and not target.writes:
        pytest.skip("It makes or changes something there, which only --allow-writes permits.")
    if request.node.get_closest_marker("sandbox") and not target.capabilities.get("admin_url"):
        pytest.skip("It needs a mockserver's admin API (admin_url of the capabilities) to move time and people.")


def _watched(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a check whose answers are not as the contract has them, and note what ended it."""
    __tracebackhide__ = True
    run = run_of(item.config)
    try:
        result = yield
    except WrongSetting as wrong:
        run.channel.tell(Line(usage=str(wrong)))
        getattr(item.config, "workeroutput", {})[_USAGE] = str(wrong)
        pytest.exit(str(wrong), returncode=pytest.ExitCode.USAGE_ERROR)
    except (Exception, pytest.skip.Exception, pytest.fail.Exception) as error:
        against = _against(item)
        run.outcome.note(error, against)
        if against and not isinstance(error, NotKept):
            raise AnswersNotKept(against) from None
        if isinstance(error, CannotGoOn):
            pytest.skip(str(error))
        raise
    against = _against(item)
    if against:
        raise AnswersNotKept(against)
    return result


def _against(item: pytest.Item) -> Any:
    session = run_of(item.config).sessions.get(vendor_of(item, _HERE))
    return session.failing(item.stash[_BEGAN][1]) if session else []


def _extent(run: Run, vendor: str) -> tuple[int, int, int]:
    session = run.sessions.get(vendor)
    return (len(session.wire.seen), len(session.findings), len(session.notes)) if session else (0, 0, 0)


def _write(item: pytest.Item, run: Run, vendor: str) -> None:
    session, (exchanges, findings, notes) = run.sessions.get(vendor), item.stash[_BEGAN]
    numbers: tuple[int, ...] = ()
    if session is not None:
        numbers = tuple(each.number for each in session.wire.seen[exchanges:])
        run.channel.tell(
            *(Line(exchange=each) for each in session.wire.seen[exchanges:]),
            *(Line(finding=each) for each in session.findings[findings:]),
            *(Line(note=each) for each in session.notes[notes:]),
        )
    run.channel.tell(*(Line(check=each) for each in checks_of(item, run.outcome, run.account, numbers)))


def _targets(config: pytest.Config) -> dict[str, Target]:
    known = sorted(each.parent.name for each in _HERE.glob("*/__init__.py"))
    credentials = read_settings(config.getoption("--credentials"), "--credentials", known)
    capabilities = read_settings(config.getoption("--capabilities"), "--capabilities", known)
    made = {}
    for each in config.getoption("--server"):
        vendor, url = split_server(each)
        if vendor not in known:
            raise WrongSetting(f"--server {each!r}: there are no checks of {vendor!r}; known are {', '.join(known)}.")
        made[vendor] = Target(
            vendor=vendor,
            url=url,
            credentials=credentials.get(vendor, {}),
            capabilities=capabilities.get(vendor, {}),
            writes=config.getoption("--allow-writes"),
            timeout=config.getoption("--answer-timeout"),
        )
    return made
