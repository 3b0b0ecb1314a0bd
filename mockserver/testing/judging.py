"""Judges what a subject did in a sandbox by the vendors' contracts: its calls, their order, its answers."""

import base64
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.contract import Contract
from mockserver.contract.expressions import as_text, scalars
from mockserver.contract.judge import judge_answer, judge_call
from mockserver.contract.known import told_in
from mockserver.contract.observed import Finding, Observed
from mockserver.contract.order import judge_order
from mockserver.contract.verdict import DEFAULT_LEVEL, counted, severity
from mockserver.testing.addresses import is_own
from mockserver.testing.sandbox import ContractWarning, NothingToJudge, Sandbox
from mockserver.testing.stretch import Stretch, so_far
from mockserver.testing.telling import Shown, briefly, verdict
from mockserver.testing.vendor import JSON

_OF_IDS = ".given"
_OF_PAST = frozenset({"direction", "vendor"})
"""The filters that choose among the exchanges of stretches that have ended too."""
_OF_NOW = frozenset({"wait", "count", "secrets"})
"""What is said with filters and leaves none of the exchanges out."""


@dataclass(frozen=True)
class Asking:
    """What to judge and how strictly, as ``Sandbox.assert_contract`` has it."""

    level: str = DEFAULT_LEVEL
    order: bool = True
    given: Collection[Any] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)


def assert_contract(sandbox: Sandbox, asking: Asking) -> list[Finding]:
    """Raise ``AssertionError`` with the findings that count at a level; return the others."""
    __tracebackhide__ = True
    if asking.level not in CONFIDENCES:
        raise ValueError(f"There is no level {asking.level!r}; known are {', '.join(CONFIDENCES)}.")
    stretches = _stretches(sandbox, asking.filters)
    exchanges = [each for _, chosen in stretches for each in chosen if _is_subjects(sandbox, each)]
    if not exchanges:
        raise NothingToJudge(_nothing(sandbox, asking.filters))
    found = [each for stretch, chosen in stretches for each in _found(sandbox, stretch, chosen, asking)]
    weighed = [(severity(each.finding.confidence, asking.level), each) for each in found]
    against = [each for weight, each in weighed if weight == "fails"]
    others = [each for weight, each in weighed if weight != "fails"]
    if against:
        pages = {id(each.exchange): each.exchange for each in against if not _is_subjects(sandbox, each.exchange)}
        raise AssertionError(verdict(sandbox, [*exchanges, *pages.values()], against, others))
    warned = [each for weight, each in weighed if weight == "warns"]
    if warned:
        warnings.warn(f"Not held against the subject:\n{briefly(warned)}", ContractWarning, stacklevel=3)
    return [each.finding for each in others]


def observed(exchange: JSON, sandbox: str) -> Observed:
    """Return what an exchange of a sandbox's journal has to be judged by.

    ``path`` is below the vendor's base. What the vendor sent has none, but is a ``webhook`` by its name.
    """
    target, headers = exchange["target"], _lower(exchange["request"]["headers"])
    sent = exchange["direction"] == "out"
    host = headers.get("host", "")
    path, _, query = target.partition("?")
    path = path.removeprefix(f"/sandbox/{sandbox}")
    if not host.lower().startswith(f"{exchange['vendor']}.localhost"):
        path = path.removeprefix(f"/{exchange['vendor']}")
    fault = exchange["fault"]
    return Observed(
        method=exchange["method"],
        path="" if sent else path or "/",
        query=query,
        headers=headers,
        body=_body(exchange["request"]),
        status=exchange["status"],
        answer_headers=_lower(exchange["answer"]["headers"]),
        answer=_body(exchange["answer"]),
        webhook=exchange["operation"].partition(".")[2] if sent else "",
        number=exchange["number"],
        url=target if sent else f"http://{host}{target}" if host else "",
        at=exchange["at"],
        spoiled=f"mockserver put a fault in: {fault}" if fault else "",
    )


