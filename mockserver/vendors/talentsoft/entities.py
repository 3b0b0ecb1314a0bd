"""What Talentsoft and its assessment partner remember, one dataclass a kind."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """Where an assessment stands, in the words of the wire."""

    WAITING = "waiting"
    AWAITING_SHARING = "awaitingSharing"
    IN_PROGRESS = "inProgress"
    COMPLETED = "completed"
    EXPIRED = "expired"
    DECLINED = "applicantDeclined"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    ARCHIVED = "archived"


MOVES: dict[Status, frozenset[Status]] = {
    Status.WAITING: frozenset({Status.IN_PROGRESS, Status.EXPIRED, Status.CANCELLED, Status.DECLINED}),
    Status.AWAITING_SHARING: frozenset({Status.COMPLETED, Status.EXPIRED, Status.DECLINED}),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.EXPIRED, Status.CANCELLED, Status.DECLINED}),
    Status.COMPLETED: frozenset({Status.ARCHIVED}),
    Status.EXPIRED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.ARCHIVED: frozenset(),
    Status.DELETED: frozenset(),
}
"""What may follow what, besides ``deleted``, which an erasure makes of everything."""

OPEN = frozenset({Status.WAITING, Status.AWAITING_SHARING, Status.IN_PROGRESS})
"""The statuses that the clock can end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client_id with its secret: Talentsoft, on behalf of one customer or of one of its units."""

    id: str
    secret: str
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruiter:
    """A person whom both sides know by the same e-mail."""

    id: str
    email: str
    name: str
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a client shows after the token call; its id is the token itself."""

    id: str
    client_id: str
    customer: str
    issued_at: datetime
    expires_at: datetime
    recruiter: str | None = None
    """The e-mail of the assertion that it was given for; None for a token of the application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The last call of a client to an operation, and the recruiter that X-Current-User named."""

    id: str
    client_id: str
    customer: str
    at: datetime
    as_recruiter: bool
    current_user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One or more of the partner's tests, to be given to the candidates of one offer."""

    id: str
    name: str
    language: str
    customer: str
    tests: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A named result in percent."""

    name: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A document about the results, read at the partner."""

    name: str
    report_type: Literal["PDF", "HTML"] = "HTML"
    language: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a completed assessment has to show."""

    global_score: int
    global_report: Report | None = None
    scores: tuple[Score, ...] = ()
    reports: tuple[Report, ...] = ()


def results_of(campaign: Campaign, global_score: int, language: str | None) -> Results:
    """Return plain results: a global report as HTML, and for each test of the campaign a score and a PDF report."""
    return Results(
        global_score=global_score,
        global_report=Report(name="global", language=language),
        scores=tuple(Score(name=test, value=global_score) for test in campaign.tests),
        reports=tuple(Report(name=test, report_type="PDF", language=language) for test in campaign.tests),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A candidate's assessment in one campaign. Whether it has expired is for the clock to say."""

    id: str
    """The key of the recruiter's pages; the candidate is not told it."""
    link: str
    """The key of the candidate's page."""
    campaign_id: str
    applicant_id: str
    lastname: str
    firstname: str
    email: str
    client_id: str
    invited_at: datetime
    expires_at: datetime
    phone: str | None = None
    language: str | None = None
    callback_url: str | None = None
    invited_by: str | None = None
    status: Status = Status.WAITING
    superseded: bool = False
    """Whether the candidate was invited anew since."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    results: Results | None = None
    shares: str | None = None
    """The invitation of another customer whose results wait for the candidate to share them."""

    @property
    def current_pair(self) -> tuple[str, str] | None:
        """Campaign and applicant, of the invitation that counts."""
        return None if self.superseded else (self.campaign_id, self.applicant_id)

    @property
    def address(self) -> str | None:
        """The e-mail as it is compared."""
        return self.email.casefold() or None

    def erased(self) -> "Invitation":
        """Return what an erasure leaves: who was invited to what, and that it is deleted."""
        return replace(
            self,
            status=Status.DELETED,
            lastname="",
            firstname="",
            email="",
            phone=None,
            language=None,
            callback_url=None,
            invited_by=None,
            results=None,
            shares=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A notification that Talentsoft received from a partner."""

    id: int
    client_id: str
    applicant_id: str
    campaign_id: str
    received_at: datetime
    errand: int | None = None
    """What Talentsoft did because of it; None if it was told of an invitation that it had not sent."""
