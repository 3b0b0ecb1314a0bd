"""What people see at the partner: the candidate's link, the recruiter's, the reports, the campaigns."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from mockserver.core.errors import ApiError, NotFound
from mockserver.core.operation import Answer, Request
from mockserver.core.pages import Pages
from mockserver.core.sources import Form, Query
from mockserver.vendors.talentsoft import answers, pdf
from mockserver.vendors.talentsoft.entities import Campaign, Invitation, Report
from mockserver.vendors.talentsoft.operations import api
from mockserver.vendors.talentsoft.schemas import CampaignFormSchema, CreationQuerySchema, ResultFormSchema
from mockserver.vendors.talentsoft.state import Talentsoft

_pages = Pages("mockserver.vendors.talentsoft", "Assessment partner")


def refused(error: ApiError, request: Request) -> Answer:
    """Return the page that says why not."""
    return Answer(_pages.render("refused.html", status=error.status, message=error.message), error.status)


@api.page("GET", "/test/{link}", errors=refused)
def show_invitation(state: Talentsoft, link: str) -> Answer:
    """Show a candidate what there is to do."""
    invitation = state.behind_link(link)
    address = answers.candidate_link(state, invitation)
    return Answer(_pages.render("candidate.html", address=address, **_about(state, invitation)))


@api.page("POST", "/test/{link}/start", errors=refused)
def start_test(state: Talentsoft, link: str) -> Answer:
    """Begin the tests, as the candidate."""
    return _by_candidate(state, link, state.start)


@api.page("POST", "/test/{link}/complete", errors=refused, accepts=Form(ResultFormSchema()))
def complete_test(state: Talentsoft, link: str, data: dict[str, int]) -> Answer:
    """Finish the tests, as the candidate, with the score that the form holds."""
    return _by_candidate(state, link, state.complete, **data)


@api.page("POST", "/test/{link}/decline", errors=refused)
def decline_test(state: Talentsoft, link: str) -> Answer:
    """Refuse the tests, as the candidate."""
    return _by_candidate(state, link, state.decline)


@api.page("POST", "/test/{link}/share", errors=refused)
def share_results(state: Talentsoft, link: str) -> Answer:
    """Share the results that another customer has, as the candidate."""
    return _by_candidate(state, link, state.share)


@api.page("GET", "/assessment/{invitation_id}", errors=refused)
def show_assessment(state: Talentsoft, invitation_id: str) -> Answer:
    """Show a recruiter an assessment, and what can be done with it."""
    return _assessment_page(state, invitation_id, readonly=False)


@api.page("GET", "/assessment/{invitation_id}/iframe", errors=refused)
def show_readonly_assessment(state: Talentsoft, invitation_id: str) -> Answer:
    """Show an assessment to be looked at only, in an iframe too."""
    return _assessment_page(state, invitation_id, readonly=True)


@api.page("POST", "/assessment/{invitation_id}/cancel", errors=refused)
def cancel_invitation(state: Talentsoft, invitation_id: str) -> Answer:
    """Take the invitation back, as the recruiter."""
    return _by_recruiter(state, invitation_id, state.cancel)


@api.page("POST", "/assessment/{invitation_id}/archive", errors=refused)
def archive_assessment(state: Talentsoft, invitation_id: str) -> Answer:
    """Put the results away, as the recruiter."""
    return _by_recruiter(state, invitation_id, state.archive)


@api.page("GET", "/assessment/{invitation_id}/reports/{report}", errors=refused)
def show_report(state: Talentsoft, invitation_id: str, report: str) -> Answer:
    """Show a report, as a page or as a PDF file."""
    invitation = state.behind_id(invitation_id)
    found = answers.reports(invitation).get(report)
    if found is None:
        raise NotFound("There is no such report.")
    return _report_answer(state, invitation, found)


@api.page("GET", "/campaigns/create", errors=refused, accepts=Query(CreationQuerySchema()))
def show_campaign_form(state: Talentsoft, data: dict[str, str]) -> Answer:
    """Show the form that creates a campaign."""
    address = state.url("/campaigns/create")
    return Answer(_pages.render("create.html", address=address, customers=state.customers(), chosen=data["customer"]))


@api.page("POST", "/campaigns/create", errors=refused, accepts=Form(CampaignFormSchema()))
def create_campaign(state: Talentsoft, data: dict[str, Any]) -> Answer:
    """Create a campaign, as a recruiter."""
    campaign = state.create_campaign(**data)
    return _see(_campaign_address(state, campaign))


@api.page("GET", "/campaigns/{campaign_id}", errors=refused)
def show_campaign(state: Talentsoft, campaign_id: str) -> Answer:
    """Show a campaign and who was invited to it."""
    campaign = state.campaigns.get(campaign_id)
    rows = [answers.assessment(state, each) for each in state.invitations_to(campaign)]
    address = _campaign_address(state, campaign)
    return Answer(
        _pages.render("campaign.html", campaign=campaign, rows=[each for each in rows if each], address=address)
    )


@api.page("POST", "/campaigns/{campaign_id}/close", errors=refused)
def close_campaign(state: Talentsoft, campaign_id: str) -> Answer:
    """Close a campaign, as a recruiter."""
    return _see(_campaign_address(state, state.close_campaign(campaign_id)))


def _by_candidate(state: Talentsoft, link: str, verb: Callable[..., Invitation], **arguments: int) -> Answer:
    invitation = verb(state.behind_link(link).id, **arguments)
    return _see(answers.candidate_link(state, invitation))


def _by_recruiter(state: Talentsoft, invitation_id: str, verb: Callable[[str], Invitation]) -> Answer:
    return _see(answers.recruiter_link(state, verb(state.behind_id(invitation_id).id)))


def _see(address: str) -> Answer:
    return Answer(status=303, headers={"Location": address})


def _assessment_page(state: Talentsoft, invitation_id: str, *, readonly: bool) -> Answer:
    invitation = state.behind_id(invitation_id)
    rows = [answers.report_row(state, invitation, key, each) for key, each in answers.reports(invitation).items()]
    address = answers.recruiter_link(state, invitation)
    about = _about(state, invitation)
    return Answer(_pages.render("assessment.html", address=address, reports=rows, readonly=readonly, **about))


def _report_answer(state: Talentsoft, invitation: Invitation, report: Report) -> Answer:
    about = _about(state, invitation)
    if report.report_type == "HTML":
        return Answer(_pages.render("report.html", report=report, **about))
    lines = [
        f"Report {report.name}",
        f"{invitation.firstname} {invitation.lastname}, {about['campaign'].name}",
        *(f"{name}: {percent} %" for name, percent in about["scores"]),
    ]
    return Answer(pdf.document(lines), headers={"Content-Type": "application/pdf"})


def _about(state: Talentsoft, invitation: Invitation) -> dict[str, Any]:
    results = invitation.results
    scores = [("Global score", results.global_score), *((s.name, s.value) for s in results.scores)] if results else []
    return {
        "invitation": invitation,
        "campaign": state.campaigns.get(invitation.campaign_id),
        "status": state.status_of(invitation).value,
        "scores": scores,
    }


def _campaign_address(state: Talentsoft, campaign: Campaign) -> str:
    return state.url(f"/campaigns/{quote(campaign.id, safe='')}")
