"""Attempts: the statuses that they go through, absences, and results that are verified."""

from typing import Any

import pytest

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.youtestme.tenant import Data, Tenant

pytestmark = [pytest.mark.sandbox, pytest.mark.writes]

_STORY = (
    ("", "Not attempted"),
    ("mark_absent", "Did not show up"),
    ("clear_absent", "Not attempted"),
    ("start", "In progress"),
    ("pause", "Ready to continue"),
    ("resume", "In progress"),
    ("disconnect", "Disconnected"),
    ("allow_resume", "Ready to continue"),
    ("resume", "In progress"),
    ("submit", "Report incomplete"),
    ("reopen", "Ready to modify"),
    ("resume", "In progress"),
    ("submit", "Report incomplete"),
    ("grade", "Finished"),
    ("suspend", "Suspended"),
)
"""What happens to one attempt, and what it is called then."""


def _enrolled(tenant: Tenant) -> tuple[Data, int]:
    """Let somebody book an attempt; return the user and the attempt's id."""
    test, user = tenant.test(), tenant.user()
    session = tenant.session_of(test, requires_authorization=True)
    tenant.needs(tenant.authorized(user, test))
    return user, tenant.booked(user, session)


def _can(tenant: Tenant, action: str, attempt: int, **more: Any) -> bool:
    """Do something with an attempt, and tell whether it could be done."""
    try:
        tenant.sandbox.action(action, attempt_id=attempt, **more)
    except CannotGoOn:
        return False
    return True


def _points(tenant: Tenant, attempt: int) -> Any:
    return next(each["points"] for each in tenant.sandbox.entities("attempts") if each["id"] == attempt)


@pytest.mark.clause("youtestme.attempt-statuses")
def test_the_statuses_of_an_attempt(tenant: Tenant) -> None:
    """The candidate's page calls an attempt by one of nine statuses, each of which it can come to."""
    user, attempt = _enrolled(tenant)
    names = {name for _, name in _STORY}
    for action, wanted in _STORY:
        if action:
            tenant.sandbox.action(action, attempt_id=attempt, **({"points": 70} if action == "grade" else {}))
        page = tenant.browser().open(tenant.link(user)).text
        shown = sorted(each for each in names if each in page)
        told = f"After {action or 'the booking'} the attempt is called {wanted}."
        tenant.holds("youtestme.attempt-statuses", shown == [wanted], told, expected=wanted, got=shown)


@pytest.mark.clause("youtestme.attempt-absent")
def test_an_absence(tenant: Tenant) -> None:
    """Only who has not started can be marked as not shown up, which blocks the start and can be taken back."""
    _, attempt = _enrolled(tenant)
    clause = "youtestme.attempt-absent"
    told = "A candidate who has not started can be marked."
    tenant.holds(clause, _can(tenant, "mark_absent", attempt), told, got="refused")
    told = "Who is marked cannot start."
    tenant.holds(clause, not _can(tenant, "start", attempt), told, expected="a refusal", got="started")
    told = "The mark can be taken back, and the candidate starts."
    fits = _can(tenant, "clear_absent", attempt) and _can(tenant, "start", attempt)
    tenant.holds(clause, fits, told, expected="a start", got="refused")
    told = "Who has started cannot be marked."
    tenant.holds(clause, not _can(tenant, "mark_absent", attempt), told, expected="a refusal", got="marked")


@pytest.mark.clause("youtestme.attempt-absent")
def test_an_absence_that_is_verified(tenant: Tenant) -> None:
    """An absence that is verified cannot be taken back."""
    _, attempt = _enrolled(tenant)
    for action in ("mark_absent", "verify"):
        tenant.sandbox.action(action, attempt_id=attempt)
    told = "It stands."
    taken_back = _can(tenant, "clear_absent", attempt)
    tenant.holds("youtestme.attempt-absent", not taken_back, told, expected="a refusal", got="taken back")


@pytest.mark.clause("youtestme.attempt-verified")
def test_a_result_that_is_verified(tenant: Tenant) -> None:
    """Verifying a result freezes its score."""
    _, attempt = _enrolled(tenant)
    clause = "youtestme.attempt-verified"
    tenant.sandbox.action("start", attempt_id=attempt)
    tenant.sandbox.action("submit", attempt_id=attempt, points=60)
    told = "A score that is not verified can be changed."
    fits = _can(tenant, "grade", attempt, points=70) and _points(tenant, attempt) == 70
    tenant.holds(clause, fits, told, expected="70 points", got=_points(tenant, attempt))
    tenant.sandbox.action("verify", attempt_id=attempt)
    for action, more in (("grade", {"points": 80}), ("reopen", {})):
        _can(tenant, action, attempt, **more)
        told = f"After {action} the verified score is as it was."
        found = _points(tenant, attempt)
        tenant.holds(clause, found == 70, told, expected="70 points", got=found)
