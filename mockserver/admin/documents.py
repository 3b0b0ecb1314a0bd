"""The API documents: each vendor's contract and the admin API's own, as JSON and in Swagger UI."""

from importlib.resources import files
from typing import Any

import msgspec
from flask import Blueprint, Response
from flask_swagger_ui import get_swaggerui_blueprint

from mockserver.admin.access import answer
from mockserver.contract.load import read_contract
from mockserver.core.errors import NotFound
from mockserver.core.sandboxes import Sandboxes
from mockserver.plain_yaml import read_yaml

_ADMIN = "admin"


def documents(sandboxes: Sandboxes, prefix: str) -> Blueprint:
    """Return the blueprint; ``prefix`` is where it will be mounted, which Swagger UI must know."""
    names = [vendor.name for vendor in sandboxes.vendors] + [_ADMIN]
    blueprint = Blueprint("documents", __name__)

    @blueprint.get("/documents/<name>.json")
    def read_document(name: str) -> Response:
        """Give one API document, its server being this one."""
        if name not in names:
            raise NotFound(f"There is no document {name!r}; known are {', '.join(names)}.", field="name")
        mount = prefix if name == _ADMIN else f"/{name}"
        return answer(msgspec.to_builtins({**_document(sandboxes, name), "servers": [{"url": mount}]}))

    blueprint.register_blueprint(_swagger_ui(names, prefix))
    return blueprint


def _document(sandboxes: Sandboxes, name: str) -> dict[str, Any]:
    for vendor in sandboxes.vendors:
        if vendor.name == name:
            return read_contract(vendor.package)
    text = (files("mockserver.admin") / "openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = read_yaml(text)
    return document


def _swagger_ui(names: list[str], prefix: str) -> Blueprint:
    addresses = [{"name": name, "url": f"{prefix}/documents/{name}.json"} for name in names]
    # validatorUrl None keeps Swagger UI from showing every document to a public validator.
    config = {"app_name": "mockserver API documents", "urls": addresses, "validatorUrl": None}
    blueprint: Blueprint = get_swaggerui_blueprint(f"{prefix}/docs", None, config=config)
    blueprint.url_prefix = "/docs"
    return blueprint
