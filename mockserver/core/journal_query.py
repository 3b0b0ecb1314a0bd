"""Questions to the journal: which exchanges, how many, in what order; and an honest error where it has forgotten."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mockserver.core.errors import Conflict
from mockserver.core.journal import Exchange, Journal, Kept

Filter = Mapping[str, Any]
"""What an exchange has to be, by the names of ``_TESTS``; an empty one fits everything."""

_FORM = "application/x-www-form-urlencoded"
_NAMED = 10
_NO_BODY = object()


def fits(exchange: Exchange, wanted: Filter) -> bool:
    """Tell whether an exchange is all that a filter says."""
    return all(_TESTS[name](exchange, value) for name, value in wanted.items())


def _has_operation(exchange: Exchange, glob: str) -> bool:
    return exchange.matched and fnmatchcase(exchange.operation, glob)


def _has_status(exchange: Exchange, status: str) -> bool:
    return status in (str(exchange.status), f"{exchange.status // 100}xx")


def _has_fault(exchange: Exchange, fault: bool | str) -> bool:
    if isinstance(fault, bool):
        return bool(exchange.fault) is fault
    return exchange.fault != "" and fnmatchcase(exchange.fault, fault)


def _has_body(exchange: Exchange, part: Any) -> bool:
    return contains(body_of(exchange.request_headers, exchange.request_body), part)


_TESTS: Mapping[str, Callable[[Exchange, Any], bool]] = {
    "direction": lambda exchange, direction: exchange.direction == direction,
    "vendor": lambda exchange, vendor: exchange.vendor == vendor,
    "operation": _has_operation,
    "method": lambda exchange, method: exchange.method == method,
    "status": _has_status,
    "matched": lambda exchange, matched: exchange.matched is matched,
    "fault": _has_fault,
    "path": lambda exchange, path: path in exchange.target,
    "body": _has_body,
}


def body_of(headers: str, body: bytes) -> Any:
    """Return what a body says, a form as an object of texts; a value that equals no other if it cannot be read."""
    lines = headers.lower().split("\n")
    if any(line.startswith(f"content-type: {_FORM}") for line in lines):
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _NO_BODY


def contains(whole: Any, part: Any) -> bool:
    """Tell whether JSON data holds a part of it.

    An object may have more members than its part, at any depth; a list has as many elements, each holding its part;
    any other value is the same, and true is not 1.
    """
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            name in whole and contains(whole[name], inner) for name, inner in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(contains, whole, part))
    return isinstance(whole, bool) is isinstance(part, bool) and bool(whole == part)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the journal: after a number, and between two instants of sandbox time, both included."""

    after: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, exchange: Exchange) -> bool:
        """Tell whether an exchange lies in it."""
        return (
            exchange.number > self.after
            and (self.since is None or exchange.at >= self.since)
            and (self.until is None or exchange.at <= self.until)
        )

    def is_whole(self, kept: Kept) -> bool:
        """Tell whether nothing that may have lain in it was evicted or cleared."""
        return kept.lost <= self.after or (
            self.since is not None and kept.lost_at is not None and kept.lost_at < self.since
        )


def select(journal: Journal, window: Window, wanted: Filter) -> tuple[Kept, list[Exchange]]:
    """Return the journal as it stands, and the exchanges of it that lie in a window and fit, oldest first."""
    kept = journal.kept()
    return kept, [each for each in kept.exchanges if window.holds(each) and fits(each, wanted)]


def select_whole(journal: Journal, window: Window, wanted: Filter) -> tuple[Kept, list[Exchange]]:
    """Do as ``select``; raise ``Conflict`` if the window may have held more than is kept."""
    kept, chosen = select(journal, window, wanted)
    if window.is_whole(kept):
        return kept, chosen
    message = (
        f"Exchanges up to number {kept.lost} are gone, {kept.evicted} evicted and {kept.cleared} cleared, "
        f"so how many there were in this window cannot be told. Ask with after={kept.lost} or a higher number, or a "
        f"later since; if they were evicted, start with a larger --journal-exchanges (now {journal.most}) or "
        f"--journal-bytes (now {journal.most_bytes})."
    )
    raise Conflict(message, fields={"after": [f"Must be {kept.lost} at least."]})


