"""What recruiters at Talentsoft and its own batch do, as actions."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from mockserver.core.fields import Flag, Int, Text, WireSchema, one_of, web_address
from mockserver.core.vendor import Action
from mockserver.vendors.talentsoft import caller
from mockserver.vendors.talentsoft.formats import is_email
from mockserver.vendors.talentsoft.partners import connect_partner
from mockserver.vendors.talentsoft.schemas import ApplicantSchema, culture, short

MOST_CANDIDATES = 1000


def recruiter_address(value: str) -> None:
    """Refuse what is no e-mail address, or none that a header can carry."""
    if not is_email(value) or not value.isascii():
        raise ValidationError("Not an e-mail address in ASCII, as X-Current-User has it.")


def base_address(value: str) -> None:
    """Refuse what is no address to put a path behind."""
    web_address(value)
    if "?" in value or "#" in value:
        raise ValidationError("Must end with the partner's prefix, without ? or #.")


_name = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", error="1 to 64 letters, digits, '.', '_' or '-'.")


class ConnectArguments(WireSchema):
    """Where a partner is, and how it knows Talentsoft; by default the partner that the sandbox plays."""

    partner = Text(validate=_name)
    base_url = Text(validate=[validate.Length(max=2048), base_address])
    client_id = Text(validate=short)
    client_secret = Text(validate=validate.Length(1, 1024))
    recruiter = Text(validate=[validate.Length(max=320), recruiter_address])
    recruiter_name = Text(validate=short)
    grant = Text(validate=one_of("client_credentials", "jwt-bearer"))


class PartnerArguments(WireSchema):
    """Which partner; none is the only one."""

    partner = Text(validate=_name)


class RecruiterArguments(PartnerArguments):
    """Who acts: the partner's recruiter unless another is named, or the application."""

    recruiter = Text(validate=[validate.Length(max=320), recruiter_address])
    as_application = Flag()

    @validates_schema
    def check_who(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Refuse a recruiter who is none."""
        if data.get("as_application") and "recruiter" in data:
            raise ValidationError("An application acts without a recruiter.", "recruiter")


class CampaignChoiceArguments(RecruiterArguments):
    """What a recruiter types into the choice of campaigns."""

    keyword = Text(validate=validate.Length(max=255))
    language = Text(validate=culture)


class InviteArguments(RecruiterArguments):
    """Whom to invite: candidates as they are sent, or a count of made-up ones."""

    campaign_id = Text(required=True, validate=short)
    invitations = fields.List(fields.Nested(ApplicantSchema), validate=validate.Length(1, MOST_CANDIDATES))
    count = Int(validate=validate.Range(1, MOST_CANDIDATES))
    seed = Int()
    callback_url = Text(allow_none=True, validate=[validate.Length(max=2048), web_address])


class RefreshArguments(RecruiterArguments):
    """Whose status to ask for; without applicants that of all."""

    campaign_id = Text(required=True, validate=short)
    applicants = fields.List(Text(validate=short), validate=validate.Length(max=MOST_CANDIDATES))
    language = Text(validate=culture)


class EraseArguments(RecruiterArguments):
    """Whom to erase; e-mail and campaigns are those known, unless given."""

    applicant_id = Text(required=True, validate=short)
    email = Text(validate=validate.Length(1, 320))
    campaigns = fields.List(Text(validate=short), validate=validate.Length(max=MOST_CANDIDATES))


class BatchArguments(PartnerArguments):
    """Which campaigns to ask about; by default all that somebody was invited to."""

    campaigns = fields.List(Text(validate=short), validate=validate.Length(max=MOST_CANDIDATES))
    daily = Flag()


CALLER_ACTIONS = (
    Action(
        "connect_partner",
        connect_partner,
        ConnectArguments(),
        "A partner server becomes known to Talentsoft; by default the one that the sandbox plays.",
    ),
    Action(
        "caller_list_campaigns",
        caller.list_campaigns,
        CampaignChoiceArguments(),
        "A recruiter at Talentsoft opens the choice of campaigns.",
    ),
    Action(
        "caller_campaign_creation_link",
        caller.campaign_creation_link,
        RecruiterArguments(),
        "A recruiter at Talentsoft asks for the page that creates a campaign.",
    ),
    Action("caller_invite", caller.invite, InviteArguments(), "A recruiter at Talentsoft invites candidates."),
    Action(
        "caller_refresh",
        caller.refresh,
        RefreshArguments(),
        "A recruiter at Talentsoft opens a candidate's page, which reads the status.",
    ),
    Action("caller_erase", caller.erase, EraseArguments(), "Talentsoft has a candidate's data erased."),
    Action(
        "caller_batch",
        caller.batch,
        BatchArguments(),
        "Talentsoft's batch reads the status of everybody; daily puts it on the agenda again.",
    ),
)
