"""What the checks of Talentsoft are about: a campaign of the partner, and candidates for it."""

from typing import Any

from contract_tests.client.stage import Stage

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
OPEN = ("waiting", "inProgress", "awaitingSharing")


def campaign(stage: Stage) -> str:
    """Have the partner make a campaign; return its id."""
    made = stage.act("create_campaign", name="Analysts", language="en-GB")
    return str(made["id"])


def invitations(stage: Stage) -> list[dict[str, Any]]:
    """Return the invitations that the partner has."""
    return stage.vendor.entities("invitations")
