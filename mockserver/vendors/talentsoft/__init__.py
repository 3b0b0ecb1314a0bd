"""Talentsoft: the API that an assessment partner serves to it, the partner's pages, and Talentsoft's callback."""

from mockserver.core.vendor import Vendor
from mockserver.vendors.talentsoft import pages  # noqa: F401 - declares the pages on the api
from mockserver.vendors.talentsoft.actions import ACTIONS
from mockserver.vendors.talentsoft.generate import generate
from mockserver.vendors.talentsoft.grants import recruiter_assertion
from mockserver.vendors.talentsoft.operations import api
from mockserver.vendors.talentsoft.settings import Settings
from mockserver.vendors.talentsoft.state import Talentsoft


def credentials(state: Talentsoft) -> dict[str, str]:
    """Return the first client of the fixtures, and where Talentsoft takes callbacks."""
    client = next(iter(state.clients), None)
    return {
        "client_id": client.id if client else "",
        "client_secret": client.secret if client else "",
        "callback_url": state.url("/api/v1/assessmentcallback"),
    }


vendor = Vendor(
    name="talentsoft",
    title="Talentsoft",
    plays="an assessment partner, its API and pages, as Talentsoft calls it; and Talentsoft's callback receiver",
    package=__name__,
    state=Talentsoft,
    settings=Settings,
    api=api,
    credentials=credentials,
    actions=ACTIONS,
    generate=generate,
    token=recruiter_assertion,
    secrets=frozenset(
        {"authorization", "client_secret", "assertion", "access_token", "clients.secret", "access_tokens.id"}
    ),
)
