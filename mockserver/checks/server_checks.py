"""Runs the checks of a server in a process of their own, and gathers what they found as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mockserver.checks.lists import folder_of, is_whole, run, unchecked, unfinished
from mockserver.checks.process import INTERRUPTED, Ended, Start, started
from mockserver.contract.channel import Told
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Check, Evidence, Subject

_NONE_CHOSEN = 5
"""The exit code of a pytest that ran no test."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to check, and how. ``timeout`` is in seconds for each answer, ``limit`` for everything."""

    vendor: str
    url: str
    credentials: Path | None = None
    capabilities: Path | None = None
    writes: bool = False
    only: str = ""
    timeout: float = 10.0
    limit: float = 900.0


def check_server(asked: Asked, contract: Contract, *, start: Start = started) -> Evidence:
    """Return what the checks found, until they failed themselves if they did; raise ``NothingToCheck``.

    Checks that did not come to an end within the limit are left out; then, as after Ctrl-C, too little was checked.
    """
    told, ended = run("server", asked.vendor, _options(asked), asked.limit, start)
    stopped = "" if ended.code is not None else f"the checks were stopped after {asked.limit:g} seconds"
    cut_short = INTERRUPTED if ended.interrupted else stopped
    # The verdict does not say so where there are findings.
    notes = [f"{cut_short.capitalize()}; what was checked until then counts."] if cut_short else []
    found = _evidence(Subject("server", asked.vendor, asked.url), contract, told, notes)
    # All were left out, or else something would have been told of one.
    is_none = asked.only and ended.code == _NONE_CHOSEN and not told.checks
    unnamed = f"no check has {asked.only!r} in its name" if is_none else ""
    return replace(found, checks=[*found.checks, *_broken(told, ended)], cut_short=cut_short or unnamed)


def _options(asked: Asked) -> list[str]:
    options = ["--rootdir", str(folder_of("server", asked.vendor)), "--no-header", "--color=no"]
    options += ["--server", f"{asked.vendor}={asked.url}", "--answer-timeout", str(asked.timeout)]
    for option, value in (("--credentials", asked.credentials), ("--capabilities", asked.capabilities)):
        options += [option, str(value.resolve())] if value else []
    options += ["--allow-writes"] if asked.writes else []
    return [*options, "-k", asked.only] if asked.only else options


def _broken(told: Told, ended: Ended) -> list[Check]:
    """Return what is known of a process that did not come to its end by itself."""
    if ended.code is None or is_whole(told, ended):
        return []
    during = f" while {told.began} was under way" if told.began else ""
    return [unfinished(f"ended with code {ended.code}{during}", ended)]


def _evidence(subject: Subject, contract: Contract, told: Told, notes: Sequence[str]) -> Evidence:
    shown = {number for each in told.checks if each.outcome == "failed" for number in each.exchanges}
    # What was not answered, or not to its end, tells of nothing but itself.
    exchanges = [each for each in told.exchanges if (each.status and not each.spoiled) or each.number in shown]
    if exchanges and not any(200 <= each.status < 300 for each in exchanges):
        doubt = f"is the API really at {subject.name}, and are the credentials right?"
        notes = [*notes, f"No call was answered with success; {doubt}"]
    return Evidence(
        subject=subject,
        contract=contract,
        exchanges=exchanges,
        findings=told.findings,
        checks=told.checks,
        notes=[*dict.fromkeys(told.notes), *notes],
        unchecked=unchecked("server", subject.vendor),
    )
