"""What is known of a subject before anybody passes a verdict: what it did, what was tried on it, what was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.contract.contract import Contract, Side
from mockserver.contract.observed import Finding, Observed
from mockserver.contract.waivers import Waiver

Kind = Literal["client", "server", "har"]
Outcome = Literal["passed", "failed", "skipped", "broken"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: a client of a vendor's API, a server of it, or a recording of both sides."""

    kind: Kind
    vendor: str
    name: str
    """What people call it: a command, an address, a file."""

    @property
    def sides(self) -> frozenset[Side]:
        """Return the sides of an exchange that this subject answers for."""
        return frozenset({"client", "server"}) if self.kind == "har" else frozenset({self.kind})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a check list, carried out.

    The first of ``clauses`` is what a failure breaks; the others were exercised on the way. A check without clauses
    can fail nobody. ``failed`` is the subject's doing, ``broken`` the harness's, or ``by_adapter`` that of the adapter
    which drives the subject; ``detail`` says why for every outcome but ``passed``. ``exchanges`` are the numbers of
    what was observed.
    """

    id: str
    says: str
    clauses: tuple[str, ...] = ()
    outcome: Outcome
    detail: str = ""
    expected: str = ""
    got: str = ""
    exchanges: tuple[int, ...] = ()
    by_adapter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a verdict rests on. ``notes`` tell what a reader must know besides, such as what could not be read.

    ``unchecked`` are the clauses that the list of checks leaves out, with the reason.
    """

    subject: Subject
    contract: Contract
    exchanges: Sequence[Observed] = ()
    findings: Sequence[Finding] = ()
    checks: Sequence[Check] = ()
    notes: Sequence[str] = ()
    cut_short: str = ""
    """Why not all was checked that was to be, as the end of a sentence; empty if it was."""
    unchecked: Sequence[Waiver] = ()

    @property
    def broken(self) -> list[Check]:
        """Return the checks that came to no end."""
        return [each for each in self.checks if each.outcome == "broken"]

    @property
    def is_adapters_failure(self) -> bool:
        """Tell whether nothing but the adapter is at fault for checks that came to no end, if there are any."""
        return bool(self.broken) and all(each.by_adapter for each in self.broken)


def wanted(says: str, expected: str) -> str:
    """Return what a check wants in one line: what must hold, and what was expected where it looked."""
    return f"{says.rstrip('.')}: {expected}" if expected and expected not in says else says
