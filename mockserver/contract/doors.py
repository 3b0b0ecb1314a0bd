"""Whether calls were turned away at the door, so that they tell nothing about what is behind it."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from mockserver.contract.bodies import Unreadable, media_type, read_body
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence
from mockserver.contract.observed import Observed
from mockserver.contract.places import situated

MADE_UP = r"(?:wrong|nobody|made-up[\w-]*)"
"""How the checks of a server name credentials that nobody has given out."""

_MADE_UP = re.compile(MADE_UP)
_SIGNED = "whoever signs"
"""Who shows a JWT: another one at each call, by the same secret."""
_REFUSED = frozenset({401, 403})
_OF_OAUTH = frozenset({"invalid_client", "invalid_grant"})
"""Errors of RFC 6749, 5.2, that are about who asks for a token and not about what was asked."""


class _Door(NamedTuple):
    """Statuses by which a call is turned away before it is looked at, and what to do about it."""

    statuses: frozenset[int]
    advice: str


_DOORS = {
    "client": _Door(_REFUSED, "look at the credentials that the client has"),
    "server": _Door(frozenset({404, 405, 501}), "was it called at the vendor's base URL?"),
}


def turned_away(evidence: Evidence) -> str:
    """Return why calls tell nothing about what is behind them, as the end of a sentence; empty if they do."""
    kind = evidence.subject.kind
    calls = [each for each in evidence.exchanges if each.status and not each.webhook]
    statuses, door = {each.status for each in calls}, _DOORS.get(kind)
    if door and statuses and statuses <= door.statuses:
        return f"every call was answered {_listed(statuses)}; {door.advice}"
    # What a check that passed was refused was to be refused.
    right = {number for each in evidence.checks if each.outcome == "passed" for number in each.exchanges}
    asked = [each for each in calls if each.status < 400 or each.number not in right]
    refused = _refused(evidence.contract, asked) if kind == "server" and evidence.checks else []
    if not refused:
        return ""
    answered = _listed({each.status for each in refused})
    return f"the credentials are refused, every call with them was answered {answered}; are they the right ones?"


def _listed(statuses: Iterable[int]) -> str:
    return " or ".join(map(str, sorted(statuses)))


def _refused(contract: Contract, calls: Iterable[Observed]) -> list[Observed]:
    """Return the calls of who called most if each was refused for who it is; there may be others who get in."""
    callers: dict[str, list[Observed]] = {}
    owners: dict[str, str] = {}
    for seen in calls:
        caller = _caller(contract, seen, owners)
        if caller:
            callers.setdefault(caller, []).append(seen)
            given = _told(seen.answer_headers, seen.answer).get("access_token")
            owners |= {given: caller} if isinstance(given, str) else {}
    if any(each.status < 400 for each in callers.get(_SIGNED, ())):
        return []
    most = max(callers.values(), key=len, default=[])
    return most if all(map(_is_refusal, most)) else []


def _caller(contract: Contract, seen: Observed, owners: Mapping[str, str]) -> str:
    """Return who calls, by what is shown of that; empty for nobody, and for somebody made up."""
    where = situated(contract, seen)
    names = {name for choice in where.schemes() for name in choice} if where else set()
    shown = [secret for name in sorted(names) if where and (secret := where.secret(name))]
    said = _told(seen.headers, seen.body)
    if "client_id" in said and "client_secret" in said:
        shown = [f"{said['client_id']}", f"{said['client_secret']}"]
    if any(_MADE_UP.fullmatch(each) for each in shown):
        return ""
    if "assertion" in said or any(each.startswith("eyJ") for each in shown):
        return _SIGNED
    return owners.get(shown[0], " ".join(shown)) if shown else ""


def _is_refusal(seen: Observed) -> bool:
    if seen.status in _REFUSED:
        return True
    return seen.status == 400 and _told(seen.answer_headers, seen.answer).get("error") in _OF_OAUTH


def _told(headers: Mapping[str, str], raw: bytes) -> Mapping[str, Any]:
    """Return the fields of a body, none if it has none."""
    with suppress(Unreadable):
        found = read_body(media_type(headers), headers, raw) if raw else None
        return found if isinstance(found, dict) else {}
    return {}
