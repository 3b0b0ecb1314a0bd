"""Verbs without an API, carried out by name: for the admin API, the agenda and whoever else knows only names."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import BadRequest
from mockserver.core.sources import load
from mockserver.core.vendor import Action, Vendor

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox


def find_action(sandbox: "Sandbox", name: str) -> tuple[Vendor, Action]:
    """Return the action called ``vendor.action`` and its vendor; raise ``BadRequest``."""
    for vendor in sandbox.vendors:
        for action in vendor.actions:
            if name == f"{vendor.name}.{action.name}":
                return vendor, action
    message = f"There is no action {name!r}; GET /__admin/sandboxes/{sandbox.name}/actions lists them."
    raise BadRequest(message, fields={"action": [message]})


def act(sandbox: "Sandbox", name: str, arguments: Mapping[str, Any]) -> Any:
    """Carry out an action, whole or not at all, and return the entity that it changed.

    Raises ``BadRequest`` for an unknown action or wrong arguments, and whatever the verb refuses with.
    """
    own = sandbox.own_actions.get(name)
    if own is not None:
        with sandbox.transaction():
            return own()
    vendor, action = find_action(sandbox, name)
    with sandbox.transaction():
        loaded = load(action.accepts, arguments, "arguments")
        return action.verb(sandbox.states[vendor.name], **loaded)
