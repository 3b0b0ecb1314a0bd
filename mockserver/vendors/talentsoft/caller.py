"""What Talentsoft does at a partner: list campaigns, invite, refresh, erase, and the daily batch."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from mockserver.core.clock import later
from mockserver.core.errors import BadRequest
from mockserver.core.people import people
from mockserver.vendors.talentsoft import asks, errands, following
from mockserver.vendors.talentsoft.caller_entities import Cause, Errand, Partner
from mockserver.vendors.talentsoft.partners import partner_of
from mockserver.vendors.talentsoft.state import Talentsoft

OWN_CALLBACK = "/api/v1/assessmentcallback"
_DAY = timedelta(days=1)


def list_campaigns(
    state: Talentsoft, *, partner: str | None = None, keyword: str = "", language: str = "", **who: Any
) -> Errand:
    """Open the choice of campaigns, as a recruiter."""
    at = partner_of(state, partner)
    ask = asks.campaigns(keyword, language)
    return errands.start(
        state, at, "list_campaigns", [ask], parameters={"keyword": keyword, "language": language}, **_actor(at, **who)
    )


def campaign_creation_link(state: Talentsoft, *, partner: str | None = None, **who: Any) -> Errand:
    """Ask for the page that creates a campaign, as a recruiter."""
    at = partner_of(state, partner)
    return errands.start(state, at, "campaign_creation_link", [asks.creation_link()], **_actor(at, **who))


def invite(
    state: Talentsoft,
    *,
    campaign_id: str,
    partner: str | None = None,
    invitations: Sequence[Mapping[str, Any]] = (),
    count: int | None = None,
    seed: int = 0,
    callback_url: str | None = "",
    **who: Any,
) -> Errand:
    """Invite candidates to a campaign: those given, or a number of made-up ones; raise ``BadRequest`` unless either.

    An empty ``callback_url`` is this sandbox's own, None is none.
    """
    if bool(invitations) == (count is not None):
        raise BadRequest(
            "Give either invitations or a count of candidates to make up.",
            fields={"invitations": ["Give either these or count."]},
        )
    at = partner_of(state, partner)
    candidates = list(invitations) or made_up(count or 0, seed)
    address = state.url(OWN_CALLBACK) if callback_url == "" else callback_url
    following.expect(state, at.id, campaign_id, candidates)
    ask = asks.invitation(campaign_id, candidates, address)
    parameters = {"campaign_id": campaign_id, "applicants": list(ask.applicants), "callback_url": address}
    return errands.start(state, at, "invite", [ask], parameters=parameters, **_actor(at, **who))


def made_up(count: int, seed: int) -> list[dict[str, Any]]:
    """Return believable candidates; the same seed gives the same ones."""
    return [
        {
            "applicant_id": person.uuid,
            "lastname": person.last_name,
            "firstname": person.first_name,
            "phone": person.phone,
            "email": person.email,
            "language": person.language,
        }
        for person in people(seed, count)
    ]


def refresh(
    state: Talentsoft,
    *,
    campaign_id: str,
    partner: str | None = None,
    applicants: Sequence[str] = (),
    language: str = "",
    **who: Any,
) -> Errand:
    """Ask where candidates stand, or all of a campaign, as when a recruiter opens a candidate's page."""
    at = partner_of(state, partner)
    ask = asks.assessments(campaign_id, applicants, language)
    parameters = {"campaign_id": campaign_id, "applicants": list(applicants), "language": language}
    return errands.start(state, at, "refresh", [ask], parameters=parameters, **_actor(at, **who))


def erase(
    state: Talentsoft,
    *,
    applicant_id: str,
    partner: str | None = None,
    email: str | None = None,
    campaigns: Sequence[str] | None = None,
    **who: Any,
) -> Errand:
    """Have a candidate erased, in campaigns or, if the list is empty, in all.

    What is not given is what is known of the candidate. Raises ``BadRequest`` if nothing is.
    """
    at = partner_of(state, partner)
    known = list(state.followed.where(partner=at.id, applicant_id=applicant_id.lower()))
    address = email or next((each.email for each in known if each.email), None)
    chosen = list(campaigns) if campaigns is not None else [each.campaign_id for each in known]
    missing = {"email": address is None, "campaigns": campaigns is None and not known}
    if any(missing.values()):
        raise BadRequest(
            f"Nothing is known of applicant {applicant_id!r}; give e-mail and campaigns.",
            fields={name: ["Missing."] for name, is_missing in missing.items() if is_missing},
        )
    ask = asks.erasure(applicant_id, address or "", chosen)
    parameters = {"applicant_id": applicant_id, "campaigns": chosen}
    return errands.start(state, at, "erase", [ask], parameters=parameters, **_actor(at, **who))


def batch(
    state: Talentsoft, *, partner: str | None = None, campaigns: Sequence[str] | None = None, daily: bool = False
) -> Errand:
    """Ask where everybody stands in campaigns, or in all that somebody was invited to; daily comes again in a day."""
    at = partner_of(state, partner)
    invited = dict.fromkeys(each.campaign_id for each in state.followed.where(partner=at.id))
    chosen = list(invited if campaigns is None else dict.fromkeys(campaigns))
    if daily:
        again = {} if campaigns is None else {"campaigns": list(campaigns)}
        state.plan("caller_batch", later(state.now(), _DAY), f"batch {at.id}", partner=at.id, daily=True, **again)
    todo = [asks.assessments(each) for each in chosen]
    return errands.start(state, at, "batch", todo, cause="batch", parameters={"campaigns": chosen})


def pull(state: Talentsoft, partner: Partner, campaign_id: str, applicant_id: str) -> Errand:
    """Ask where a candidate stands because the partner has told of an update."""
    parameters = {"campaign_id": campaign_id, "applicants": [applicant_id]}
    todo = [asks.assessments(campaign_id, [applicant_id])]
    return errands.start(state, partner, "refresh", todo, cause="callback", parameters=parameters)


def _actor(partner: Partner, recruiter: str | None = None, as_application: bool = False) -> dict[str, Any]:
    """Return who acts and why: a recruiter, the partner's own unless another is named, or nobody."""
    acting = None if as_application else recruiter or partner.recruiter
    cause: Cause = "recruiter" if acting else "application"
    return {"recruiter": acting, "cause": cause}
