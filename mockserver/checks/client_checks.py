"""Running the checks of a client: pytest in a child process, and the evidence that it leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.checks.lists import ROOT, is_whole, run, unchecked, unfinished
from mockserver.checks.process import INTERRUPTED, Ended, Start, started
from mockserver.contract.channel import Told
from mockserver.contract.evidence import Check, Evidence, Subject
from mockserver.contract.judge import judge_call
from mockserver.contract.manners import with_manners
from mockserver.contract.order import Ordered, judge_order

_LONGEST = 3600.0


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


def check_client(
    adapter: Adapter, document: Mapping[str, Any], seconds: float, *, url: str = "", start: Start = started
) -> Evidence:
    """Drive a client through the check list of its vendor; raise ``NothingToCheck``.

    ``document`` is the vendor's contract, ``seconds`` how long a verb of the adapter may take, ``url`` a mockserver to
    check it against, one of the check's own by default. A process that ends early leaves what it has found so far.
    """
    contract = with_manners(adapter.vendor, document)
    told, ended = run("client", adapter.vendor, _options(adapter, seconds, url), _LONGEST, start)
    checks = told.checks if ended.interrupted or is_whole(told, ended) else [*told.checks, _unfinished(told, ended)]
    ordered = [judge_order(contract, story, whole=True) for story in told.stories]
    return Evidence(
        subject=Subject(kind="client", vendor=adapter.vendor, name=adapter.name),
        contract=contract,
        exchanges=told.exchanges,
        findings=[
            *(each for call in told.exchanges for each in judge_call(contract, call)),
            *(found for each in ordered for found in each.findings),
        ],
        checks=[*checks, *_of_order(ordered)],
        unchecked=unchecked("client", adapter.vendor),
        cut_short=INTERRUPTED if ended.interrupted and not told.ended else "",
    )


def _of_order(stories: Iterable[Ordered]) -> Iterable[Check]:
    """Return a check for each claim about the order of calls that any story put to the test, the failed ones first."""
    made = [each for story in stories for each in story.checks]
    by_id: dict[str, Check] = {}
    for each in sorted(made, key=lambda each: each.outcome == "passed"):
        by_id.setdefault(each.id, each)
    return by_id.values()


def _options(adapter: Adapter, seconds: float, url: str) -> list[str]:
    options = [*adapter.options, "--rootdir", str(ROOT.parent), "-p", "mockserver.testing"]
    return [*options, f"--client-timeout={seconds:g}", *([f"--mockserver-url={url}"] if url else [])]


def _unfinished(told: Told, ended: Ended) -> Check:
    """Return what is known of a child process that did not come to its end."""
    how = f"was stopped after {_LONGEST:g} s" if ended.code is None else f"ended with code {ended.code}"
    if told.began and told.verb:
        detail = (
            f"The process of the checks {how} while the adapter's {told.verb} was under way: the adapter, or what it "
            "calls, ended it. Nothing is known of the checks after this one."
        )
        says = "A verb of the adapter returns, or raises."
        return Check(id=told.began, says=says, outcome="broken", detail=detail, by_adapter=True)
    is_first = not (told.checks or told.began)
    before = " before the first of them: the adapter, or what it imports, ended it" if is_first else ""
    return unfinished(how + before, ended, by_adapter=is_first)
