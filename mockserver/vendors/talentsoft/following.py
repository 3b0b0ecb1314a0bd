"""What Talentsoft learns of candidates from what partners answer."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.vendors.talentsoft.caller_entities import Ask, Errand, Followed, followed_id
from mockserver.vendors.talentsoft.entities import Status
from mockserver.vendors.talentsoft.formats import is_uuid
from mockserver.vendors.talentsoft.reading import Remarks
from mockserver.vendors.talentsoft.state import Talentsoft


def expect(state: Talentsoft, partner: str, campaign_id: str, people: Iterable[Mapping[str, Any]]) -> None:
    """Follow candidates from the moment they are to be invited: a partner may tell of one before it answers."""
    for person in people:
        known = _known(state, partner, campaign_id, person["applicant_id"])
        asked = replace(known, email=person["email"], invited_at=state.now(), invitation="asked", error_message=None)
        _keep(state, asked)


def learn_invitations(
    state: Talentsoft, errand: Errand, ask: Ask, found: Iterable[Mapping[str, Any]], remarks: Remarks
) -> list[dict[str, Any]]:
    """Remember what a partner says of each candidate it was to invite, and return the rows that are about one."""
    awaited = dict.fromkeys(ask.applicants)
    rows = []
    for row in found:
        applicant_id = row["applicant_id"].lower()
        if applicant_id not in ask.applicants:
            remarks.note(f"The answer is about {row['applicant_id'][:80]!r}, who was not in the request.")
            continue
        awaited.pop(applicant_id, None)
        known = _known(state, errand.partner, ask.campaign_id, applicant_id)
        invited = replace(
            known,
            invitation=row["status"],
            error_message=row["error_message"],
            link=row["link"] or known.link,
        )
        _keep(state, invited)
        rows.append(dict(row))
    for applicant_id in awaited:
        remarks.note(f"The answer says nothing of {applicant_id}, who was in the request.")
    return rows


def learn_assessments(
    state: Talentsoft, errand: Errand, ask: Ask, found: Iterable[Mapping[str, Any]], remarks: Remarks
) -> list[dict[str, Any]]:
    """Remember where assessments stand, and return the rows that are about those asked for."""
    awaited = dict.fromkeys(ask.applicants)
    rows = []
    for row in found:
        if not _is_asked_for(row, ask, remarks):
            continue
        awaited.pop(row["applicant_id"].lower(), None)
        known = _known(state, errand.partner, ask.campaign_id, row["applicant_id"])
        told = {name: value for name, value in row.items() if name not in ("campaign_id", "applicant_id", "link")}
        link = row["link"] or known.link
        learned = replace(known, **told, link=link, refreshed_at=state.now(), refreshed_by=errand.cause)
        _keep(state, learned)
        rows.append(dict(row))
    for applicant_id in awaited:
        remarks.note(f"The answer says nothing of {applicant_id}, who was asked for.")
    return rows


def learn_erasure(state: Talentsoft, errand: Errand, ask: Ask) -> list[dict[str, Any]]:
    """Forget an erased candidate, in the campaigns of the request or in all, and return whom and where."""
    campaigns = errand.parameters["campaigns"]
    for known in state.followed.where(partner=errand.partner, applicant_id=ask.applicants[0]):
        if not campaigns or known.campaign_id in campaigns:
            erased = Followed(
                id=known.id,
                partner=known.partner,
                campaign_id=known.campaign_id,
                applicant_id=known.applicant_id,
                invited_at=known.invited_at,
                invitation=known.invitation,
                status=Status.DELETED.value,
            )
            _keep(state, erased)
    return [{"applicant_id": ask.applicants[0], "campaigns": list(campaigns)}]


def _is_asked_for(row: Mapping[str, Any], ask: Ask, remarks: Remarks) -> bool:
    applicant_id = row["applicant_id"]
    if row["campaign_id"] != ask.campaign_id:
        remarks.note(f"The answer is about campaign {row['campaign_id'][:80]!r}, which was not asked for.")
        return False
    if ask.applicants and applicant_id.lower() not in ask.applicants:
        remarks.note(f"The answer is about {applicant_id[:80]!r}, who was not asked for.")
        return False
    if not ask.applicants and not is_uuid(applicant_id):
        remarks.note(f"The answer is about {applicant_id[:80]!r}, which is no UUID of Talentsoft's.")
        return False
    return True


def _known(state: Talentsoft, partner: str, campaign_id: str, applicant_id: str) -> Followed:
    key = followed_id(partner, campaign_id, applicant_id)
    found = state.followed.find(id=key)
    return found or Followed(id=key, partner=partner, campaign_id=campaign_id, applicant_id=applicant_id.lower())


def _keep(state: Talentsoft, followed: Followed) -> None:
    if followed.id in state.followed:
        state.followed.save(followed)
    else:
        state.followed.add(followed)
