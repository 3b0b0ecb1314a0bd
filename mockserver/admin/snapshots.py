"""The admin API's view of whole sandboxes: snapshots, forks, and what differs."""

from typing import Any

import msgspec
from flask import Blueprint, Response

from mockserver.admin.access import all_sandboxes, answer, body, json_object, query, the_sandbox
from mockserver.admin.redaction import all_names_of, names_of, redacted
from mockserver.admin.schemas import DifferenceSchema, ForkSchema
from mockserver.core.difference import Difference, differences
from mockserver.core.sandbox import Sandbox
from mockserver.core.snapshot import take_snapshot

snapshots = Blueprint("snapshots", __name__)

_MOST_SHOWN = 1_000


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
    return answer(_named(all_sandboxes().fork(name, body(ForkSchema())["name"])), 201)


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
        plain[side] = redacted(plain[side], secrets, difference.collection)
    return plain


def _named(sandbox: Sandbox) -> dict[str, Any]:
    return {"name": sandbox.name, "url": sandbox.url("/")}
