"""Says in words what is wrong with what a subject did, short enough for a failing test."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from mockserver.contract.observed import Finding
from mockserver.contract.verdict import counted
from mockserver.testing.sandbox import Sandbox
from mockserver.testing.vendor import JSON

_LONGEST = 600
_MOST = 20


@dataclass(frozen=True)
class Shown:
    """A finding and the exchange that it was found in, told how its stretch has ended; empty if it goes on."""

    finding: Finding
    exchange: JSON
    ended: str = ""


def verdict(sandbox: Sandbox, exchanges: Sequence[JSON], against: Sequence[Shown], others: Sequence[Shown]) -> str:
    """Return what a test fails with: the findings that count in full, the others by name.

    Of each kind the first is told, and of many kinds the first 20.
    """
    what = "call" if all(each["direction"] == "in" for each in exchanges) else "exchange"
    of = f"{_exchanges(against)} of {counted(len(exchanges), what)}"
    lines = [f"The contract is not kept: {counted(len(against), 'finding')} in {of}."]
    kinds = _alike(against)
    for number, alike in enumerate(kinds[:_MOST], 1):
        lines += ["", f"{number}. {indent(_told(sandbox, alike), '   ').lstrip()}"]
    if len(kinds) > _MOST:
        lines += ["", _left_out(kinds)]
    if others:
        lines += ["", f"Not held against the subject: {counted(len(others), 'finding')}.", briefly(others)]
    return "\n".join(lines)


def briefly(found: Sequence[Shown]) -> str:
    """Return findings in a line for each kind, and of many kinds the first 20."""
    kinds = _alike(found)
    lines = [
        f"  {each.clause} ({each.confidence}{f': {each.source}' if each.source else ''}): "
        f"expected {each.expected}; got {each.got}"
        for each in (alike[0].finding for alike in kinds[:_MOST])
    ]
    return "\n".join([*lines, f"  {_left_out(kinds)}"] if len(kinds) > _MOST else lines)


def _left_out(kinds: Sequence[Sequence[Shown]]) -> str:
    return f"... and {counted(len(kinds) - _MOST, 'more kind')} of findings"


def _alike(found: Sequence[Shown]) -> list[list[Shown]]:
    """Return the findings in groups that differ in where they were found, and in what came there, alone."""
    groups: dict[tuple[str, str, str], list[Shown]] = {}
    for each in found:
        kind = each.finding.clause, each.finding.expected, each.finding.confidence
        groups.setdefault(kind, []).append(each)
    return list(groups.values())


def _told(sandbox: Sandbox, alike: Sequence[Shown]) -> str:
    finding, exchange, ended = alike[0].finding, alike[0].exchange, alike[0].ended
    what = "call" if exchange["direction"] == "in" else "exchange"
    number = f"{what} {finding.exchange}{f' before {ended}' if ended else ''}"
    made = f"{exchange['method']} {exchange['target'].partition('?')[0]}, answered {exchange['status']}"
    lines = [
        finding.clause,
        f"  says      {finding.says}",
        f"  source    {finding.confidence}{f': {finding.source}' if finding.source else ''}",
        f"  place     {finding.place} of {number}, {made}",
        f"  expected  {finding.expected}",
        f"  got       {finding.got}",
    ]
    if len(alike) > 1:
        lines.append(f"  also      {_elsewhere(alike, what)}")
    if not ended:
        lines.append(f"  curl      {_curl(sandbox, finding.exchange)}")
    return "\n".join(lines)


def _elsewhere(alike: Sequence[Shown], what: str) -> str:
    """Return where else than at the first place the same was found."""
    exchanges, more = _exchanges(alike), len(alike) - 1
    if exchanges == len(alike):
        return f"in {counted(more, f'more {what}')}"
    places = counted(more, "more place")
    return f"at {places} of this {what}" if exchanges == 1 else f"at {places}, in {counted(exchanges, what)} together"


def _exchanges(found: Sequence[Shown]) -> int:
    """Return in how many exchanges; their numbers begin anew with each stretch."""
    return len({id(each.exchange) for each in found})


def _curl(sandbox: Sandbox, number: int) -> str:
    said = sandbox.server.text(f"/sandboxes/{sandbox.name}/journal/{number}/curl").strip()
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} ..."
