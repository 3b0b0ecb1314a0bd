"""Telling what is wrong while a client is at work: each kind of finding once, as soon as it is seen."""

from collections.abc import Iterator

import click

from mockserver.checks.options import Wanted
from mockserver.checks.watch import Watch
from mockserver.contract.observed import Finding
from mockserver.contract.reports.masking import masked
from mockserver.contract.reports.summary import certainty, sentence
from mockserver.contract.verdict import Judged, severity, verdict

_TOLD = ("fails", "warns")
_MOST = 50


class Live:
    """Tells of what a watch has seen, as far as it fails or warns, and no more than 50 kinds of it."""

    def __init__(self, watch: Watch, wanted: Wanted) -> None:
        self._watch = watch
        self._wanted = wanted
        self._told: set[tuple[str, str]] = set()

    def tell(self) -> None:
        """Print what is new."""
        if len(self._told) >= _MOST:
            return
        new = list(self._new())[: _MOST - len(self._told)]
        self._told.update(map(_kind, new))
        if new:
            evidence = self._watch.recent(new)
            judged = masked(verdict(evidence, level=self._wanted.level, waivers=self._wanted.waivers))
            lines = [line for each in judged.findings if _is_told(each) for line in _lines(each)]
            click.echo("\n".join(lines))
        if len(self._told) >= _MOST:
            click.echo("Whatever else is wrong is told at the end.")

    def _new(self) -> Iterator[Finding]:
        """Yield a finding of each kind that weighs enough and was not told yet."""
        kinds: dict[tuple[str, str], Finding] = {}
        for each in self._watch.news():
            if severity(each.confidence, self._wanted.level) in _TOLD:
                kinds.setdefault(_kind(each), each)
        yield from (each for kind, each in kinds.items() if kind not in self._told)


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.clause, finding.expected


def _is_told(judged: Judged) -> bool:
    """Tell whether a finding is of what the client did; a waiver that waives nothing may still come to do so."""
    return judged.severity in _TOLD and bool(judged.exchanges)


def _lines(judged: Judged) -> Iterator[str]:
    yield f"{judged.severity}  {judged.finding.clause}  ({certainty(judged)})"
    yield f"       exchange {judged.finding.exchange}, {sentence(judged)}"
