"""Receivers for those who have none: they keep what comes, and answer as they are told."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mockserver.core.collection import Collection
from mockserver.core.errors import Full
from mockserver.core.operation import Request

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

MOST_INBOXES = 100
MOST_RECEIVED = 1_000
MOST_DELAY = 60

HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")]
HeaderValue = Annotated[str, Meta(pattern=r"^[\x20-\x7e]{0,4000}\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One receiver, and how it answers: so for the next ``times`` requests and then 200, or so for good if None."""

    name: str
    status: Annotated[int, Meta(ge=200, le=599)] = 200
    headers: dict[HeaderName, HeaderValue] = field(default_factory=dict)
    body: str = ""
    delay: Annotated[float, Meta(ge=0, le=MOST_DELAY)] = 0.0
    """Real seconds before it answers."""
    times: Annotated[int, Meta(ge=1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What one vendor makes of a request."""

    vendor: str
    valid: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request that came to an inbox; header names are lower-case."""

    number: int
    inbox: str
    at: datetime
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    proofs: tuple[Proven, ...] = ()
    status: int = 200


class Inboxes:
    """The inboxes of one sandbox, made on first use, and what they received; the oldest is forgotten first."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self.inboxes: Collection[Inbox] = Collection("inboxes", Inbox, key="name", undo=sandbox.undo)
        self.received: Collection[Received] = Collection(
            "received", Received, key="number", index=("inbox",), undo=sandbox.undo
        )

    def put(self, inbox: Inbox) -> Inbox:
        """Say how an inbox answers from now on; raise ``Full`` if there are too many."""
        if inbox.name in self.inboxes:
            return self.inboxes.save(inbox)
        if len(self.inboxes) >= MOST_INBOXES:
            raise Full(f"There are {MOST_INBOXES} inboxes, the most that a sandbox keeps.")
        return self.inboxes.add(inbox)

    def take(self, name: str, request: Request) -> Inbox:
        """Keep a request, with what each vendor can tell of its sender, and return how to answer it."""
        inbox = self.inboxes.find(name=name) or self.put(Inbox(name=name))
        number = self._sandbox.ids.number("received")
        self.received.add(
            Received(
                number=number,
                inbox=name,
                at=self._sandbox.clock.now(),
                method=request.method,
                target=request.target,
                headers=dict(request.headers),
                body=request.body,
                proofs=self._proofs(request),
                status=inbox.status,
            )
        )
        for old in list(self.received)[: max(0, len(self.received) - MOST_RECEIVED)]:
            self.received.remove(old.number)
        if inbox.times is not None:
            left = inbox.times - 1
            self.inboxes.save(replace(inbox, times=left) if left else Inbox(name=name))
        return inbox

    def clear(self, name: str) -> int:
        """Forget what an inbox received, and return how much that was."""
        gone = list(self.received.where(inbox=name))
        for each in gone:
            self.received.remove(each.number)
        return len(gone)

    def _proofs(self, request: Request) -> tuple[Proven, ...]:
        found = []
        for vendor in self._sandbox.vendors:
            proof = vendor.proves(self._sandbox.states[vendor.name], request) if vendor.proves else None
            if proof is not None:
                found.append(Proven(vendor=vendor.name, valid=proof.valid, says=proof.says))
        return tuple(found)
