"""Says in words what is wrong with what a subject did, short enough for a failing test."""

from collections.abc import Sequence
from textwrap import indent

from mockserver.contract.observed import Finding
from mockserver.contract.verdict import counted
from mockserver.testing.sandbox import Sandbox
from mockserver.testing.vendor import JSON

_LONGEST = 600
_MOST = 20


def verdict(sandbox: Sandbox, exchanges: Sequence[JSON], against: Sequence[Finding], others: Sequence[Finding]) -> str:
    """Return what a test fails with: the findings that count in full, the others by name.

    Of each kind the first is told, and of many kinds the first 20.
    """
    wrong = len({each.exchange for each in against})
    what = "call" if all(each["direction"] == "in" for each in exchanges) else "exchange"
    of = f"{wrong} of {counted(len(exchanges), what)}"
    lines = [f"The contract is not kept: {counted(len(against), 'finding')} in {of}."]
    kinds = _alike(against)
    for number, alike in enumerate(kinds[:_MOST], 1):
        exchange = next(each for each in exchanges if each["number"] == alike[0].exchange)
        lines += ["", f"{number}. {indent(_told(alike, exchange), '   ').lstrip()}"]
        lines.append(f"     curl      {_curl(sandbox, alike[0].exchange)}")
    if len(kinds) > _MOST:
        lines += ["", _left_out(kinds)]
    if others:
        lines += ["", f"Not held against the subject: {counted(len(others), 'finding')}.", briefly(others)]
    return "\n".join(lines)


def briefly(findings: Sequence[Finding]) -> str:
    """Return findings in a line for each kind, and of many kinds the first 20."""
    kinds = _alike(findings)
    lines = [
        f"  {each[0].clause} ({each[0].confidence}{f': {each[0].source}' if each[0].source else ''}): "
        f"expected {each[0].expected}; got {each[0].got}"
        for each in kinds[:_MOST]
    ]
    return "\n".join([*lines, f"  {_left_out(kinds)}"] if len(kinds) > _MOST else lines)


def _left_out(kinds: Sequence[Sequence[Finding]]) -> str:
    return f"... and {counted(len(kinds) - _MOST, 'more kind')} of findings"


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings in groups that differ in where they were found, and in what came there, alone."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.clause, each.expected, each.confidence), []).append(each)
    return list(groups.values())


def _told(alike: Sequence[Finding], exchange: JSON) -> str:
    finding, what = alike[0], "call" if exchange["direction"] == "in" else "exchange"
    made = f"{exchange['method']} {exchange['target'].partition('?')[0]}, answered {exchange['status']}"
    lines = [
        finding.clause,
        f"  says      {finding.says}",
        f"  source    {finding.confidence}{f': {finding.source}' if finding.source else ''}",
        f"  place     {finding.place} of {what} {finding.exchange}, {made}",
        f"  expected  {finding.expected}",
        f"  got       {finding.got}",
    ]
    if len(alike) > 1:
        lines.append(f"  also      {_elsewhere(alike, what)}")
    return "\n".join(lines)


def _elsewhere(alike: Sequence[Finding], what: str) -> str:
    """Return where else than at the first place the same was found."""
    exchanges, more = len({each.exchange for each in alike}), len(alike) - 1
    if exchanges == len(alike):
        return f"in {counted(more, f'more {what}')}"
    places = counted(more, "more place")
    return f"at {places} of this {what}" if exchanges == 1 else f"at {places}, in {counted(exchanges, what)} together"


def _curl(sandbox: Sandbox, number: int) -> str:
    said = sandbox.server.text(f"/sandboxes/{sandbox.name}/journal/{number}/curl").strip()
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} ..."
