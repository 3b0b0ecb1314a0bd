"""Inboxes: a receiver of webhooks inside mockserver, and the admin API's view of what it received."""

import time
from typing import Any

from flask import Blueprint, Response, request

from mockserver.admin.access import all_sandboxes, answer, body, query, the_sandbox
from mockserver.admin.redaction import all_names_of, in_urls, message
from mockserver.admin.schemas import InboxSchema, ReceivedSchema
from mockserver.core.clock import parse_duration
from mockserver.core.inbox import Inbox, Received
from mockserver.core.operation import Request
from mockserver.core.pipeline import LARGEST_BODY

inbox = Blueprint("inbox", __name__)


def take_request(name: str, inbox_name: str) -> Response:
    """Keep any request, and answer as the inbox was told."""
    sandbox = the_sandbox(name)
    taken = Request(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        headers={key.lower(): value for key, value in request.headers},
        body=request.stream.read(LARGEST_BODY),
        target=request.full_path.rstrip("?"),
    )
    with sandbox.transaction():
        told = sandbox.inboxes.take(inbox_name, taken)
    if told.delay:
        time.sleep(told.delay)
    return Response(told.body, told.status, headers=told.headers)


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    inbox.add_url_rule(
        "/sandboxes/<name>/inbox/<inbox_name>",
        endpoint=f"take_{_method.lower()}",
        view_func=take_request,
        methods=[_method],
    )


@inbox.get("/sandboxes/<name>/inboxes")
def list_inboxes(name: str) -> Response:
    """List the inboxes."""
    return answer([_inbox(each) for each in the_sandbox(name).inboxes.inboxes])


@inbox.put("/sandboxes/<name>/inboxes/<inbox_name>")
def put_inbox(name: str, inbox_name: str) -> Response:
    """Say how an inbox answers."""
    sandbox = the_sandbox(name)
    data = body(InboxSchema())
    delay = parse_duration(data.pop("delay", "0s")).total_seconds()
    with sandbox.transaction():
        return answer(_inbox(sandbox.inboxes.put(Inbox(name=inbox_name, delay=delay, **data))))


@inbox.get("/sandboxes/<name>/inboxes/<inbox_name>")
def read_inbox(name: str, inbox_name: str) -> Response:
    """Tell how an inbox answers, and list what it received, oldest first."""
    inboxes = the_sandbox(name).inboxes
    asked = query(ReceivedSchema())
    received = [each for each in inboxes.received.where(inbox=inbox_name) if each.number > asked["after"]]
    return answer(
        {
            **_inbox(inboxes.inboxes.find(name=inbox_name) or Inbox(name=inbox_name)),
            "total": len(received),
            "received": [_received(each) for each in received[: asked["limit"]]],
        }
    )


@inbox.delete("/sandboxes/<name>/inboxes/<inbox_name>")
def clear_inbox(name: str, inbox_name: str) -> Response:
    """Forget what an inbox received."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        return answer({"deleted": sandbox.inboxes.clear(inbox_name)})


def _inbox(told: Inbox) -> dict[str, Any]:
    return {
        "name": told.name,
        "status": told.status,
        "headers": told.headers,
        "body": told.body,
        "delay": f"{told.delay:g}s",
        "times": told.times,
    }


def _received(each: Received) -> dict[str, Any]:
    secrets = all_names_of(all_sandboxes().vendors)
    headers = "\n".join(f"{name}: {value}" for name, value in each.headers.items())
    return {
        "number": each.number,
        "at": each.at,
        "method": each.method,
        "target": in_urls(each.target, secrets),
        **message(headers, each.body, secrets, True),
        "proofs": [{"vendor": proof.vendor, "valid": proof.valid, "says": proof.says} for proof in each.proofs],
        "status": each.status,
    }
