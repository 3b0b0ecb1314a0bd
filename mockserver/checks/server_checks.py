"""Runs the checks of a server in a process of their own, and gathers what they found as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from mockserver.checks.lists import folder_of, unchecked
from mockserver.checks.process import FINISHED, INTERRUPTED, Ended, Start, started
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Check, Evidence, Subject
from mockserver.contract.observed import Finding, Observed

_USAGE = 4
_MOST_SAID = 2_000
_PLUGIN = "contract_tests.server.plugin"


class CannotCheck(Exception):
    """The checks were told something that they cannot use; the message says what."""


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


class _Line(msgspec.Struct):
    exchange: Observed | None = None
    finding: Finding | None = None
    check: Check | None = None
    note: str | None = None


def check_server(asked: Asked, contract: Contract, *, start: Start = started) -> Evidence:
    """Return what the checks found, until they failed themselves if they did; raise ``CannotCheck``.

    Checks that did not come to an end within the limit are left out; then, as after Ctrl-C, too little was checked.
    """
    with TemporaryDirectory(prefix="mockserver-check-") as folder:
        records, settings = Path(folder) / "records", Path(folder) / "pytest.ini"
        records.touch()
        # No configuration of the folder that the command happens to be given in.
        settings.write_text("[pytest]\n")
        ended = start("contract_tests.server", _arguments(asked, records, settings), asked.limit)
        lines = _read(records)
    if ended.code == _USAGE:
        raise CannotCheck(_complaint(ended.said.strip()))
    stopped = "" if ended.code is not None else f"the checks were stopped after {asked.limit:g} seconds"
    cut_short = INTERRUPTED if ended.interrupted else stopped
    # The verdict does not say so where there are findings.
    notes = [f"{cut_short.capitalize()}; what was checked until then counts."] if cut_short else []
    found = _evidence(Subject("server", asked.vendor, asked.url), contract, lines, notes)
    return replace(found, checks=[*found.checks, *_broken(ended)], cut_short=cut_short)


def _arguments(asked: Asked, records: Path, settings: Path) -> list[str]:
    folder = folder_of("server", asked.vendor)
    if not folder.is_dir():
        raise CannotCheck(f"There are no checks of a server of {asked.vendor}.")
    told = [str(folder), "-c", str(settings), "--rootdir", str(folder), "-p", _PLUGIN, "-p", "no:cacheprovider"]
    told += ["-q", "--tb=native", "--no-header", "--color=no"]
    told += ["--server", f"{asked.vendor}={asked.url}", "--answer-timeout", str(asked.timeout)]
    told += ["--check-records", str(records)]
    for option, value in (("--credentials", asked.credentials), ("--capabilities", asked.capabilities)):
        told += [option, str(value.resolve())] if value else []
    told += ["--allow-writes"] if asked.writes else []
    return [*told, "-k", asked.only] if asked.only else told


def _broken(ended: Ended) -> list[Check]:
    """Return what is known of a process that did not come to its end by itself."""
    if ended.code is None or ended.code in FINISHED:
        return []
    said = ended.said.strip()[-_MOST_SAID:] or "nothing"
    detail = f"The process of the checks ended with code {ended.code}. Its last words: {said}"
    return [Check(id="checks", says="All checks are made.", outcome="broken", detail=detail)]


def _complaint(said: str) -> str:
    """Return what is wrong with the usage, without pytest's words around it."""
    lines = [each.strip() for each in said.splitlines() if each.strip()]
    for each in lines:
        for sign in ("ERROR: ", "Exit: "):
            if sign in each:
                return each.partition(sign)[2].rstrip("! ")
    return said[-_MOST_SAID:]


def _read(records: Path) -> list[_Line]:
    found = []
    for line in records.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=_Line))
        except msgspec.DecodeError:
            # The last line of a process that was stopped may be cut.
            break
    return found


def _evidence(subject: Subject, contract: Contract, lines: Sequence[_Line], notes: Sequence[str]) -> Evidence:
    checks = [each.check for each in lines if each.check is not None]
    shown = {number for each in checks if each.outcome == "failed" for number in each.exchanges}
    # What was not answered, or not to its end, tells of nothing but itself.
    exchanges = [
        each.exchange
        for each in lines
        if each.exchange is not None
        and ((each.exchange.status and not each.exchange.spoiled) or each.exchange.number in shown)
    ]
    if exchanges and not any(200 <= each.status < 300 for each in exchanges):
        notes = [*notes, f"No call was answered with success; is the API really at {subject.name}?"]
    return Evidence(
        subject=subject,
        contract=contract,
        exchanges=exchanges,
        findings=[each.finding for each in lines if each.finding is not None],
        checks=checks,
        notes=[*dict.fromkeys(each.note for each in lines if each.note is not None), *notes],
        unchecked=unchecked("server", subject.vendor),
    )
