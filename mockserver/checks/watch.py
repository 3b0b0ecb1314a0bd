"""A sandbox that a client is let loose on, and the evidence of what it did there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence, Subject
from mockserver.contract.expressions import scalars
from mockserver.contract.judge import judge_call
from mockserver.contract.observed import Finding, Observed
from mockserver.contract.order import judge_order, order_checks
from mockserver.contract.verdict import counted
from mockserver.testing.admin import Admin
from mockserver.testing.judging import observed
from mockserver.testing.sandbox import Mockserver, Sandbox
from mockserver.testing.server import running_child

_OWN = "default"
"""The sandbox of a server of our own, so that calls that lose the base URL's path are seen as well."""
_ROOM = ("--journal-exchanges=200000", "--journal-bytes=536870912")
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Place:
    """Where a client is let loose: the server at ``url``, one of our own if it is empty, and how the sandbox boots."""

    url: str
    boot: Mapping[str, Any]


@contextmanager
def watching(place: Place, contract: Contract) -> Iterator["Watch"]:
    """Give a fresh sandbox; raise ``CannotServe``, ``Unreachable``, ``Refused`` for a boot that is refused."""
    if not place.url:
        with running_child(_ROOM) as child:
            admin = Admin(child.origin, lambda: f"It said:\n\n{child.said()}")
            sandbox = Sandbox(Mockserver(admin, {}), _OWN)
            sandbox.admin("PUT", "", dict(place.boot))
            yield Watch(sandbox, contract, origin=child.origin)
            admin.close()
        return
    admin = Admin(place.url.rstrip("/"))
    server = Mockserver(admin, dict(place.boot))
    taken = {each["name"] for each in admin.call("GET", "/sandboxes")}
    name = next(f"check-{number}" for number in count(1) if f"check-{number}" not in taken)
    with server.sandbox(name) as sandbox:
        yield Watch(sandbox, contract, origin=place.url.rstrip("/"))
    admin.close()


