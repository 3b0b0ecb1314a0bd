"""The partner's API that Talentsoft calls, and the callback that Talentsoft receives, one function an operation."""

from typing import Any

from mockserver.core.errors import NotFound
from mockserver.core.operation import Answer, Api, anybody
from mockserver.core.sources import Form, Json, Query
from mockserver.vendors.talentsoft import answers, callbacks
from mockserver.vendors.talentsoft.auth import access_token, client_basic
from mockserver.vendors.talentsoft.entities import Access
from mockserver.vendors.talentsoft.errors import NO_STORE, envelope, oauth_error
from mockserver.vendors.talentsoft.grants import grant
from mockserver.vendors.talentsoft.inviting import invite
from mockserver.vendors.talentsoft.schemas import (
    AssessmentQuerySchema,
    AssessmentsSchema,
    CallbackSchema,
    CampaignQuerySchema,
    CampaignsSchema,
    CreationLinkSchema,
    DoneSchema,
    ErasureQuerySchema,
    ErasureSchema,
    InvitationRequestSchema,
    InvitationResultsSchema,
    TokenRequestSchema,
    TokenSchema,
)
from mockserver.vendors.talentsoft.sources import JsonOrQuery
from mockserver.vendors.talentsoft.state import Talentsoft

api = Api("talentsoft", caller=access_token, errors=envelope)

_token_form = Form(TokenRequestSchema())


@api.operation(
    "POST", "/api/v1/token", caller=client_basic, errors=oauth_error, accepts=_token_form, returns=TokenSchema()
)
def create_token(state: Talentsoft, data: dict[str, str], caller: tuple[str, str] | None) -> Answer:
    """Give an access token to an application or to a recruiter."""
    token = grant(state, data, caller)
    seconds = int((token.expires_at - token.issued_at).total_seconds())
    expires_in = seconds if state.settings.expires_in_as_number else str(seconds)
    return Answer({"id": token.id, "expires_in": expires_in}, headers=NO_STORE)


@api.operation("POST", "/token", caller=client_basic, errors=oauth_error, accepts=_token_form, returns=TokenSchema())
def create_token_at_root(state: Talentsoft, data: dict[str, str], caller: tuple[str, str] | None) -> Answer:
    """Give an access token at the path of a sibling specification."""
    return create_token(state, data, caller)


@api.operation("GET", "/api/v1/assessment/campaigns", accepts=Query(CampaignQuerySchema()), returns=CampaignsSchema())
def list_campaigns(state: Talentsoft, data: dict[str, str], caller: Access) -> Answer:
    """List the campaigns that a recruiter can choose."""
    return Answer(answers.success(state.active_campaigns(caller.customer, **data)))


@api.operation("GET", "/api/v1/assessment/campaignscreationlink", returns=CreationLinkSchema())
def get_campaign_creation_link(state: Talentsoft, caller: Access) -> Answer:
    """Give the address of the page that creates a campaign."""
    if not state.settings.creation_link:
        raise NotFound("This partner has no link to the creation of a campaign.")
    return Answer(answers.success(answers.creation_link(state, caller.customer)))


@api.operation(
    "POST", "/api/v1/assessment/tests", accepts=Json(InvitationRequestSchema()), returns=InvitationResultsSchema()
)
def invite_applicants(state: Talentsoft, data: dict[str, Any], caller: Access) -> Answer:
    """Invite candidates to a campaign."""
    invited = invite(state, caller, **data)
    return Answer(answers.success([answers.invitation_result(state, each) for each in invited]))


@api.operation("GET", "/api/v1/assessment/tests", accepts=Query(AssessmentQuerySchema()), returns=AssessmentsSchema())
def list_assessments(state: Talentsoft, data: dict[str, Any], caller: Access) -> Answer:
    """Give status, scores and reports of candidates of a campaign."""
    state.check_language(data["language"])
    campaign = state.campaign(caller.customer, data["campaign_id"])
    rows = [answers.assessment(state, each) for each in state.invitations_to(campaign, data["applicants"])]
    return Answer(answers.success([row for row in rows if row is not None]))


@api.operation(
    "DELETE",
    "/api/v1/assessment/tests",
    accepts=JsonOrQuery(ErasureSchema(), query=ErasureQuerySchema()),
    returns=DoneSchema(),
)
def erase_applicant(state: Talentsoft, data: dict[str, Any], caller: Access) -> Answer:
    """Erase a candidate's data."""
    state.erase(caller.customer, **data)
    return Answer(answers.done())


@api.operation(
    "POST", "/api/v1/assessmentcallback", caller=anybody, accepts=Form(CallbackSchema()), returns=DoneSchema()
)
def receive_callback(state: Talentsoft, data: dict[str, str]) -> Answer:
    """Take a partner's notification that an assessment was updated, and read it there."""
    callbacks.receive_callback(state, **data)
    return Answer(answers.done())
