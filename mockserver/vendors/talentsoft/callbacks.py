"""What Talentsoft does when a partner tells of an update: it remembers that, and asks the partner what has changed."""

from mockserver.core.errors import Forbidden, NotFound
from mockserver.vendors.talentsoft.caller import pull
from mockserver.vendors.talentsoft.caller_entities import Partner, followed_id
from mockserver.vendors.talentsoft.entities import Callback
from mockserver.vendors.talentsoft.state import Talentsoft


def receive_callback(state: Talentsoft, client_id: str, applicant_id: str, campaign_id: str) -> Callback:
    """Remember a partner's notification, and read the assessment if it is one that Talentsoft invited to there.

    Raises ``Forbidden`` for an unknown client and ``NotFound`` for what nobody was invited to.
    """
    partner = _inviter(state, client_id, applicant_id, campaign_id)
    if partner is None:
        _check_own(state, client_id, applicant_id, campaign_id)
    errand = pull(state, partner, campaign_id, applicant_id.lower()) if partner else None
    return state.callbacks.add(
        Callback(
            id=state.mint_callback(),
            client_id=client_id,
            applicant_id=applicant_id.lower(),
            campaign_id=campaign_id,
            received_at=state.now(),
            errand=errand.id if errand else None,
        )
    )


def _inviter(state: Talentsoft, client_id: str, applicant_id: str, campaign_id: str) -> Partner | None:
    """Return the partner of this client at which Talentsoft invited the candidate, the last connected one first."""
    for partner in reversed(list(state.partners.where(client_id=client_id))):
        known = state.followed.find(id=followed_id(partner.id, campaign_id, applicant_id))
        if known is not None and known.invitation in ("asked", "success"):
            return partner
    return None


def _check_own(state: Talentsoft, client_id: str, applicant_id: str, campaign_id: str) -> None:
    """Raise ``Forbidden`` or ``NotFound`` unless it is an invitation of the partner that this sandbox plays."""
    client = state.clients.find(id=client_id)
    if client is None:
        if state.partners.find(client_id=client_id) is not None:
            message = f"Applicant {applicant_id!r} was never invited to campaign {campaign_id!r}."
            raise NotFound(message, collection="followed", field="applicant_id")
        message = f"Client {client_id!r} is unknown."
        raise Forbidden(message, fields={"client_id": [message]})
    state.campaign(client.customer, campaign_id)
    state.invitation(campaign_id, applicant_id)
