"""Checking a client by letting it loose: a command that is run with a sandbox of its own, or whoever is told of it."""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event
from typing import Any, NoReturn, TypeVar

import click
import yaml

from mockserver.checks.options import (
    ENDING,
    HarnessFailed,
    Refused,
    Wanted,
    address,
    conclude,
    contract_of,
    harness,
    hearing,
    see_whether_free,
)
from mockserver.checks.watch import Lost, Place, Watch, watching
from mockserver.contract.evidence import Check
from mockserver.contract.manners import with_manners
from mockserver.contract.reports.masking import masked
from mockserver.contract.reports.summary import certainty, sentence
from mockserver.contract.verdict import BROKEN, KEPT, Judged, verdict
from mockserver.plain_yaml import read_yaml
from mockserver.testing.admin import Refused as AdminRefused
from mockserver.testing.admin import Unreachable
from mockserver.testing.server import CannotServe

SECONDS = 600.0
_GRACE = 3.0
_LOOK = 0.5
_NOT_STARTED = frozenset({126, 127})
_UNPROXIED = (
    'hosts="${NO_PROXY:-$no_proxy}"; hosts="${hosts:+$hosts,}127.0.0.1,localhost"; '
    'export NO_PROXY="$hosts" no_proxy="$hosts"'
)
"""Keeps a proxy out of calls to this machine, for a shell."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--command", help="Run the client by this shell command, and judge every call that it makes."),
    click.option("--serve", is_flag=True, help="Say where to point the client, and judge its calls until Ctrl-C."),
    click.option("--url", help="Use the mockserver that runs at this address.  [default: one of its own]"),
    click.option("--port", type=click.IntRange(1, 65535), help="Port of a mockserver of its own.  [default: any]"),
    click.option("--fixtures", help="Fixture set that the sandbox boots from.  [default: the server's]"),
    click.option("--seed", type=int, help="Seed of every id.  [default: the fixture set's, or 0]"),
    click.option("--clock", help="live, frozen, an instant, or live@INSTANT.  [default: the fixture set's, or live]"),
    click.option("--settings", help="Settings by vendor, as JSON or YAML: '{vendor: {setting: value}}'."),
)
_BOOT = ("fixtures", "seed", "clock", "settings")
_NAMES = ("command", "serve", "url", "port", *_BOOT)


def loose_options(command: _Command) -> _Command:
    """Give a command the options that ``Loose`` is made of."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class CommandFailed(click.ClickException):
    """What the client did is right by the contract, but the command itself failed."""

    exit_code = BROKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """How a client is let loose. Neither ``command`` nor ``serve``: it is not, and none of the others may be given."""

    command: str | None = None
    serve: bool = False
    url: str | None = None
    port: int | None = None
    fixtures: str | None = None
    seed: int | None = None
    clock: str | None = None
    settings: str | None = None

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> "Loose":
        """Return what these options say, and take them out."""
        return cls(**{name: options.pop(name) for name in _NAMES})

    @property
    def ways(self) -> list[str]:
        """The options that say how, of which there must be one."""
        return [f"--{name}" for name in ("command", "serve") if getattr(self, name) not in {None, False}]

    @property
    def needless(self) -> list[str]:
        """The options that were given and say nothing where the client is driven otherwise."""
        return [f"--{name}" for name in ("url", "port", *_BOOT) if getattr(self, name) is not None]

    @property
    def place(self) -> Place:
        """Where the client is let loose; raise ``Refused``."""
        if self.url is not None and self.port is not None:
            raise Refused("--port is of a mockserver of the check's own; leave out it or --url.")
        url = "" if self.url is None else address("--url", self.url)
        if self.port is not None:
            see_whether_free("--port", self.port)
        given: dict[str, Any] = {name: getattr(self, name) for name in _BOOT if getattr(self, name) is not None}
        if self.settings is not None:
            given["settings"] = _settings(self.settings)
        return Place(url, given, self.port)


def check_loose(vendor: str, loose: Loose, seconds: float | None, wanted: Wanted) -> NoReturn:
    """Let a client loose, judge what it does, and exit with the verdict's code."""
    place = loose.place
    if loose.command is not None and not loose.command.strip():
        raise Refused("--command is empty; give the command that runs the client.")
    contract = with_manners(vendor, contract_of(vendor).document)
    with harness(), _plainly(own=not place.url), watching(place, contract) as watch:
        if loose.command is None:
            _serve(watch, vendor, seconds, wanted)
        _run(watch, loose.command.strip(), seconds or SECONDS, wanted)


# A command


def _run(watch: Watch, command: str, seconds: float, wanted: Wanted) -> NoReturn:
    code, failure, lost = _ended(command, watch, seconds)
    if code in _NOT_STARTED and not watch.calls:
        raise Refused(f"The command could not be started, the shell says (code {code}): {command}")
    try:
        _judge(watch, command, wanted, failure, lost)
    except SystemExit as ending:
        if failure and ending.code == KEPT:
            raise CommandFailed(f"{failure} What it called keeps to the contract, but it did not succeed.") from None
        raise


