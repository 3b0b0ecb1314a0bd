"""Where a candidate's browser finds the vendors' pages once a scenario was played."""

import json
from collections.abc import Iterator
from typing import Any

from contract_tests.clients.youtestme import YouTestMe
from contract_tests.players.world import World


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Yield what each page is, with its address, for those vendors whose pages were opened."""
    for exchange in _newest(world, "youtestme.create_sso_link"):
        candidate = json.loads(exchange["request"]["body"]).get("userExternalId")
        client = YouTestMe(world.url("youtestme"), world.credentials("youtestme")["api_key"], **world.manner)
        if candidate is not None:
            yield "Candidate at YouTestMe", client.sso_link(candidate)
    for exchange in _newest(world, "smarterproctoring.show_onboarding"):
        yield "Candidate's onboarding", world.url("smarterproctoring") + exchange["target"].partition("proctoring")[2]
    if _newest(world, "constructor.start_session"):
        sessions = world.admin("GET", "/state/constructor/sessions?limit=1000")["entities"]
        yield "Candidate at Constructor", f"{world.url('constructor')}/session/{sessions[-1]['id']}/"


def _newest(world: World, operation: str) -> list[Any]:
    """Return the newest exchange of an operation that succeeded, nothing if there is none."""
    found: list[Any] = world.admin("GET", f"/journal?operation={operation}&order=newest&limit=100")["exchanges"]
    return [each for each in found if each["status"] < 400][:1]
