"""The Flask application: routes made from the operations, sandboxes taken off the path, answers as decided."""

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from flask import Blueprint, Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wsgi import get_input_stream

from mockserver.admin.documents import documents
from mockserver.admin.problems import problem
from mockserver.admin.routes import admin
from mockserver.core.errors import ApiError
from mockserver.core.operation import Operation, Request
from mockserver.core.pipeline import LARGEST_BODY, UNMATCHED, Outcome, perform, record, refuse_method
from mockserver.core.sandbox import DEFAULT, Sandbox, Sandboxes
from mockserver.core.vendor import Vendor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SANDBOX = "mockserver.sandbox"
_TARGET = "mockserver.target"
_PREFIX = "/sandbox/"
_ADMIN = "/__admin"
_SAFE = "/:@!$&'()*+,;=~-._?"
_BODILESS = frozenset({204, 304})


def create_flask(sandboxes: Sandboxes) -> Flask:
    """Return the application over these sandboxes: vendors, their pages, the admin API and its documents."""
    app = Flask("mockserver", static_folder=None)
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["mockserver"] = sandboxes
    for vendor in sandboxes.vendors:
        app.register_blueprint(_blueprint(vendor, sandboxes), url_prefix=f"/{vendor.name}")
    app.register_blueprint(admin, url_prefix=_ADMIN)
    app.register_blueprint(documents(sandboxes, _ADMIN), url_prefix=_ADMIN)
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, lambda error: _http_error(sandboxes, error))
    app.wsgi_app = _SandboxPath(app.wsgi_app, [vendor.name for vendor in sandboxes.vendors])  # type: ignore[method-assign]
    return app


class _SandboxPath:
    """Takes ``/sandbox/<name>`` or the header off a request, and puts ``/<vendor>`` on for ``<vendor>.localhost``."""

    def __init__(self, inner: "WSGIApplication", vendors: list[str]) -> None:
        self._inner = inner
        self._hosts = {f"{name}.localhost": name for name in vendors}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        name = environ.get("HTTP_X_MOCKSERVER_SANDBOX") or DEFAULT
        environ[_TARGET] = _target(environ, path)
        if path.startswith(_PREFIX):
            name, _, rest = path[len(_PREFIX) :].partition("/")
            path = f"/{rest}"
        host = environ.get("HTTP_HOST", "").partition(":")[0].lower()
        if host in self._hosts and not path.startswith(_ADMIN):
            path = f"/{self._hosts[host]}{path}"
        environ[_SANDBOX] = name
        environ["PATH_INFO"] = path
        return self._inner(environ, start_response)


def _target(environ: "WSGIEnvironment", path: str) -> str:
    """Return the request's path and query, percent-encoded again: WSGI hands them over decoded as Latin-1."""
    raw = quote(path.encode("latin-1"), safe=_SAFE)
    query = environ.get("QUERY_STRING", "")
    return f"{raw}?{query}" if query else raw


def _blueprint(vendor: Vendor, sandboxes: Sandboxes) -> Blueprint:
    blueprint = Blueprint(vendor.name, __name__)
    for operation in vendor.api.operations:
        view = _view(operation, sandboxes)
        for rule in _spellings(operation):
            blueprint.add_url_rule(
                rule,
                endpoint=operation.name,
                view_func=view,
                methods=[operation.method],
                provide_automatic_options=False,
            )
    return blueprint


def _spellings(operation: Operation) -> list[str]:
    """Return the rule with and without a slash at its end, since a redirect would lose a POST's body.

    One rule that is lenient about the slash would answer 404 where 405 is right, and a greedy parameter owns it.
    """
    rule = operation.rule()
    if rule.endswith(">") and operation.greedy:
        return [rule]
    return [rule, rule[:-1] if rule.endswith("/") else f"{rule}/"]


def _view(operation: Operation, sandboxes: Sandboxes) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        environ = request.environ
        sandbox = sandboxes.get(environ[_SANDBOX])
        return _response(perform(sandbox, operation, params, _request(operation.vendor, environ)))

    return view


@lru_cache(maxsize=1024)
def _header_name(variable: str) -> str:
    """Return the lower-case header of a WSGI variable, empty for one that is none."""
    if variable.startswith("HTTP_"):
        return variable[5:].replace("_", "-").lower()
    return {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}.get(variable, "")


def _request(vendor: str, environ: "WSGIEnvironment") -> Request:
    headers = {
        name: environ[variable] for variable in environ if (name := _header_name(variable)) and environ[variable]
    }
    query: str = environ.get("QUERY_STRING", "")
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"][len(vendor) + 1 :],
        query=query if query.isascii() else quote(query.encode("latin-1"), safe=_SAFE + "%"),
        headers=headers,
        body=get_input_stream(environ).read(LARGEST_BODY + 1) if has_body else b"",
        client=environ.get("REMOTE_ADDR") or "",
        scheme=environ["wsgi.url_scheme"],
        target=environ[_TARGET],
    )


class _Exact(Response):
    """An answer whose headers the pipeline decided; Werkzeug's corrections (of Location, say) stay away."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        return self.headers


def _response(outcome: Outcome) -> Response:
    headers = list(outcome.headers.items())
    if outcome.body or outcome.status not in _BODILESS:
        headers.append(("Content-Length", str(len(outcome.body))))
    return _Exact(outcome.body, outcome.status, Headers(headers))


def _api_error(error: ApiError) -> Response:
    """Refusals outside a vendor: the admin API, a wrong sandbox name."""
    return problem(error.status, error.message, errors=error.fields, headers=error.headers)


def _http_error(sandboxes: Sandboxes, error: HTTPException) -> Response:
    name = request.path.lstrip("/").partition("/")[0]
    vendor = next((each for each in sandboxes.vendors if each.name == name), None)
    if vendor is None or not isinstance(error, NotFound | MethodNotAllowed):
        return problem(error.code or 500, error.description or error.name)
    sandbox = sandboxes.get(request.environ[_SANDBOX])
    made = _request(name, request.environ)
    nearest = _nearest(vendor, made.path)
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return _response(refuse_method(sandbox, nearest[0], allowed, made))
    return _response(_unmatched(sandbox, vendor, nearest, made))


def _nearest(vendor: Vendor, path: str) -> list[Operation]:
    """Return the vendor's operations, those whose path is most alike first."""

    def likeness(operation: Operation) -> float:
        return SequenceMatcher(None, operation.path, path[:500], autojunk=False).ratio()

    return sorted(vendor.api.operations, key=likeness, reverse=True)


def _unmatched(sandbox: Sandbox, vendor: Vendor, nearest: list[Operation], made: Request) -> Outcome:
    body = {
        "title": "No operation of this vendor has this path",
        "status": 404,
        "detail": f"{vendor.title} documents no {made.method} {made.path[:200]!r}; the nearest operations are listed.",
        "nearest": [
            {"operation": each.id, "method": each.method, "path": f"/{vendor.name}{each.path}"} for each in nearest[:3]
        ],
    }
    headers = {"Content-Type": "application/problem+json", UNMATCHED: "true"}
    outcome = Outcome(404, headers, msgspec.json.encode(body))
    record(sandbox, vendor.name, "", made, outcome)
    return outcome
