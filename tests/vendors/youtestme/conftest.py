"""A client with the API key, and what most tests start from."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.server import RemoteSandbox

Call = Callable[..., requests.Response]
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def call(sandbox: RemoteSandbox) -> Call:
    """Call the API with the key: ``call("GET", "/users/100001")``."""

    def call(method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": "Bearer fake-youtestme-key", **options.pop("headers", {})}
        return sandbox.request(method, f"/youtestme{path}", headers=headers, allow_redirects=False, **options)

    return call


@pytest.fixture
def make_user(call: Call) -> Make:
    """Create a user who differs in the given fields."""

    def make(**fields: Any) -> dict[str, Any]:
        user = {
            "username": "nora.new@people.example",
            "roleCode": "STU",
            "firstName": "Nora",
            "lastName": "New",
            "email": "nora.new@people.example",
            **fields,
        }
        made = call("POST", "/users/", json=user)
        assert made.status_code == 201, made.text
        body: dict[str, Any] = made.json()
        return body

    return make
