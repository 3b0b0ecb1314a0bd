"""Constructor Proctor: the vendor's simple integration, its API and the pages of test takers and proctors."""

from mockserver.core.vendor import Vendor
from mockserver.vendors.constructor.actions import actions
from mockserver.vendors.constructor.events import EVENTS, proves
from mockserver.vendors.constructor.generate import generate
from mockserver.vendors.constructor.operations import api
from mockserver.vendors.constructor.progressions import PROGRESSIONS
from mockserver.vendors.constructor.settings import Settings
from mockserver.vendors.constructor.state import ConstructorProctor
from mockserver.vendors.constructor.tokens import fresh_token
from mockserver.vendors.constructor.views import TITLE


def credentials(state: ConstructorProctor) -> dict[str, str]:
    """Return the first integration's name and secret."""
    integration = next(iter(state.integrations), None)
    return {
        "integration": integration.name if integration else "",
        "secret": integration.secret if integration else "",
    }


vendor = Vendor(
    name="constructor",
    title=TITLE,
    plays="the vendor: its API, the start page of test takers, the video archive and its callbacks",
    package=__name__,
    state=ConstructorProctor,
    settings=Settings,
    api=api,
    credentials=credentials,
    actions=actions,
    events=EVENTS,
    proves=proves,
    progressions=PROGRESSIONS,
    generate=generate,
    token=fresh_token,
    secrets=frozenset({"headers.authorization", "token", "secret"}),
)
