"""What YouTestMe remembers, one frozen dataclass a kind."""

from dataclasses import dataclass
from datetime import datetime

from mockserver.vendors.youtestme.statuses import AttemptStatus, UserStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What a client shows to be let in."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account; candidates are users."""

    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    role_code: str
    status: UserStatus = "ACT"
    time_zone_id: str = "UTC"
    interface_language_id: int | None = None
    exam_language_id: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test that staff made in the product; ``external_id`` is how other systems call it."""

    id: int
    name: str
    version_id: int
    external_id: str | None = None
    max_points: int = 100
    pass_percent: int = 50
    duration_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestingSession:
    """When and for whom a test is open; ``opens`` and ``closes`` are None where it is not limited."""

    id: int
    test_id: int
    name: str
    requires_authorization: bool = True
    self_enroll: bool = True
    opens: datetime | None = None
    closes: datetime | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A candidate's permission to book and take a test; None is no limit of time or of attempts."""

    id: int
    test_id: int
    candidate_id: int
    external_id: str | None = None
    expiration: datetime | None = None
    attempts_limit: int | None = 1
    deactivated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One booking of a testing session, and what came of it; ``points`` is None until somebody graded it."""

    id: int
    number: int
    candidate_id: int
    test_id: int
    session_id: int
    test_version_id: int
    authorization_id: int | None = None
    status: AttemptStatus = "not_attempted"
    started: datetime | None = None
    finished: datetime | None = None
    points: int | float | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoLink:
    """A direct link that signs one user in."""

    id: int
    token: str
    user_id: int
    page: str
    expiration: datetime
    referer_url: str | None = None
    opened: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A browser that a link signed in; its id is the session cookie."""

    id: str
    user_id: int
    link_id: int
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A subscription; event and resource stand as they were sent."""

    id: int
    event: str
    resource: str
    url: str
    created: datetime
    secret: str | None = None
    active: bool = True
