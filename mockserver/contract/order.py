"""Judges the order of calls: none before the one it depends on, no id that nobody gave, no link used twice.

What the vendor accepted is never held against a caller: an id that works was not invented, and a call that succeeds did
not come too early. The one exception is an order that the contract wants however the calls are answered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from mockserver.contract.clauses import CONFIDENCES, Clause
from mockserver.contract.contract import Contract
from mockserver.contract.dependencies import After, Before, Claim, Link, Once, dependencies
from mockserver.contract.evidence import Check
from mockserver.contract.expressions import Reading
from mockserver.contract.known import Known
from mockserver.contract.observed import Finding, Observed
from mockserver.contract.places import situated

_UNJUDGED = frozenset({401, 403, 407, 408, 429})
"""Refusals that say nothing about ids and order: the server did not look so far."""
_UNKNOWN = frozenset({404, 410})
_TAKEN = 409
_NOTHING = frozenset({b"", b"null", b"[]", b"{}"})
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was found of the order of exchanges.

    ``checks`` has one for each claim that was put to the test, those that failed with their exchanges; a verdict that
    has the ``findings`` too tells nothing twice.
    """

    findings: Sequence[Finding]
    checks: Sequence[Check]


def judge_order(
    contract: Contract, exchanges: Sequence[Observed], given: Collection[str] | None = None, *, whole: bool = False
) -> Ordered:
    """Judge the order of exchanges, oldest first, and the ids that they carry.

    Pages that people open and webhooks may be among them: a link may be opened once, and ids may come from a webhook.
    ``given`` are the ids that a caller may have known before the first exchange, None where nobody knows. ``whole``
    says that there was nothing before it, as ``given`` does; a recording may begin in the middle of things, and what
    may have happened before is then no finding.
    """
    order = _Order(contract, exchanges, given, whole=whole)
    failed: dict[str, list[Finding]] = defaultdict(list)
    for each in order.findings:
        failed[each.clause].append(each)
    clauses = {**order.kept, **failed}
    checks = [_check(contract.clauses[clause], failed[clause], order.kept[clause]) for clause in clauses]
    return Ordered(order.findings, checks)


@dataclass(frozen=True, slots=True)
class _Call:
    position: int
    seen: Observed
    name: str
    reading: Reading

    @property
    def succeeded(self) -> bool:
        return 200 <= self.seen.status < 400

    @property
    def refused(self) -> bool:
        return 400 <= self.seen.status < 500 and self.seen.status not in _UNJUDGED

    @property
    def found_nothing(self) -> bool:
        """Whether the answer is a success that holds nothing, as some servers tell that they know no such thing."""
        return self.succeeded and self.seen.answer.strip() in _NOTHING

    @property
    def failed(self) -> bool:
        return not self.succeeded


_Key = tuple[str, ...]


