"""What the admin API's routes share: finding a sandbox and a vendor, reading a request, answering JSON."""

from typing import Any

import msgspec
from flask import Response, current_app, request
from marshmallow import Schema

from mockserver.core.errors import BadRequest, NotFound
from mockserver.core.sandbox import Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.sources import decode_json, load
from mockserver.core.vendor import Vendor


def all_sandboxes() -> Sandboxes:
    """Return the sandboxes of this application."""
    sandboxes: Sandboxes = current_app.extensions["mockserver"]
    return sandboxes


def the_sandbox(name: str) -> Sandbox:
    """Return a sandbox that exists; raise ``NotFound``: looking at one does not create it."""
    return all_sandboxes().existing(name)


def the_vendor(name: str) -> Vendor:
    """Return a vendor by name; raise ``NotFound`` that lists the known ones."""
    for vendor in all_sandboxes().vendors:
        if vendor.name == name:
            return vendor
    known = ", ".join(vendor.name for vendor in all_sandboxes().vendors)
    raise NotFound(f"There is no vendor {name!r}; known are {known}.", field="vendor")


def answer(body: object, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def json_object() -> dict[str, Any]:
    """Return the body's JSON object, an empty one for no body."""
    raw = request.get_data()
    data = decode_json(raw) if raw.strip() else {}
    if not isinstance(data, dict):
        raise BadRequest("The body must be a JSON object.", fields={"body": ["Must be a JSON object."]})
    return data


def body(schema: Schema) -> dict[str, Any]:
    """Load the JSON body."""
    return _load(schema, json_object(), "body")


def query(schema: Schema) -> dict[str, Any]:
    """Load the query string, every name of it given once."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise BadRequest(f"{name} is given {len(values)} times.", fields={name: ["Must be given once."]})
    return _load(schema, request.args.to_dict(), "query")


def _load(schema: Schema, data: dict[str, Any], where: str) -> dict[str, Any]:
    """Load with a schema of this request's own, which then lists what is known beside a field that is not."""
    known = ", ".join(each.data_key or name for name, each in schema.load_fields.items())
    schema.error_messages["unknown"] = f"Unknown field; known are {known}." if known else "Unknown field."
    return load(schema, data, where)
