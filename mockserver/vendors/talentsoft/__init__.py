"""Talentsoft: the API that an assessment partner serves to it, the partner's pages, and Talentsoft as the caller."""

from typing import TYPE_CHECKING

from mockserver.core.vendor import Opener, Vendor
from mockserver.vendors.talentsoft import pages  # noqa: F401 - declares the pages on the api
from mockserver.vendors.talentsoft.actions import ACTIONS
from mockserver.vendors.talentsoft.events import EVENTS
from mockserver.vendors.talentsoft.generate import generate
from mockserver.vendors.talentsoft.grants import recruiter_assertion
from mockserver.vendors.talentsoft.operations import api
from mockserver.vendors.talentsoft.progressions import PROGRESSIONS
from mockserver.vendors.talentsoft.settings import Settings
from mockserver.vendors.talentsoft.state import Talentsoft

if TYPE_CHECKING:
    from click import Group


def credentials(state: Talentsoft) -> dict[str, str]:
    """Return the first client of the fixtures, and where Talentsoft takes callbacks."""
    client = next(iter(state.clients), None)
    return {
        "client_id": client.id if client else "",
        "client_secret": client.secret if client else "",
        "callback_url": state.url("/api/v1/assessmentcallback"),
    }


def commands(opener: Opener) -> "Group":
    """Return the commands that call a partner server."""
    from mockserver.vendors.talentsoft.commands import group

    return group(opener)


vendor = Vendor(
    name="talentsoft",
    title="Talentsoft",
    plays="an assessment partner, its API, pages and callbacks; and Talentsoft, which calls partners",
    package=__name__,
    state=Talentsoft,
    settings=Settings,
    api=api,
    credentials=credentials,
    actions=ACTIONS,
    events=EVENTS,
    progressions=PROGRESSIONS,
    generate=generate,
    commands=commands,
    token=recruiter_assertion,
    secrets=frozenset(
        {"headers.authorization", "client_secret", "assertion", "access_token", "clients.secret", "access_tokens.id"}
    ),
)
