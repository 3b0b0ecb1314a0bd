"""What the checks of Talentsoft are about: a campaign of the partner, and candidates for it."""

from collections.abc import Collection, Mapping
from typing import Any

from contract_tests.client import returned
from contract_tests.client.stage import Stage
from contract_tests.clients.answers import Record

TOM = {
    "applicant_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "firstname": "Tom",
    "lastname": "Palmer",
    "phone": "+441614960003",
    "email": "tom@people.example",
    "language": "en-GB",
}
UMA = {
    "applicant_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "firstname": "Uma",
    "lastname": "Quist",
    "phone": None,
    "email": "uma@people.example",
    "language": None,
}

TOKENS = ("create_token", "create_token_at_root")
"""Where a token is asked for."""

_INVITE = "talentsoft.invite_applicants"


def campaign(stage: Stage) -> str:
    """Have the partner make a campaign; return its id."""
    made = stage.act("create_campaign", name="Analysts", language="en-GB")
    return str(made["id"])


def listed(stage: Stage, *asked: str) -> list[Record]:
    """Return the campaigns that the client lists, by keyword and language if they are given; it asks for them."""
    with stage.calling("list_campaigns"):
        return returned.records("campaigns", stage.client.campaigns(*asked))


def invitations(stage: Stage) -> list[dict[str, Any]]:
    """Return the invitations that the partner has."""
    return stage.vendor.entities("invitations")


def invite(
    stage: Stage, campaign_id: str, applicants: Collection[Mapping[str, Any]], callback_url: str | None = None
) -> None:
    """Have the client invite candidates, on the way to what comes after: the partner has an invitation of each."""
    with stage.on_the_way(_INVITE):
        stage.client.invite(campaign_id, applicants, callback_url)
        known = {(each["campaign_id"], each["applicant_id"]) for each in invitations(stage)}
        missing = [each["applicant_id"] for each in applicants if (campaign_id, each["applicant_id"]) not in known]
        stage.expect(not missing, "The partner has an invitation of each.", "all invited", f"none of {missing}")


def complete(stage: Stage, campaign_id: str, applicant_id: str | None) -> None:
    """Let a candidate who was invited start and complete."""
    about = {"campaign_id": campaign_id, "applicant_id": applicant_id}
    stage.act("start", **about)
    stage.act("complete", **about, global_score=82)
