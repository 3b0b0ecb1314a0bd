"""The switches of YouTestMe's mock; what each row of the table of doubts can be turned to."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from mockserver.core.settings import Ladder


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox's choices."""

    rest_api_module: Annotated[bool, Meta(description="False answers every call 403, as a tenant without it.")] = True
    authentication: Annotated[bool, Meta(description="False lets callers in without an API key.")] = True
    create_status: Annotated[Literal[200, 201], Meta(description="The status that creating anything answers.")] = 201
    default_time_zone: Annotated[
        str, Meta(min_length=1, max_length=64, description="Given to users created without one.")
    ] = "UTC"
    accept_custom_roles: Annotated[bool, Meta(description="True takes role codes other than the four known.")] = False
    allow_duplicate_external_id: Annotated[
        bool, Meta(description="True takes an authorizationExternalId that another authorization has.")
    ] = False
    attempts_limit: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(description="How many attempts a new authorization is good for; null is no limit."),
    ] = 1
    count_use_at: Annotated[
        Literal["start", "booking"], Meta(description="When an attempt begins to count as a use of its authorization.")
    ] = "start"
    link_hours: Annotated[
        int, Meta(ge=1, le=87_600, description="How long an SSO link made without expirationTime is good for.")
    ] = 24
    single_use: Annotated[bool, Meta(description="True lets an SSO link be opened once only.")] = False
    webhook_at: Annotated[
        Literal["finished", "submitted"],
        Meta(description="Whether a submitted attempt that waits for grading is told at once, or when it is graded."),
    ] = "finished"
    webhook_body: Annotated[
        Literal["attempt", "documented_sample"],
        Meta(description="documented_sample sends the document's own sample, whatever happened."),
    ] = "attempt"
    webhook_signature: Annotated[
        Literal["none", "hmac-sha256", "standard-webhooks"],
        Meta(description="How the body of a webhook is signed where the subscription has a secret."),
    ] = "hmac-sha256"
    webhook_signature_header: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z0-9-]{1,64}$", description="The header that holds sha256=<hex> with hmac-sha256."),
    ] = "X-YTM-Signature"
    webhook_retries: Annotated[
        Ladder, Meta(description="How long after each failed attempt of a webhook the next one follows.")
    ] = ("5s", "30s")
