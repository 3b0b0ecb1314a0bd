"""Where a request goes, the same on every front: its sandbox, the operation that its path names, or a refusal."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from mockserver.core.errors import ApiError
from mockserver.core.operation import Operation, Request
from mockserver.core.outcome import Outcome
from mockserver.core.pipeline import perform, refuse_method
from mockserver.core.sandbox import DEFAULT, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.unmatched import answer_unmatched, nearest

SANDBOX_HEADER = "x-mockserver-sandbox"
ADMIN = "/__admin"
_FLASKS = (ADMIN,)
_PREFIX = "/sandbox/"
_LONG = 256


class Match(NamedTuple):
    """What a path and a method name. ``path`` is below the vendor; ``allowed`` are the methods that the path has.

    Without an operation the path is unmatched, or the method is not allowed; ``vendor`` is empty outside every vendor.
    """

    vendor: str
    path: str
    operation: Operation | None = None
    params: Mapping[str, str] = {}
    allowed: str = ""


class Routing:
    """Flask's URL map over the vendors' operations."""

    def __init__(self, app: Flask, sandboxes: Sandboxes) -> None:
        self._routes = app.url_map.bind("")
        # Clients come back to the same few paths; the long ones are not worth their memory.
        self._remembered = lru_cache(4096)(self._match)
        self._hosts = {f"{vendor.name}.localhost": f"/{vendor.name}" for vendor in sandboxes.vendors}
        self._operations = {each.id: each for vendor in sandboxes.vendors for each in vendor.api.operations}

    @staticmethod
    def is_flasks(path: str) -> bool:
        """Tell whether a path inside the sandbox is Flask's to answer, and no vendor's business."""
        return path.startswith(_FLASKS) or path == "/"

    def match(self, path: str, host: str, method: str) -> Match:
        """Find the operation of a path inside the sandbox; ``<vendor>.localhost`` as host stands for ``/<vendor>``."""
        whole = self._hosts.get(host.partition(":")[0].lower(), "") + path
        return self._remembered(whole, method) if len(whole) + len(method) < _LONG else self._match(whole, method)

    def _match(self, whole: str, method: str) -> Match:
        try:
            endpoint, params = self._routes.match(whole, method)
        except (NotFound, MethodNotAllowed, RequestRedirect) as error:  # no path at all would be sent to /
            first = whole.lstrip("/").partition("/")[0]
            vendor = first if f"/{first}" in self._hosts.values() else ""
            allowed = error.valid_methods or () if isinstance(error, MethodNotAllowed) and vendor else ()
            return Match(vendor, whole[len(vendor) + 1 :] if vendor else whole, allowed=", ".join(sorted(allowed)))
        operation = self._operations[endpoint]
        return Match(operation.vendor, whole[len(operation.vendor) + 1 :], operation, params)

    def answer(self, sandbox: Sandbox, match: Match, request: Request) -> Outcome:
        """Perform the operation, or say that there is none."""
        if match.operation is not None:
            return perform(sandbox, match.operation, match.params, request)
        operations = [each for each in self._operations.values() if match.vendor in ("", each.vendor)]
        if match.allowed:
            closest = nearest(operations, f"/{match.vendor}{match.path}")[0]
            return refuse_method(sandbox, closest, match.allowed, request)
        return answer_unmatched(sandbox, match.vendor, operations, request)


def split_sandbox(path: str, header: str | None) -> tuple[str, str]:
    """Return the name of a request's sandbox and the path inside it; the path's prefix counts before the header."""
    if path.startswith(_PREFIX):
        name, _, rest = path[len(_PREFIX) :].partition("/")
        return name, f"/{rest}"
    return header or DEFAULT, path


def refusal(status: int, detail: str, error: ApiError | None = None) -> Outcome:
    """Return mockserver's own refusal as problem details, for what fails before there is an operation."""
    body: dict[str, object] = {"title": HTTP_STATUS_CODES.get(status, "Error"), "status": status, "detail": detail}
    if error is not None and error.fields:
        body["errors"] = error.fields
    return Outcome(status, {"Content-Type": "application/problem+json"}, msgspec.json.encode(body))
