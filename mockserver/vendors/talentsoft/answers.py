"""What the partner answers about invitations, with the links that it gives them."""

from typing import Any
from urllib.parse import urlencode

from mockserver.vendors.talentsoft.entities import OPEN, Invitation, Report, Status
from mockserver.vendors.talentsoft.inviting import Invited
from mockserver.vendors.talentsoft.state import Talentsoft

_LINK_KEYS = {
    "both": ("assessment_invitation_link", "interview_invitation_link"),
    "assessment": ("assessment_invitation_link",),
    "interview": ("interview_invitation_link",),
}
_HAS_RESULTS = frozenset({Status.COMPLETED, Status.ARCHIVED})


def success(data: Any) -> dict[str, Any]:
    """Return the envelope of an answer with data."""
    return {**done(), "data": data}


def done() -> dict[str, Any]:
    """Return the envelope of an answer without data."""
    return {"code": 200, "status": "success", "message": None}


def invitation_result(state: Talentsoft, invited: Invited) -> dict[str, Any]:
    """Return what became of one candidate."""
    link = candidate_link(state, invited.invitation) if invited.invitation else None
    return {
        "applicant_id": invited.applicant_id,
        "status": "error" if invited.error else "success",
        "error_message": invited.error,
        **dict.fromkeys(_LINK_KEYS[state.settings.invitation_link_key], link),
    }


def assessment(state: Talentsoft, invitation: Invitation) -> dict[str, Any] | None:
    """Return status, links, scores and reports; None if its status is one that this partner does not have."""
    status = shown_status(state, invitation)
    if status is None:
        return None
    gone = status is Status.DELETED
    return {
        "campaign_id": invitation.campaign_id,
        "applicant_id": invitation.applicant_id,
        "status": status.value,
        "assessment_invitation_link": None if gone else candidate_link(state, invitation),
        "recruiter_link": None if gone else recruiter_link(state, invitation),
        "readonly_link": None if gone else readonly_link(state, invitation),
        **_results(state, invitation, status),
    }


def shown_status(state: Talentsoft, invitation: Invitation) -> Status | None:
    """Return where it stands as far as this partner says; None for a status that it does not have."""
    status = state.status_of(invitation)
    mandatory = (Status.WAITING, Status.IN_PROGRESS, Status.COMPLETED)
    if status in mandatory or status in state.settings.optional_statuses:
        return status
    return Status.WAITING if status is Status.AWAITING_SHARING else None


def candidate_link(state: Talentsoft, invitation: Invitation) -> str:
    """Return the address of the candidate's page."""
    return state.url(f"/test/{invitation.link}")


def recruiter_link(state: Talentsoft, invitation: Invitation) -> str:
    """Return the address of the recruiter's page."""
    return state.url(f"/assessment/{invitation.id}")


def readonly_link(state: Talentsoft, invitation: Invitation) -> str:
    """Return the address of the page that an iframe may show."""
    return state.url(f"/assessment/{invitation.id}/iframe")


def creation_link(state: Talentsoft, customer: str) -> str:
    """Return the address of the page on which a customer's recruiter creates a campaign."""
    return state.url(f"/campaigns/create?{urlencode({'customer': customer})}")


def reports(invitation: Invitation) -> dict[str, Report]:
    """Return all reports by the key of their address: ``global``, then 1, 2 and so on."""
    results = invitation.results
    if results is None:
        return {}
    first = {"global": results.global_report} if results.global_report else {}
    return first | {str(number): each for number, each in enumerate(results.reports, 1)}


def report_row(state: Talentsoft, invitation: Invitation, key: str, report: Report) -> dict[str, Any]:
    """Return a report with its address."""
    return {
        "name": report.name,
        "url": state.url(f"/assessment/{invitation.id}/reports/{key}"),
        "report_type": report.report_type,
        "language": report.language,
        "comment": report.comment,
    }


def _results(state: Talentsoft, invitation: Invitation, status: Status) -> dict[str, Any]:
    results = invitation.results if status in _HAS_RESULTS else None
    if results is None:
        early = state.settings.early_global_score if status in OPEN else None
        score = None if early is None else str(early)
        return {"global_score": score, "global_report": None, "scores": None, "reports": []}
    rows = {key: report_row(state, invitation, key, each) for key, each in reports(invitation).items()}
    return {
        "global_score": str(results.global_score),
        "global_report": rows.pop("global", None),
        "scores": [{"name": each.name, "value": str(each.value)} for each in results.scores],
        "reports": list(rows.values()),
    }