def answer_findings(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with the answer to something that the vendor sent; nothing if it got none."""
    entry = contract.webhooks.get(seen.webhook)
    if entry is None or not entry.repeats:
        return judge_answer(contract, seen)
    return judge_answer(contract, replace(seen, webhook="", path=contract.by_name[entry.repeats].path))


def _stretches(sandbox: Sandbox, filters: Mapping[str, Any]) -> list[tuple[Stretch, list[JSON]]]:
    """Return what to judge: stretches, the one that goes on last, and what of each fits, pages too.

    Raises ``NothingToJudge`` where a journal had to give something up.
    """
    __tracebackhide__ = True
    fitting = {each["number"] for each in sandbox.journal(**filters)} if filters else None
    now = so_far(sandbox, sandbox.arranged)
    fit = [each for each in now.exchanges if fitting is None or each["number"] in fitting]
    chosen = [*((each, _of_past(each, filters)) for each in _past(sandbox, filters)), (now, fit)]
    for stretch, _ in chosen:
        if stretch.evicted:
            gone = counted(stretch.evicted, "exchange")
            when = f" before {stretch.ended}" if stretch.ended else ""
            raise NothingToJudge(
                f"The journal had to give up {gone}{when}, so the calls cannot be judged; "
                "start the server with a larger --journal-exchanges or --journal-bytes."
            )
    return chosen


def _past(sandbox: Sandbox, filters: Mapping[str, Any]) -> Sequence[Stretch]:
    """Return the stretches that have ended, none for a filter that the admin API alone can put to exchanges."""
    return [] if filters.keys() - _OF_PAST - _OF_NOW else sandbox.past


def _of_past(stretch: Stretch, filters: Mapping[str, Any]) -> list[JSON]:
    wanted = [(name, filters[name]) for name in _OF_PAST & filters.keys()]
    return [each for each in stretch.exchanges if all(each[name] == value for name, value in wanted)]


def _nothing(sandbox: Sandbox, filters: Mapping[str, Any]) -> str:
    left_out = sandbox.past if not _past(sandbox, filters) else ()
    since = f" since {left_out[-1].ended}" if left_out else ""
    return (
        f"No call of a vendor's API {'that fits ' if filters else ''}reached the sandbox {sandbox.name!r}{since}, and "
        f"nobody answered what its vendors sent: nothing was judged. A client's base URL is {sandbox.url}/<vendor>, "
        f"one of {', '.join(sandbox.server.vendors)}; a vendor's pytest fixture has it as url."
    )


def _is_subjects(sandbox: Sandbox, exchange: JSON) -> bool:
    """Tell whether the subject has called, or has answered: not a page, an inbox or the server itself."""
    if exchange["direction"] == "in":
        return exchange["operation"] not in sandbox.server.pages
    return exchange["status"] > 0 and not exchange["fault"] and not is_own(exchange["target"], sandbox.server.url)


def _found(sandbox: Sandbox, stretch: Stretch, chosen: Sequence[JSON], asking: Asking) -> Iterator[Shown]:
    """Yield what is wrong with the chosen exchanges of a stretch, each by itself and then in their order.

    Pages are the vendor's, but whether one was opened that was good for one use is a matter of order.
    """
    numbered = {each["number"]: each for each in chosen}
    findings = [each for exchange in chosen if _is_subjects(sandbox, exchange) for each in _judged(sandbox, exchange)]
    if asking.order:
        findings += [each for each in _of_order(sandbox, stretch, asking.given) if each.exchange in numbered]
    for each in findings:
        yield Shown(each, numbered[each.exchange], stretch.ended)


def _judged(sandbox: Sandbox, exchange: JSON) -> list[Finding]:
    if exchange["vendor"] is not None:
        contract, seen = sandbox.server.contract(exchange["vendor"]), observed(exchange, sandbox.name)
        return answer_findings(contract, seen) if seen.webhook else judge_call(contract, seen)
    return [
        Finding(
            clause="paths",
            says="A call goes to a vendor.",
            confidence=CONFIDENCES[0],
            source=None,
            place="request.path",
            expected=f"{sandbox.url}/<vendor>, one of {', '.join(sandbox.server.vendors)}",
            got=f"{exchange['method']} {exchange['target']}",
            exchange=exchange["number"],
        )
    ]


def _of_order(sandbox: Sandbox, stretch: Stretch, given: Collection[Any]) -> Iterator[Finding]:
    """Yield what is wrong with the order of calls, pages and webhooks among them."""
    for vendor in dict.fromkeys(each["vendor"] for each in stretch.exchanges if each["vendor"]):
        contract = sandbox.server.contract(vendor)
        calls = [observed(each, sandbox.name) for each in stretch.exchanges if each["vendor"] == vendor]
        known = stretch.arranged.known(vendor) if stretch.is_whole else None
        if known is not None:
            known |= {as_text(each) for each in given}
        found = list(judge_order(contract, calls, known).findings)
        if known is not None and any(each.clause.endswith(_OF_IDS) for each in found):
            # What the vendor has, or had before a boot, was not made up: the test may have looked it up and handed it
            # over, and the client may have stored it.
            ended = [each for each in sandbox.past if each is not stretch]
            had = known | frozenset(each for one in (stretch, *ended) for each in _had(sandbox, one, vendor))
            made_up = {(each.clause, each.exchange) for each in judge_order(contract, calls, had).findings}
            found = [
                each for each in found if not each.clause.endswith(_OF_IDS) or (each.clause, each.exchange) in made_up
            ]
        yield from found


def _had(sandbox: Sandbox, stretch: Stretch, vendor: str) -> Iterator[str]:
    """Yield all that a vendor has at the end of a stretch, or has told in it."""
    yield from scalars(stretch.states()[vendor])
    for each in stretch.exchanges:
        if each["vendor"] == vendor:
            yield from told_in(observed(each, sandbox.name))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _body(message: JSON) -> bytes:
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"])
    body: str = message.get("body", "")
    return body.encode()
