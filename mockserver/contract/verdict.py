"""The verdict on a subject: how much each finding weighs, what is waived, how much was covered, and what follows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.coverage import Coverage, coverage
from mockserver.contract.doors import turned_away
from mockserver.contract.evidence import Check, Evidence
from mockserver.contract.observed import UNDOCUMENTED, Finding
from mockserver.contract.waivers import Waiver

Severity = Literal["fails", "warns", "shown", "waived"]
Ending = Literal["kept", "broken", "unchecked", "thin", "harness"]

DEFAULT_LEVEL = "example"
KEPT, BROKEN, USAGE, UNCHECKED, HARNESS = 0, 1, 2, 3, 4
"""Exit codes; ``UNCHECKED`` is for nothing checked and for too little of it."""

_CODES = {"kept": KEPT, "broken": BROKEN, "unchecked": UNCHECKED, "thin": UNCHECKED, "harness": HARNESS}
_STALE = "waivers"
_DONE = frozenset({"passed", "failed"})
_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding with its weight. The same thing found again counts once; ``exchanges`` are all that show it.

    ``reason`` is why it is waived. ``told`` is what the check that found it says, where the finding does not say it.
    """

    finding: Finding
    severity: Severity
    exchanges: tuple[int, ...] = ()
    reason: str = ""
    told: str = ""

    @property
    def is_stale(self) -> bool:
        """Tell whether it is about a waiver that waives nothing, which is the doing of neither side."""
        return self.finding.clause == _STALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the checking of one subject."""

    evidence: Evidence
    level: str
    min_coverage: float
    findings: tuple[Judged, ...]
    coverage: Coverage
    ending: Ending
    says: str
    """One sentence for people."""

    @property
    def code(self) -> int:
        """Return the exit code."""
        return _CODES[self.ending]

    def of(self, severity: Severity) -> list[Judged]:
        """Return the findings of one weight."""
        return [each for each in self.findings if each.severity == severity]


def verdict(
    evidence: Evidence,
    *,
    level: str = DEFAULT_LEVEL,
    waivers: Sequence[Waiver] = (),
    min_coverage: float = 0,
) -> Verdict:
    """Return the verdict on a subject.

    ``level`` is the least certain confidence whose findings fail; what is less certain warns, ``inferred`` is shown.
    ``min_coverage`` is a percentage of the eligible clauses. A failed check is a finding about the first clause that
    it carries. A server that turned every check away is held to nothing. Raises ``ValueError`` for a check that carries
    a clause which the contract has not.
    """
    away = turned_away(evidence)
    # Of a recording nobody knows what was called for, so that a refusal may be right or wrong.
    is_unheard = bool(away and evidence.checks) and evidence.subject.kind == "server"
    evidence = _unheard(evidence, away) if is_unheard else evidence
    judged = [_weighed(each, level, waivers) for each in _together(evidence)]
    names = {each.finding.clause for each in judged}
    idle = [] if is_unheard else [each for each in waivers if not any(each.waives(name) for name in names)]
    waived = {each.finding.clause for each in judged if each.severity == "waived"}
    documented = {each.finding.clause for each in judged if each.finding.confidence != UNDOCUMENTED}
    covered = coverage(evidence, documented - waived, waived & documented)
    findings = tuple(sorted([*judged, *map(_stale, idle)], key=_weight))
    ending, says = _ending(evidence, findings, covered, min_coverage, away)
    return Verdict(
        evidence=evidence,
        level=level,
        min_coverage=min_coverage,
        findings=findings,
        coverage=covered,
        ending=ending,
        says=says,
    )


def severity(confidence: str, level: str) -> Severity:
    """Return how much a finding weighs: it fails, warns, or is only shown."""
    if confidence not in CONFIDENCES:
        return "shown"
    if CONFIDENCES.index(confidence) <= CONFIDENCES.index(level):
        return "fails"
    return "shown" if confidence == CONFIDENCES[-1] else "warns"


def _ending(
    evidence: Evidence, findings: Sequence[Judged], covered: Coverage, min_coverage: float, away: str
) -> tuple[Ending, str]:
    failing = [each for each in findings if each.severity == "fails"]
    done = any(each.outcome in _DONE for each in evidence.checks)
    of_eligible = covered.total.of_eligible
    if evidence.broken:
        return "harness", _failed(evidence, counted(len(evidence.broken), "check"))
    if not (covered.total.exercised or done or not all(each.is_stale for each in findings)):
        return "unchecked", f"Nothing was checked{f': {evidence.cut_short}' if evidence.cut_short else ''}."
    if failing:
        return "broken", _broken(failing)
    why = evidence.cut_short or away
    if why:
        return "thin", f"Too little was checked: {_ended(why)}"
    if of_eligible < min_coverage:
        return (
            "thin",
            f"Too little was checked: {of_eligible:g}% of the eligible clauses, wanted are {min_coverage:g}%.",
        )
    return "kept", "The contract is kept, as far as it was checked."


def _failed(evidence: Evidence, where: str) -> str:
    if evidence.is_adapters_failure:
        return f"The adapter did not work at {where}, where nothing can be said of the client behind it."
    return f"The harness itself failed at {where}; the subject is not to blame."


def _broken(failing: Sequence[Judged]) -> str:
    stale = sum(each.is_stale for each in failing)
    found = len(failing) - stale
    more = f"{counted(stale, 'waiver')} to take out, for there is nothing to waive"
    if not found:
        return f"The contract is kept, as far as it was checked, but there {'is' if stale == 1 else 'are'} {more}."
    return f"The contract is not kept: {counted(found, 'finding')}{f', and {more}' if stale else ''}."


def _unheard(evidence: Evidence, why: str) -> Evidence:
    """Return what is left of a server that nobody got into: what it said at the door is nothing for or against it."""
    detail = f"It proves nothing: {_ended(why)}"
    checks = [
        replace(each, outcome="skipped", detail=detail, expected="", got="") if each.outcome in _DONE else each
        for each in evidence.checks
    ]
    return replace(evidence, findings=(), checks=checks)


def _ended(why: str) -> str:
    return why if why.endswith("?") else f"{why}."


def counted(number: int, what: str) -> str:
    """Return a number of things in words: 1 finding, 2 findings."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _all_findings(evidence: Evidence) -> Iterator[Finding]:
    yield from evidence.findings
    told = {(each.clause, each.exchange, each.confidence) for each in evidence.findings}
    for check in evidence.checks:
        if check.outcome == "failed":
            made = _of_check(evidence, check)
            # What the judge has found in the same exchange, and holds as certain, need not be said twice.
            if not any((made.clause, number, made.confidence) in told for number in check.exchanges):
                yield made


