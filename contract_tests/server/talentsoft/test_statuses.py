"""The status call: whom it answers for, and what it says of them as their assessment goes on."""

import pytest

from contract_tests.server.pages import Browser, Page, unframed_by
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.talentsoft.partner import TESTS, Data, Partner, link_of, same_id

_LIST = "talentsoft.list_assessments"
_ITEM = f"{_LIST}.response.200.body.data.[]"
_WAITING = {"waiting", "awaitingSharing"}
_REPORT_TYPES = {"PDF", "HTML"}


def _has(items: list[Data], applicant: str) -> bool:
    return any(same_id(each.get("applicant_id"), applicant) for each in items)


@pytest.mark.clause(_LIST, "talentsoft.all-of-the-campaign")
def test_a_campaign_is_read(partner: Partner) -> None:
    """A status call that names no candidate is answered, in the envelope, with those of the campaign."""
    campaign = partner.campaign()
    reply = partner.enveloped(partner.needs(partner.statuses(campaign)))
    wrong = [each for each in reply.records("data") if str(each.get("campaign_id", campaign)) != campaign]
    partner.holds(
        f"{_ITEM}.campaign_id", not wrong, "Only the campaign asked for is answered.", expected=campaign, got=wrong
    )


@pytest.mark.clause(_LIST)
def test_the_language_is_not_mandatory(partner: Partner) -> None:
    """The recruiter's language may be given or not."""
    campaign = partner.campaign()
    for query in ({}, {"language": "fr-FR"}):
        partner.enveloped(partner.needs(partner.statuses(campaign, **query)))


@pytest.mark.clause("talentsoft.envelope-status")
def test_a_call_without_campaign_is_answered_in_the_envelope(partner: Partner) -> None:
    """Whatever is answered to a call that names no campaign is in the envelope."""
    partner.enveloped(partner.api("GET", TESTS))


@pytest.mark.writes
@pytest.mark.clause("talentsoft.mandatory-statuses", f"{_ITEM}.status.enum.waiting")
def test_who_was_just_invited_is_waiting(partner: Partner) -> None:
    """A candidate who has the invitation and has not started is waiting, with the link that was sent."""
    campaign, applicant, item = partner.invited()
    found = partner.assessment(campaign, applicant["applicant_id"])
    partner.holds(
        "talentsoft.mandatory-statuses",
        found.get("status") in _WAITING,
        "An invitation that was not begun is waiting.",
        expected="waiting",
        got=found.get("status"),
    )
    given = str(found.get("assessment_invitation_link"))
    told = "assessment_invitation_link is the link that was sent to the candidate."
    same = given.strip() == link_of(item).strip()
    partner.holds(f"{_ITEM}.assessment_invitation_link", same, told, expected=link_of(item), got=given)


@pytest.mark.writes
@pytest.mark.clause(_LIST, "talentsoft.all-of-the-campaign", "talentsoft.unknown-applicants-left-out")
def test_one_some_and_all(partner: Partner) -> None:
    """The candidates that are named are answered and no others; all of the campaign where none is named."""
    campaign, first, _ = partner.invited()
    second, third = partner.applicant(), partner.applicant()
    partner.needs(partner.invite(campaign, second, third))
    ids = [each["applicant_id"] for each in (first, second, third)]
    for asked in (ids[:1], ids[:2]):
        items = partner.needs(partner.statuses(campaign, *asked)).records("data")
        told = "Those who are named are answered, and nobody else."
        fits = len(items) == len(asked) and all(_has(items, each) for each in asked)
        partner.holds(_LIST, fits, told, expected=asked, got=[each.get("applicant_id") for each in items])
    everybody = partner.needs(partner.statuses(campaign)).records("data")
    partner.holds(
        "talentsoft.all-of-the-campaign",
        all(_has(everybody, each) for each in ids),
        "All candidates of the campaign are answered where none is named.",
        expected=ids,
        got=[each.get("applicant_id") for each in everybody],
    )
    unknown = partner.applicant()["applicant_id"]
    reply = partner.enveloped(partner.statuses(campaign, ids[0], unknown))
    left_out = reply.ok and not _has(reply.records("data"), unknown)
    partner.holds(
        "talentsoft.unknown-applicants-left-out", left_out, "Who was never invited is left out.", got=reply.told
    )