def wait(journal: Journal, window: Window, wanted: Filter, count: int, seconds: float) -> None:
    """Block until so many exchanges of a window fit, so many real seconds have passed, or neither can be told."""
    found = 0

    def enough(new: Kept) -> bool:
        nonlocal found
        found += sum(1 for each in new.exchanges if window.holds(each) and fits(each, wanted))
        return found >= count or not window.is_whole(new)

    journal.wait(enough, window.after, seconds)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a verification: the exchanges that count for it, and why it does not hold."""

    numbers: Sequence[int]
    why: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.why is None


def judge_count(exchanges: Sequence[Exchange], wanted: Filter, least: int, most: int | None) -> Verdict:
    """Judge how many exchanges fit; ``most`` None is no limit."""
    numbers = [each.number for each in exchanges if fits(each, wanted)]
    if len(numbers) < least:
        expected = f"{least} expected" if least == most else f"at least {least} expected"
        return Verdict(numbers, f"{len(numbers)} found, {expected}.{_nearly(exchanges, wanted)}")
    if most is not None and len(numbers) > most:
        expected = f"{most} expected" if least == most else f"at most {most} expected"
        return Verdict(numbers, f"{len(numbers)} found, {expected}.")
    return Verdict(numbers)


def _nearly(exchanges: Sequence[Exchange], wanted: Filter) -> str:
    """Say which exchanges fail by one single part of a filter."""
    said = ""
    for name in wanted if len(wanted) > 1 else ():
        others = {other: value for other, value in wanted.items() if other != name}
        near = (each.number for each in exchanges if fits(each, others) and not fits(each, {name: wanted[name]}))
        found = list(islice(near, _NAMED))
        if found:
            said += f" By {name} alone, these do not fit: {', '.join(map(str, found))}."
    return said


def judge_order(exchanges: Sequence[Exchange], steps: Sequence[Filter], *, strict: bool = False) -> Verdict:
    """Judge whether exchanges that fit the steps occur in their order; strictly, with nothing else between them."""
    starts = range(len(exchanges)) if strict else [0]
    best: list[Exchange] = []
    for start in starts:
        found = _follow(exchanges, start, steps, strict)
        if len(found) == len(steps):
            return Verdict([each.number for each in found])
        best = max(best, found, key=len)
    numbers = [each.number for each in best]
    return Verdict(numbers, _missing(exchanges, steps[len(best)], numbers, strict))


def _follow(exchanges: Sequence[Exchange], start: int, steps: Sequence[Filter], strict: bool) -> list[Exchange]:
    """Return the first exchange for each step from a place on, up to the first step that has none."""
    found: list[Exchange] = []
    for place in range(start, len(exchanges)):
        exchange = exchanges[place]
        if fits(exchange, steps[len(found)]):
            found.append(exchange)
            if len(found) == len(steps):
                break
        elif strict:
            break
    return found


def _missing(exchanges: Sequence[Exchange], step: Filter, numbers: Sequence[int], strict: bool) -> str:
    where = f" {'right ' if strict else ''}after number {numbers[-1]}" if numbers else ""
    said = f"Step {len(numbers) + 1} ({_told(step)}) was not found{where}."
    elsewhere = list(islice((each.number for each in exchanges if fits(each, step)), _NAMED))
    return f"{said} It fits {', '.join(map(str, elsewhere))}." if elsewhere else said


def _told(wanted: Filter) -> str:
    told = ", ".join(f"{name} {msgspec.json.encode(value).decode()[:100]}" for name, value in wanted.items())
    return told or "anything"
