"""The shapes on the wire between Talentsoft and its assessment partner."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_dump, post_load, pre_load, validate

from mockserver.core.fields import Int, Text, WireSchema, web_address
from mockserver.vendors.talentsoft.formats import is_culture

short = validate.Length(1, 255)
percent = validate.Range(0, 100)
_email = validate.Length(1, 320)
_language = validate.Length(max=35)


def culture(value: str) -> None:
    """Refuse what is no culture name."""
    if not is_culture(value):
        raise ValidationError("Not a culture name like fr-FR.")


def listed(data: Mapping[str, Any], parameter: str) -> list[str]:
    """Return the values of ``x``, ``x[]`` and ``x[0]``, those of a comma list one by one, blanks left out."""
    spelling = re.compile(rf"{parameter}(\[[0-9]*\])?")
    given = [value for key, value in data.items() if spelling.fullmatch(key)]
    texts = [text for value in given for text in (value if isinstance(value, list) else [value])]
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


class TokenRequestSchema(WireSchema):
    """The form of the token call, for both grants."""

    grant_type = fields.String(required=True, validate=short)
    client_id = fields.String(validate=validate.Length(max=255))
    client_secret = fields.String(validate=validate.Length(max=1024))
    assertion = fields.String(validate=validate.Length(max=16_384))
    scope = fields.String(validate=validate.Length(max=1024))


class TokenSchema(WireSchema):
    """The answer of the token call."""

    access_token = Text(attribute="id")
    token_type = fields.Constant("bearer")
    expires_in = fields.Raw()


class CampaignQuerySchema(WireSchema):
    """What the list of campaigns is filtered by."""

    keyword = fields.String(validate=validate.Length(max=255), load_default="")
    language = fields.String(validate=_language, load_default="")


class AssessmentQuerySchema(WireSchema):
    """Whose assessments are asked for."""

    campaign_id = fields.String(required=True, validate=short)
    applicants = fields.List(fields.String(validate=short), data_key="applicants[]", load_default=list)
    language = fields.String(validate=_language, load_default="")

    @pre_load
    def gather(self, data: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Take the applicants from every spelling of the parameter."""
        return {**data, "applicants[]": listed(data, "applicants")}


class ApplicantSchema(WireSchema):
    """A candidate to invite. Whether id and e-mail are any good is judged for each candidate alone."""

    applicant_id = Text(required=True, validate=validate.Length(max=255))
    lastname = Text(required=True, validate=short)
    firstname = Text(required=True, validate=short)
    phone = Text(allow_none=True, validate=validate.Length(max=64))
    email = Text(required=True, validate=validate.Length(max=320))
    language = Text(allow_none=True, validate=_language)


class InvitationRequestSchema(WireSchema):
    """Candidates to invite to one campaign."""

    campaign_id = Text(required=True, validate=short)
    callback_url = Text(allow_none=True, validate=[validate.Length(max=2048), web_address])
    invitations = fields.List(fields.Nested(ApplicantSchema), required=True, validate=validate.Length(min=1))


class ErasureSchema(WireSchema):
    """Whom to erase, and in which campaigns."""

    campaigns = fields.List(Text(validate=validate.Length(max=255)), required=True)
    email = Text(required=True, validate=_email)
    applicant_id = Text(required=True, validate=short)


class ErasureQuerySchema(ErasureSchema):
    """The same in the query string."""

    @pre_load
    def gather(self, data: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Take the campaigns from every spelling of the parameter."""
        return {**data, "campaigns": listed(data, "campaigns")}


class CallbackSchema(WireSchema):
    """What a partner tells Talentsoft."""

    client_id = fields.String(required=True, validate=short)
    applicant_id = fields.String(required=True, validate=short)
    campaign_id = fields.String(required=True, validate=short)


class DoneSchema(WireSchema):
    """The envelope of an answer without data."""

    code = Int()
    status = Text()
    message = Text(allow_none=True)


class CampaignSchema(WireSchema):
    """A campaign to choose."""

    campaign_id = Text(attribute="id")
    name = Text()
    language = Text()


class CampaignsSchema(DoneSchema):
    """The campaigns in their envelope."""

    data = fields.List(fields.Nested(CampaignSchema))


class CreationLinkSchema(DoneSchema):
    """The creation link in its envelope."""

    data = Text()


class InvitationResultSchema(WireSchema):
    """What became of one candidate; under which name the link goes out is a setting."""

    applicant_id = Text()
    status = Text()
    error_message = Text()
    assessment_invitation_link = Text()
    interview_invitation_link = Text()


class InvitationResultsSchema(DoneSchema):
    """The results of an invitation in their envelope."""

    data = fields.List(fields.Nested(InvitationResultSchema))


class ScoreSchema(WireSchema):
    """A named score in percent."""

    name = Text()
    value = Text()


class ReportSchema(WireSchema):
    """Where a report is read."""

    name = Text()
    url = Text()
    report_type = Text()
    language = Text()
    comment = Text()

    @post_dump
    def leave_out(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Leave out what is not required and not there."""
        return {name: value for name, value in data.items() if value is not None}


class AssessmentSchema(WireSchema):
    """Status, scores and reports of one candidate."""

    campaign_id = Text()
    applicant_id = Text()
    status = Text()
    assessment_invitation_link = Text()
    recruiter_link = Text()
    readonly_link = Text()
    global_score = Text()
    global_report = fields.Nested(ReportSchema)
    scores = fields.List(fields.Nested(ScoreSchema), allow_none=True)
    reports = fields.List(fields.Nested(ReportSchema))


class AssessmentsSchema(DoneSchema):
    """The assessments in their envelope."""

    data = fields.List(fields.Nested(AssessmentSchema))


class ResultFormSchema(WireSchema):
    """The candidate's page: with which score to finish."""

    global_score = fields.Integer(load_default=80, validate=percent)


class CreationQuerySchema(WireSchema):
    """For which customer a campaign is to be created."""

    customer = fields.String(validate=short, load_default="")


class CampaignFormSchema(WireSchema):
    """The form that creates a campaign."""

    customer = fields.String(required=True, validate=short)
    name = fields.String(required=True, validate=short)
    language = fields.String(required=True, validate=culture)
    tests = fields.String(validate=short)

    @post_load
    def split(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Take the tests from a comma list."""
        return {**data, "tests": [part.strip() for part in data.get("tests", "").split(",") if part.strip()]}
