"""What goes out: the partner's callback, and the calls that Talentsoft makes to partners."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from mockserver.core.errors import Gone
from mockserver.core.events import Call, Event
from mockserver.core.outbox import Delivery
from mockserver.core.settings import steps
from mockserver.vendors.talentsoft import asks, errands
from mockserver.vendors.talentsoft.answers import shown_status
from mockserver.vendors.talentsoft.entities import Status
from mockserver.vendors.talentsoft.state import Talentsoft


def _callbacks(state: Talentsoft, invitation_id: str) -> Iterator[Call]:
    invitation = state.invitations.get(invitation_id)
    status = shown_status(state, invitation)
    is_due = status is Status.COMPLETED or (status is not None and state.settings.callback_on == "every_update")
    if invitation.callback_url and is_due:
        form = {
            "client_id": invitation.client_id,
            "applicant_id": invitation.applicant_id,
            "campaign_id": invitation.campaign_id,
        }
        yield Call(invitation.callback_url, urlencode(form).encode(), asks.FORM, key=invitation.id)


def _no_headers(state: Talentsoft, delivery: Delivery, at: datetime) -> Mapping[str, str]:
    invitation = state.invitations.find(id=delivery.key)
    if invitation is None or invitation.status is Status.DELETED:
        raise Gone("The candidate's data was erased.")
    return {}


def _retries(state: Talentsoft) -> Sequence[timedelta]:
    return steps(state.settings.callback_retries)


_SAYS = {
    "create_token": "Talentsoft asks a partner for an access token.",
    "list_campaigns": "Talentsoft asks for the campaigns that a recruiter can choose.",
    "get_campaign_creation_link": "Talentsoft asks for the page that creates a campaign.",
    "invite_applicants": "Talentsoft invites candidates.",
    "list_assessments": "Talentsoft asks where candidates stand.",
    "erase_applicant": "Talentsoft has a candidate erased.",
}

EVENTS = (
    Event(
        name="assessment_updated",
        says="The partner tells Talentsoft that an assessment was updated.",
        calls=_callbacks,
        headers=_no_headers,
        retries=_retries,
    ),
    *(
        Event(name=f"{asks.EVENT}{name}", says=says, calls=asks.calls, headers=asks.headers, answered=errands.answered)
        for name, says in _SAYS.items()
    ),
)
