"""Whether what a scenario expects holds, and if not which expectation is broken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from mockserver.core.clock import format_instant, parse_duration
from mockserver.core.errors import NotFound
from mockserver.core.journal import Exchange
from mockserver.core.journal_query import Window, contains, select_whole
from mockserver.core.sandbox import Sandbox
from mockserver.core.scenario.exchanges import why_not
from mockserver.core.scenario.run import Run
from mockserver.core.scenario.script import (
    Between,
    Called,
    Counted,
    Delivered,
    Exchanged,
    Expect,
    Remembered,
    exchanged,
    filled,
)

_NAMED = 10


@dataclass(frozen=True, slots=True)
class Broken:
    """An expectation that does not hold; ``place`` is where it stands in the scenario."""

    place: str
    says: str


def verdict(sandbox: Sandbox) -> list[Broken]:
    """Return the expectations of a sandbox's run that do not hold, the steps themselves among them; none is good.

    Raises ``NotFound`` without a run, and ``Conflict`` if the journal has lost what must be looked at.
    """
    run = sandbox.runs.current()
    _, exchanges = select_whole(sandbox.journal, Window(), {})
    expect = run.script.expect
    return [
        *_steps(run),
        *_calls(expect, exchanges, run.captured),
        *_order(expect.order, exchanges, run.captured),
        *_deliveries(expect, sandbox),
        *_time(expect.time, exchanges, run.captured),
        *_state(expect, sandbox, run.captured),
        *_unmatched(expect, exchanges),
    ]


def waiting(run: Run) -> str:
    """Return what the run waits for, since when and what came instead; empty if it waits for nothing."""
    if run.stage == "stuck":
        return run.trouble
    if run.stage == "finished":
        return ""
    step = run.script.steps[run.position]
    what = f"{step.after} of sandbox time" if run.waits == "time" else _told(step.awaits, run.captured)
    said = f"Step {run.position + 1} of {len(run.script.steps)} waits for {what} since {format_instant(run.since)}."
    return f"{said} The nearest was exchange {run.miss.exchange}: {run.miss.says}." if run.miss else said


def _steps(run: Run) -> Iterator[Broken]:
    if run.stage != "finished":
        yield Broken(f"steps[{run.position + 1}]", waiting(run))


def _calls(expect: Expect, exchanges: Sequence[Exchange], captured: Mapping[str, Any]) -> Iterator[Broken]:
    for number, wanted in enumerate(expect.calls, 1):
        fitting = [each for each in exchanges if each.direction == "in" and _is(each, wanted, captured)]
        same = [each for each in exchanges if each.operation == wanted.operation]
        nearly = f"; it was called {len(same)} times in all" if len(same) != len(fitting) else ""
        yield from _counted(f"expect.calls[{number}]", _told(wanted, captured), wanted, len(fitting), nearly)


def _is(exchange: Exchange, wanted: Called, captured: Mapping[str, Any]) -> bool:
    if wanted.status is None and wanted.body is None:
        return exchange.operation == wanted.operation
    status = wanted.status if wanted.status is not None else exchange.status
    return why_not(exchange, Exchanged(wanted.operation, status, wanted.body), captured) is None


def _order(
    steps: Sequence[str | Exchanged], exchanges: Sequence[Exchange], captured: Mapping[str, Any]
) -> Iterator[Broken]:
    last = 0
    for number, step in enumerate(steps, 1):
        wanted = exchanged(step)
        found = _first(exchanges, wanted, captured, last)
        if found is None:
            after = f" after exchange {last}" if last else ""
            yield Broken(f"expect.order[{number}]", f"{_told(wanted, captured)} did not come{after}")
            return
        last = found.number


def _first(
    exchanges: Sequence[Exchange], wanted: Exchanged, captured: Mapping[str, Any], after: int
) -> Exchange | None:
    later = (each for each in exchanges if each.number > after)
    return next((each for each in later if why_not(each, wanted, captured) is None), None)


def _deliveries(expect: Expect, sandbox: Sandbox) -> Iterator[Broken]:
    for number, wanted in enumerate(expect.deliveries, 1):
        place = f"expect.deliveries[{number}]"
        same = [each for each in sandbox.outbox.deliveries if f"{each.vendor}.{each.event}" == wanted.event]
        fitting = [each for each in same if _fits(each.stage, len(each.attempts), wanted)]
        others = [f"{each.number} is {each.stage} after {len(each.attempts)} attempts" for each in same]
        nearly = f"; delivery {', '.join(others[:_NAMED])}" if len(same) != len(fitting) else ""
        what = f"{wanted.event} {wanted.stage}" + (
            f" in {wanted.attempts} attempts" if wanted.attempts is not None else ""
        )
        yield from _counted(place, what, wanted, len(fitting), nearly)


def _fits(stage: str, attempts: int, wanted: Delivered) -> bool:
    return stage == wanted.stage and wanted.attempts in (None, attempts)


def _time(times: Sequence[Between], exchanges: Sequence[Exchange], captured: Mapping[str, Any]) -> Iterator[Broken]:
    for number, wanted in enumerate(times, 1):
        place = f"expect.time[{number}]"
        since, until = exchanged(wanted.since), exchanged(wanted.until)
        begin = _first(exchanges, since, captured, 0)
        end = _first(exchanges, until, captured, begin.number) if begin else None
        if begin is None or end is None:
            yield Broken(
                place, f"{_told(until if begin else since, captured)} did not come{' after it' if begin else ''}"
            )
            continue
        took = end.at - begin.at
        if wanted.at_least is not None and took < parse_duration(wanted.at_least):
            yield Broken(
                place,
                f"{_lapse(took)} lay between exchanges {begin.number} and {end.number}, less than {wanted.at_least}",
            )
        if wanted.at_most is not None and took > parse_duration(wanted.at_most):
            yield Broken(
                place,
                f"{_lapse(took)} lay between exchanges {begin.number} and {end.number}, more than {wanted.at_most}",
            )


def _state(expect: Expect, sandbox: Sandbox, captured: Mapping[str, Any]) -> Iterator[Broken]:
    for number, wanted in enumerate(expect.state, 1):
        place = f"expect.state[{number}]"
        fitting = [each for each in _entities(sandbox, wanted) if contains(each, filled(wanted.where, captured))]
        told = (
            f"{wanted.collection} with {_shown(filled(wanted.where, captured))}" if wanted.where else wanted.collection
        )
        yield from _counted(place, told, wanted, len(fitting), "")
        for entity in fitting:
            for name, value in filled(wanted.has, captured).items():
                if not contains(entity.get(name), value):
                    yield Broken(
                        f"{place}.has.{name}", f"{told}: it is {_shown(entity.get(name))}, not {_shown(value)}"
                    )


def _entities(sandbox: Sandbox, wanted: Remembered) -> list[dict[str, Any]]:
    vendor, _, collection = wanted.collection.partition(".")
    held = sandbox.state(vendor).collections.get(collection)
    if held is None:
        raise NotFound(f"{vendor} has no collection {collection!r}.", field="collection")
    return [msgspec.to_builtins(each, str_keys=True) for each in held]


def _unmatched(expect: Expect, exchanges: Sequence[Exchange]) -> Iterator[Broken]:
    lost = [each for each in exchanges if each.direction == "in" and not each.matched and not each.bug]
    if lost and expect.unmatched == "none":
        named = ", ".join(f"{each.method} {each.target}" for each in lost[:_NAMED])
        yield Broken("expect.unmatched", f"no operation has what was asked {len(lost)} times: {named}")


def _counted(place: str, what: str, wanted: Counted, found: int, nearly: str) -> Iterator[Broken]:
    least, most = wanted.bounds()
    if least <= found and (most is None or found <= most):
        return
    bound = f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
    yield Broken(place, f"{what}: {found} found, expected {bound}{nearly}")


def _told(wanted: Exchanged | Called | None, captured: Mapping[str, Any]) -> str:
    if wanted is None:
        return "nothing"
    status = f" answered {wanted.status}" if wanted.status is not None else ""
    return wanted.operation + status + (f" with {_shown(filled(wanted.body, captured))}" if wanted.body else "")


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _lapse(took: timedelta) -> str:
    return f"{took.total_seconds():g}s"
