"""What candidates, the partner's recruiters and Talentsoft itself do without an API, as actions."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields, post_load, validate

from mockserver.core.fields import Int, Text, WireSchema, one_of
from mockserver.core.vendor import Action
from mockserver.vendors.talentsoft.caller_actions import CALLER_ACTIONS
from mockserver.vendors.talentsoft.entities import Invitation, Report, Score
from mockserver.vendors.talentsoft.schemas import culture, percent, short
from mockserver.vendors.talentsoft.state import Talentsoft


class AssessmentArguments(WireSchema):
    """Whose assessment, in which campaign."""

    campaign_id = Text(required=True, validate=short)
    applicant_id = Text(required=True, validate=short)


class ScoreArgument(WireSchema):
    """A named score."""

    name = Text(required=True, validate=short)
    value = Int(required=True, validate=percent)

    @post_load
    def make(self, data: dict[str, Any], **kwargs: Any) -> Score:
        """Make the entity."""
        return Score(**data)


class ReportArgument(WireSchema):
    """A report; its address is the partner's to give."""

    name = Text(required=True, validate=short)
    report_type = Text(validate=one_of("PDF", "HTML"))
    language = Text(validate=culture)
    comment = Text(validate=short)

    @post_load
    def make(self, data: dict[str, Any], **kwargs: Any) -> Report:
        """Make the entity."""
        return Report(**data)


class CompleteArguments(AssessmentArguments):
    """With which results a candidate finishes."""

    global_score = Int(validate=percent)
    scores = fields.List(fields.Nested(ScoreArgument), validate=validate.Length(max=100))
    global_report = fields.Nested(ReportArgument)
    reports = fields.List(fields.Nested(ReportArgument), validate=validate.Length(max=100))

    @post_load
    def freeze(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Make tuples of the lists, as entities hold them."""
        return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


class CampaignArguments(WireSchema):
    """Which campaign."""

    campaign_id = Text(required=True, validate=short)


class NewCampaignArguments(WireSchema):
    """A campaign to create, for the first customer unless one is named."""

    name = Text(required=True, validate=short)
    language = Text(required=True, validate=culture)
    customer = Text(validate=short)
    tests = fields.List(Text(validate=short), validate=validate.Length(max=100))


def _on_assessment(verb: Callable[..., Invitation]) -> Callable[..., Invitation]:
    """Return the verb for who knows campaign and applicant, not the partner's own id."""

    def act(state: Talentsoft, campaign_id: str, applicant_id: str, **arguments: Any) -> Invitation:
        return verb(state, state.invitation(campaign_id, applicant_id).id, **arguments)

    return act


ACTIONS = (
    Action("start", _on_assessment(Talentsoft.start), AssessmentArguments(), "The candidate begins the first test."),
    Action(
        "complete",
        _on_assessment(Talentsoft.complete),
        CompleteArguments(),
        "The candidate finishes all tests, with these results or made-up ones.",
    ),
    Action("decline", _on_assessment(Talentsoft.decline), AssessmentArguments(), "The candidate refuses."),
    Action(
        "share",
        _on_assessment(Talentsoft.share),
        AssessmentArguments(),
        "The candidate shares the results that another customer has.",
    ),
    Action("expire", _on_assessment(Talentsoft.expire), AssessmentArguments(), "The invitation expires at once."),
    Action(
        "notice_expiry",
        _on_assessment(Talentsoft.notice_expiry),
        AssessmentArguments(),
        "The partner notices that an invitation has expired, and tells; nothing if it has not.",
    ),
    Action("cancel", _on_assessment(Talentsoft.cancel), AssessmentArguments(), "The recruiter cancels the invitation."),
    Action("archive", _on_assessment(Talentsoft.archive), AssessmentArguments(), "The recruiter archives the results."),
    Action("create_campaign", Talentsoft.create_campaign, NewCampaignArguments(), "A recruiter creates a campaign."),
    Action("close_campaign", Talentsoft.close_campaign, CampaignArguments(), "A recruiter closes a campaign."),
    *CALLER_ACTIONS,
)
