"""A server and its sandboxes, as a test sees them; all of it over HTTP."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockserver.testing.admin import Admin, Refused, Unreachable, is_told
from mockserver.testing.arranged import Arranged
from mockserver.testing.vendor import JSON, Faults, Vendor

if TYPE_CHECKING:
    from mockserver.contract.contract import Contract
    from mockserver.contract.observed import Finding

__tracebackhide__ = is_told


class ContractWarning(UserWarning):
    """A subject does what a vendor's public pages, but none of its documents, have otherwise."""


class NothingToJudge(Exception):
    """The subject did nothing, or not all that it did is known any more."""


class Mockserver:
    """A running server. ``boot`` is how its sandboxes start where nothing else is said; raises ``Unreachable``."""

    def __init__(self, admin: Admin, boot: JSON) -> None:
        self.url = admin.origin
        self.vendors: tuple[str, ...] = tuple(_index(admin)["vendors"])
        self._admin = admin
        self._boot = boot
        self._contracts: dict[str, Contract] = {}
        self._pages: frozenset[str] | None = None
        self.boots: dict[str, JSON] = {}
        """States at boot, for ``Arranged``."""

    def admin(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the admin API below ``/__admin`` and return its JSON; raise ``Refused`` if it refuses."""
        return self._admin.call(method, path, body, **query)

    def text(self, path: str, **query: Any) -> str:
        """Return what the admin API has below ``/__admin`` as text."""
        return self._admin.text("GET", path, **query)

    @contextmanager
    def sandbox(self, name: str, *, scenario: "str | Path | None" = None, **boot: Any) -> Iterator["Sandbox"]:
        """Make a sandbox, deleted at the end: booted so, or by a scenario, which says itself how.

        Raises ``Refused``. What a sandbox of that name held before is gone.
        """
        made = Sandbox(self, name)
        if scenario is None:
            made.admin("PUT", "", {**self._boot, **boot})
        else:
            made.run(scenario)
        try:
            yield made
        finally:
            made.delete()

    def contract(self, vendor: str) -> "Contract":
        """Return a vendor's contract as this server documents it."""
        from mockserver.contract.contract import Contract

        if vendor not in self._contracts:
            self._contracts[vendor] = Contract(vendor, self.admin("GET", f"/documents/{vendor}.json"))
        return self._contracts[vendor]

    @property
    def pages(self) -> frozenset[str]:
        """The ids of what people see in a browser, which no contract documents."""
        if self._pages is None:
            self._pages = frozenset(each["id"] for each in self.admin("GET", "/operations") if each["page"])
        return self._pages


class Sandbox:
    """One sandbox of a server."""

    def __init__(self, server: Mockserver, name: str) -> None:
        self.server = server
        self.name = name
        self.url = f"{server.url}/sandbox/{name}"
        self.clock = Clock(self)
        self.faults = Faults(self)
        self.arranged = Arranged(server.boots)

    def __repr__(self) -> str:
        return f"<Sandbox {self.name} at {self.server.url}>"

    def admin(self, method: str, path: str = "", body: Any = None, **query: Any) -> Any:
        """Call the admin API below ``/__admin/sandboxes/<name>`` and return its JSON; raise ``Refused``."""
        if path and not path.startswith("/"):
            raise ValueError(f"A path of the admin API begins with a slash: {path!r}.")
        answer = self.server.admin(method, f"/sandboxes/{self.name}{path}", body, **query)
        if (method, path) == ("PUT", ""):
            self.arranged.begin(body, answer, self.snapshot)
        else:
            self.arranged.note(method, path, body, answer)
        return answer

    def delete(self) -> None:
        """Delete it, unless it is gone already."""
        try:
            self.admin("DELETE")
        except Unreachable:
            return  # the server took its sandboxes with it
        except Refused as refused:
            if refused.status != 404:
                raise

    def vendor(self, name: str) -> Vendor:
        """Return one vendor in this sandbox; raise ``LookupError``."""
        if name not in self.server.vendors:
            raise LookupError(f"There is no vendor {name!r}; known are {', '.join(self.server.vendors)}.")
        return Vendor(self, name)

    def inbox(self, name: str) -> "Inbox":
        """Return a receiver of webhooks, which is there as soon as it is named."""
        return Inbox(self, name)

    def outbox(self, **filters: Any) -> list[JSON]:
        """Return what the vendors sent or owe, oldest first; filters are ``stage``, ``event`` and ``url``."""
        found: list[JSON] = []
        while True:
            after = found[-1]["number"] if found else None
            page = self.admin("GET", "/outbox", **{**filters, "after": after, "limit": 1000})["deliveries"]
            found += page
            if not page:
                return found

    def journal(self, *, wait: str | None = None, count: int | None = None, **filters: Any) -> list[JSON]:
        """Return exchanges, oldest first, secrets masked unless ``secrets="shown"``.

        Filters are those of the admin API: ``vendor``, ``operation``, ``method``, ``status``, ``direction`` and so on.
        With ``wait``, a duration of real time, it returns as soon as ``count`` of them fit, or what there is then.
        """
        if wait is not None:
            what = {name: value for name, value in filters.items() if name != "secrets"}
            self.admin("GET", "/journal", **{**what, "limit": 1, "wait": wait, "count": count})
        path = f"/sandboxes/{self.name}/journal/export"
        exported = self.server.text(path, **{**filters, "format": "ndjson"})
        return [json.loads(line) for line in exported.splitlines() if line]

    def snapshot(self) -> JSON:
        """Return all that the sandbox is, its journal apart, as one document."""
        snapshot: JSON = self.admin("GET", "/snapshot")
        return snapshot

    def restore(self, snapshot: JSON) -> None:
        """Put what a snapshot holds in this sandbox's place."""
        self.admin("PUT", "/snapshot", snapshot)

    def run(self, scenario: "str | Path | None" = None) -> JSON:
        """Boot as a scenario says and begin it, one of the library by name or a file; return where the run stands.

        Without a scenario it just tells.
        """
        if scenario is None:
            run: JSON = self.admin("GET", "/run")
        elif isinstance(scenario, Path):
            run = self.admin("POST", "/run", scenario.read_text(encoding="utf-8"))
        else:
            run = self.admin("POST", "/run", {"scenario": scenario})
        return run

    def verdict(self) -> dict[str, str]:
        """Return which expectations of the scenario are broken, by their places in it; empty if it holds."""
        return {each["place"]: each["says"] for each in self.admin("GET", "/run/verdict")["broken"]}

    def assert_contract(
        self, level: str = "example", *, order: bool = True, given: Collection[Any] = (), **filters: Any
    ) -> "list[Finding]":
        """Fail with what the subject does otherwise than the vendors document; return what fails nobody.

        Judged are the calls that came, their order unless ``order`` is False, and what was answered to the webhooks
        and calls that the vendors sent elsewhere than to an inbox. ``level`` is the least certain confidence that
        counts: ``documented``, ``example``, ``public`` or ``inferred``. Findings that are ``public`` and do not count
        warn (``ContractWarning``). ``given`` are ids that the client has from elsewhere than from the vendors, the
        fixtures and this sandbox's actions. Filters, those of ``journal``, leave out exchanges. Raises
        ``NothingToJudge`` if there are none.
        """
        __tracebackhide__ = True
        from mockserver.testing.judging import Wanted, assert_contract

        if isinstance(given, str):
            raise TypeError(f"given takes a list of ids, not one: [{given!r}].")
        return assert_contract(self, Wanted(level, order, given, filters))


class Clock:
    """A sandbox's clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        """Return sandbox time."""
        return datetime.fromisoformat(self._sandbox.admin("GET", "/clock")["now"])

    def advance(self, duration: str | timedelta) -> JSON:
        """Let time pass; all that falls due on the way has fired, and is told, when this returns.

        ``"0s"`` sends what is due by now and waits until it has arrived.
        """
        return self._move(advance=_as_duration(duration))

    def freeze(self, instant: str | datetime | None = None) -> JSON:
        """Stop the clock, where it is or at a later instant."""
        if not isinstance(instant, str | datetime | None):
            raise TypeError(f"An instant is a text like '2026-01-31T09:00:00Z' or a datetime, not {instant!r}.")
        at = instant.isoformat() if isinstance(instant, datetime) else instant
        return self._move(freeze=True if at is None else at)

    def thaw(self) -> JSON:
        """Let the clock run."""
        return self._move(thaw=True)

    def until_idle(self, within: str | timedelta | None = None) -> JSON:
        """Let time pass until nothing is due any more, but not longer than ``within`` (a year and a day)."""
        return self._move(until="idle", **({} if within is None else {"within": _as_duration(within)}))

    def _move(self, **move: Any) -> JSON:
        moved: JSON = self._sandbox.admin("POST", "/clock", move)
        return moved


class Inbox:
    """A receiver of webhooks inside of a sandbox; ``url`` is where they are to be sent."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        if not name or "/" in name:
            raise ValueError(f"An inbox has a name without slashes, not {name!r}.")
        self.name = name
        quoted = quote(name, safe="")
        self.url = f"{sandbox.server.url}/__admin/sandboxes/{sandbox.name}/inbox/{quoted}"
        self._path = f"/inboxes/{quoted}"
        self._sandbox = sandbox

    def received(self) -> list[JSON]:
        """Return what was received, oldest first, with what the vendors make of its signatures (``proofs``)."""
        found: list[JSON] = []
        while True:
            after = found[-1]["number"] if found else None
            page = self._sandbox.admin("GET", self._path, after=after, limit=1000)["received"]
            found += page
            if not page:
                return found

    def answer(self, **how: Any) -> JSON:
        """Say how it answers: ``status``, ``headers``, ``body``, ``delay``, and for how many requests (``times``)."""
        inbox: JSON = self._sandbox.admin("PUT", self._path, how)
        return inbox

    def clear(self) -> None:
        """Forget what was received."""
        self._sandbox.admin("DELETE", self._path)


def _index(admin: Admin) -> JSON:
    """Return what a server says of itself; raise ``Unreachable`` if it is another's."""
    try:
        index = admin.call("GET", "/")
    except Refused as refused:
        raise Unreachable(f"What answers at {admin.origin} is no mockserver: {refused}") from None
    if not isinstance(index, dict) or index.get("name") != "mockserver":
        raise Unreachable(f"What answers at {admin.origin} is no mockserver: {str(index)[:100]!r}.")
    return index


def _as_duration(duration: str | timedelta) -> str:
    if isinstance(duration, str):
        return duration
    if not isinstance(duration, timedelta):
        raise TypeError(f"A duration is a text like '90m' or a timedelta, not {duration!r}.")
    if duration < timedelta(0):
        raise ValueError(f"Time passes forward only, not by {duration.total_seconds():g} s.")
    return f"{round(duration.total_seconds() * 1000)}ms"
