"""What a vendor declares of the calls that it makes by itself: webhooks, callbacks, and requests of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from mockserver.core.outbox import Attempt, Delivery


class Call(msgspec.Struct, frozen=True):
    """One request that an event owes to one receiver.

    ``key`` is for the vendor: it names the entity whose secret signs each attempt, or what the answer is about.
    """

    url: str
    body: bytes = b""
    content_type: str = "application/json"
    method: str = "POST"
    key: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What a receiver found out about who sent a request."""

    valid: bool
    says: str


def never(state: Any) -> Sequence[timedelta]:
    """Try once only."""
    return ()


def unread(state: Any, delivery: "Delivery", attempt: "Attempt") -> None:
    """Make nothing of the answer."""


def nothing_proves(state: Any) -> Sequence[str]:
    """Name no header."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens at a vendor and that it tells others about."""

    name: str
    """The operation id of the contract's webhook; with the vendor's name in front it is the event's id everywhere."""
    says: str
    calls: Callable[..., Iterable[Call]]
    """(state, **what the verb tells) -> the calls owed, none where nobody listens."""
    headers: Callable[[Any, "Delivery", datetime], Mapping[str, str]]
    """(state, delivery, instant) -> what an attempt carries besides its content type, minted anew for each one.

    It may raise ``ApiError`` where nothing can be sent any more, which ends the delivery.
    """
    proofs: Callable[[Any], Sequence[str]] = nothing_proves
    """(state) -> names of the headers that prove who sent it."""
    proves_body: bool = False
    """Whether these headers prove the body too, as a signature over it does."""
    retries: Callable[[Any], Sequence[timedelta]] = never
    """(state) -> how long after each failed attempt the next one follows, in sandbox time."""
    answered: Callable[[Any, "Delivery", "Attempt"], None] = unread
    """Told of the attempt that settled a delivery, whether it succeeded, was the last to fail, or was never sent."""
