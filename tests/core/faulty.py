"""Calls into the pipeline that say what a front would be told, for tests of faults."""

from typing import Any

import msgspec

from mockserver.core.journal import Exchange
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome
from mockserver.core.pipeline import perform
from mockserver.core.sandbox import Sandbox
from tests.toy import KEY, vendor

_OPERATIONS = {each.name: each for each in vendor.api.operations}


def ask(sandbox: Sandbox, operation: str, body: Any = None, *, fault: str | None = None, **params: str) -> Outcome:
    """Perform an operation of the toy; ``fault`` is the header by which the request names its own."""
    headers = {name.lower(): value for name, value in KEY.items()}
    if body is not None:
        headers["content-type"] = "application/json"
    if fault is not None:
        headers["x-mockserver-fault"] = fault
    declared = _OPERATIONS[operation]
    request = Request(
        method=declared.method,
        path=declared.path,
        headers=headers,
        body=b"" if body is None else msgspec.json.encode(body),
    )
    return perform(sandbox, declared, params, request)


def read(sandbox: Sandbox, *, fault: str | None = None) -> Outcome:
    return ask(sandbox, "read_note", fault=fault, note_id="1")


def write(sandbox: Sandbox, title: str = "new", *, fault: str | None = None) -> Outcome:
    return ask(sandbox, "write_note", {"title": title}, fault=fault)


def rule(sandbox: Sandbox, kind: str, **wishes: Any) -> int:
    """Make a rule and return its number."""
    with sandbox.transaction():
        return sandbox.faults.add({"kind": kind, **wishes}).number


def statuses(sandbox: Sandbox, count: int) -> list[int]:
    return [read(sandbox).status for _ in range(count)]


def last(sandbox: Sandbox) -> Exchange:
    return list(sandbox.journal)[-1]
