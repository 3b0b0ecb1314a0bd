"""The way in for WSGI: a request's sandbox is found, operations are performed, and the rest is left to Flask.

Operations are routed by Flask's own map but not dispatched by Flask, whose contexts and response objects cost more than
all the rest of an answer.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wsgi import get_input_stream

from mockserver.admin.problems import problem
from mockserver.core.errors import ApiError
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome
from mockserver.core.pipeline import LARGEST_BODY, perform, refuse_method
from mockserver.core.sandbox import DEFAULT, Sandbox, Sandboxes
from mockserver.core.unmatched import answer_unmatched, nearest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PREFIX = "/sandbox/"
_SAFE = "/:@!$&'()*+,;=~-._?"
_BODILESS = frozenset({204, 304})


class OperationsFirst:
    """A WSGI application around Flask's.

    It takes ``/sandbox/<name>`` or the header ``X-Mockserver-Sandbox`` off a request, puts ``/<vendor>`` on where the
    host is ``<vendor>.localhost``, and answers for the vendors. Paths that start with one of ``others`` are Flask's.
    """

    def __init__(self, app: Flask, sandboxes: Sandboxes, others: tuple[str, ...]) -> None:
        self._flask = app.wsgi_app
        self._routes = app.url_map.bind("")
        self._sandboxes = sandboxes
        self._others = others
        self._hosts = {f"{vendor.name}.localhost": f"/{vendor.name}" for vendor in sandboxes.vendors}
        self._operations = {each.id: each for vendor in sandboxes.vendors for each in vendor.api.operations}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or let Flask answer."""
        whole: str = environ.get("PATH_INFO", "")
        name, path = _split(environ, whole)
        if path.startswith(self._others) or path == "/":
            environ["PATH_INFO"] = path
            return self._flask(environ, start_response)
        path = self._hosts.get(environ.get("HTTP_HOST", "").partition(":")[0].lower(), "") + path
        try:
            outcome = self._answer(name, path, environ, _target(environ, whole))
        except ApiError as error:
            return problem(error.status, error.message, errors=error.fields)(environ, start_response)
        return _send(outcome, environ, start_response)

    def _answer(self, name: str, path: str, environ: "WSGIEnvironment", target: str) -> Outcome:
        sandbox = self._sandboxes.get(name)
        decoded = path.encode("latin-1").decode(errors="replace")
        try:
            endpoint, params = self._routes.match(decoded, environ["REQUEST_METHOD"])
        except (NotFound, MethodNotAllowed) as error:
            return self._refuse(sandbox, decoded, error, environ, target)
        operation = self._operations[endpoint]
        return perform(sandbox, operation, params, _read(environ, decoded[len(operation.vendor) + 1 :], target))

    def _refuse(
        self, sandbox: Sandbox, path: str, error: HTTPException, environ: "WSGIEnvironment", target: str
    ) -> Outcome:
        """Answer for a path that no operation has, or not with this method."""
        first = path.lstrip("/").partition("/")[0]
        vendor = first if f"/{first}" in self._hosts.values() else ""
        operations = [each for each in self._operations.values() if vendor in ("", each.vendor)]
        request = _read(environ, path[len(vendor) + 1 :] if vendor else path, target)
        if vendor and isinstance(error, MethodNotAllowed):
            allowed = ", ".join(sorted(error.valid_methods or ()))
            return refuse_method(sandbox, nearest(operations, path)[0], allowed, request)
        return answer_unmatched(sandbox, vendor, operations, request)


def _split(environ: "WSGIEnvironment", path: str) -> tuple[str, str]:
    """Return the name of the request's sandbox and the path inside it."""
    if path.startswith(_PREFIX):
        name, _, rest = path[len(_PREFIX) :].partition("/")
        return name, f"/{rest}"
    return environ.get("HTTP_X_MOCKSERVER_SANDBOX") or DEFAULT, path


def _read(environ: "WSGIEnvironment", path: str, target: str) -> Request:
    """Return the plain request; of its body at most one byte over the limit is read."""
    named = ((_header_name(variable), value) for variable, value in environ.items())
    headers = {name: value for name, value in named if name and value}
    query: str = environ.get("QUERY_STRING", "")
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=query if query.isascii() else quote(query.encode("latin-1"), safe=_SAFE + "%"),
        headers=headers,
        body=get_input_stream(environ).read(LARGEST_BODY + 1) if has_body else b"",
        client=environ.get("REMOTE_ADDR") or "",
        scheme=environ["wsgi.url_scheme"],
        target=target,
    )


def _send(outcome: Outcome, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    headers = list(outcome.headers.items())
    if outcome.status not in _BODILESS:
        headers.append(("Content-Length", str(len(outcome.body))))
    start_response(f"{outcome.status} {HTTP_STATUS_CODES.get(outcome.status, 'Unknown')}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [outcome.body]


def _target(environ: "WSGIEnvironment", path: str) -> str:
    """Return the request's path and query, percent-encoded again: WSGI hands the path over decoded as Latin-1."""
    raw = quote(path.encode("latin-1"), safe=_SAFE)
    query = environ.get("QUERY_STRING", "")
    return f"{raw}?{query}" if query else raw


@lru_cache(maxsize=1024)
def _header_name(variable: str) -> str:
    """Return the lower-case header of a WSGI variable, empty for one that is none."""
    if variable.startswith("HTTP_"):
        return variable[5:].replace("_", "-").lower()
    return {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}.get(variable, "")