@pytest.mark.writes
@pytest.mark.clause("talentsoft.readonly-in-iframe")
def test_the_readonly_page_may_be_framed(partner: Partner) -> None:
    """The page behind readonly_link may be shown in an iframe of Talentsoft's."""
    campaign, applicant, _ = partner.invited()
    link = partner.assessment(campaign, applicant["applicant_id"]).get("readonly_link")
    if not link:
        pytest.skip("There is no readonly_link before the candidate begins.")
    refused = unframed_by(_page(partner, "talentsoft.readonly-in-iframe", str(link)).headers)
    told = "No header keeps the page from being framed."
    got = f"{refused} at {link}"
    partner.holds("talentsoft.readonly-in-iframe", not refused, told, expected="no such header", got=got)


@pytest.mark.writes
@pytest.mark.clause("talentsoft.mandatory-statuses", "talentsoft.scores-to-100")
def test_from_waiting_to_completed(partner: Partner) -> None:
    """A partner supports at least waiting, inProgress and completed; scores are percents, and come with completion."""
    campaign, applicant, item = partner.invited()
    link = link_of(item)
    for what, wanted in (("start", "inProgress"), ("complete", "completed")):
        partner.happens(what, campaign, applicant, link)
        found = partner.settled(campaign, applicant["applicant_id"], wanted)
        partner.holds(
            "talentsoft.mandatory-statuses",
            found.get("status") == wanted,
            f"After {what} the assessment is {wanted}.",
            expected=wanted,
            got=found.get("status"),
        )
        if wanted == "inProgress":
            none = found.get("global_score") is None and not found.get("scores")
            partner.holds(
                "talentsoft.scores-after-completion", none, "There are no scores before completion.", got=found
            )
    _percents(partner, found)


@pytest.mark.writes
@pytest.mark.clause("talentsoft.report-links")
def test_reports_are_what_they_say(partner: Partner) -> None:
    """A report of a completed assessment is read at its URL and is what its type says."""
    campaign, applicant, item = partner.invited()
    for what in ("start", "complete"):
        partner.happens(what, campaign, applicant, link_of(item))
    _reports(partner, partner.settled(campaign, applicant["applicant_id"], "completed"))


def _percents(partner: Partner, found: Data) -> None:
    """Hold that the scores which are numbers are within 0 to 100; that they are numbers the contract's schema says."""
    given = [found.get("global_score"), *(each.get("value") for each in _objects(found.get("scores")))]
    wrong = [each for each in given if not _is_percent(each)]
    told = "A score in percent is 0 to 100."
    partner.holds("talentsoft.scores-to-100", not wrong, told, expected="0 to 100", got=wrong)


def _is_percent(value: object) -> bool:
    """Tell whether a value is within 0 to 100, which what is no number is not beyond."""
    try:
        return 0 <= float(str(value).strip(" %").replace(",", ".")) <= 100
    except ValueError:
        return True


def _objects(rows: object) -> list[Data]:
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []


def _reports(partner: Partner, found: Data) -> None:
    """Hold that each report is at its address and is what its type says; raise ``CannotGoOn`` if none can be read."""
    given = [
        each for each in _objects([found.get("global_report")]) + _objects(found.get("reports")) if each.get("url")
    ]
    left_out = []
    for each in given:
        try:
            _report(partner, each)
        except CannotGoOn as reason:
            left_out.append(str(reason))
    if len(left_out) == len(given):
        raise CannotGoOn(" ".join(left_out) or "The completed assessment has no report.")


