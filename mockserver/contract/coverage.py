"""How much of a contract was put to the test: which clauses were exercised, and what became of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from mockserver.contract.clauses import Clause
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence
from mockserver.contract.exercised import exercised

ELIGIBLE = frozenset({"documented", "example"})
RULES = "rules"

State = Literal["passed", "failed", "waived", "unknown"]


@dataclass(frozen=True, slots=True)
class Covered:
    """One clause of the subject's side. ``exercises`` counts the exchanges and checks that put it to the test.

    ``reason`` is why the list of checks leaves out what is unknown, empty where it does not.
    """

    clause: Clause
    operation: str
    state: State
    exercises: int
    reason: str = ""

    @property
    def eligible(self) -> bool:
        """Tell whether it can fail a subject as a rule: it is documented, or shown by an example."""
        return self.clause.confidence in ELIGIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of clauses; ``documented`` is how many the contract has here, ``unknown`` how many were not exercised."""

    name: str
    documented: int
    exercised: int
    passed: int
    failed: int
    waived: int
    unknown: int
    eligible: int
    eligible_exercised: int

    @property
    def of_eligible(self) -> float:
        """Return the percentage of the eligible clauses that were exercised, 100 where there are none."""
        return _percentage(self.eligible_exercised, self.eligible)

    @property
    def of_all(self) -> float:
        """Return the percentage of all clauses that were exercised, 100 where there are none."""
        return _percentage(self.exercised, self.documented)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of the clauses of a subject's side: one by one, by operation, and in total."""

    vendor: str
    clauses: tuple[Covered, ...]
    operations: tuple[Tally, ...]
    total: Tally


def coverage(evidence: Evidence, failed: Set[str], waived: Set[str]) -> Coverage:
    """Return the coverage of a contract; ``failed`` and ``waived`` are ids of clauses that were not kept.

    In scope are the clauses of the subject's side, and whatever a check carries. Raises ``ValueError`` for a check
    that carries a clause which the contract has not.
    """
    contract, counts = evidence.contract, exercises(evidence)
    carried = {clause for check in evidence.checks for clause in check.clauses}
    covered = []
    for clause in contract.clauses.values():
        if clause.id in carried or contract.sides(clause.id) & evidence.subject.sides:
            # What a finding names was judged, whatever the walk says.
            touched = counts[clause.id] or int(clause.id in failed or clause.id in waived)
            state = _state(clause.id, touched, failed, waived)
            reason = "" if touched else _reason(evidence, clause.id)
            covered.append(Covered(clause, _operation_of(contract, clause.id), state, touched, reason))
    return Coverage(contract.vendor, tuple(covered), tuple(_by_operation(covered)), _tally("total", covered))


def exercises(evidence: Evidence) -> Mapping[str, int]:
    """Return how often each clause was put to the test, by exchanges and by checks that came to an end."""
    counts: Counter[str] = Counter()
    for seen in evidence.exchanges:
        counts.update(exercised(evidence.contract, seen))
    for check in evidence.checks:
        unknown = [each for each in check.clauses if each not in evidence.contract.clauses]
        if unknown:
            raise ValueError(f"The check {check.id} carries clauses that no contract has: {', '.join(unknown)}.")
        if check.outcome in {"passed", "failed"}:
            counts.update(check.clauses)
    return counts


def _state(clause: str, touched: int, failed: Set[str], waived: Set[str]) -> State:
    if not touched:
        return "unknown"
    return "failed" if clause in failed else "waived" if clause in waived else "passed"


def _reason(evidence: Evidence, clause: str) -> str:
    return next((each.reason for each in evidence.unchecked if each.waives(clause)), "")


def _operation_of(contract: Contract, clause: str) -> str:
    name = clause.partition(".")[2].partition(".")[0]
    return RULES if contract.is_rule(clause) else name


def _by_operation(covered: Sequence[Covered]) -> Iterable[Tally]:
    names = dict.fromkeys(each.operation for each in covered)
    return (_tally(name, [each for each in covered if each.operation == name]) for name in names)


def _tally(name: str, covered: Sequence[Covered]) -> Tally:
    states = Counter(each.state for each in covered)
    eligible = [each for each in covered if each.eligible]
    return Tally(
        name=name,
        documented=len(covered),
        exercised=len(covered) - states["unknown"],
        passed=states["passed"],
        failed=states["failed"],
        waived=states["waived"],
        unknown=states["unknown"],
        eligible=len(eligible),
        eligible_exercised=sum(each.state != "unknown" for each in eligible),
    )


def _percentage(part: int, whole: int) -> float:
    # Downwards, so that 100 means all of them.
    return int(1000 * part / whole) / 10 if whole else 100.0
