"""The verdict for people: one page that needs nothing but itself."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mockserver.contract.contract import BOTH
from mockserver.contract.observed import Observed
from mockserver.contract.reports.curl import curl
from mockserver.contract.reports.summary import by_side, word
from mockserver.contract.verdict import Judged, Verdict

_MOST_EXCHANGES = 200
_LONGEST_BODY = 4_000
_HEADINGS = {
    "fails": "What fails",
    "warns": "What warns",
    "waived": "What is waived",
    "shown": "What is only shown",
}
_MEANINGS = {
    "fails": "The contract is broken here, and the claim is certain enough to count.",
    "warns": "Less certain claims. They do not fail anybody; have a look at them.",
    "waived": "Expected: somebody gave a reason why these may stand.",
    "shown": "Nobody documents these claims, or nothing is documented of these fields. They never count as they are.",
}


@dataclass(frozen=True, slots=True)
class _Message:
    headers: Mapping[str, str]
    body: str
    cut: int


@dataclass(frozen=True, slots=True)
class _Shown:
    seen: Observed
    asked: _Message
    answered: _Message
    fails: bool


def report_html(verdict: Verdict) -> bytes:
    """Return the page; ``verdict`` is masked already."""
    groups = [(each, _HEADINGS[each], _MEANINGS[each], verdict.of(each)) for each in ("fails", "warns", "waived")]
    exchanges = {each.number: each for each in verdict.evidence.exchanges}
    commands = {
        each.finding.exchange: curl(exchanges[each.finding.exchange])
        for each in verdict.findings
        if each.finding.exchange in exchanges
    }
    shown = _exchanges(verdict)
    text = _template().render(
        verdict=verdict,
        evidence=verdict.evidence,
        subject=verdict.evidence.subject,
        both=verdict.evidence.subject.sides == BOTH,
        word=word(verdict),
        groups=[*groups, ("shown", _HEADINGS["shown"], _MEANINGS["shown"], verdict.of("shown"))],
        commands=commands,
        coverage=verdict.coverage,
        held=_held(verdict),
        missing=[each for each in verdict.coverage.clauses if each.eligible and each.state == "unknown"],
        exchanges=shown,
        linked={each.seen.number for each in shown},
        kinds=_kinds(verdict),
        sides=by_side(verdict),
        operation_of=lambda judged: _operation_of(verdict, judged),
    )
    return text.encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("mockserver.contract.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _operation_of(verdict: Verdict, judged: Judged) -> str:
    """Return what the operation of a finding is for, empty if it has none."""
    vendor, _, rest = judged.finding.clause.partition(".")
    clause = verdict.evidence.contract.clauses.get(f"{vendor}.{rest.partition('.')[0]}")
    return clause.says if clause and clause.id != judged.finding.clause else ""


def _held(verdict: Verdict) -> set[str]:
    """Return the names of the tallies that have a clause whose finding fails."""
    failing = {each.finding.clause for each in verdict.of("fails")}
    names = {each.operation for each in verdict.coverage.clauses if each.clause.id in failing}
    return {*names, verdict.coverage.total.name} if names else names


def _kinds(verdict: Verdict) -> str:
    outcomes = [each.outcome for each in verdict.evidence.checks]
    kinds = ("passed", "failed", "skipped", "broken")
    return ", ".join(f"{outcomes.count(each)} {each}" for each in kinds if each in outcomes)


def _exchanges(verdict: Verdict) -> list[_Shown]:
    """Return the exchanges that some finding shows, and the first others, in their order."""
    failing = {number for each in verdict.of("fails") for number in each.exchanges}
    told = {each.finding.exchange for each in verdict.findings}
    seen = verdict.evidence.exchanges
    others = [each.number for each in seen if each.number not in told]
    wanted = {*told, *others[: max(0, _MOST_EXCHANGES - len(told))]}
    return [
        _Shown(
            each,
            _message(each.headers, each.body),
            _message(each.answer_headers, each.answer),
            each.number in failing,
        )
        for each in seen
        if each.number in wanted
    ]


def _message(headers: Mapping[str, str], body: bytes) -> _Message:
    text = body.decode(errors="replace")
    if len(text) <= 10 * _LONGEST_BODY:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return _Message(headers, text[:_LONGEST_BODY], max(0, len(text) - _LONGEST_BODY))
