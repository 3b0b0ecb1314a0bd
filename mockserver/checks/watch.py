"""A sandbox that a client is let loose on, and all that is seen of it there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from uuid import uuid4

from mockserver.checks.seen import Exchange, Scene, Seen
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence, Subject
from mockserver.contract.expressions import scalars
from mockserver.contract.observed import Finding
from mockserver.testing.admin import Admin, Refused, Unreachable
from mockserver.testing.sandbox import Mockserver, Sandbox
from mockserver.testing.server import running_child

RECENT = 1000
"""As many exchanges are gone through again whenever something new is told; more would take too long."""
_OWN = "default"
"""The sandbox of a server of our own, so that calls that lose the base URL's path are seen as well."""


class Room(NamedTuple):
    """How much is kept of what was seen, by the watch and by a server of our own; the oldest goes first."""

    exchanges: int = 200_000
    bytes: int = 512 * 1024 * 1024


ROOM = Room()


class Lost(Exception):
    """The sandbox is gone, or its server does not answer any more; the message says which."""


@dataclass(frozen=True)
class Place:
    """Where a client is let loose, and how the sandbox boots.

    That is the server at ``url``, or one of our own if it is empty: at ``port``, or at any that is free.
    """

    url: str
    boot: Mapping[str, Any]
    port: int | None = None
    room: Room = ROOM


@contextmanager
def watching(place: Place, contract: Contract) -> Iterator["Watch"]:
    """Give a fresh sandbox; raise ``CannotServe``, ``Unreachable``, ``Refused`` for a boot that is refused.

    The contract has the rules of manners too.
    """
    room = place.room
    if not place.url:
        options = (f"--journal-exchanges={room.exchanges}", f"--journal-bytes={room.bytes}")
        with (
            running_child(options, place.port) as child,
            closing(Admin(child.origin, lambda: f"It said:\n\n{child.said()}")) as admin,
        ):
            sandbox = Sandbox(Mockserver(admin, {}), _OWN)
            sandbox.admin("PUT", "", dict(place.boot))
            yield Watch(sandbox, contract, origin=child.origin, room=room)
        return
    origin = place.url.rstrip("/")
    with closing(Admin(origin)) as admin:
        server = Mockserver(admin, dict(place.boot))
        # Other checks may begin there at the same time.
        with server.sandbox(f"check-{uuid4().hex}") as sandbox:
            yield Watch(sandbox, contract, origin=origin, room=room)


