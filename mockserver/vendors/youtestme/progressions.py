"""How attempts move on by themselves where a sandbox wants it, paced by reads of their authorization.

No document offers a call that reads an attempt; its authorization is what a client can poll (inferred).
"""

from collections.abc import Iterator
from typing import Any

from mockserver.core.progression import Progression, Step
from mockserver.vendors.youtestme.entities import Attempt
from mockserver.vendors.youtestme.identify import numbered
from mockserver.vendors.youtestme.state import YouTestMe

_SHARE = 0.8


def _behind(state: YouTestMe, authorization_id: str, **_: Any) -> Iterator[int]:
    authorization = numbered(state.authorizations, authorization_id, "authorization_id")
    for attempt in state.attempts.where(authorization_id=authorization.id):
        yield attempt.id


def _behind_external(state: YouTestMe, external_id: str, **_: Any) -> Iterator[int]:
    for attempt in state.attempts.where(authorization_id=state.newest_authorization(external_id).id):
        yield attempt.id


def _follows(state: YouTestMe, attempt: Attempt) -> Step | None:
    """Start, then hand in with four fifths of the points."""
    which = {"attempt_id": attempt.id}
    points = round(_SHARE * state.tests.get(attempt.test_id).max_points)
    if attempt.status == "not_attempted":
        return Step("start", which, state.testing_sessions.get(attempt.session_id).opens)
    if attempt.status == "in_progress":
        return Step("submit", {**which, "points": points})
    return Step("grade", {**which, "points": points}) if attempt.status == "report_incomplete" else None


PROGRESSIONS = tuple(
    Progression(operation=operation, collection="attempts", reads=reads, follows=_follows)
    for operation, reads in (("get_authorization", _behind), ("get_authorization_by_external_id", _behind_external))
)
