"""Running the checks of a client: pytest in a child process, and the evidence that it leaves."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contract_tests.client.evidence import read_check, read_exchange
from mockserver.checks.lists import ROOT, folder_of, unchecked
from mockserver.checks.process import FINISHED, INTERRUPTED, Ended, Start, started
from mockserver.contract.evidence import Check, Evidence, Subject
from mockserver.contract.judge import judge_call
from mockserver.contract.manners import with_manners
from mockserver.contract.observed import Observed
from mockserver.contract.order import Ordered, judge_order

_LONGEST = 3600.0
_SHOWN = 2000


class NothingToCheck(Exception):
    """What was asked for cannot be checked; the message says why and what to do."""


@dataclass(frozen=True)
class Adapter:
    """What drives a client: a class, as ``package.module:Class``, or a command that speaks JSON lines."""

    vendor: str
    place: str = ""
    command: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.place or self.command

    @property
    def options(self) -> list[str]:
        """How pytest is told of it."""
        option, value = ("--client", self.place) if self.place else ("--client-command", self.command)
        return [f"{option}={self.vendor}={value}"]


@dataclass
class _Lines:
    """What the child wrote: what it finished, and what it was about."""

    checks: list[Check] = field(default_factory=list)
    exchanges: list[Observed] = field(default_factory=list)
    stories: list[list[Observed]] = field(default_factory=list)
    usage: str = ""
    began: str = ""
    verb: str = ""
    ended: bool = False

    def read(self, lines: Iterator[str]) -> "_Lines":
        for line in lines:
            try:
                told = json.loads(line)
            except ValueError:
                continue  # the last one, cut off where the child was
            self._take(told)
        return self

    def _take(self, told: Mapping[str, Any]) -> None:
        self.usage = told.get("usage", self.usage)
        self.ended = told.get("ended", self.ended)
        self.verb = told.get("verb", self.verb)
        if "began" in told:
            self.began, self.verb = told["began"], ""
        if "check" in told:
            self.checks.append(read_check(told["check"]))
            seen = [read_exchange(each) for each in told["exchanges"]]
            self.exchanges += seen
            self.stories += [seen] if told["story"] else []
            self.began = ""


def check_client(
    adapter: Adapter, document: Mapping[str, Any], seconds: float, *, url: str = "", start: Start = started
) -> Evidence:
    """Drive a client through the check list of its vendor; raise ``NothingToCheck``.

    ``document`` is the vendor's contract, ``seconds`` how long a verb of the adapter may take, ``url`` a mockserver to
    check it against, one of the check's own by default. A process that ends early leaves what it has found so far.
    """
    contract = with_manners(adapter.vendor, document)
    with TemporaryDirectory() as folder:
        notes = Path(folder) / "evidence"
        ended = start("contract_tests.client", _arguments(adapter, notes, seconds, url), _LONGEST)
        text = notes.read_text(encoding="utf-8") if notes.exists() else ""
    lines = _Lines().read(iter(text.splitlines()))
    if lines.usage:
        raise NothingToCheck(lines.usage)
    is_whole = ended.interrupted or (lines.ended and ended.code in FINISHED)
    checks = lines.checks if is_whole else [*lines.checks, _unfinished(lines, ended)]
    ordered = [judge_order(contract, story, whole=True) for story in lines.stories]
    return Evidence(
        subject=Subject(kind="client", vendor=adapter.vendor, name=adapter.name),
        contract=contract,
        exchanges=lines.exchanges,
        findings=[
            *(each for call in lines.exchanges for each in judge_call(contract, call)),
            *(found for each in ordered for found in each.findings),
        ],
        checks=[*checks, *_of_order(ordered)],
        unchecked=unchecked("client", adapter.vendor),
        cut_short=INTERRUPTED if ended.interrupted and not lines.ended else "",
    )


def _of_order(stories: Iterable[Ordered]) -> Iterable[Check]:
    """Return a check for each claim about the order of calls that any story put to the test, the failed ones first."""
    made = [each for story in stories for each in story.checks]
    by_id: dict[str, Check] = {}
    for each in sorted(made, key=lambda each: each.outcome == "passed"):
        by_id.setdefault(each.id, each)
    return by_id.values()


def _arguments(adapter: Adapter, notes: Path, seconds: float, url: str) -> list[str]:
    folder = folder_of("client", adapter.vendor)
    if not folder.is_dir():
        raise NothingToCheck(f"There are no checks of a client of {adapter.vendor}.")
    told = [str(folder), *adapter.options, "-c", str(ROOT / "checks.ini"), "--rootdir", str(ROOT.parent)]
    told += ["-p", "mockserver.testing", f"--client-timeout={seconds:g}", f"--client-evidence={notes}"]
    told += [f"--mockserver-url={url}"] if url else []
    return [*told, "-q", "--tb=native"]


def _unfinished(lines: _Lines, ended: Ended) -> Check:
    """Return what is known of a child process that did not come to its end."""
    how = f"was stopped after {_LONGEST:g} s" if ended.code is None else f"ended with code {ended.code}"
    if lines.began and lines.verb:
        detail = (
            f"The process of the checks {how} while the adapter's {lines.verb} was under way: the adapter, or what it "
            "calls, ended it. Nothing is known of the checks after this one."
        )
        says = "A verb of the adapter returns, or raises."
        return Check(id=lines.began, says=says, outcome="broken", detail=detail, by_adapter=True)
    said = ended.said.strip()[-_SHOWN:] or "it printed nothing"
    is_first = not (lines.checks or lines.began)
    before = " before the first of them: the adapter, or what it imports, ended it" if is_first else ""
    detail = f"The process of the checks {how}{before}. Its last words: {said}"
    return Check(id="checks", says="All checks are made.", outcome="broken", detail=detail, by_adapter=is_first)
