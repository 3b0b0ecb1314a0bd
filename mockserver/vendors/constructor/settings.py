"""The switches of Constructor Proctor's mock; what each row of the table of doubts can be turned to."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from mockserver.core.settings import Ladder


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox's choices."""

    exam_update: Annotated[
        Literal["merge", "replace"],
        Meta(description="Whether an update leaves parameters that it does not name as they are, or unsets them."),
    ] = "merge"
    fill_defaults: Annotated[
        bool, Meta(description="True answers rules, scoreConfig and visibleWarnings whole; False as they were given.")
    ] = True
    token_leeway_seconds: Annotated[
        int, Meta(ge=0, le=300, description="For how long after its exp a token is still taken.")
    ] = 0
    longest_token_seconds: Annotated[
        int, Meta(ge=0, description="An API token that expires later than this from now is refused; 0 refuses none.")
    ] = 0
    unregister_message: Annotated[
        Literal["canceled", "finished", "not_changed"],
        Meta(description="What finishing answers when it takes back the booking of a session that has not started."),
    ] = "canceled"
    slot_minutes: Annotated[
        int, Meta(ge=1, le=1440, description="How far apart the slots are that the calendar offers.")
    ] = 30
    late_after_minutes: Annotated[
        int, Meta(ge=0, le=1440, description="For how long after the booked time a session can be started.")
    ] = 15
    cancel_deadline_minutes: Annotated[
        int, Meta(ge=0, le=10080, description="How long before the booked time the test taker can last cancel.")
    ] = 0
    points_per_warning: Annotated[
        int, Meta(ge=0, le=100, description="What one warning of weight 1 adds to the score, which ends at 100.")
    ] = 10
    callback_token_seconds: Annotated[
        int, Meta(ge=1, le=86_400, description="How long after it is sent the token of a callback expires.")
    ] = 30
    callback_retries: Annotated[
        Ladder, Meta(description="How long after each failed attempt of a callback the next one follows.")
    ] = ("30s", "5m", "30m")
    callback_fractions: Annotated[
        bool, Meta(description="True writes the instants of callbacks with fractions of a second.")
    ] = False
    scheduling_account_id: Annotated[
        Literal["text", "as_written"],
        Meta(
            description="Whether a scheduling callback has accountId as text, or as the client wrote it, 123 or text."
        ),
    ] = "text"
    review_trial_exams: Annotated[bool, Meta(description="True sends the results of trial exams as well.")] = False
    attention_score: Annotated[
        int, Meta(ge=0, le=100, description="threshold.attention of a result, if it is not above threshold.rejected.")
    ] = 60