def _report(partner: Partner, report: Data) -> None:
    """Hold that a report is at its address and is what its type says; raise ``CannotGoOn`` if it cannot be read.

    One whose comment may be the access code of another page, which is there in its place, cannot.
    """
    url, wanted, name = str(report["url"]), str(report.get("report_type")), report.get("name")
    kind = _page(partner, "talentsoft.report-links", url).kind
    fits = wanted not in _REPORT_TYPES or kind in {"", wanted}
    if not fits and report.get("comment"):
        raise CannotGoOn(f"The report {name} may need what its comment says.")
    told = f"The report {name} is of the type {wanted}."
    partner.holds("talentsoft.report-links", fits, told, expected=wanted, got=f"{kind} at {url}")


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.parametrize(
    ("what", "status"), [("decline", "applicantDeclined"), ("expire", "expired"), ("cancel", "cancelled")]
)
@pytest.mark.clause(_LIST)
def test_optional_ends(partner: Partner, what: str, status: str) -> None:
    """An invitation may end otherwise than by completion; the statuses for that are optional."""
    campaign, applicant, item = partner.invited()
    partner.happens(what, campaign, applicant, link_of(item))
    found = partner.assessment(campaign, applicant["applicant_id"]).get("status")
    told = f"After {what} the status is {status}."
    partner.holds(f"{_ITEM}.status.enum.{status}", found == status, told, expected=status, got=found)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause(f"{_ITEM}.status.enum.archived", "talentsoft.report-links")
def test_a_completed_one_is_archived(partner: Partner) -> None:
    """Results that are put away are archived."""
    campaign, applicant, item = partner.invited()
    report = {"name": "Talents", "report_type": "HTML", "language": "fr-FR", "comment": "code 7"}
    partner.happens("start", campaign, applicant, link_of(item))
    partner.sandbox.action(
        "complete",
        campaign_id=campaign,
        applicant_id=applicant["applicant_id"],
        global_score=70,
        scores=[{"name": "logic", "value": 66}],
        global_report={**report, "name": "global", "report_type": "PDF"},
        reports=[report],
    )
    _reports(partner, partner.assessment(campaign, applicant["applicant_id"]))
    partner.happens("archive", campaign, applicant, link_of(item))
    found = partner.assessment(campaign, applicant["applicant_id"]).get("status")
    partner.holds(f"{_ITEM}.status.enum.archived", found == "archived", "It is archived.", got=found)


@pytest.mark.writes
@pytest.mark.clause("talentsoft.awaiting-sharing")
def test_results_at_another_customer(partner: Partner) -> None:
    """Who passed the campaign's tests for another customer is invited as awaitingSharing, until results are shared.

    That a candidate shares them is brought about at a mockserver only.
    """
    shared = partner.capability("shared_applicant")
    if not shared:
        pytest.skip("It needs shared_applicant of the capabilities: the e-mail of who has results elsewhere.")
    campaign, applicant = partner.campaign(), partner.applicant(email=shared)
    partner.needs(partner.invite(campaign, applicant))
    _shares(partner, campaign, applicant, "awaitingSharing", "Results that another customer has wait to be shared.")
    if partner.has_sandbox:
        partner.happens("share", campaign, applicant, "")
        _shares(partner, campaign, applicant, "completed", "Results that were shared complete the assessment.")


def _shares(partner: Partner, campaign: str, applicant: Data, status: str, told: str) -> None:
    found = partner.settled(campaign, applicant["applicant_id"], status).get("status")
    partner.holds("talentsoft.awaiting-sharing", found == status, told, expected=status, got=found)


@pytest.mark.clause("talentsoft.pull-as-application", "talentsoft.current-user-optional")
def test_a_batch_reads_without_user(partner: Partner) -> None:
    """The daily batch reads whole campaigns with a token of the application and no X-Current-User."""
    for each in partner.campaigns()[:3]:
        reply = partner.statuses(partner.id_of(each))
        partner.needs(reply, clause="talentsoft.pull-as-application")


def _page(partner: Partner, clause: str, url: str) -> Page:
    """Return a page; hold the clause that it is there. Raise ``CannotGoOn`` where it is not for everybody to see."""
    page = Browser(partner.target.timeout).open(url)
    told = "The page is there."
    partner.holds(clause, not page.missing, told, expected="a page", got=f"{page.status} at {url}")
    if not page.ok:
        raise CannotGoOn(f"{url} was answered {page.status}.")
    return page