def _ended(command: str, watch: Watch, seconds: float) -> tuple[int | None, str, str]:
    """Run a command to its end; return its code if it has one, what went wrong, and why it was lost sight of."""
    code, failure = None, ""
    try:
        with _running(command, watch.environment) as process:
            try:
                code = _followed(process, watch, seconds)
                failure = _how(code)
            except subprocess.TimeoutExpired:
                failure = f"The command did not end within {seconds:g} s and was stopped; see --timeout."
            except KeyboardInterrupt:
                failure = "The command was interrupted."
        watch.look()
    except Lost as lost:
        return code, failure, str(lost)
    return code, failure, ""


@contextmanager
def _running(command: str, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command in a shell; at the end all that it has started is ended."""
    told = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    script = f'{_UNPROXIED}; export {told}; exec /bin/sh -c "$0"'
    try:
        process = subprocess.Popen(  # noqa: S603 - what the person who checks asked for
            ["/bin/sh", "-c", script, command], stdin=subprocess.DEVNULL, start_new_session=True
        )
    except (OSError, ValueError) as error:
        raise Refused(f"The command could not be started: {error}.") from None
    try:
        yield process
    finally:
        _stop(process)


def _followed(process: "subprocess.Popen[bytes]", watch: Watch, seconds: float) -> int:
    """Return the code of a command when it has ended, and look at what it does until then.

    Raises ``TimeoutExpired`` and ``Lost``.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        try:
            return process.wait(min(_LOOK, max(left, 0)))
        except subprocess.TimeoutExpired:
            if left <= _LOOK:
                raise
        watch.look()


def _how(code: int) -> str:
    """Return what went wrong with a command that has ended, nothing if it succeeded."""
    if code < 0:
        known = {each.value: each.name for each in signal.Signals}
        return f"The command was ended by {known.get(-code, f'signal {-code}')}."
    return f"The command ended with code {code}." if code else ""


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it has started and left running; who interrupts now does not want to wait."""
    hurry = Event()
    with hearing((signal.SIGINT, *ENDING), lambda *_: hurry.set()):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and not hurry.is_set() and _is_alive(process):
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_alive(process: "subprocess.Popen[bytes]") -> bool:
    """Tell whether any process of the group is left."""
    process.poll()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, 0)
        return True
    return False


# Whoever is told


def _serve(watch: Watch, vendor: str, seconds: float | None, wanted: Wanted) -> NoReturn:
    click.echo(f"Point the client of {vendor} here; Ctrl-C ends this with the verdict.\n")
    for name, value in watch.environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    click.echo()
    deadline = time.monotonic() + seconds if seconds is not None else None
    told: set[tuple[str, str, str]] = set()
    lost = ""
    try:
        with suppress(KeyboardInterrupt):
            while deadline is None or time.monotonic() < deadline:
                if watch.look(wait=f"{_LOOK * 1000:.0f}ms"):
                    _tell_new(watch, wanted, told)
        watch.look()
    except Lost as error:
        lost = str(error)
    _judge(watch, "the calls that came in", wanted, lost=lost)


def _tell_new(watch: Watch, wanted: Wanted, told: set[tuple[str, str, str]]) -> None:
    judged = masked(verdict(watch.evidence(""), level=wanted.level, waivers=wanted.waivers))
    for each in [*judged.of("fails"), *judged.of("warns")]:
        key = (each.finding.clause, each.finding.place, each.finding.expected)
        if each.exchanges and key not in told:
            told.add(key)
            click.echo("\n".join(_lines(each)))


def _lines(judged: Judged) -> Iterator[str]:
    yield f"{judged.severity}  {judged.finding.clause}  ({certainty(judged)})"
    yield f"       exchange {judged.finding.exchange}, {sentence(judged)}"


def _judge(watch: Watch, name: str, wanted: Wanted, failure: str = "", lost: str = "") -> NoReturn:
    """Pass the verdict on what was seen; where the rest could not be seen, that is nobody's fault but ours."""
    evidence = watch.evidence(name, [failure] if failure else [])
    if lost:
        detail = f"{lost} Only what came until then was judged."
        cut = Check(id="sandbox", says="The sandbox is there to the end.", outcome="broken", detail=detail)
        evidence = replace(evidence, checks=[*evidence.checks, cut])
    conclude(evidence, wanted)


# What may go wrong


@contextmanager
def _plainly(own: bool) -> Iterator[None]:
    """Say whose fault it is that there is no sandbox: a wrong option's, or mockserver's own."""
    try:
        yield
    except AdminRefused as error:
        raise Refused(error.reason) from None
    except Unreachable as error:
        raise (HarnessFailed if own else Refused)(str(error)) from None
    except CannotServe as error:
        raise HarnessFailed(str(error)) from None


def _settings(text: str) -> dict[str, Any]:
    try:
        settings = read_yaml(text)
    except (yaml.YAMLError, ValueError) as error:
        raise Refused(f"--settings is neither JSON nor YAML: {error}") from None
    if not isinstance(settings, dict):
        raise Refused("--settings must be a mapping of vendors, such as '{vendor: {setting: value}}'.")
    return settings
