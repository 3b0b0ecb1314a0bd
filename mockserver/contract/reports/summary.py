"""The verdict for a terminal: what matters, in plain text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mockserver.contract.contract import BOTH
from mockserver.contract.observed import Observed
from mockserver.contract.reports.curl import curl
from mockserver.contract.verdict import Judged, Verdict, counted

_MOST = 20
_MOST_NAMES = 4
# What a subject sent must not steer the terminal; colours are our own.
_CONTROL = re.compile(r"(?!\x1b\[\d*m)[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COLOURS = {"fails": "31", "warns": "33", "waived": "36", "kept": "32", "broken": "31", "harness": "35"}
_WORDS = {
    "kept": "KEPT",
    "broken": "NOT KEPT",
    "unchecked": "NOTHING CHECKED",
    "thin": "TOO LITTLE CHECKED",
    "harness": "HARNESS FAILED",
}


def word(verdict: Verdict) -> str:
    """Return the verdict as one or two words."""
    if verdict.ending == "harness" and verdict.evidence.is_adapters_failure:
        return "ADAPTER FAILED"
    if verdict.ending == "broken" and all(each.is_stale for each in verdict.of("fails")):
        return "WAIVERS LEFT OVER"
    return _WORDS[verdict.ending]


def summary(verdict: Verdict, *, colours: bool = False) -> str:
    """Return the text, lines without an end; ``verdict`` is masked already."""
    return "\n".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", line) for line in _Summary(verdict, colours).lines())


def by_side(verdict: Verdict) -> str:
    """Return how many findings fail on each side."""
    failing = [each.finding.side for each in verdict.of("fails") if not each.is_stale]
    return f"{failing.count('client')} of the client, {failing.count('server')} of the server"


def sentence(judged: Judged) -> str:
    """Return what is wrong, in one line."""
    finding = judged.finding
    told = f"{judged.told.rstrip('.')}; " if judged.told else ""
    return f"{finding.place}: {told}expected {finding.expected}; got {finding.got}"


def certainty(judged: Judged) -> str:
    """Return how certain the clause is, and who says it."""
    if judged.is_stale:
        return "nothing to waive"
    finding = judged.finding
    return f"{finding.confidence}: {finding.source}" if finding.source else finding.confidence


class _Summary:
    def __init__(self, verdict: Verdict, colours: bool) -> None:
        self._verdict = verdict
        self._colours = colours
        self._exchanges = {each.number: each for each in verdict.evidence.exchanges}

    def lines(self) -> Iterator[str]:
        verdict, subject = self._verdict, self._verdict.evidence.subject
        head = self._coloured(verdict.ending, word(verdict))
        yield f"{head}  {subject.vendor} {subject.kind} {subject.name}"
        sides = f" ({by_side(verdict)})" if verdict.ending == "broken" and subject.sides == BOTH else ""
        yield f"{verdict.says}{sides}"
        for severity in ("fails", "warns", "waived"):
            found = [each for each in verdict.findings if each.severity == severity]
            for each in found[:_MOST]:
                yield from self._finding(each)
            if len(found) > _MOST:
                yield f"... and {len(found) - _MOST} more that {severity if severity != 'waived' else 'are waived'}"
        yield ""
        yield from self._unfinished_checks()
        yield from verdict.evidence.notes
        yield from self._figures()

    def _finding(self, judged: Judged) -> Iterator[str]:
        finding = judged.finding
        yield ""
        yield f"{self._coloured(judged.severity, judged.severity)}  {finding.clause}  ({certainty(judged)})"
        yield f"       {'' if judged.is_stale else f'{finding.side}, '}{sentence(judged)}"
        if judged.reason:
            yield f"       waived: {judged.reason}"
        if judged.exchanges:
            yield f"       exchange {_few(judged.exchanges)}"
        seen: Observed | None = self._exchanges.get(finding.exchange)
        if seen is not None and judged.severity == "fails":
            yield f"       {curl(seen)}"

    def _unfinished_checks(self) -> Iterator[str]:
        """Yield the broken checks one by one, and the skipped ones together where they have the same reason."""
        skipped: dict[str, list[str]] = {}
        for each in self._verdict.evidence.checks:
            if each.outcome == "broken":
                yield f"broken  {each.id}: {each.detail}"
            elif each.outcome == "skipped":
                skipped.setdefault(each.detail, []).append(each.id)
        for reason, ids in list(skipped.items())[:_MOST]:
            yield from _skipped(reason, ids)
        left = sum(len(ids) for ids in list(skipped.values())[_MOST:])
        if left:
            yield f"... and {left} more that were skipped"

    def _figures(self) -> Iterator[str]:
        evidence, total = self._verdict.evidence, self._verdict.coverage.total
        shown = len(self._verdict.of("shown"))
        if shown:
            yield f"{counted(shown, 'more finding')} in the reports: inferred or undocumented, held against nobody."
        outcomes = Counter(each.outcome for each in evidence.checks)
        checks = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
        made = f", {counted(len(evidence.checks), 'check')} ({checks})" if checks else ""
        yield f"Judged: {counted(len(evidence.exchanges), 'exchange')}{made}"
        yield (
            f"Coverage: {total.of_eligible:g}% of the documented and example clauses "
            f"({total.eligible_exercised} of {total.eligible}), "
            f"{total.of_all:g}% of all ({total.exercised} of {total.documented})"
        )

    def _coloured(self, kind: str, text: str) -> str:
        return f"\x1b[{_COLOURS.get(kind, '1')}m{text}\x1b[0m" if self._colours else text


def _few(numbers: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, numbers[:8]))
    return f"{listed} and {len(numbers) - 8} more" if len(numbers) > 8 else listed


def _skipped(reason: str, ids: Sequence[str]) -> Iterator[str]:
    """Yield why checks were skipped, and which: the first of them by their short names."""
    if len(ids) == 1:
        yield f"skipped  {ids[0]}: {reason}"
        return
    names = Counter(_short(each) for each in ids)
    shown = names if len(names) <= _MOST_NAMES + 1 else dict(list(names.items())[:_MOST_NAMES])
    listed = ", ".join(f"{name} ({number})" if number > 1 else name for name, number in shown.items())
    left = len(ids) - sum(shown.values())
    yield f"skipped  {reason}"
    yield f"         {len(ids)} checks: {listed}{f' and {left} more' if left else ''}"


def _short(check: str) -> str:
    """Return the name of a check without its file and its parameters."""
    return check.partition("[")[0].rpartition("::")[2]
