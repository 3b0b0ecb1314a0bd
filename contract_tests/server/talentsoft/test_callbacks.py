"""The partner's callback, received."""

from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.talentsoft.partner import CALLBACK, Partner, link_of, same_id
from mockserver.contract.observed import Observed

pytestmark = pytest.mark.writes

_SECONDS = 10.0
_FURTHER = 1.5


def _told(partner: Partner, path: str, what: tuple[str, ...]) -> tuple[str, str, list[Observed]]:
    """Invite somebody with a callback address of its own, let things happen, and return what was called back."""
    __tracebackhide__ = True
    served = partner.capability("callback")
    if served is False:
        pytest.skip("The capabilities say that the partner does not call back; it is optional.")
    campaign, applicant, item = partner.invited(callback_url=f"{partner.receiver.url}{path}")
    for action in what:
        partner.happens(action, campaign, applicant, link_of(item))
    came = partner.receiver.at(path, 1, _SECONDS if served and not partner.mute else 1.0)
    if came and not partner.has_sandbox:
        came = partner.receiver.at(path, len(what), _FURTHER)
    partner.mute = not came
    if not came and served is None and not partner.has_sandbox:
        told = "The partner did not call back; it is optional (capability callback: true makes it count)."
        raise CannotGoOn(told)
    told = "An update of an assessment is told at the callback_url of its invitation."
    partner.holds("talentsoft.callback-on-update", came, told, expected="a POST", got="nothing")
    for each in came:
        partner.received(replace(each, webhook="assessment_updated"), CALLBACK)
    return campaign, applicant["applicant_id"], came


@pytest.mark.clause("talentsoft.callback-on-update", "talentsoft.callback-address")
def test_an_update_is_told(partner: Partner) -> None:
    """The partner calls the callback_url of the invitation when the assessment is updated: here, completed."""
    campaign, applicant, came = _told(partner, "/callback/completed", ("start", "complete"))
    partner.exercised("talentsoft.callback-address")
    form = {name: values[-1] for name, values in parse_qs(came[-1].body.decode(errors="replace")).items()}
    wanted = {"client_id": partner.client_id, "applicant_id": applicant, "campaign_id": campaign}
    fits = (
        same_id(form.get("applicant_id"), applicant) and {**form, "applicant_id": applicant}.items() >= wanted.items()
    )
    partner.holds(
        "talentsoft.assessment_updated", fits, "The callback says whose it is.", expected=str(wanted), got=form
    )


@pytest.mark.clause("talentsoft.pull-as-application")
def test_what_is_told_can_be_read(partner: Partner) -> None:
    """After a callback the application reads the assessment, with no X-Current-User, and finds what is new."""
    campaign, applicant, _ = _told(partner, "/callback/read", ("start", "complete"))
    partner.forget_token()
    partner.needs(partner.statuses(campaign, applicant), clause="talentsoft.pull-as-application")
    found = partner.settled(campaign, applicant, "completed", "talentsoft.pull-as-application").get("status")
    told = "What was told of is found when it is asked for."
    partner.holds("talentsoft.pull-as-application", found == "completed", told, expected="completed", got=found)


@pytest.mark.clause("talentsoft.callback-is-a-hint")
def test_a_callback_has_no_results(partner: Partner) -> None:
    """A callback carries no result; who wants it asks for the status."""
    _, _, came = _told(partner, "/callback/hint", ("start", "complete"))
    texts = [each.body.decode(errors="replace") for each in came]
    none = not any("score" in each or "completed" in each for each in texts)
    partner.holds("talentsoft.callback-is-a-hint", none, "A callback carries no result.", got=texts)
