"""What every ``mockserver check`` has in common: its options, how it ends, and what happens when it fails itself."""

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence
from mockserver.contract.load import read_contract
from mockserver.contract.reports.masking import masked
from mockserver.contract.reports.summary import summary
from mockserver.contract.reports.writing import write_reports
from mockserver.contract.verdict import DEFAULT_LEVEL, HARNESS, USAGE, verdict
from mockserver.contract.waivers import BadWaivers, Waiver, read_waivers
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
    return folder


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
        type=click.FloatRange(0, 100),
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


def contract_of(vendor: str) -> Contract:
    """Return the contract of a vendor that there is."""
    package = next(each.package for each in discover() if each.name == vendor)
    return Contract(vendor, read_contract(package))


def conclude(evidence: Evidence, wanted: Wanted) -> NoReturn:
    """Pass the verdict, print it, write the reports, and exit with its code."""
    found = verdict(evidence, level=wanted.level, waivers=wanted.waivers, min_coverage=wanted.min_coverage)
    if wanted.report is not None:
        write_reports(found, wanted.report)
    click.echo(summary(masked(found), colours=sys.stdout.isatty()))
    if wanted.report is not None:
        click.echo(f"Report: {wanted.report / 'report.html'}")
    raise SystemExit(found.code)


class Refused(click.ClickException):
    """The command was used wrongly; the message says how to use it."""

    exit_code = USAGE


def refuse(message: str) -> NoReturn:
    """End with a message about how the command was used."""
    raise Refused(message)


class HarnessFailed(click.ClickException):
    """The checking failed by itself, which says nothing of the subject."""

    exit_code = HARNESS


@contextmanager
def harness() -> Iterator[None]:
    """Turn a failure of mockserver itself into exit code 4, so that it is never taken for the subject's."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:
        traceback.print_exc()
        raise HarnessFailed(
            f"mockserver itself failed ({type(error).__name__}); the subject is not to blame."
        ) from None
