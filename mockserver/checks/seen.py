"""What a client did in a sandbox, as evidence: its calls, their order, and its answers to what mockserver sent."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Check, Evidence, Subject
from mockserver.contract.judge import judge_answer, judge_call
from mockserver.contract.observed import UNDOCUMENTED, Finding, Observed
from mockserver.contract.order import Ordered, judge_order
from mockserver.contract.verdict import counted
from mockserver.testing.addresses import is_own
from mockserver.testing.judging import observed

_MOST_SHOWN = 5
_MOST_SAID = 120
_REFUSALS = frozenset({400, 401, 403, 422})
_VERIFIED = "caller.webhook-verified"

Exchange = Mapping[str, Any]
"""An exchange as the journal describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a client was let loose: a sandbox of the mockserver at ``origin``, and what may be known of it.

    ``pages`` are the operations that people see in a browser, ``given`` the ids that were there at boot. The contract
    has the rules of manners too.
    """

    contract: Contract
    sandbox: str
    origin: str
    base_url: str
    pages: frozenset[str]
    given: frozenset[str]


class Seen:
    """Exchanges of a sandbox, oldest first, whose numbers are unique.

    ``lost`` is how many the journal gave up before anybody looked; ``reset`` tells whether it began anew in between.
    """

    def __init__(self, scene: Scene, exchanges: Sequence[Exchange], *, lost: int = 0, reset: bool = False) -> None:
        self._scene = scene
        self._contract = scene.contract
        self._lost = lost
        self._reset = reset
        self._exchanges = _without_echoes(exchanges, self._is_ours)
        # Where roles are swapped, some operations are called by who serves the others, and some webhooks are calls.
        entries = (*self._contract.operations, *self._contract.webhooks.values())
        self._sent = frozenset(f"{self._contract.vendor}.{each.name}" for each in entries if each.caller == "server")

    def evidence(self, name: str, notes: Sequence[str] = ()) -> Evidence:
        """Return what the client did, judged; ``name`` is what people call it."""
        ordered, verified = self.ordered(), self._verified()
        told = {each.exchange for each in ordered.findings} | {one for each in verified for one in each.exchanges}
        judged = [*self._calls, *self._outside, *(each for each in self._answers if not each.spoiled)]
        shown = {each.number: each for each in [*judged, *(each for each in self.everything if each.number in told)]}
        findings = [*self.findings(), *ordered.findings]
        found = {each.exchange for each in findings if each.confidence != UNDOCUMENTED}
        return Evidence(
            subject=Subject("client", self._contract.vendor, name),
            contract=self._contract,
            exchanges=[shown[number] for number in sorted(shown)],
            findings=findings,
            checks=[*ordered.checks, *verified],
            notes=[*notes, *self._notes(), *self._refused(found)],
        )

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with each exchange by itself."""
        for each in self._calls:
            yield from judge_call(self._contract, each)
        for each in self._answers:
            yield from judge_answer(self._contract, each)
        yield from map(self._astray, self._outside)

    def ordered(self) -> Ordered:
        """Judge the order of the exchanges."""
        # What is lost may have held any id.
        given = None if self._lost or self._reset else self._scene.given
        return judge_order(self._contract, self.everything, given)

    @cached_property
    def everything(self) -> list[Observed]:
        """What the client did and what was sent, so that ids are known from there too."""
        return self._of_vendor(lambda each: each["direction"] == "out" or each["operation"] not in self._sent)

    @cached_property
    def _calls(self) -> list[Observed]:
        others = self._scene.pages | self._sent
        return self._of_vendor(lambda each: each["direction"] == "in" and each["operation"] not in others)

    # What mockserver sent

    @cached_property
    def _webhooks(self) -> list[Observed]:
        """What mockserver sent for the client to answer, and not to itself."""
        found = self._of_vendor(lambda each: each["direction"] == "out" and each["operation"] in self._sent)
        return [each for each in found if not self._is_ours(each.url)]

    @cached_property
    def _answers(self) -> list[Observed]:
        return [each for each in self._webhooks if each.status]

    def _is_ours(self, url: str) -> bool:
        # It may be known by another name there.
        return is_own(url, self._scene.origin, self._scene.base_url)

    def _verified(self) -> list[Check]:
        """Return a check of whether the client refused what mockserver forged; none where it forged nothing."""
        numbers = {each["number"] for each in self._exchanges if each["forged"]}
        forged = [each for each in self._answers if each.number in numbers]
        taken = [each for each in forged if each.status < 400]
        got = f"{taken[0].webhook} with a wrong signature was answered {taken[0].status}" if taken else ""
        made = Check(
            id=_VERIFIED,
            says=self._contract.clauses[_VERIFIED].says,
            clauses=(_VERIFIED,),
            outcome="failed" if taken else "passed",
            detail=got,
            expected="a status of 400 or above",
            got=got,
            exchanges=tuple(each.number for each in taken or forged),
        )
        return [made] if forged else []

    # What came to no vendor

    @cached_property
    def _strays(self) -> list[Observed]:
        """Calls outside of every vendor, their addresses as paths, so that nothing takes them for the vendor's."""
        found = [each for each in self._exchanges if each["direction"] == "in" and not each["vendor"]]
        return [replace(seen, path=seen.url.partition("?")[0]) for seen in map(self._observed, found)]

    @cached_property
    def _outside(self) -> list[Observed]:
        """Calls outside of every vendor that look like one of this vendor that lost its base URL."""
        return [each for each in self._strays if self._is_meant(each)]

    def _is_meant(self, seen: Observed) -> bool:
        steps = urlsplit(seen.path).path.split("/")
        return any(self._contract.operation(seen.method, "/" + "/".join(steps[cut:])) for cut in range(1, len(steps)))

    def _astray(self, seen: Observed) -> Finding:
        return Finding(
            clause=f"{self._contract.vendor}.paths",
            says="Only what is documented can be called.",
            confidence=CONFIDENCES[0],
            source=None,
            place="request.path",
            expected=f"a path below {self._scene.base_url}",
            got=f"{seen.method} {seen.url}",
            exchange=seen.number,
        )

    # What a reader must know besides

    def _notes(self) -> Iterator[str]:
        coming = Counter(each["vendor"] for each in self._exchanges if each["direction"] == "in")
        others = [f"{name} ({number})" for name, number in coming.items() if name not in {None, self._contract.vendor}]
        if others:
            yield f"Not judged: calls of {', '.join(others)}."
        strays = [each for each in self._strays if not self._is_meant(each)]
        if strays:
            shown = _listed(f"{each.method} {each.path}" for each in strays)
            yield f"Not judged: {counted(len(strays), 'request')} outside of every vendor ({shown})."
        silent = [each for each in self._webhooks if not each.status]
        if silent:
            shown = _listed(f"{each.webhook} to {each.url}" for each in silent)
            yield f"Not judged: {counted(len(silent), 'webhook')} without an answer ({shown})."
        if self._lost:
            lost = counted(self._lost, "exchange")
            yield f"The journal had to give up {lost}; neither they nor the whole order were judged."
        if self._reset:
            yield "The sandbox was reset; what came just before may be missing, and the whole order was not judged."
        if not (coming[self._contract.vendor] or self._outside):
            yield f"Nothing was called at {self._scene.base_url}."

    def _refused(self, found: Collection[int]) -> Iterator[str]:
        """Tell what the vendor has refused where nothing was ``found``: by rules that no exchange shows by itself."""
        refused = [
            each for each in self._calls if each.status in _REFUSALS and not each.spoiled and each.number not in found
        ]
        if refused:
            shown = _listed(
                f"{each.number}: {each.status} {each.answer.decode(errors='replace').strip()[:_MOST_SAID]}"
                for each in refused
            )
            yield f"Refused, for what a call does not show by itself: {counted(len(refused), 'exchange')} ({shown})."

    def _of_vendor(self, wanted: Callable[[Exchange], bool]) -> list[Observed]:
        vendor = self._contract.vendor
        return [self._observed(each) for each in self._exchanges if each["vendor"] == vendor and wanted(each)]

    def _observed(self, exchange: Exchange) -> Observed:
        seen = observed(dict(exchange), self._scene.sandbox)
        return seen if seen.url else replace(seen, url=f"{self._scene.origin}{exchange['target']}")


def _without_echoes(exchanges: Sequence[Exchange], is_ours: Callable[[str], bool]) -> list[Exchange]:
    """Leave out the calls that came in from mockserver itself, which are nobody's doing."""
    sent = (each for each in exchanges if each["direction"] == "out" and each["status"] and is_ours(each["target"]))
    echoes = Counter(_words(each) for each in sent)
    kept = []
    for each in exchanges:
        words = _words(each)
        if each["direction"] == "in" and echoes[words]:
            echoes[words] -= 1
        else:
            kept.append(each)
    return kept


def _words(exchange: Exchange) -> tuple[Any, ...]:
    """Return what a request says, the same whether it is seen as it goes out or as it comes in."""
    asked = exchange["request"]
    headers = frozenset((name.lower(), value) for name, value in asked["headers"].items())
    parts = urlsplit(exchange["target"])
    return exchange["method"], parts.path, parts.query, headers, asked.get("body"), asked.get("body_base64")


def _listed(shown: Iterator[str]) -> str:
    return ", ".join(list(dict.fromkeys(shown))[:_MOST_SHOWN])
