"""The statuses of an exam session, and the moves between them."""

from collections.abc import Mapping, Set
from typing import Literal

Status = Literal[
    "Needs Proctor",
    "Pending Approval",
    "Approval Denied",
    "Scheduled",
    "In Progress",
    "Processing",
    "Incident",
    "Closed",
    "Cancelled",
]

ACTIVE: Set[Status] = {
    "Needs Proctor",
    "Pending Approval",
    "Approval Denied",
    "Scheduled",
    "In Progress",
    "Processing",
    "Incident",
}

MOVES: Mapping[str, Set[Status]] = {
    "schedule": {"Needs Proctor", "Approval Denied"},
    "reschedule": {"Pending Approval", "Scheduled"},
    "approve": {"Pending Approval"},
    "deny": {"Pending Approval"},
    "cancel": ACTIVE - {"Needs Proctor"},
    "onboard": {"Scheduled", "In Progress"},
    "begin": {"Scheduled"},
    "end": {"In Progress"},
    "report an incident in": {"In Progress", "Processing"},
    "close": {"In Progress", "Processing", "Incident"},
    "review": {"Processing", "Incident", "Closed"},
}
"""What can be done to a session, and where it must stand for it."""
