"""What every ``mockserver check`` has in common: its options, how it ends, and what happens when it fails itself."""

import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import click

from mockserver.checks.process import Ended, Start
from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.evidence import Evidence
from mockserver.contract.reports.masking import masked
from mockserver.contract.reports.summary import summary
from mockserver.contract.reports.writing import write_reports
from mockserver.contract.verdict import BROKEN, DEFAULT_LEVEL, HARNESS, UNCHECKED, USAGE, Verdict, verdict
from mockserver.contract.waivers import BadWaivers, Waiver, read_waivers
from mockserver.testing.signals import ENDING, hearing
from mockserver.vendors import discover

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How to judge what was found, and where to write it."""

    level: str = DEFAULT_LEVEL
    waivers: Sequence[Waiver] = ()
    report: Path | None = None
    min_coverage: float = 0


def _waivers(context: click.Context, parameter: click.Parameter, path: Path | None) -> list[Waiver]:
    if path is None:
        return []
    try:
        return read_waivers(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path} is no text in UTF-8.") from None
    except BadWaivers as error:
        raise click.BadParameter("\n" + "\n".join(error.problems)) from None


def _report(context: click.Context, parameter: click.Parameter, folder: Path | None) -> Path | None:
    """Make the folder before anything is checked, since it is too late to find out afterwards that it cannot be."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.BadParameter(f"{folder} cannot be made: {error.strerror}.") from None
        try:
            with TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise click.BadParameter(f"Nothing can be written into {folder}: {error.strerror}.") from None
    return folder


class Number(click.FloatRange):
    """A number in a range; what is no number at all (``nan``) is in none."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, parameter, context)
        if math.isnan(number):
            self.fail(f"{value!r} is no number.", parameter, context)
        return number


_OPTIONS = (
    click.option(
        "--level",
        type=click.Choice(CONFIDENCES),
        default=DEFAULT_LEVEL,
        show_default=True,
        help="The least certain clauses that can fail it.",
    ),
    click.option(
        "--waivers",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        callback=_waivers,
        help="YAML file of expected findings, each with its reason.",
    ),
    click.option(
        "--report",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_report,
        help="Folder to write the reports into.",
    ),
    click.option(
        "--min-coverage",
        type=Number(0, 100),
        default=0,
        show_default=True,
        help="Percentage of the documented and example clauses that must be exercised.",
    ),
)


def judging_options(command: _Command) -> _Command:
    """Give a command the options that ``Wanted`` is made of: level, waivers, report, min_coverage."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


vendor_names = click.Choice([each.name for each in discover()])
"""The type of a parameter that names a vendor."""


def address(option: str, url: str) -> str:
    """Return an address without the slash at its end; raise ``Refused`` if nothing can be below it."""
    if not url.startswith(("http://", "https://")):
        raise Refused(f"{option} {url} must begin with http:// or https://.")
    try:
        parts = urlsplit(url)
        # Reading the port raises where it is none.
        whole = bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        whole = False
    if not whole:
        raise Refused(f"{option} {url} names no host that could be called; write it as http://HOST:PORT/PATH.")
    if parts.query or parts.fragment:
        raise Refused(f"{option} {url} is the base of other addresses; it cannot have a query (?) or a fragment (#).")
    return url.rstrip("/")


def conclude(evidence: Evidence, wanted: Wanted, failure: str = "") -> NoReturn:
    """Pass the verdict, print it, write the reports, and exit with its code.

    With a ``failure`` of the subject that no clause is about, what would be kept, or too little, raises
    ``CommandFailed``.
    """
    found = masked(verdict(evidence, level=wanted.level, waivers=wanted.waivers, min_coverage=wanted.min_coverage))
    unwritten = _unwritten(found, wanted.report) if wanted.report is not None else ""
    _tell(summary(found, colours=sys.stdout.isatty()))
    if unwritten:
        raise HarnessFailed(unwritten)
    if wanted.report is not None:
        _tell(f"Report: {wanted.report / 'report.html'}")
    if failure and found.ending in {"kept", "thin"}:
        kept = "What it called keeps to the contract, but it" if found.ending == "kept" else "It"
        raise CommandFailed(f"{failure} {kept} did not succeed.")
    raise SystemExit(found.code)


def _tell(text: str) -> None:
    """Print a text, or nothing any more if nobody reads it; that changes no verdict."""
    try:
        click.echo(text)
    except BrokenPipeError:
        _fall_silent()


def _fall_silent() -> None:
    """Print to nowhere; what could not be printed would be tried again at the end of the process."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _unwritten(found: Verdict, folder: Path) -> str:
    """Write the reports; return why that failed, or nothing."""
    try:
        write_reports(found, folder)
    except OSError as error:
        return f"The reports could not be written: {error.filename or folder}: {error.strerror}."
    return ""


class Refused(click.ClickException):
    """The command was used wrongly; the message says how to use it."""

    exit_code = USAGE


class HarnessFailed(click.ClickException):
    """The checking failed by itself, which says nothing of the subject."""

    exit_code = HARNESS


class CommandFailed(click.ClickException):
    """Nothing that the subject did breaks the contract, but the command that ran it failed."""

    exit_code = BROKEN


class Interrupted(click.ClickException):
    """Somebody ended the check before there was anything to pass a verdict on."""

    exit_code = UNCHECKED


class Patience:
    """Whether to end at once when somebody wants it, by Ctrl-C, SIGTERM or the end of the terminal."""

    def __init__(self) -> None:
        self._left = 0

    def hear(self, *_: Any) -> None:
        """Raise ``KeyboardInterrupt``, but not for the first who wants it after the checks are over."""
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1

    def over(self) -> None:
        """Say that the checks are over, so that all that is left is to tell what they found."""
        self._left = 1

    def through(self, start: Start) -> Start:
        """Return what runs the checks so that they are over when it returns."""

        def started(module: str, arguments: Sequence[str], limit: float) -> Ended:
            ended = start(module, arguments, limit)
            self.over()
            return ended

        return started


@contextmanager
def harness() -> Iterator[Patience]:
    """Turn a failure of mockserver itself into exit code 4, so that it is never taken for the subject's.

    Who wants to end the process meanwhile raises ``KeyboardInterrupt``, as what is given here has it.
    """
    patience = Patience()
    try:
        with hearing((signal.SIGINT, *ENDING), patience.hear):
            yield patience
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except BrokenPipeError:
        _fall_silent()
        raise Interrupted("Nobody reads what it says any more, and there was no verdict yet.") from None
    except KeyboardInterrupt:
        raise Interrupted("It was interrupted before there was a verdict.") from None
    except Exception as error:
        traceback.print_exc()
        raise HarnessFailed(
            f"mockserver itself failed ({type(error).__name__}); the subject is not to blame."
        ) from None
