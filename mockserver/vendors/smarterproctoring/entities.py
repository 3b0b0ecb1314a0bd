"""What SmarterProctoring remembers: everything by its SID."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from mockserver.vendors.smarterproctoring.statuses import Status

Role = Literal["learner", "instructor"]
SessionType = Literal[
    "b-virtual",
    "ad-hoc",
    "instructor-as-proctor",
    "messaging",
    "proctoru",
    "register-blast",
    "vtc",
    "examity",
    "smarter-scheduling",
    "automated",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What opens the API, as an account manager issues it; ``id`` is its name among people."""

    id: str
    token: str
    expires: datetime | None = None
    revoked: bool = False

    def opens(self, at: datetime) -> bool:
        """Tell whether it is good at an instant."""
        return not self.revoked and (self.expires is None or at < self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """One installation of the product, with the defaults of its account."""

    sid: str
    name: str
    default_time_zone: str = "UTC"
    default_currency_code: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """What a sign-on goes through; its secret signs the tokens."""

    sid: str
    install_sid: str
    name: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorLocation:
    """Where a proctor is to be had."""

    sid: str
    name: str
    location_type_sid: str
    proctor_type_sid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A group of exams and enrollments."""

    sid: str
    install_sid: str
    title: str
    code: str | None = None
    api_id: str | None = None
    external_id: str | None = None
    lms_id: str | None = None
    offering_sid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person."""

    sid: str
    install_sid: str
    first_name: str
    last_name: str
    email: str
    currency_code: str
    time_zone: str
    api_id: str | None = None
    external_id: str | None = None
    lms_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """A user in a course."""

    sid: str
    user_sid: str
    course_sid: str
    role: Role = "learner"
    section_sid: str | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """What there is one enrollment of."""
        return self.user_sid, self.course_sid


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An exam of a course. Limited scope means that learners get a session by assignment only."""

    sid: str
    course_sid: str
    title: str
    external_id: str | None = None
    description: str | None = None
    type: Literal["online", "written"] = "online"
    practice: bool = False
    limited_scope: bool = False
    delivery_system: str | None = None
    require_approval: bool = False
    status: Literal["active", "draft", "deleted"] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """How an exam is proctored: for everybody (primary), or for one enrollment (accommodation)."""

    sid: str
    exam_sid: str
    url: str
    access_open: datetime
    access_close: datetime
    duration: int
    password: str
    type: Literal["primary", "accommodation"] = "primary"
    enrollment_sid: str | None = None
    api_id: str | None = None
    scheduling_open: datetime | None = None
    scheduling_close: datetime | None = None
    attempts: int = 1
    student_notes: str | None = None
    proctor_notes: str | None = None
    proctor_types: dict[str, Any] = field(default_factory=dict)
    permitted_items: dict[str, Any] = field(default_factory=dict)

    @property
    def holder(self) -> tuple[str, str | None]:
        """What there is one configuration of."""
        return self.exam_sid, self.enrollment_sid


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One attempt of an enrollment at an exam. ``arrangement`` is what was sent along with its appointment."""

    sid: str
    install_sid: str
    course_sid: str
    exam_sid: str
    enrollment_sid: str
    user_sid: str
    created: datetime
    edited: datetime
    status: Status = "Needs Proctor"
    status_reason: str | None = None
    session_type: SessionType | None = None
    proctor_type_sid: str | None = None
    instructor_proctor_sid: str | None = None
    cancellation_policy_version_sid: str | None = None
    external_appointment_id: str | None = None
    exam_locale: str | None = None
    notes: str | None = None
    arrangement: dict[str, Any] = field(default_factory=dict)
    appointment_date: datetime | None = None
    appointment_end_date: datetime | None = None
    date_scheduled: datetime | None = None
    date_approved: datetime | None = None
    date_cancelled: datetime | None = None
    date_closed: datetime | None = None
    cancellation_memo: str | None = None
    system_check_start_date: datetime | None = None
    system_check_end_date: datetime | None = None
    identity_verified: datetime | None = None
    room_scanned: datetime | None = None
    in_progress_date: datetime | None = None
    review_required: bool = False
    review_completed_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardingLink:
    """A URL that opens the onboarding of a session once; ``visit`` names what it was opened as."""

    token: str
    session_sid: str
    created: datetime
    expires: datetime
    opened: datetime | None = None
    visit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signon:
    """A sign-on of one user that a provision call asked for."""

    id: str
    user_sid: str
    integration_sid: str
    issued: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A report of something that happened in a session."""

    sid: str
    session_sid: str
    created: datetime
    subject: str
    status: Literal["Open", "Closed"]
    event_time: datetime
    direct_witness: str
    contact_person: str
    contact_phone: str
    contact_email: str
    draft: bool
    details: str | None = None
    potential_damage: str | None = None
    corrective_action_details: str | None = None
    event_type_sid: str | None = None
