"""The lists of checks that come with the package: where a vendor's is, how it is run, and what it leaves out."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from mockserver.checks.process import FINISHED, Ended, Start
from mockserver.contract.channel import Told, read
from mockserver.contract.evidence import Check
from mockserver.contract.waivers import Waiver, read_waivers

_UNCHECKED = "unchecked.yaml"
_MOST_SAID = 2_000
# Beside this package, and not imported: it is run in processes of its own.
ROOT = Path(__file__).parents[2] / "contract_tests"

Kind = Literal["client", "server"]


class NothingToCheck(Exception):
    """What was asked for cannot be checked; the message says why and what to do."""


def folder_of(kind: Kind, vendor: str) -> Path:
    """Return where the checks of a vendor's clients or servers are; there may be none."""
    return ROOT / kind / vendor


def unchecked(kind: Kind, vendor: str) -> list[Waiver]:
    """Return the clauses that no check puts to the test, with the reasons; raise ``BadWaivers``."""
    file = folder_of(kind, vendor) / _UNCHECKED
    return read_waivers(file.read_text(encoding="utf-8"), f"{vendor}/{_UNCHECKED}") if file.exists() else []


def run(kind: Kind, vendor: str, options: Sequence[str], limit: float, start: Start) -> tuple[Told, Ended]:
    """Run the checks of a vendor's clients or servers as pytest does, with options besides; raise ``NothingToCheck``.

    Returns what they told and how they ended, in ``limit`` seconds at most.
    """
    checks = folder_of(kind, vendor)
    if not checks.is_dir():
        raise NothingToCheck(f"There are no checks of a {kind} of {vendor}.")
    with TemporaryDirectory(prefix="mockserver-check-") as folder:
        evidence = Path(folder) / "evidence"
        # No configuration of the folder that the command happens to be given in.
        arguments = [str(checks), "-c", str(ROOT / "checks.ini"), f"--{kind}-evidence={evidence}", "-q", "--tb=native"]
        ended = start(f"contract_tests.{kind}", [*arguments, *options], limit)
        told = read(evidence)
    if told.usage:
        raise NothingToCheck(told.usage)
    return told, ended


def is_whole(told: Told, ended: Ended) -> bool:
    """Tell whether all checks came to their end."""
    return told.ended and ended.code in FINISHED


def unfinished(how: str, ended: Ended, *, by_adapter: bool = False) -> Check:
    """Return what is known of a process of checks that did not come to its end; ``how`` it ended."""
    said = ended.said.strip()[-_MOST_SAID:] or "it printed nothing"
    detail = f"The process of the checks {how}. Its last words: {said}"
    return Check(id="checks", says="All checks are made.", outcome="broken", detail=detail, by_adapter=by_adapter)
