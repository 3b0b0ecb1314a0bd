"""The admin API's own document and its routes are the same."""

import re
from typing import Any

import pytest
import requests
from openapi_spec_validator import validate

from mockserver import create_app
from mockserver.contract.clauses import METHODS


@pytest.fixture
def document(origin: str, http: requests.Session) -> dict[str, Any]:
    read: dict[str, Any] = http.get(f"{origin}/__admin/documents/admin.json", timeout=20).json()
    return read


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(document)


def test_every_route_is_in_it_and_nothing_else(document: dict[str, Any]) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/__admin")), rule.endpoint.split(".")[-1])
        for rule in create_app().url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {
        (method.upper(), path, item[method]["operationId"])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }
    assert routes == documented


def test_each_vendors_contract_is_served_with_this_server_in_it(origin: str, http: requests.Session) -> None:
    for vendor in http.get(f"{origin}/__admin/", timeout=20).json()["vendors"]:
        document = http.get(f"{origin}/__admin/documents/{vendor}.json", timeout=20).json()
        assert document["openapi"].startswith("3.1")
        assert document["servers"] == [{"url": f"/{vendor}"}]


def test_an_unknown_document_is_refused_by_name(origin: str, http: requests.Session) -> None:
    answer = http.get(f"{origin}/__admin/documents/nobody.json", timeout=20)
    assert answer.status_code == 404
    assert "nobody" in answer.json()["detail"]
