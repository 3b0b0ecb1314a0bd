"""SmarterProctoring: provisioning, assignments, exam sessions with their appointments, and onboarding."""

from mockserver.core.vendor import Vendor
from mockserver.vendors.smarterproctoring.actions import ACTIONS
from mockserver.vendors.smarterproctoring.errors import TITLE
from mockserver.vendors.smarterproctoring.events import EVENTS, proves
from mockserver.vendors.smarterproctoring.generate import generate
from mockserver.vendors.smarterproctoring.pages import api
from mockserver.vendors.smarterproctoring.progressions import PROGRESSIONS
from mockserver.vendors.smarterproctoring.settings import Settings
from mockserver.vendors.smarterproctoring.state import SmarterProctoring


def credentials(state: SmarterProctoring) -> dict[str, str]:
    """Return the first API token of the fixtures, and the SIDs that a client is told with it."""
    return {
        "token": next((each.token for each in state.tokens), ""),
        "install_sid": next((each.sid for each in state.installs), ""),
        "integration_sid": next((each.sid for each in state.integrations), ""),
    }


vendor = Vendor(
    name="smarterproctoring",
    title=TITLE,
    plays="the vendor: its REST API, the onboarding pages and where sign-on links end",
    package=__name__,
    state=SmarterProctoring,
    settings=Settings,
    api=api,
    credentials=credentials,
    actions=ACTIONS,
    events=EVENTS,
    proves=proves,
    progressions=PROGRESSIONS,
    generate=generate,
    secrets=frozenset({"token", "redirect", "cardToken", "password", "secret"}),
)