def _of_check(evidence: Evidence, check: Check) -> Finding:
    contract = evidence.contract
    clause = contract.clauses.get(check.clauses[0]) if check.clauses else None
    return Finding(
        clause=clause.id if clause else check.id,
        says=clause.says if clause else check.says,
        confidence=(clause.confidence or CONFIDENCES[-1]) if clause else UNDOCUMENTED,
        source=contract.source(clause.source) if clause else None,
        place=f"check {check.id}",
        expected=check.expected or check.says,
        got=check.got or check.detail,
        exchange=check.exchanges[0] if check.exchanges else 0,
        side="server" if evidence.subject.kind == "server" else "client",
        check=check.id,
    )


def _told(check: Check | None, finding: Finding) -> str:
    """Return what a check says of its failure, or what it is for; empty where the finding has it already."""
    if check is None or check.detail.startswith(f"{finding.expected}; got "):
        return ""
    return next((each for each in (check.detail, check.says) if each not in {finding.expected, finding.got}), "")


def _together(evidence: Evidence) -> list[Judged]:
    """Return each kind of finding once, with the exchanges that show it.

    One place in a list is like another, and checks that break the same clause in the same way tell of one defect.
    """
    alike: dict[tuple[str, ...], list[Finding]] = {}
    checks = {each.id: each for each in evidence.checks}
    for each in _all_findings(evidence):
        place = each.got if each.check else _INDEX.sub("/0", each.place)
        alike.setdefault((each.clause, place, each.expected, each.confidence), []).append(each)
    return [
        Judged(
            finding=found[0],
            severity="shown",
            exchanges=tuple(dict.fromkeys(each.exchange for each in found if each.exchange)),
            told=_told(checks.get(found[0].check), found[0]),
        )
        for found in alike.values()
    ]


def _weighed(judged: Judged, level: str, waivers: Sequence[Waiver]) -> Judged:
    waiver = next((each for each in waivers if each.waives(judged.finding.clause)), None)
    if waiver is not None:
        return replace(judged, severity="waived", reason=waiver.reason)
    return replace(judged, severity=severity(judged.finding.confidence, level))


def _stale(waiver: Waiver) -> Judged:
    finding = Finding(
        clause=_STALE,
        says="A waiver stands only as long as there is something to waive.",
        confidence=UNDOCUMENTED,
        source=None,
        place=waiver.place,
        expected=f"a finding about {waiver.clause}",
        got="none; take the waiver out",
    )
    return Judged(finding=finding, severity="fails")


def _weight(judged: Judged) -> tuple[int, int, str]:
    order = ("fails", "warns", "waived", "shown")
    return order.index(judged.severity), judged.exchanges[0] if judged.exchanges else 0, judged.finding.clause
