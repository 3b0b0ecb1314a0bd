"""The admin API's view of what vendors remember, and the actions that change it."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import msgspec
from flask import Blueprint, Response
from marshmallow import fields

from mockserver.admin.access import all_sandboxes, answer, body, query, the_sandbox, the_vendor
from mockserver.admin.redaction import names_of, redacted
from mockserver.admin.schemas import ActionSchema, PageSchema
from mockserver.core.actions import act, find_action
from mockserver.core.collection import Collection
from mockserver.core.errors import BadRequest, NotFound
from mockserver.core.vendor import Action

state = Blueprint("state", __name__)


@state.get("/sandboxes/<name>/state")
def count_state(name: str) -> Response:
    """Count the entities of every collection."""
    states = the_sandbox(name).states
    return answer(
        {
            vendor: {collection: len(held) for collection, held in state.collections.items()}
            for vendor, state in states.items()
        }
    )


@state.get("/sandboxes/<name>/state/<vendor>/<collection>")
def list_entities(name: str, vendor: str, collection: str) -> Response:
    """List the entities of a collection, those whose fields have the values of the query."""
    secrets = names_of(the_vendor(vendor))
    page = query(PageSchema())
    offset, limit = page.pop("offset"), page.pop("limit")
    held = _held(name, vendor, collection)
    _check_fields(held, page)
    entities = [_plain(each) for each in held]
    chosen = [each for each in entities if all(_text(each[field]) == value for field, value in page.items())]
    shown = redacted(chosen[offset : offset + limit], secrets, collection)
    return answer({"total": len(chosen), "offset": offset, "limit": limit, "entities": shown})


@state.get("/sandboxes/<name>/state/<vendor>/<collection>/<path:key>")
def read_entity(name: str, vendor: str, collection: str, key: str) -> Response:
    """Read one entity by its key."""
    held = _held(name, vendor, collection)
    found = next((each for each in held if str(getattr(each, held.key)) == key), None)
    if found is None:
        raise NotFound(f"{vendor}.{collection} has no entity {key!r}.", field=held.key)
    return answer(redacted(_plain(found), names_of(the_vendor(vendor)), collection))


@state.get("/sandboxes/<name>/actions")
def list_actions(name: str) -> Response:
    """List the actions and what each takes."""
    the_sandbox(name)
    return answer(
        [
            {"action": f"{vendor.name}.{each.name}", "says": each.says, "arguments": _arguments(each)}
            for vendor in all_sandboxes().vendors
            for each in vendor.actions
        ]
    )


@state.post("/sandboxes/<name>/actions")
def perform_action(name: str) -> Response:
    """Carry out an action, and give the entity that it changed."""
    sandbox = the_sandbox(name)
    data = body(ActionSchema())
    vendor, _ = find_action(sandbox, data["action"])
    entity = act(sandbox, data["action"], data["arguments"])
    collections = sandbox.states[vendor.name].collections.values()
    held = next((each.name for each in collections if isinstance(entity, each.of)), "")
    result = msgspec.to_builtins(entity, str_keys=True)
    return answer({"action": data["action"], "result": redacted(result, names_of(vendor), held)})


def _held(name: str, vendor: str, collection: str) -> Collection[Any]:
    collections = the_sandbox(name).state(vendor).collections
    if collection not in collections:
        known = ", ".join(collections)
        raise NotFound(f"{vendor} has no collection {collection!r}; known are {known}.", field="collection")
    return collections[collection]


def _check_fields(held: Collection[Any], asked: Iterable[str]) -> None:
    known = [each.name for each in dataclasses.fields(held.of)]
    for name in asked:
        if name not in known:
            message = f"{held.name} have no field {name!r}; known are {', '.join(known)}."
            raise BadRequest(message, fields={name: [message]})


def _plain(entity: object) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(entity, str_keys=True)
    return plain


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _arguments(action: Action) -> dict[str, dict[str, Any]]:
    return {
        each.data_key or name: {"type": type(each).__name__.lower(), "required": each.required}
        for name, each in action.accepts.load_fields.items()
        if isinstance(each, fields.Field)
    }
