"""The language of scenarios as a JSON Schema, with the words that these vendors add to it."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockserver.core.faults.catalogue import kinds
from mockserver.core.sandbox import Sandbox
from mockserver.core.vendor import Vendor

DURATION = r"^(?=.)(\d+(\.\d+)?(ms|s|m|h|d|w))+$"
NAME = r"^[a-z][a-z0-9_]*$"
_PLACE = (
    r"^(request\.body|request\.query|request\.headers|answer\.status|answer\.body|answer\.headers|result)(\.[^.]+)*$"
)

Schema = dict[str, Any]


def language(sandbox: Sandbox, fixtures: Iterable[str]) -> Schema:
    """Return the schema of a scenario; ``x-says`` is what to tell somebody whose value does not fit.

    The sandbox, any one, is there for what its vendors declare.
    """
    vendors = sandbox.vendors
    operations = [each.id for vendor in vendors for each in vendor.api.operations]
    events = [f"{vendor.name}.{event.name}" for vendor in vendors for event in vendor.events]
    paced = [f"{vendor.name}.{each.operation}" for vendor in vendors for each in vendor.progressions]
    names = [vendor.name for vendor in vendors]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A mockserver scenario",
        **_object(
            ["title", "vendors", "clock", "steps", "expect"],
            title=_text("What it tells, in one line."),
            says=_text("More about it."),
            vendors=_list(_enum(names, "A vendor whose API is called."), "The vendors that it is about."),
            fixtures=_enum(list(fixtures), "The fixture set that the sandbox boots from.") | {"default": "demo"},
            seed={"type": "integer", "description": "The seed of ids and chance.", "default": 0},
            clock=_text("The instant at which the sandbox's clock stands at the start, like 2026-03-02T09:00:00Z."),
            settings=_object([], **{name: _settings(vendor) for name, vendor in zip(names, vendors, strict=True)}),
            progressions=_map(paced, _pace(), "How fast what is polled moves on."),
            steps=_list(_step(vendors, [*operations, *events]), "What happens, one after the other."),
            expect=_expect(_collections(sandbox), operations, events),
        ),
    }


def _step(vendors: Sequence[Vendor], exchanges: list[str]) -> Schema:
    actions = [f"{vendor.name}.{action.name}" for vendor in vendors for action in vendor.actions]
    return _object(
        [],
        says=_text("What the step means."),
        when=_exchange(exchanges, "Wait until this operation was answered, or this event delivered."),
        after=_duration("Then wait so long, in sandbox time."),
        do=_enum(actions, "Then carry out this action."),
        **{"with": {"type": "object", "description": "The arguments of the action; ${name} is what was captured."}},
        fault=_fault(),
        capture=_map(None, _place(), "Then remember parts of what came, by name: answer.body.id, result.id."),
    ) | {"minProperties": 1, "x-says": "is empty; give it one of when, after, do, fault, capture"}


def _expect(collections: list[str], operations: list[str], events: list[str]) -> Schema:
    exchange = _exchange([*operations, *events], "An operation that was answered, or an event that was delivered.")
    return _object(
        [],
        calls=_list(_called(operations), "Which operations are called; at least once if no count is given."),
        order=_list(exchange, "What comes in this order; others may lie between."),
        deliveries=_list(_delivered(events), "What the vendors send by themselves, and how it ends."),
        time=_list(_between(exchange), "How much time lies between."),
        state=_list(_remembered(collections), "What the vendors remember in the end."),
        unmatched=_enum(["none", "allowed"], "Whether a path that no operation has breaks it.") | {"default": "none"},
        findings=_enum(["none", "allowed"], "Whether a call that is not as documented breaks it.")
        | {"default": "allowed"},
    ) | {"minProperties": 1, "x-says": "expects nothing; give it one of calls, order, deliveries, time, state"}


def _called(operations: list[str]) -> Schema:
    return _object(["operation"], operation=_enum(operations, "Which."), status=_status(), body=_part(), **_counts())


def _delivered(events: list[str]) -> Schema:
    stages = _enum(["delivered", "failed", "refused", "cancelled", "dropped"], "How it ended.")
    attempts = {"type": "integer", "minimum": 0, "description": "How many attempts each took."}
    event = _enum(events, "Which.")
    return _object(["event"], event=event, stage=stages | {"default": "delivered"}, attempts=attempts, **_counts())


def _between(exchange: Schema) -> Schema:
    ends = {"from": exchange, "to": exchange}
    says = "Sandbox time from the one to the first of the other after it."
    return _object(["from", "to"], **ends, at_least=_duration(says), at_most=_duration(says))


def _remembered(collections: list[str]) -> Schema:
    return _object(
        ["collection"],
        collection=_enum(collections, "Whose entities."),
        where={"type": "object", "description": "Only those whose fields have these values."},
        has={"type": "object", "description": "Fields that all of those have with these values."},
        **_counts(),
    )


def _counts() -> dict[str, Schema]:
    return {name: {"type": "integer", "minimum": 0} for name in ("count", "at_least", "at_most")}


def _collections(sandbox: Sandbox) -> list[str]:
    return [f"{vendor}.{name}" for vendor, state in sandbox.states.items() for name in state.collections]


def _exchange(names: list[str], says: str) -> Schema:
    whole = _object(["operation"], operation=_enum(names, "Which."), status=_status(), body=_part())
    return {
        "description": says,
        "type": ["string", "object"],
        "if": {"type": "string"},
        "then": {"enum": names},
        "else": whole,
    }


def _settings(vendor: Vendor) -> Schema:
    return {"type": "object", "description": f"Settings of {vendor.title}, by name."}


def _fault() -> Schema:
    return {
        "type": "object",
        "description": "A fault rule: kind, operation, times and the settings of its kind.",
        "required": ["kind"],
        "properties": {"kind": _enum(list(kinds()), "What goes wrong.")},
    }


def _pace() -> Schema:
    return _object(
        ["mode"],
        mode=_enum(["manual", "after", "polls"], "How it moves on."),
        duration=_duration("With after: how long each status lasts."),
        count={"type": "integer", "minimum": 1, "description": "With polls: how many reads see each status."},
    )


def _place() -> Schema:
    says = "must be a place like request.body.user.email, answer.status, answer.body.id or result.id"
    return {"type": "string", "pattern": _PLACE, "x-says": says}


def _status() -> Schema:
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": 599,
        "description": "Its status; below 400 if not given, for an event 300.",
    }


def _part() -> Schema:
    return {"type": "object", "description": "A part of its request's body."}


def _duration(says: str) -> Schema:
    hint = "must be a duration like 90m, 1d12h or 1.5s"
    return {"type": "string", "pattern": DURATION, "description": says, "x-says": hint, "examples": ["90m"]}


def _text(says: str) -> Schema:
    return {"type": "string", "minLength": 1, "description": says}


def _enum(values: list[str], says: str) -> Schema:
    return {"type": "string", "enum": values, "description": says}


def _list(of: Schema, says: str) -> Schema:
    return {"type": "array", "items": of, "description": says}


def _map(names: list[str] | None, of: Schema, says: str) -> Schema:
    if names is None:
        keys = {"pattern": NAME, "x-says": "must be a name of small letters, digits and _"}
        return {"type": "object", "propertyNames": keys, "additionalProperties": of, "description": says}
    return _object([], **dict.fromkeys(names, of)) | {"description": says}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
