"""The sandbox that a server check moves: all of its people are found, and what it cannot do is a reason to stop."""

from contextlib import suppress
from typing import Any

import pytest

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.sandbox import Sandbox
from tests.server import RemoteSandbox


@pytest.fixture
def there(sandbox: RemoteSandbox) -> Sandbox:
    return Sandbox(sandbox.admin_url, "youtestme")


def test_an_entity_past_the_first_thousand_is_found(sandbox: RemoteSandbox, there: Sandbox) -> None:
    snapshot: dict[str, Any] = sandbox.admin("GET", "/snapshot")
    users = snapshot["states"]["youtestme"]["users"]
    made = [
        {**users[0], "id": 200_000 + number, "username": f"user{number}", "external_id": f"user-{number}"}
        for number in range(1001)
    ]
    there.admin("PUT", "/snapshot", snapshot | {"states": {"youtestme": {"users": [*users, *made]}}})
    assert len(there.entities("users")) == len(users) + 1001
    assert there.entity("users", "external_id", "user-1000")["username"] == "user1000"


def test_settings_are_put_back(there: Sandbox) -> None:
    seen = []
    with suppress(CannotGoOn), there.settings(rest_api_module=False):
        seen.append(there.admin("GET", "/settings")["youtestme"]["rest_api_module"])
        there.action("no_such_action")
    seen.append(there.admin("GET", "/settings")["youtestme"]["rest_api_module"])
    assert seen == [False, True]


def test_what_is_refused_is_a_reason_not_to_go_on(there: Sandbox) -> None:
    with pytest.raises(CannotGoOn, match="no_such_action"):
        there.action("no_such_action")
    with pytest.raises(CannotGoOn, match="none of users whose external_id is 'nobody'"):
        there.entity("users", "external_id", "nobody")


@pytest.mark.parametrize(
    ("address", "vendor", "says"),
    [
        ("{origin}", "youtestme", "is not the address of a sandbox"),
        ("{origin}/__admin/sandboxes/a/b", "youtestme", "A sandbox's name"),
        ("http://127.0.0.1:9/__admin/sandboxes/ci-7", "youtestme", "No mockserver answers"),
        ("{origin}/__admin/sandboxes/ci-7", "nope", "There is no vendor 'nope'"),
    ],
)
def test_where_no_sandbox_is(sandbox: RemoteSandbox, address: str, vendor: str, says: str) -> None:
    with pytest.raises(CannotGoOn, match=says):
        Sandbox(address.format(origin=sandbox.origin), vendor)
