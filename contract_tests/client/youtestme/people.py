"""What the checks of YouTestMe are about: Tom, whose account is made, who is permitted a test and takes it.

A check begins where some of it is done already. What is done on the way to there is looked at as the vendor has it, and
a step that failed is a failure of its own clause.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from contract_tests.client import returned
from contract_tests.client.arrival import Value, kept_as
from contract_tests.client.stage import Stage
from contract_tests.clients.answers import Record

TOM = "user-5678"
TEST = "EXT_TEST_001"
SECRET = "fake-shared-secret"  # noqa: S105 - of nobody
"""A text that is no Base64, so that every reading of it is the same key."""

ACCOUNT = {
    "username": "tom.palmer@example.com",
    "first_name": "Tom",
    "last_name": "Palmer",
    "email": "tom.palmer@example.com",
}
LOOK_UPS = ("get_user_by_external_id", "get_user_by_username", "get_user")
"""The operations that tell whether an account exists, by any of which a client may look it up."""
ANY_LOOK_UP = "get_user*"
"""All of them, as the operation of a fault."""


# What the client does on the way


def account(stage: Stage, external_id: str = TOM, **changes: Any) -> Record:
    """Have an account made, Tom's if no other is named; return it as the vendor has it."""
    with on_the_way(stage, "create_user"):
        stage.client.ensure_user(external_id, **{**ACCOUNT, **changes})
        return only_account(stage, external_id)


def permitted(stage: Stage, number: str = "order-1") -> Record:
    """Have Tom and a permission of his made; return the permission as the vendor has it."""
    account(stage)
    known = [each["id"] for each in stage.vendor.entities("authorizations")]
    with on_the_way(stage, "create_authorization"):
        stage.client.authorize(number, test=TEST, candidate=TOM)
        made = [each for each in stage.vendor.entities("authorizations") if each["id"] not in known]
        return stage.the_only(made, "One authorization is made")


def subscribed(stage: Stage, url: str) -> None:
    """Have the results sent to an address."""
    with on_the_way(stage, "create_webhook"):
        stage.client.subscribe(url, SECRET)
        made = stage.the_only(stage.vendor.entities("webhooks"), "One subscription is made")
        stage.expect(made["url"] == url, "Its address is the one that was given.", url, made["url"])


def sit(stage: Stage, points: float = 90, number: str = "order-1") -> None:
    """Have Tom permitted a test; let him book, start and hand in."""
    tom = permitted(stage, number)["candidate_id"]
    with on_the_way(stage, "create_authorization"):
        attempt = stage.act("book", user_id=tom, session_id=5033)
    stage.act("start", attempt_id=attempt["id"])
    stage.act("submit", attempt_id=attempt["id"], points=points)


@contextmanager
def on_the_way(stage: Stage, operation: str) -> Iterator[None]:
    """Do what a check needs by an operation before it comes to its point."""
    with stage.on_the_way(f"youtestme.{operation}"):
        yield


# What the vendor has, and what the client says


def accounts(stage: Stage, external_id: str = TOM) -> list[Record]:
    """Return the accounts of an external id at the vendor."""
    return stage.vendor.entities("users", external_id=external_id)


def only_account(stage: Stage, external_id: str = TOM) -> Record:
    """Return the account of an external id at the vendor; fail the check if there is none, or are more."""
    return stage.the_only(accounts(stage, external_id), "One account is made")


def arrived(operation: str, given: Mapping[str, Any], made: Record) -> list[Value]:
    """Return what a call was to carry, each value beside what the vendor has kept of it."""
    place = f"youtestme.{operation}.request.body"
    return [Value(f"{place}.{name}", name, each, made[kept_as(name)]) for name, each in given.items()]


def only_authorization(stage: Stage) -> Record:
    """Return the authorization that the vendor has; fail the check if there is none, or are more."""
    return stage.the_only(stage.vendor.entities("authorizations"), "One authorization is made")


def id_of(verb: str, found: Any) -> Any:
    """Return the id in what a verb returned, None where it returned None or no id; raise ``NotKept`` for no object."""
    return None if found is None else returned.record(verb, found).get("id")
