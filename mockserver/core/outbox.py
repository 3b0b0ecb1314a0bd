"""The calls that a sandbox owes to receivers outside, and every attempt at them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from mockserver.core.clock import later
from mockserver.core.collection import Collection, UndoLog
from mockserver.core.errors import Conflict, Full
from mockserver.core.events import Call
from mockserver.core.ids import Ids

MOST_OWED = 10_000
MOST_SETTLED = 2_000

Stage = Literal["waiting", "sending", "delivered", "failed", "refused", "cancelled", "dropped"]

OWED = ("waiting", "sending")
"""The stages of a delivery that is not settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: what was sent and what came of it; ``status`` is None where no answer came, and ``error`` says why."""

    number: int
    at: datetime
    request_headers: str
    body: bytes
    status: int | None = None
    answer_headers: str = ""
    answer_body: bytes = b""
    error: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One call owed. ``due`` is when the next attempt leaves, None once it is settled or being sent.

    ``tries`` counts the attempts since it was owed or redelivered, ``fault`` names the webhook fault that it suffers.
    """

    number: int
    id: str
    vendor: str
    event: str
    method: str
    url: str
    content_type: str
    body: bytes
    created: datetime
    key: str = ""
    due: datetime | None = None
    stage: Stage = "waiting"
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    fault: str = ""
    rule: int | None = None
    """The number of the fault rule behind ``fault``."""
    held: bool = False
    """Whether it is held back until a later one to the same receiver has been sent."""


class Outbox:
    """Deliveries by number. Whoever changes one does it in a transaction of the sandbox."""

    def __init__(self, ids: Ids, undo: UndoLog) -> None:
        self.deliveries: Collection[Delivery] = Collection(
            "deliveries", Delivery, key="number", index=("stage",), undo=undo
        )
        self._ids = ids

    def count(self, *stages: str) -> int:
        """Count the deliveries at these stages."""
        return sum(self.deliveries.count("stage", stage) for stage in stages)

    def owe(self, vendor: str, event: str, call: Call, now: datetime, **changes: Any) -> Delivery:
        """Remember a call to make at once, unless ``changes`` say otherwise; raise ``Full`` if too many are owed."""
        if len(self.deliveries) >= MOST_OWED:
            self._forget_settled()
            if len(self.deliveries) >= MOST_OWED:
                raise Full(f"{MOST_OWED} deliveries wait to be sent, the most that a sandbox keeps; cancel some.")
        values: dict[str, Any] = {
            "number": self._ids.number("deliveries"),
            "id": self._ids.hex("delivery", 24),
            "vendor": vendor,
            "event": event,
            "method": call.method,
            "url": call.url,
            "content_type": call.content_type,
            "body": call.body,
            "key": call.key,
            "created": now,
            "due": now,
        }
        return self.deliveries.add(Delivery(**{**values, **changes}))

    def next_due(self) -> datetime | None:
        """Return when the next attempt is due, None if none waits."""
        return min((each.due for each in self.deliveries.where(stage="waiting") if each.due), default=None)

    def take_due(self, now: datetime) -> list[Delivery]:
        """Mark what is due as being sent, and return it in order."""
        waiting = self.deliveries.where(stage="waiting")
        due = sorted((each for each in waiting if each.due and each.due <= now), key=_in_order)
        return [self.deliveries.save(replace(each, stage="sending", due=None, held=False)) for each in due]

    def settle(
        self, delivery: Delivery, attempt: Attempt, retries: Sequence[timedelta], *, wait: timedelta | None = None
    ) -> Delivery:
        """Remember an attempt, and decide what follows: success, the next step of the ladder, or the end.

        ``wait`` is what the receiver's ``Retry-After`` asked for, which a shorter step gives way to.
        """
        tried = replace(delivery, attempts=(*delivery.attempts, attempt), tries=delivery.tries + 1, due=None)
        if attempt.status is not None and 200 <= attempt.status < 300:
            return self._settled(replace(tried, stage="delivered"))
        if attempt.status == 410 or tried.tries > len(retries):
            return self._settled(replace(tried, stage="failed"))
        step = max(retries[tried.tries - 1], wait or timedelta(0))
        return self.deliveries.save(replace(tried, stage="waiting", due=later(attempt.at, step)))

    def end(self, delivery: Delivery, stage: Stage, attempt: Attempt | None = None) -> Delivery:
        """Settle a delivery without another attempt: refused, cancelled or dropped."""
        attempts = delivery.attempts if attempt is None else (*delivery.attempts, attempt)
        return self._settled(replace(delivery, stage=stage, due=None, attempts=attempts))

    def redeliver(self, number: int, now: datetime) -> Delivery:
        """Send a settled delivery again, its ladder from the start; raise ``Conflict`` for one still owed."""
        delivery = self.deliveries.get(number)
        if delivery.stage in OWED:
            raise Conflict(f"Delivery {number} is {delivery.stage}; only a settled one is redelivered.")
        return self.deliveries.save(replace(delivery, stage="waiting", due=now, tries=0))

    def cancel(self, number: int) -> Delivery:
        """Give a delivery up that waits for its next attempt; raise ``Conflict`` for any other."""
        delivery = self.deliveries.get(number)
        if delivery.stage != "waiting":
            raise Conflict(f"Delivery {number} is {delivery.stage}; only a waiting one is cancelled.")
        return self.end(delivery, "cancelled")

    def forget(self, number: int) -> Delivery:
        """Forget a delivery; raise ``Conflict`` for one that is being sent."""
        if self.deliveries.get(number).stage == "sending":
            raise Conflict(f"Delivery {number} is being sent; delete it afterwards.")
        return self.deliveries.remove(number)

    def _settled(self, delivery: Delivery) -> Delivery:
        saved = self.deliveries.save(delivery)
        if len(self.deliveries) > MOST_SETTLED:
            self._forget_settled()
        return saved

    def _forget_settled(self) -> None:
        """Forget the oldest settled deliveries beyond ``MOST_SETTLED``."""
        settled = [each for each in self.deliveries if each.stage not in OWED]
        for each in settled[: max(0, len(settled) - MOST_SETTLED)]:
            self.deliveries.remove(each.number)


def _in_order(delivery: Delivery) -> tuple[datetime, int]:
    return delivery.due or delivery.created, delivery.number
