"""What came of one check: the server's doing, the check's own, or nobody's."""

import inspect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from contract_tests.server.rules import Account, Broken, CannotGoOn, NotKept
from mockserver.contract.evidence import Check
from mockserver.contract.evidence import Outcome as Kind
from mockserver.contract.observed import Finding


class AnswersNotKept(AssertionError):
    """Answers that a check received are not as the contract has them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n\n".join(_told(each) for each in findings))


@dataclass
class Outcome:
    """How a check ended, so far; ``clause`` is the one that a failure breaks."""

    kind: Kind = "passed"
    detail: str = ""
    clause: str = ""
    expected: str = ""
    got: str = ""

    def note(self, error: BaseException, against: Sequence[Finding]) -> None:
        """Take down what ended the check; ``against`` is what the judge had against the answers before."""
        if isinstance(error, NotKept):
            self.kind, self.detail, self.clause = "failed", error.says, error.clause
            self.expected, self.got = error.expected, error.got
        elif isinstance(error, CannotGoOn | pytest.skip.Exception):
            self.kind, self.detail = "skipped", str(error)
        elif against:
            # To stumble over an answer that is not as it must be is no fault of the check.
            self.kind, self.detail = (
                "skipped",
                f"It could not go on: {against[0].place} is not as {against[0].clause} says.",
            )
        else:
            self.kind, self.detail = "broken", f"{type(error).__name__}: {error}"


def checks_of(item: pytest.Item, outcome: Outcome, account: Account, exchanges: tuple[int, ...]) -> list[Check]:
    """Return a check as evidence, and one more for each clause that broke without failing it.

    What such a check is about may be what broke; then this is what became of it, and no check besides.
    """
    name, says = name_of(item), _first_paragraph(item)
    marked = [clause for mark in item.iter_markers("clause") for clause in mark.args]
    point = _broken_point(outcome, account, marked)
    softly = [
        (each, id_) for each, id_ in zip(account.broken, _ids(name, account.broken), strict=True) if each is not point
    ]
    ended = _failed_by(point) if point else outcome
    first = [ended.clause] if ended.clause else []
    broken = {each.clause for each in account.broken} - set(first)
    made = Check(
        id=name,
        says=says,
        clauses=tuple(each for each in dict.fromkeys([*first, *marked, *account.clauses]) if each not in broken),
        outcome=ended.kind,
        detail=ended.detail,
        expected=ended.expected,
        got=ended.got,
        # The last call is the one that a check failed at.
        exchanges=exchanges[::-1] if ended.kind == "failed" else exchanges,
    )
    return [made, *(_softly(each, id_, exchanges) for each, id_ in softly)]


def _broken_point(outcome: Outcome, account: Account, marked: Sequence[str]) -> Broken | None:
    """Return what broke without failing a check and is what the check is about: its first clause, or all it tried."""
    if outcome.kind not in {"passed", "skipped"}:
        return None
    broken = {each.clause: each for each in reversed(account.broken)}
    if marked and marked[0] in broken:
        return broken[marked[0]]
    return account.broken[0] if broken and broken.keys() >= set(account.clauses) else None


def _failed_by(broken: Broken) -> Outcome:
    return Outcome("failed", broken.says, broken.clause, broken.expected, broken.got)


def _ids(name: str, broken: Sequence[Broken]) -> Iterator[str]:
    """Yield an id for each: ``name#clause``, with a number where a clause broke before."""
    counts: Counter[str] = Counter()
    for each in broken:
        counts[each.clause] += 1
        number = counts[each.clause]
        yield f"{name}#{each.clause}" if number == 1 else f"{name}#{each.clause}#{number}"


def _softly(broken: Broken, id_: str, exchanges: tuple[int, ...]) -> Check:
    return Check(
        id=id_,
        says=broken.says,
        clauses=(broken.clause,),
        outcome="failed",
        detail=broken.says,
        expected=broken.expected,
        got=broken.got,
        exchanges=exchanges[-1:],
    )


def name_of(item: pytest.Item) -> str:
    """Return ``statuses.all_of_the_campaign`` for ``test_statuses.py::test_all_of_the_campaign``."""
    return f"{item.path.stem.removeprefix('test_')}.{item.name.removeprefix('test_')}"


def _first_paragraph(item: pytest.Item) -> str:
    written = inspect.getdoc(getattr(item, "function", None)) or item.name
    return " ".join(written.partition("\n\n")[0].split())


def _told(finding: Finding) -> str:
    lines = [
        f"An answer is not as {finding.clause} has it.",
        f"  says      {finding.says}",
        f"  source    {finding.confidence}: {finding.source or 'no document'}",
        f"  place     {finding.place} of exchange {finding.exchange}",
        f"  expected  {finding.expected}",
        f"  got       {finding.got}",
    ]
    return "\n".join(lines)
