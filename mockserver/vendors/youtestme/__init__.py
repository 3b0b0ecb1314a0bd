"""YouTestMe: the vendor's REST API for users, test authorizations, SSO links and webhooks."""

from mockserver.core.vendor import Vendor
from mockserver.vendors.youtestme import pages  # noqa: F401 - declares the pages on the api
from mockserver.vendors.youtestme.actions import ACTIONS
from mockserver.vendors.youtestme.events import EVENTS, proves
from mockserver.vendors.youtestme.generate import generate
from mockserver.vendors.youtestme.operations import api
from mockserver.vendors.youtestme.progressions import PROGRESSIONS
from mockserver.vendors.youtestme.settings import Settings
from mockserver.vendors.youtestme.state import YouTestMe


def credentials(state: YouTestMe) -> dict[str, str]:
    """Return the first API key of the fixtures."""
    return {"api_key": next((key.id for key in state.api_keys), "")}


vendor = Vendor(
    name="youtestme",
    title="YouTestMe",
    plays="the vendor: its REST API, the pages behind its SSO links and its webhook",
    package=__name__,
    state=YouTestMe,
    settings=Settings,
    api=api,
    credentials=credentials,
    actions=ACTIONS,
    events=EVENTS,
    proves=proves,
    progressions=PROGRESSIONS,
    generate=generate,
    secrets=frozenset(
        {
            "headers.authorization",
            "x-api-key",
            "cookie",
            "set-cookie",
            "secret",
            "token",
            "api_keys.id",
            "logins.id",
        }
    ),
)
