"""Who and what the checks of YouTestMe are about: the names of the vendor's own article."""

from typing import Any

from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import YouTestMeAdapter

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


def accounts(stage: Stage) -> list[dict[str, Any]]:
    """Return Tom's accounts at the vendor."""
    return stage.vendor.entities("users", external_id=TOM)


def order(client: YouTestMeAdapter, number: str = "order-1") -> None:
    """Have Tom and his permission made."""
    client.ensure_user(TOM, **ACCOUNT)
    client.authorize(number, test=TEST, candidate=TOM)


def sit(stage: Stage, points: float = 90) -> dict[str, Any]:
    """Let Tom book, start and hand in; return the attempt."""
    (tom,) = accounts(stage)
    attempt = stage.act("book", user_id=tom["id"], session_id=5033)
    stage.act("start", attempt_id=attempt["id"])
    done: dict[str, Any] = stage.act("submit", attempt_id=attempt["id"], points=points)
    return done
