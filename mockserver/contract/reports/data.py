"""The verdict for machines: ``report.json``, whose shape ``report.schema.json`` fixes, and ``coverage.json``."""

from dataclasses import asdict
from typing import Any

import msgspec

from mockserver.contract.coverage import Covered, Tally
from mockserver.contract.reports.curl import curl
from mockserver.contract.verdict import Judged, Verdict

REPORT = "mockserver.report/1"
COVERAGE = "mockserver.coverage/1"


def report_json(verdict: Verdict) -> bytes:
    """Return the verdict as JSON; ``verdict`` is masked already. Bodies are in the HAR alone."""
    evidence, commands = verdict.evidence, {each.number: curl(each) for each in verdict.evidence.exchanges}
    return _pretty(
        {
            "schema": REPORT,
            "subject": {**_plain(evidence.subject), "sides": sorted(evidence.subject.sides)},
            "verdict": {
                "ending": verdict.ending,
                "exit_code": verdict.code,
                "says": verdict.says,
                "level": verdict.level,
                "min_coverage": verdict.min_coverage,
            },
            "counts": {
                "exchanges": len(evidence.exchanges),
                "checks": len(evidence.checks),
                "fails": len(verdict.of("fails")),
                "warns": len(verdict.of("warns")),
                "waived": len(verdict.of("waived")),
                "shown": len(verdict.of("shown")),
            },
            "findings": [_finding(each, commands) for each in verdict.findings],
            "checks": [_plain(each) for each in evidence.checks],
            "notes": list(evidence.notes),
            "coverage": {
                "vendor": verdict.coverage.vendor,
                "total": _tally(verdict.coverage.total),
                "operations": [_tally(each) for each in verdict.coverage.operations],
            },
        }
    )


def coverage_json(verdict: Verdict) -> bytes:
    """Return what became of every clause of the subject's side as JSON."""
    covered = verdict.coverage
    return _pretty(
        {
            "schema": COVERAGE,
            "vendor": covered.vendor,
            "sides": sorted(verdict.evidence.subject.sides),
            "total": _tally(covered.total),
            "operations": [_tally(each) for each in covered.operations],
            "clauses": [_covered(verdict, each) for each in covered.clauses],
        }
    )


def _finding(judged: Judged, commands: dict[int, str]) -> dict[str, Any]:
    finding = judged.finding
    return {
        "severity": judged.severity,
        **{name: value for name, value in _plain(finding).items() if name != "exchange"},
        "check_says": judged.told,
        "exchanges": list(judged.exchanges),
        "reason": judged.reason or None,
        "curl": commands.get(finding.exchange),
    }


def _covered(verdict: Verdict, covered: Covered) -> dict[str, Any]:
    return {
        **_plain(covered.clause),
        "source": verdict.evidence.contract.source(covered.clause.source),
        "operation": covered.operation,
        "eligible": covered.eligible,
        "state": covered.state,
        "exercises": covered.exercises,
        "reason": covered.reason or None,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {**_plain(tally), "of_eligible": tally.of_eligible, "of_all": tally.of_all}


def _plain(value: Any) -> dict[str, Any]:
    return asdict(value)


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
