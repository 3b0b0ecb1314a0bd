"""The switches of the assessment partner; what each row of the table of doubts can be turned to."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from mockserver.core.settings import Ladder

OptionalStatus = Literal["awaitingSharing", "expired", "applicantDeclined", "cancelled", "deleted", "archived"]


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox's choices."""

    recruiter_grant: Annotated[
        bool, Meta(description="False refuses recruiters' assertions, as a partner without that optional grant.")
    ] = True
    lenient_grant: Annotated[
        bool, Meta(description="True also reads grant-type:jwtbearer, as the sample prints it.")
    ] = False
    strict_assertion: Annotated[
        bool, Meta(description="True wants iss, sub, aud and exp in an assertion, as RFC 7523 does.")
    ] = False
    token_lifetime: Annotated[int, Meta(ge=1, le=31_536_000, description="Seconds that an access token lives.")] = 3600
    expires_in_as_number: Annotated[
        bool, Meta(description="True answers expires_in as a number; the samples show a string.")
    ] = False
    match_current_user: Annotated[
        bool, Meta(description="True answers 403 if X-Current-User is not the recruiter of the token.")
    ] = False
    strict_language: Annotated[
        bool, Meta(description="True answers 400 to a language in the query that is no culture name.")
    ] = False
    creation_link: Annotated[
        bool, Meta(description="False answers 404, as a partner without the optional creation link.")
    ] = True
    invitation_days: Annotated[int, Meta(ge=1, le=36_500, description="Days until an invitation expires.")] = 14
    max_invitations: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="More in one request answer 413; null sets no limit.")
    ] = None
    invitation_link_key: Annotated[
        Literal["both", "assessment", "interview"],
        Meta(description="Under which of its two documented names an invitation's link is answered."),
    ] = "both"
    result_sharing: Annotated[
        bool,
        Meta(description="False invites as waiting even where another customer holds the results of the same tests."),
    ] = True
    optional_statuses: Annotated[
        tuple[OptionalStatus, ...],
        Meta(description="Those answered: without awaitingSharing it is waiting, without another it is left out."),
    ] = ("awaitingSharing", "expired", "applicantDeclined", "cancelled", "deleted", "archived")
    early_global_score: Annotated[
        Annotated[int, Meta(ge=0, le=100)] | None,
        Meta(description="Percent answered before completion; one sample shows 75."),
    ] = None
    unknown_applicants: Annotated[
        Literal["omit", "refuse"], Meta(description="refuse answers 404 if a listed applicant was never invited.")
    ] = "omit"
    erasure_without_campaigns: Annotated[
        Literal["all", "refuse"],
        Meta(description="Whether an empty list of campaigns erases in all of them or answers 400."),
    ] = "all"
    callback_on: Annotated[
        Literal["every_update", "completed_only"],
        Meta(description="Which changes of an assessment the partner tells Talentsoft of."),
    ] = "every_update"
    callback_retries: Annotated[
        Ladder, Meta(description="How long after each failed attempt of a callback the next one follows.")
    ] = ("30s", "270s")
