"""The admin API's view of whole sandboxes: snapshots, forks, and what differs."""

from base64 import b64decode
from typing import Any

import msgspec
from flask import Blueprint, Response

from mockserver.admin.access import all_sandboxes, answer, body, json_object, query, the_sandbox
from mockserver.admin.redaction import MASK, all_names_of, message, names_of, redacted
from mockserver.admin.schemas import DifferenceSchema, ForkSchema
from mockserver.core.difference import Difference, differences
from mockserver.core.sandbox import Sandbox
from mockserver.core.snapshot import take_snapshot

snapshots = Blueprint("snapshots", __name__)

_MOST_SHOWN = 1_000
_OF_MESSAGES = ("deliveries", "received")
"""Collections of the sandbox whose bodies are bytes and whose headers are lines."""


@snapshots.get("/sandboxes/<name>/snapshot")
def read_snapshot(name: str) -> Response:
    """Give all that a sandbox is as one document, its secrets readable, for restoring it later or elsewhere."""
    return answer(take_snapshot(the_sandbox(name)))


@snapshots.put("/sandboxes/<name>/snapshot")
def restore_snapshot(name: str) -> Response:
    """Put what a snapshot holds in a sandbox's place, or make one of it."""
    sandbox, created = all_sandboxes().restore(name, json_object())
    return answer(_named(sandbox), 201 if created else 200)


@snapshots.post("/sandboxes/<name>/forks")
def fork_sandbox(name: str) -> Response:
    """Copy a sandbox under a new name."""
    forked = all_sandboxes().fork(name, body(ForkSchema())["name"])
    made = answer(_named(forked), 201)
    made.call_on_close(forked.dispatch)
    return made


@snapshots.get("/sandboxes/<name>/differences")
def compare_sandboxes(name: str) -> Response:
    """Tell what a sandbox has otherwise than another one."""
    return _differences(the_sandbox(query(DifferenceSchema())["since"]), the_sandbox(name))


@snapshots.post("/sandboxes/<name>/differences")
def compare_snapshot(name: str) -> Response:
    """Tell what a sandbox has otherwise than a snapshot."""
    return _differences(all_sandboxes().read(json_object()), the_sandbox(name))


def _differences(before: Sandbox, after: Sandbox) -> Response:
    found = list(differences(before, after))
    shown = [_described(each) for each in found[:_MOST_SHOWN]]
    return answer({"total": len(found), "differences": shown})


def _described(difference: Difference) -> dict[str, Any]:
    vendors = all_sandboxes().vendors
    secrets = next((names_of(each) for each in vendors if each.name == difference.vendor), all_names_of(vendors))
    plain: dict[str, Any] = msgspec.to_builtins(difference)
    for side in ("before", "after"):
        shown = _legible(plain[side], secrets) if difference.collection in _OF_MESSAGES else plain[side]
        if difference.collection == "runs" and "captured" in shown:
            shown["captured"] = dict.fromkeys(shown["captured"], MASK)
        plain[side] = redacted(shown, secrets, difference.collection)
    return plain


def _legible(fields: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """Return a delivery, an attempt or what was received with headers and bodies as other listings show them."""
    shown = dict(fields)
    for name in ("request_headers", "answer_headers", "headers"):
        if name in fields:
            lines = fields[name]
            text = lines if isinstance(lines, str) else "\n".join(f"{each}: {value}" for each, value in lines.items())
            shown[name] = message(text, b"", secrets, False)["headers"]
    for name in ("body", "answer_body"):
        if name in fields:
            told = message("", b64decode(fields[name]), secrets, False)
            shown[name] = told.get("body", told.get("body_base64"))
    if "attempts" in fields:
        shown["attempts"] = [_legible(each, secrets) for each in fields["attempts"]]
    return shown


def _named(sandbox: Sandbox) -> dict[str, Any]:
    return {"name": sandbox.name, "url": sandbox.url("/")}
