"""What Talentsoft remembers as the caller of partners, one dataclass a kind."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Grant = Literal["client_credentials", "jwt-bearer"]
Kind = Literal["list_campaigns", "campaign_creation_link", "invite", "refresh", "erase", "batch"]
Cause = Literal["recruiter", "application", "callback", "batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner server to call on behalf of one customer, and the recruiter who does so unless another is named."""

    id: str
    base_url: str
    """With the partner's prefix and without a slash at the end, like https://partner.com/api/v1."""
    client_id: str
    client_secret: str
    recruiter: str | None = None
    """An e-mail."""
    recruiter_name: str = ""
    grant: Grant = "client_credentials"
    """What recruiters get their access tokens by; applications always use client_credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerToken:
    """An access token that a partner gave; its id names the partner and for whom."""

    id: str
    access_token: str
    given_at: datetime
    expires_at: datetime


def token_id(partner: Partner, recruiter: str | None) -> str:
    """Return the id of the token that a call shows: a recruiter's own, or the one of the application."""
    return f"{partner.id} {recruiter if recruiter and partner.grant == 'jwt-bearer' else 'application'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call that an errand is to make."""

    operation: str
    """Of the contract."""
    target: str
    """Path and query below the partner's address."""
    body: str = ""
    campaign_id: str = ""
    applicants: tuple[str, ...] = ()
    """Whom it is about, lower-case; none for all of the campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call that an errand made, and what came of it; ``status`` is None where no answer came."""

    operation: str
    at: datetime
    status: int | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Something that Talentsoft does at a partner: calls one after the other, a token call first where one is due."""

    id: int
    kind: Kind
    cause: Cause
    partner: str
    identity: str
    """The id of the partner token that its calls show."""
    created: datetime
    recruiter: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    stage: Literal["waiting", "calling", "done", "failed"] = "waiting"
    """``waiting`` is for the token that another errand has asked for."""
    asks: tuple[Ask, ...] = ()
    """The calls to make, forgotten in the end since they hold what candidates are called."""
    position: int = 0
    calling: str = ""
    """The operation that is being called."""
    called: datetime | None = None
    calls: int = 0
    renewed: bool = False
    """Whether the call has been refused with 401 once, and made again with a new token."""
    access_token: str | None = None
    steps: tuple[Step, ...] = ()
    result: tuple[dict[str, Any], ...] = ()
    remarks: tuple[str, ...] = ()
    """What the answers had that the documents do not."""
    error: str = ""
    ended: datetime | None = None

    @property
    def call_key(self) -> str | None:
        """What the answer it waits for is recognised by."""
        return f"{self.id}.{self.calls}" if self.stage == "calling" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What Talentsoft knows of a candidate in a partner's campaign: scores are kept, of reports where they are read."""

    id: str
    partner: str
    campaign_id: str
    applicant_id: str
    email: str | None = None
    invited_at: datetime | None = None
    invitation: Literal["asked", "success", "error"] | None = None
    """What the partner said to the invitation; None for a candidate that was not invited from here."""
    error_message: str | None = None
    link: str | None = None
    status: str | None = None
    """In the partner's word."""
    recruiter_link: str | None = None
    readonly_link: str | None = None
    global_score: int | float | None = None
    global_report: dict[str, Any] | None = None
    scores: tuple[dict[str, Any], ...] = ()
    reports: tuple[dict[str, Any], ...] = ()
    refreshed_at: datetime | None = None
    refreshed_by: Cause | None = None


def followed_id(partner: str, campaign_id: str, applicant_id: str) -> str:
    """Return the id of what is known of a candidate in a campaign."""
    return f"{partner} {campaign_id} {applicant_id.lower()}"
