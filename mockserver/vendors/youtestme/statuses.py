"""The statuses of accounts and attempts, and the moves between them that YouTestMe allows."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Literal

from mockserver.core.errors import Conflict

UserStatus = Literal["ACT", "INA", "LCK", "SUS", "PEN", "DEL"]

USER_MOVES: Mapping[str, Set[str]] = {
    "ACT": {"INA", "LCK", "SUS", "DEL"},
    "INA": {"ACT", "SUS", "DEL"},
    "LCK": {"ACT", "INA", "SUS", "DEL"},
    "SUS": {"ACT", "INA", "DEL"},
    "PEN": {"ACT", "DEL"},
    "DEL": set(),
}
"""PEN is where a registration starts, so nothing moves to it; deleting is final."""

AttemptStatus = Literal[
    "not_attempted",
    "in_progress",
    "ready_to_continue",
    "ready_to_modify",
    "disconnected",
    "report_incomplete",
    "finished",
    "suspended",
    "did_not_show_up",
]

OPEN: Set[AttemptStatus] = {"not_attempted", "in_progress", "ready_to_continue", "ready_to_modify", "disconnected"}
"""An attempt that the candidate can still work on; there is one of a test at a time."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a verb does to an attempt's status."""

    sources: Set[AttemptStatus]
    target: AttemptStatus
    unless_verified: bool = True
    """Whether verification, which freezes a score or an absence, forbids it."""


ATTEMPT_MOVES: Mapping[str, Move] = {
    "start": Move({"not_attempted"}, "in_progress"),
    "pause": Move({"in_progress"}, "ready_to_continue"),
    "disconnect": Move({"in_progress"}, "disconnected"),
    "allow_resume": Move({"disconnected"}, "ready_to_continue"),
    "resume": Move({"ready_to_continue", "ready_to_modify"}, "in_progress"),
    "submit": Move({"in_progress"}, "finished"),
    "submit_ungraded": Move({"in_progress"}, "report_incomplete"),
    "grade": Move({"report_incomplete", "finished"}, "finished"),
    "reopen": Move({"report_incomplete", "finished"}, "ready_to_modify"),
    "suspend": Move(OPEN | {"report_incomplete", "finished"}, "suspended", unless_verified=False),
    "mark_absent": Move({"not_attempted"}, "did_not_show_up"),
    "clear_absent": Move({"did_not_show_up"}, "not_attempted"),
}
"""By verb. Only a finished attempt or an absence is ever verified."""


def invalid_state(reason: str, field: str = "status") -> Conflict:
    """Return the refusal of what the present state forbids."""
    return Conflict(reason, code="INVALID_STATE", fields={field: [reason]})


def check_move(user_id: int, current: str, target: str) -> None:
    """Raise ``Conflict`` unless an account can move from one status to the other."""
    if target not in USER_MOVES[current]:
        allowed = ", ".join(sorted(USER_MOVES[current])) or "none, it is final"
        raise invalid_state(f"User {user_id} is {current}, which cannot become {target}; possible: {allowed}.")
