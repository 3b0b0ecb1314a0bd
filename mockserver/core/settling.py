"""What follows when a delivery has settled: the vendor is told."""

import logging
from typing import TYPE_CHECKING

from mockserver.core.outbox import Attempt, Delivery

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")


def tell_settled(sandbox: "Sandbox", delivery: Delivery, attempt: Attempt) -> None:
    """Tell the vendor what came of a delivery; a defect in what it does then leaves the settlement standing."""
    try:
        with sandbox.transaction():
            event = sandbox.event(delivery.vendor, delivery.event)
            event.answered(sandbox.states[delivery.vendor], delivery, attempt)
    except Exception:
        LOG.exception("%s.%s failed when it settled", delivery.vendor, delivery.event)


def tell_unsent(sandbox: "Sandbox", delivery: Delivery, reason: str) -> None:
    """Tell the vendor that a delivery has settled without being sent, or sent again."""
    number = len(delivery.attempts) + 1
    nothing = Attempt(number=number, at=sandbox.clock.now(), request_headers="", body=b"", error=reason)
    tell_settled(sandbox, delivery, nothing)
