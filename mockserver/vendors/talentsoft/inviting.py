"""Inviting candidates in bulk: each one is judged alone, and one that fails stops no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from mockserver.core.clock import later
from mockserver.core.errors import Conflict, TooLarge
from mockserver.vendors.talentsoft.entities import OPEN, Access, Campaign, Invitation, Status
from mockserver.vendors.talentsoft.formats import is_email, is_uuid
from mockserver.vendors.talentsoft.state import Talentsoft


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of one candidate: an invitation, or the reason why there is none."""

    applicant_id: str
    invitation: Invitation | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What all candidates of one request have in common."""

    campaign: Campaign
    access: Access
    callback_url: str | None


def invite(
    state: Talentsoft,
    access: Access,
    campaign_id: str,
    invitations: Sequence[Mapping[str, Any]],
    callback_url: str | None = None,
) -> list[Invited]:
    """Invite candidates to a campaign.

    Raises ``NotFound`` or ``Conflict`` if the campaign is unknown or closed, ``TooLarge`` if they are too many.
    """
    campaign = state.campaign(access.customer, campaign_id)
    if not campaign.active:
        raise Conflict(f"Campaign {campaign_id!r} is closed.", fields={"campaign_id": ["Is closed."]})
    most = state.settings.max_invitations
    if most is not None and len(invitations) > most:
        raise TooLarge(f"invitations: at most {most} in one request.", fields={"invitations": [f"At most {most}."]})
    common = Batch(campaign, access, callback_url)
    seen: set[str] = set()
    results = []
    for applicant in invitations:
        results.append(_invite(state, common, applicant, seen))
        seen.add(applicant["applicant_id"].lower())
    return results


def _invite(state: Talentsoft, common: Batch, applicant: Mapping[str, Any], seen: set[str]) -> Invited:
    given: str = applicant["applicant_id"]
    applicant_id = given.lower()
    if not is_uuid(given):
        return Invited(given, error="applicant_id is not a UUID.")
    if applicant_id in seen:
        return Invited(given, error="applicant_id occurs twice in the request.")
    if not is_email(applicant["email"]):
        return Invited(given, error="email is not an e-mail address.")
    known = state.invitations.find(current_pair=(common.campaign.id, applicant_id))
    if known is not None:
        status = state.status_of(known)
        if status is Status.COMPLETED:
            return Invited(given, error="The applicant has completed this campaign already.")
        if status in OPEN:
            callback_url = common.callback_url or known.callback_url
            renewed = state.invitations.save(replace(known, callback_url=callback_url))
            return Invited(given, state.watch(renewed))
        state.watch(state.invitations.save(replace(known, superseded=True)))
    return Invited(given, _add(state, common, {**applicant, "applicant_id": applicant_id}))


def _add(state: Talentsoft, common: Batch, applicant: Mapping[str, Any]) -> Invitation:
    now = state.now()
    shares = _results_elsewhere(state, common.campaign, applicant["email"])
    added = state.add_invitation(
        campaign_id=common.campaign.id,
        client_id=common.access.client_id,
        invited_by=common.access.current_user,
        callback_url=common.callback_url,
        invited_at=now,
        expires_at=later(now, timedelta(days=state.settings.invitation_days)),
        status=Status.AWAITING_SHARING if shares else Status.WAITING,
        shares=shares.id if shares else None,
        **applicant,
    )
    return state.watch(added)


def _results_elsewhere(state: Talentsoft, campaign: Campaign, email: str) -> Invitation | None:
    """Return the invitation with which the candidate passed all tests of the campaign for another customer."""
    if not state.settings.result_sharing or not campaign.tests:
        return None
    for each in state.invitations.where(address=email.casefold()):
        other = state.campaigns.get(each.campaign_id)
        if each.results is not None and other.customer != campaign.customer and set(campaign.tests) <= set(other.tests):
            return each
    return None