class Watch:
    """What a client did in a sandbox of its own so far."""

    def __init__(self, sandbox: Sandbox, contract: Contract, origin: str) -> None:
        self._sandbox = sandbox
        self._contract = contract
        self._origin = origin
        self._exchanges: list[Mapping[str, Any]] = []
        self._given = frozenset(scalars(sandbox.snapshot()["states"][contract.vendor]))
        self._credentials: Mapping[str, Mapping[str, str]] = sandbox.admin("GET", "/credentials")

    @cached_property
    def environment(self) -> dict[str, str]:
        """What a client is told, as variables: ``<VENDOR>_<NAME>`` of every vendor, and where the sandbox is."""
        told = {
            f"{vendor}_{name}".upper(): value
            for vendor, about in self._credentials.items()
            for name, value in about.items()
        }
        where = f"{self._origin}/__admin/sandboxes/{self._sandbox.name}"
        return {**told, "MOCKSERVER_SANDBOX": self._sandbox.name, "MOCKSERVER_ADMIN_URL": where}

    @property
    def base_url(self) -> str:
        """Where the vendor is."""
        return self._credentials[self._contract.vendor]["base_url"]

    def look(self, wait: str | None = None) -> bool:
        """Read what is new in the journal, waiting for something so long; tell whether there was anything."""
        last = self._exchanges[-1]["number"] if self._exchanges else 0
        found = self._sandbox.journal(wait=wait, after=last, secrets="shown")
        self._exchanges += found
        return bool(found)

    def evidence(self, name: str, notes: Sequence[str] = ()) -> Evidence:
        """Return what the client did, judged; ``name`` is what people call it."""
        calls = self._of_vendor(self._is_call)
        outside = [each for each in self._strays if self._meant(each)]
        findings = [found for each in calls for found in judge_call(self._contract, each)]
        findings += [self._astray(each) for each in outside]
        # What is lost may have held any id.
        given = None if self._lost else self._given
        everything = self._of_vendor(lambda _: True)
        found = judge_order(self._contract, everything, given)
        told = {each.exchange for each in found}
        shown = {
            each.number: each for each in [*calls, *outside, *(each for each in everything if each.number in told)]
        }
        return Evidence(
            subject=Subject("client", self._contract.vendor, name),
            contract=self._contract,
            exchanges=[shown[number] for number in sorted(shown)],
            findings=[*findings, *found],
            checks=order_checks(self._contract, everything, given),
            notes=[*notes, *self._notes(len(outside))],
        )

    @property
    def calls(self) -> int:
        """How many calls came in, of the vendor or of anything else."""
        return sum(each["direction"] == "in" for each in self._exchanges)

    @property
    def _lost(self) -> int:
        """Exchanges that the journal has given up before anybody looked."""
        numbers = {each["number"] for each in self._exchanges}
        return max(numbers, default=0) - len(numbers)

    def _is_call(self, exchange: Mapping[str, Any]) -> bool:
        return exchange["direction"] == "in" and exchange["operation"] not in self._sandbox.server.pages

    def _of_vendor(self, wanted: Any) -> list[Observed]:
        vendor = self._contract.vendor
        return [self._observed(each) for each in self._exchanges if each["vendor"] == vendor and wanted(each)]

    def _observed(self, exchange: Mapping[str, Any]) -> Observed:
        if exchange["direction"] == "out":
            event = {**exchange, "target": ""}
            told = exchange["operation"].partition(".")[2]
            return replace(observed(event, self._sandbox.name), webhook=told, url=exchange["target"], at=exchange["at"])
        seen = observed(dict(exchange), self._sandbox.name)
        host = seen.headers.get("host")
        origin = f"http://{host}" if host else self._origin
        fault = exchange["fault"]
        spoiled = f"mockserver put a fault in: {fault}" if fault else ""
        return replace(seen, url=f"{origin}{exchange['target']}", at=exchange["at"], spoiled=spoiled)

    # What came to no vendor

    @property
    def _strays(self) -> list[Observed]:
        """Calls outside of every vendor, their addresses as paths, so that nothing takes them for the vendor's."""
        found = [each for each in self._exchanges if each["direction"] == "in" and not each["vendor"]]
        return [replace(seen, path=seen.url.partition("?")[0]) for seen in map(self._observed, found)]

    def _meant(self, seen: Observed) -> bool:
        """Tell whether a call outside of every vendor looks like one of this vendor that lost its base URL."""
        steps = urlsplit(seen.path).path.split("/")
        return any(self._contract.operation(seen.method, "/" + "/".join(steps[cut:])) for cut in range(1, len(steps)))

    def _astray(self, seen: Observed) -> Finding:
        return Finding(
            clause=f"{self._contract.vendor}.paths",
            says="Only what is documented can be called.",
            confidence=CONFIDENCES[0],
            source=None,
            place="request.path",
            expected=f"a path below {self.base_url}",
            got=f"{seen.method} {seen.url}",
            exchange=seen.number,
        )

    def _notes(self, astray: int) -> Iterator[str]:
        coming = [each for each in self._exchanges if each["direction"] == "in"]
        others = Counter(each["vendor"] for each in coming if each["vendor"] not in {None, self._contract.vendor})
        if others:
            yield f"Not judged: calls of {', '.join(f'{name} ({number})' for name, number in others.items())}."
        strays = [each for each in self._strays if not self._meant(each)]
        if strays:
            shown = ", ".join(f"{each.method} {each.path}" for each in strays[:_MOST_SHOWN])
            yield f"Not judged: {counted(len(strays), 'request')} outside of every vendor ({shown})."
        if self._lost:
            lost = counted(self._lost, "exchange")
            yield f"The journal had to give up {lost}; neither they nor the whole order were judged."
        if not astray and not any(each["vendor"] == self._contract.vendor for each in coming):
            yield f"Nothing was called at {self.base_url}."
