"""What Constructor Proctor remembers: integrations, exams, test takers, sessions and warnings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Conclusion = Literal["unknown", "accepted", "rejected"]


class Status(StrEnum):
    """Where a session stands. None of them is stored: they follow from what happened and from the clock."""

    NOT_SCHEDULED = "not_scheduled"
    EARLY = "early_to_start"
    READY = "ready_to_start"
    LATE = "late_to_start"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A customer's connection: its name in every path, its secret, and where it wants to be called."""

    name: str
    secret: str
    review_url: str | None = None
    schedule_url: str | None = None
    warning_url: str | None = None
    agreement_acceptance_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An exam with all its parameters; those that are None were never given.

    ``account_id`` and ``exam_id`` are a string or a number, as the client wrote them last.
    """

    id: str
    integration: str
    account_id: str | int
    account_name: str
    exam_id: str | int
    exam_name: str
    duration: int
    schedule: bool
    proctoring: str
    start_date: datetime
    end_date: datetime
    course_name: str | None = None
    course_code: str | None = None
    user_agreement_url: str | None = None
    identification: str | None = None
    trial: bool | None = None
    auxiliary_camera: bool | None = None
    auxiliary_camera_mode: str | None = None
    rules: dict[str, bool | str] | None = None
    score_config: dict[str, int | float] | None = None
    visible_warnings: dict[str, bool] | None = None
    ldb: bool | None = None
    secure_browser: bool | None = None
    secure_browser_level: str | None = None
    allow_multiple_displays: bool | None = None
    allow_virtual_environment: bool | None = None
    check_id_photo_quality: bool | None = None
    allow_mobile_devices: bool | None = None
    face_hunting_enabled: bool | None = None
    web_camera_main_view: str | None = None
    calculator: str | None = None
    streams_preset: str | None = None
    send_manual_warnings_to_learner: bool | None = None
    allow_room_scan_aux_camera: bool | None = None
    allow_making_room_scan_second_camera: bool | None = None
    desktop_app_forbidden_processes: list[Any] | None = None
    desktop_app_allowed_processes: list[Any] | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same exam; 123 and "123" are one id."""
        return self.integration, str(self.account_id), str(self.exam_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A test taker, as the last start token described one."""

    id: str
    integration: str
    account_id: str
    user_id: str
    email: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    third_name: str | None = None
    language: str | None = None
    special_accommodations_info: str | None = None
    preliminary_check: dict[str, Any] | None = None
    biometric_identification: dict[str, Any] | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same test taker."""
        return self.integration, self.account_id, self.user_id

    @property
    def full_name(self) -> str:
        """The name as pages show it, the id where there is none."""
        return " ".join(part for part in (self.first_name, self.third_name, self.last_name) if part) or self.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One attempt of one test taker at one exam.

    ``session_id`` is the client's; ``exam``, ``user`` and ``id`` are ours. ``start_date`` and ``end_date`` count
    where the exam has no calendar, ``slot`` and ``cancel_deadline`` where it has one.
    """

    id: str
    integration: str
    session_id: str
    exam: str
    user: str
    session_url: str
    session_finish_url: str | None = None
    start_date: datetime
    end_date: datetime
    slot: datetime | None = None
    cancel_deadline: datetime | None = None
    agreement_accepted: datetime | None = None
    session_start: datetime | None = None
    session_end: datetime | None = None
    conclusion: Conclusion = "unknown"
    score: int | None = None
    comment: str | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same session."""
        return self.integration, self.session_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CyberWarning:
    """Something that the AI saw during a session."""

    id: int
    session: str
    type: str
    start: datetime
    end: datetime
    cyber: bool = True
