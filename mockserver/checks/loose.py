"""Checking a client by letting it loose: a command that is run with a sandbox of its own, or whoever is told of it."""

import math
import os
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

import click
import yaml

from mockserver.checks.command_run import run_command
from mockserver.checks.live import Live
from mockserver.checks.options import HarnessFailed, Patience, Refused, Wanted, address, conclude, harness
from mockserver.checks.watch import Lost, Place, Watch, watching
from mockserver.contract.evidence import Check
from mockserver.contract.load import contract_of
from mockserver.contract.manners import with_manners
from mockserver.plain_yaml import read_yaml
from mockserver.testing.admin import Refused as AdminRefused
from mockserver.testing.admin import Unreachable
from mockserver.testing.server import CannotServe, PortTaken

SECONDS = 600.0
_LOOK = 0.5
_NOT_STARTED = frozenset({126, 127})

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
    with harness() as patience, _plainly(own=not place.url), watching(place, contract) as watch:
        if loose.command is None:
            _serve(watch, vendor, seconds, wanted, patience)
        _run(watch, loose.command.strip(), seconds or SECONDS, wanted, patience)


# A command


def _run(watch: Watch, command: str, seconds: float, wanted: Wanted, patience: Patience) -> NoReturn:
    ended = run_command(command, watch, seconds)
    patience.over()
    lost = ended.lost or _last_look(watch)
    if ended.code in _NOT_STARTED and not watch.calls:
        raise Refused(f"The command could not be started, the shell says (code {ended.code}): {command}")
    _judge(watch, command, wanted, ended.failure, lost)


# Whoever is told


def _serve(watch: Watch, vendor: str, seconds: float | None, wanted: Wanted, patience: Patience) -> NoReturn:
    live, lost = Live(watch, wanted), ""
    try:
        with suppress(KeyboardInterrupt):
            _say_where(watch, vendor)
            deadline = time.monotonic() + (math.inf if seconds is None else seconds)
            while (left := deadline - time.monotonic()) > 0:
                time.sleep(min(_LOOK, left))
                watch.look()
                live.tell()
    except Lost as error:
        lost = str(error)
    patience.over()
    _judge(watch, "the calls that came in", wanted, lost=lost or _last_look(watch))


def _say_where(watch: Watch, vendor: str) -> None:
    # A shell that starts a process behind a script has it ignore Ctrl-C.
    is_deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ending = f"kill {os.getpid()}" if is_deaf else "Ctrl-C"
    told = [f"export {name}={shlex.quote(value)}" for name, value in watch.environment.items()]
    click.echo("\n".join([f"Point the client of {vendor} here; {ending} ends this with the verdict.", "", *told, ""]))


def _last_look(watch: Watch) -> str:
    """Look at what has come since the last time; return why that cannot be, or nothing."""
    try:
        watch.look()
    except Lost as lost:
        return str(lost)
    return ""


def _judge(watch: Watch, name: str, wanted: Wanted, failure: str = "", lost: str = "") -> NoReturn:
    """Pass the verdict on what was seen; where the rest could not be seen, that is nobody's fault but ours."""
    evidence = watch.evidence(name, [failure] if failure else [])
    if lost:
        detail = f"{lost} Only what came until then was judged."
        cut = Check(id="sandbox", says="The sandbox is there to the end.", outcome="broken", detail=detail)
        evidence = replace(evidence, checks=[*evidence.checks, cut])
    conclude(evidence, wanted, failure)


# What may go wrong


@contextmanager
def _plainly(own: bool) -> Iterator[None]:
    """Say whose fault it is that there is no sandbox: a wrong option's, or mockserver's own."""
    try:
        yield
    except PortTaken as error:
        raise Refused(f"--port: {error}") from None
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
