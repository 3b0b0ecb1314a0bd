"""The Flask application: routes made from the operations, answers as the pipeline decided."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from mockserver.admin.documents import documents
from mockserver.admin.problems import problem
from mockserver.admin.routes import admin
from mockserver.core.errors import ApiError
from mockserver.core.operation import Operation
from mockserver.core.pipeline import Outcome, perform, refuse_method
from mockserver.core.sandbox import Sandboxes
from mockserver.core.unmatched import answer_unmatched, nearest
from mockserver.core.vendor import Vendor
from mockserver.fronts.wsgi import SANDBOX, SandboxPath, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_ADMIN = "/__admin"
_BODILESS = frozenset({204, 304})


def create_flask(sandboxes: Sandboxes) -> Flask:
    """Return the application over these sandboxes: vendors, their pages, the admin API and its documents."""
    app = Flask("mockserver", static_folder=None)
    app.url_map.merge_slashes = False
    app.extensions["mockserver"] = sandboxes
    for vendor in sandboxes.vendors:
        app.register_blueprint(_blueprint(vendor, sandboxes), url_prefix=f"/{vendor.name}")
    app.register_blueprint(admin, url_prefix=_ADMIN)
    app.register_blueprint(documents(sandboxes, _ADMIN), url_prefix=_ADMIN)
    app.add_url_rule("/", view_func=lambda: redirect(f"{_ADMIN}/docs/"), endpoint="index")
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, lambda error: _http_error(sandboxes, error))
    names = [vendor.name for vendor in sandboxes.vendors]
    app.wsgi_app = SandboxPath(app.wsgi_app, names, _ADMIN)  # type: ignore[method-assign]
    return app


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
        sandbox = sandboxes.get(environ[SANDBOX])
        return _response(perform(sandbox, operation, params, read_request(environ, operation.vendor)))

    return view


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
    """Errors of Flask's routing, which no blueprint sees: an unknown path, a method that a path does not have."""
    allowed = ", ".join(sorted(error.valid_methods or ())) if isinstance(error, MethodNotAllowed) else ""
    if request.path.startswith(_ADMIN) or not isinstance(error, NotFound | MethodNotAllowed):
        return problem(
            error.code or 500, error.description or error.name, headers={"Allow": allowed} if allowed else None
        )
    first = request.path.lstrip("/").partition("/")[0]
    vendors = [each for each in sandboxes.vendors if each.name == first] or sandboxes.vendors
    name = vendors[0].name if len(vendors) == 1 and vendors[0].name == first else ""
    operations = [each for vendor in vendors for each in vendor.api.operations]
    made = read_request(request.environ, name)
    sandbox = sandboxes.get(request.environ[SANDBOX])
    if allowed and name:
        return _response(refuse_method(sandbox, nearest(operations, request.path)[0], allowed, made))
    return _response(answer_unmatched(sandbox, name, operations, made))
