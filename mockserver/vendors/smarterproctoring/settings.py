"""The switches of SmarterProctoring's mock; what each row of the table of doubts can be turned to."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from mockserver.core.settings import Ladder


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox's choices."""

    require_tls: Annotated[
        bool,
        Meta(description="True answers INVALIDPROTOCOL unless the call is https, or X-Forwarded-Proto says it was."),
    ] = False
    unauthenticated_code: Annotated[
        Literal["AUTHENTICATIONFAILED", "INVALIDAUTHENTICATIONINFO"],
        Meta(description="The code that a call without a token header is answered."),
    ] = "AUTHENTICATIONFAILED"
    authentication_failed_status: Annotated[
        Literal[403, 401], Meta(description="The status that goes with AUTHENTICATIONFAILED.")
    ] = 403
    strict_sids: Annotated[
        bool, Meta(description="True refuses SIDs that are not a prefix and 32 lower-case hex digits.")
    ] = False
    accept_status_active: Annotated[
        bool, Meta(description="False refuses status=active when sessions are listed, as the reference knows no such.")
    ] = True
    require_fields_without_sid: Annotated[
        bool, Meta(description="True wants the fields of a new entity unless a sid is given, even for a known one.")
    ] = False
    require_approval: Annotated[
        bool, Meta(description="True makes the appointments of every exam wait for approval.")
    ] = False
    require_cancellation_memo: Annotated[bool, Meta(description="True refuses to cancel without a memo.")] = False
    new_session_after_cancel: Annotated[
        bool, Meta(description="False leaves the learner without a session after an appointment is cancelled.")
    ] = True
    default_limit: Annotated[int, Meta(ge=1, le=1000, description="How many a page holds when no limit is asked.")] = 25
    onboarding_seconds: Annotated[
        int, Meta(ge=1, le=86_400, description="How long an onboarding URL can be opened.")
    ] = 300
    signon_minutes: Annotated[int, Meta(ge=1, le=10_080, description="How long a sign-on link is good for.")] = 60
    early_start_minutes: Annotated[
        Annotated[int, Meta(ge=0, le=525_600)] | None,
        Meta(description="How long before its appointment an exam can be started; null is any time."),
    ] = 15
    status_webhook_url: Annotated[
        Annotated[str, Meta(pattern=r"^https?://[A-Za-z0-9\[][!-~]*$", max_length=4000)] | None,
        Meta(description="Where to POST that a session's status has changed; null sends nothing."),
    ] = None
    status_webhook_spelling: Annotated[
        Literal["api", "sample"],
        Meta(description="Whether that call spells a status as the API does (Closed) or as its sample (COMPLETED)."),
    ] = "api"
    status_webhook_retries: Annotated[
        Ladder, Meta(description="How long after each failed attempt of that call the next one follows.")
    ] = ("30s", "5m", "30m")