class Watch:
    """What a client did in a sandbox of its own so far."""

    def __init__(self, sandbox: Sandbox, contract: Contract, *, origin: str, room: Room) -> None:
        self._sandbox = sandbox
        self._room = room
        self._exchanges: list[Exchange] = []
        self._bytes = 0
        self._past: dict[str, int] = self._told_of_journal()["past"]
        """What the journal says of its past; another one after a reset."""
        self._begun = 0
        """How many exchanges there were when the journal last began anew."""
        self._reset = False
        """Whether that happened when there may have been some already."""
        self._last: int = 0
        """The newest number that the journal has told since then."""
        self._read: int = 0
        """The newest number that was read since then."""
        self._ripe = 0
        """How many exchanges there were at the look before the last one."""
        self._told = 0
        """How many exchanges ``news`` has been through."""
        self._credentials: Mapping[str, Mapping[str, str]] = sandbox.admin("GET", "/credentials")
        self._scene = Scene(
            contract=contract,
            sandbox=sandbox.name,
            origin=origin,
            base_url=self._credentials[contract.vendor]["base_url"],
            pages=sandbox.server.pages,
            given=self._given(contract.vendor),
        )

    @cached_property
    def environment(self) -> dict[str, str]:
        """What a client is told, as variables: ``<VENDOR>_<NAME>`` of every vendor, and where the sandbox is."""
        told = {
            f"{vendor}_{name}".upper(): value
            for vendor, about in self._credentials.items()
            for name, value in about.items()
        }
        where = f"{self._scene.origin}/__admin/sandboxes/{self._sandbox.name}"
        return {**told, "MOCKSERVER_SANDBOX": self._sandbox.name, "MOCKSERVER_ADMIN_URL": where}

    @property
    def calls(self) -> int:
        """How many calls came in, of the vendor or of anything else."""
        return sum(each["direction"] == "in" for each in self._exchanges)

    def look(self) -> None:
        """Read what is new in the journal; raise ``Lost``."""
        try:
            found = self._unread()
        except (Refused, Unreachable) as error:
            raise Lost(str(error)) from None
        self._ripe = len(self._exchanges)
        self._exchanges += [{**each, "number": each["number"] + self._begun} for each in found]
        self._read = found[-1]["number"] if found else self._read
        self._bytes += sum(map(_size, found))
        self._make_room()

    def news(self) -> list[Finding]:
        """Return what is wrong with what came since this was asked last, and with the order while there are few.

        What only the last look has found waits for the next one: a call of mockserver to itself comes in first, and is
        known for its own when it has gone out.
        """
        if self._told == self._ripe:
            return []
        ripe = {each["number"] for each in self._exchanges[self._told : self._ripe]}
        found = [each for each in Seen(self._scene, self._exchanges[self._told :]).findings() if each.exchange in ripe]
        self._told = self._ripe
        return [*found, *self._seen().ordered().findings] if len(self._exchanges) <= RECENT else found

    def recent(self, findings: Sequence[Finding]) -> Evidence:
        """Return findings as evidence, with the last exchanges, from which secrets are known, and nothing else."""
        contract = self._scene.contract
        last = Seen(self._scene, self._exchanges[-RECENT:]).everything
        return Evidence(
            subject=Subject("client", contract.vendor, ""), contract=contract, exchanges=last, findings=findings
        )

    def evidence(self, name: str, notes: Sequence[str] = ()) -> Evidence:
        """Return what the client did, judged; ``name`` is what people call it."""
        return self._seen().evidence(name, notes)

    def _seen(self) -> Seen:
        numbers = {each["number"] for each in self._exchanges}
        lost = max(self._begun + self._last, *numbers, 0) - len(numbers)
        return Seen(self._scene, self._exchanges, lost=lost, reset=self._reset)

    def _make_room(self) -> None:
        gone = 0
        while len(self._exchanges) - gone > self._room.exchanges or self._bytes > self._room.bytes:
            self._bytes -= _size(self._exchanges[gone])
            gone += 1
        del self._exchanges[:gone]
        self._ripe, self._told = max(self._ripe - gone, 0), max(self._told - gone, 0)

    def _unread(self) -> list[dict[str, Any]]:
        """Return what came since the last look; after a reset that is all that there is."""
        while True:
            told = self._told_of_journal()
            if told["past"] != self._past:
                self._begin_anew(told["past"])
            self._last = told["last"]
            found = self._sandbox.journal(secrets="shown", after=self._read)
            # A reset in between would number what came after it as if it had come before.
            if not found or self._goes_on():
                return found

    def _goes_on(self) -> bool:
        """Tell whether there was no reset; where nobody can tell any more, what was read counts."""
        try:
            past: dict[str, int] = self._told_of_journal()["past"]
        except (Refused, Unreachable):
            return True
        return past == self._past

    def _begin_anew(self, past: dict[str, int]) -> None:
        """Let numbers go on behind all that came before a reset, read or not; if nothing did, it is a boot like any."""
        is_same = past["sandbox"] == self._past["sandbox"]
        if past["exchanges"] or self._exchanges or not is_same:
            self._reset = True
        else:
            self._scene = replace(self._scene, given=self._given(self._scene.contract.vendor))
        self._begun = max(past["exchanges"], self._begun + self._read)
        self._past, self._read = past, 0

    def _told_of_journal(self) -> dict[str, Any]:
        told: dict[str, Any] = self._sandbox.admin("GET", "/journal", limit=1)
        return told

    def _given(self, vendor: str) -> frozenset[str]:
        """Return all ids that a vendor has now."""
        return frozenset(scalars(self._sandbox.snapshot()["states"][vendor]))


def _size(exchange: Exchange) -> int:
    """Return how much there is to keep, near enough to bound it; the number does not count, for a reset changes it."""
    return sum(len(str(exchange[part])) for part in ("target", "request", "answer"))
