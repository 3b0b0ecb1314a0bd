"""The Flask application: one blueprint a vendor, made from its operations, the admin API and the API documents."""

from flask import Blueprint, Flask, Response, redirect
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.routing import BaseConverter

from mockserver.admin.documents import documents
from mockserver.admin.problems import problem
from mockserver.admin.routes import admin
from mockserver.core.errors import ApiError
from mockserver.core.operation import Operation
from mockserver.core.pipeline import BUG
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.vendor import Vendor
from mockserver.fronts.routing import ADMIN, Routing
from mockserver.fronts.wsgi import OperationsFirst


class _Anything(BaseConverter):
    """A parameter that may hold slashes, at its beginning and end too, which Werkzeug's own ``path`` may not."""

    regex = ".+"
    part_isolating = False
    weight = 200


def create_flask(sandboxes: Sandboxes) -> Flask:
    """Return the application over these sandboxes."""
    app = Flask("mockserver", static_folder=None)
    app.url_map.merge_slashes = False
    app.url_map.converters["anything"] = _Anything
    app.extensions["mockserver"] = sandboxes
    for vendor in sandboxes.vendors:
        app.register_blueprint(_blueprint(vendor), url_prefix=f"/{vendor.name}")
    app.register_blueprint(admin, url_prefix=ADMIN)
    app.register_blueprint(documents(sandboxes, ADMIN), url_prefix=ADMIN)
    app.add_url_rule("/", view_func=lambda: redirect(f"{ADMIN}/docs/"), endpoint="index")
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, _http_error)
    app.wsgi_app = OperationsFirst(app, sandboxes, Routing(app, sandboxes))  # type: ignore[method-assign]
    return app


def _blueprint(vendor: Vendor) -> Blueprint:
    """Return the vendor's rules; they have no view functions, since ``OperationsFirst`` answers before Flask would."""
    blueprint = Blueprint(vendor.name, __name__)
    for operation in vendor.api.operations:
        for rule in _spellings(operation):
            blueprint.add_url_rule(
                rule, endpoint=operation.name, methods=[operation.method], provide_automatic_options=False
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


def _api_error(error: ApiError) -> Response:
    return problem(error.status, error.message, errors=error.fields, headers=error.headers)


def _http_error(error: HTTPException) -> Response:
    headers = {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    if isinstance(error, InternalServerError):
        headers[BUG] = "admin"
    return problem(error.code or 500, error.description or error.name, headers=headers)