class _Order:
    def __init__(
        self, contract: Contract, exchanges: Sequence[Observed], given: Collection[str] | None, *, whole: bool
    ) -> None:
        self._contract = contract
        self._whole = whole
        self._given = None if given is None else frozenset(given)
        self._known = Known()
        claims = {each.clause: each for each in dependencies(contract.vendor, contract.document)}
        self._links: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for each in dependencies(contract.vendor, contract.document):
            if isinstance(each, Link) and each not in self._links[each.taker, each.into]:
                self._links[each.taker, each.into].append(each)
        self._afters = [each for each in claims.values() if isinstance(each, After)]
        self._onces = [each for each in claims.values() if isinstance(each, Once)]
        self._calls = list(self._situated(exchanges))
        self._came = self._index()
        self._gave: dict[Link, set[str]] = defaultdict(set)
        self._links_out: dict[str, tuple[Once, list[int]]] = {}
        self.kept: dict[str, list[int]] = defaultdict(list)
        self.findings: list[Finding] = []
        self._judge(exchanges)

    def _situated(self, exchanges: Sequence[Observed]) -> Iterator[_Call]:
        for position, seen in enumerate(exchanges):
            where = None if seen.webhook else situated(self._contract, seen)
            if where is not None:
                yield _Call(position, seen, where.entry.name, Reading(where))

    def _judge(self, exchanges: Sequence[Observed]) -> None:
        calls = {each.position: each for each in self._calls}
        for position, seen in enumerate(exchanges):
            self.findings += self._opened(seen)
            call = calls.get(position)
            if call is not None:
                self.findings += list(self._ids(call)) or self._orders(call)
                self._remember(call)
            self._known.take(seen)

    # Where ids come from

    def _ids(self, call: _Call) -> Iterator[Finding]:
        for (taker, into), links in self._links.items():
            if taker != call.name:
                continue
            for value in dict.fromkeys(call.reading.values(into)):
                givers = [each for each in links if value in self._gave[each]]
                if givers:
                    self.kept[links[0].clause].append(call.seen.number)
                elif self._is_invented(call, value, into, links):
                    yield self._invented(call, value, links)

    def _is_invented(self, call: _Call, value: str, into: str, links: Sequence[Link]) -> bool:
        refused = call.seen.status in {401, 403} if ".security." in into else call.refused
        if not refused or self._known.has(value):
            return False
        if self._given is not None:
            return value not in self._given
        if self._whole:
            return call.seen.status in _UNKNOWN
        # It may have been given before the recording, unless the caller is seen to have got none and gone on.
        return any(each.name == link.giver and each.failed for link in links for each in self._before(call))

    def _invented(self, call: _Call, value: str, links: Sequence[Link]) -> Finding:
        link = links[0]
        givers = list(dict.fromkeys(each.giver for each in links))
        failed = [each for each in self._before(call) if each.name in givers and each.failed]
        # Of a credential nothing is shown.
        shown = "credentials" if ".security." in link.into else _short(value)
        got = f"{shown}, which no answer before had"
        if failed:
            got += f"; {_told(failed[-1])}"
        what = link.value.partition(".")[2].removeprefix("body#/")
        did = "was given" if link.value.startswith("$request") else "has answered"
        expected = f"the {what} that {' or '.join(givers)} {did}"
        return self._finding(link, call.seen, link.place, expected, got)

    def _before(self, call: _Call) -> list[_Call]:
        return [each for each in self._calls if each.position < call.position]

    def _remember(self, call: _Call) -> None:
        if not call.succeeded:
            return
        self._known.accept(call.reading.where.in_path.values())
        for (taker, into), links in self._links.items():
            if taker == call.name:
                self._known.accept(call.reading.values(into))
            for link in links:
                if link.giver == call.name and link.status == str(call.seen.status):
                    self._gave[link].update(call.reading.values(link.value))
        for once in self._onces:
            if once.operation == call.name:
                self._links_out.update((value, (once, [])) for value in call.reading.values(once.value))

    # What comes after what

    def _orders(self, call: _Call) -> list[Finding]:
        return [found for after in self._afters if after.operation == call.name for found in self._order(after, call)]

    def _index(self) -> dict[tuple[str, int, _Key], list[_Call]]:
        """Return the calls that others may have to follow, by clause, alternative and what they must have the same."""
        came: dict[tuple[str, int, _Key], list[_Call]] = defaultdict(list)
        for call in self._calls:
            for after in self._afters:
                for number, before in enumerate(after.before):
                    if before.operation == call.name:
                        for key in _keys(call, before, 0):
                            came[after.clause, number, key].append(call)
        return came

    def _order(self, after: After, call: _Call) -> Iterator[Finding]:
        wanted = [(number, key) for number, each in enumerate(after.before) for key in _keys(call, each, 1)]
        if any(each.same for each in after.before) and not any(key for _, key in wanted):
            return  # It names nothing that the others could have had as well.
        others = [each for number, key in wanted for each in self._came.get((after.clause, number, key), ())]
        earlier = sorted((each for each in others if each.position < call.position), key=lambda each: each.position)
        if _has_led_up(after, earlier):
            self.kept[after.clause].append(call.seen.number)
        elif self._is_early(after, call, {value for _, key in wanted for value in key}, others):
            yield self._early(after, call, earlier)

    def _is_early(self, after: After, call: _Call, values: set[str], others: Sequence[_Call]) -> bool:
        succeeds = after.outcome == "success"
        if succeeds and not call.refused:
            return False
        if self._given is not None:
            return not (succeeds and values & self._given)
        if self._whole:
            known = any(map(self._known.has, values)) if succeeds else call.seen.status == _TAKEN
            return bool(others) or known
        # What came before a recording is not known; what the caller went on after is.
        return any(each.position < call.position for each in others)

    def _early(self, after: After, call: _Call, earlier: Sequence[_Call]) -> Finding:
        names = " or ".join(dict.fromkeys(each.operation for each in after.before))
        got = _told(earlier[-1]) if earlier else f"none of them; it was answered {call.seen.status}"
        wanted = {"any": names, "refused": f"{names}, which finds nothing,", "success": f"a success of {names}"}
        return self._finding(after, call.seen, "request", f"{wanted[after.outcome]} before it", got)

    # What is used once

    def _opened(self, seen: Observed) -> Iterator[Finding]:
        minted = self._links_out.get(seen.url) if seen.url and seen.method == "GET" else None
        if minted is None:
            return
        once, openings = minted
        openings.append(seen.number)
        if len(openings) == 1:
            self.kept[once.clause].append(seen.number)
        elif 400 <= seen.status < 500:
            got = f"the address that exchange {openings[0]} has opened already"
            yield self._finding(once, seen, "request.url", f"an address that {once.operation} has made anew", got)

    def _finding(self, claim: Claim, seen: Observed, place: str, expected: str, got: str) -> Finding:
        return Finding(
            clause=claim.clause,
            says=claim.says,
            confidence=claim.confidence or CONFIDENCES[-1],
            source=self._contract.source(claim.source),
            place=place,
            expected=expected,
            got=got,
            exchange=seen.number,
            side="client",
        )


def _has_led_up(after: After, earlier: Sequence[_Call]) -> bool:
    """Tell whether what a claim wants to come before has come, oldest first."""
    if after.outcome == "refused":
        return bool(earlier) and (earlier[-1].refused or earlier[-1].found_nothing)
    return any(after.outcome == "any" or each.succeeded for each in earlier)


def _keys(call: _Call, before: Before, side: int) -> list[_Key]:
    """Return the combinations of what a call has where it must be the same as another; none if it has nothing."""
    return list(product(*(call.reading.values(pair[side]) for pair in before.same)))


def _check(clause: Clause, failed: Sequence[Finding], kept: Sequence[int]) -> Check:
    return Check(
        id=clause.id,
        says=clause.says,
        clauses=(clause.id,),
        outcome="failed" if failed else "passed",
        detail=failed[0].got if failed else "",
        expected=failed[0].expected if failed else "",
        got=failed[0].got if failed else "",
        exchanges=tuple(each.exchange for each in failed) if failed else tuple(dict.fromkeys(kept)),
    )


def _told(call: _Call) -> str:
    return f"{call.name} (exchange {call.seen.number}) was answered {call.seen.status or 'nothing'}"


def _short(value: str) -> str:
    return repr(value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}...")
