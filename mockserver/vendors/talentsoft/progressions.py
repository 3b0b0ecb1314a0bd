"""How assessments move on without anybody acting, at the pace of the calls that read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.core.progression import Progression, Step
from mockserver.vendors.talentsoft.entities import Access, Invitation, Status
from mockserver.vendors.talentsoft.state import Talentsoft

_NEXT = {Status.AWAITING_SHARING: "share", Status.WAITING: "start", Status.IN_PROGRESS: "complete"}


def _reads(state: Talentsoft, data: Mapping[str, Any], caller: Access) -> Iterable[str]:
    campaign = state.campaign(caller.customer, data["campaign_id"])
    return [each.id for each in state.invitations_to(campaign, data["applicants"])]


def _follows(state: Talentsoft, invitation: Invitation) -> Step | None:
    action = _NEXT.get(state.status_of(invitation))
    if action is None or invitation.superseded:
        return None
    return Step(action, {"campaign_id": invitation.campaign_id, "applicant_id": invitation.applicant_id})


PROGRESSIONS = (Progression(operation="list_assessments", collection="invitations", reads=_reads, follows=_follows),)
