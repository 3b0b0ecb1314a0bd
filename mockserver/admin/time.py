"""The admin API's view of time in a sandbox: its clock, its agenda, and what moves on by itself."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from flask import Blueprint, Response

from mockserver.admin.access import all_sandboxes, answer, body, the_sandbox
from mockserver.admin.redaction import all_names_of, redacted
from mockserver.admin.schemas import ClockSchema, EntrySchema, PaceSchema
from mockserver.core.actions import find_action
from mockserver.core.agenda import Entry
from mockserver.core.clock import later, parse_duration, parse_instant
from mockserver.core.pacing import Pace
from mockserver.core.sandbox import Sandbox
from mockserver.core.sources import load

time = Blueprint("time", __name__)

_IDLE_WITHIN = timedelta(days=366)


@time.get("/sandboxes/<name>/clock")
def read_clock(name: str) -> Response:
    """Tell sandbox time."""
    return answer(clock_of(the_sandbox(name)))


@time.post("/sandboxes/<name>/clock")
def move_clock(name: str) -> Response:
    """Advance, freeze or thaw the clock; what falls due on the way has fired when this answers."""
    sandbox = the_sandbox(name)
    move = body(ClockSchema())
    fired: list[dict[str, Any]] = []
    if "advance" in move:
        fired = all_sandboxes().timeline.advance(sandbox, parse_duration(move["advance"]))
    elif "until" in move:
        within = parse_duration(move["within"]) if "within" in move else _IDLE_WITHIN
        fired = all_sandboxes().timeline.until_idle(sandbox, within)
    elif "freeze" in move:
        fired = _freeze(sandbox, None if move["freeze"] is True else parse_instant(move["freeze"]))
    else:
        sandbox.clock.thaw()
        sandbox.stir()
    told = [_masked(each) for each in fired]
    return answer({**clock_of(sandbox), "fired": told, "next_due": sandbox.next_due()})


@time.get("/sandboxes/<name>/agenda")
def list_agenda(name: str) -> Response:
    """List the actions that are due later, and those that have fired, in the order of their instants."""
    sandbox = the_sandbox(name)
    return answer([_entry(each) for each in sorted(sandbox.agenda.entries, key=lambda each: (each.due, each.number))])


@time.post("/sandboxes/<name>/agenda")
def add_entry(name: str) -> Response:
    """Put an action on the agenda."""
    sandbox = the_sandbox(name)
    data = body(EntrySchema())
    _, action = find_action(sandbox, data["action"])
    load(action.accepts, data["arguments"], "arguments")
    with sandbox.transaction():
        due = data["at"] if "at" in data else later(sandbox.clock.now(), parse_duration(data["after"]))
        made = sandbox.agenda.add(data["action"], data["arguments"], due)
    sandbox.stir()
    return answer(_entry(made), 201)


@time.delete("/sandboxes/<name>/agenda/<int:number>")
def cancel_entry(name: str, number: int) -> Response:
    """Take an action off the agenda."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        sandbox.agenda.cancel(number)
    return Response(status=204)


@time.get("/sandboxes/<name>/progressions")
def list_progressions(name: str) -> Response:
    """Tell for every status read how what is behind it moves on."""
    sandbox = the_sandbox(name)
    return answer([_pace(each) for each in sandbox.paces.list()])


@time.put("/sandboxes/<name>/progressions/<operation>")
def set_progression(name: str, operation: str) -> Response:
    """Let what is behind a status read move on after a time, after a number of reads, or not by itself."""
    sandbox = the_sandbox(name)
    data = body(PaceSchema())
    with sandbox.transaction():
        pace = sandbox.paces.set(Pace(operation=operation, **data))
    return answer(_pace(pace))


def clock_of(sandbox: Sandbox) -> dict[str, Any]:
    """Return sandbox time as every answer shows it."""
    return {"now": sandbox.clock.now(), "mode": "frozen" if sandbox.clock.frozen else "live"}


def _freeze(sandbox: Sandbox, at: datetime | None) -> list[dict[str, Any]]:
    if at is None or at <= sandbox.clock.now():
        sandbox.clock.freeze(at)
        return []
    sandbox.clock.freeze()
    return all_sandboxes().timeline.reach(sandbox, at)


def _entry(entry: Entry) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(entry)
    return {**_masked(shown), "key": entry.key, "refusal": entry.refusal or None}


def _masked(fired: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the agenda, or what has fired, without the secrets in its arguments."""
    if "arguments" not in fired:
        return fired
    return {**fired, "arguments": redacted(fired["arguments"], all_names_of(all_sandboxes().vendors))}


def _pace(pace: Pace) -> dict[str, Any]:
    shown: dict[str, Any] = {"operation": pace.operation, "mode": pace.mode}
    if pace.mode == "after":
        shown["duration"] = pace.duration
    elif pace.mode == "polls":
        shown["count"] = pace.count
    return shown
