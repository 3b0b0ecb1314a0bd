"""A server and its sandboxes, as a test sees them; all of it over HTTP."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.testing.admin import Admin, Refused, Unreachable, is_told
from mockserver.testing.arranged import Arranged
from mockserver.testing.clock import Clock
from mockserver.testing.inbox import Inbox
from mockserver.testing.stretch import ENDS, Stretch, about_to_end
from mockserver.testing.values import as_duration
from mockserver.testing.vendor import JSON, Faults, Vendor

if TYPE_CHECKING:
    from mockserver.contract.contract import Contract
    from mockserver.contract.observed import Finding

__tracebackhide__ = is_told
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


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

    def admin(self, method: str, path: str, body: Any = None, /, **query: Any) -> Any:
        """Call the admin API below ``/__admin`` and return its JSON; raise ``Refused`` if it refuses."""
        return self._admin.call(method, path, body, **query)

    def text(self, path: str, /, **query: Any) -> str:
        """Return what the admin API has below ``/__admin`` as text."""
        return self._admin.text("GET", path, **query)

    @contextmanager
    def sandbox(self, name: str, *, scenario: "str | Path | None" = None, **boot: Any) -> Iterator["Sandbox"]:
        """Make a sandbox, deleted at the end: booted so, or by a scenario, which says itself how.

        Raises ``Refused``, and ``ValueError`` for a name that is none. What a sandbox of that name held before is gone.
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
    """One sandbox of a server; raises ``ValueError`` for a name that is none."""

    def __init__(self, server: Mockserver, name: str) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            rule = "1 to 64 letters, digits, '.', '_' or '-', and starts with a letter or digit"
            raise ValueError(f"A sandbox's name is {rule}, not {name!r}.")
        self.server = server
        self.name = name
        self.url = f"{server.url}/sandbox/{name}"
        self.clock = Clock(self)
        self.faults = Faults(self)
        self.arranged = Arranged(server.boots)
        self.past: list[Stretch] = []
        """What happened here before the journal began anew."""
        self._is_ours = False

    def __repr__(self) -> str:
        return f"<Sandbox {self.name} at {self.server.url}>"

    def admin(self, method: str, path: str = "", body: Any = None, /, **query: Any) -> Any:
        """Call the admin API below ``/__admin/sandboxes/<name>`` and return its JSON; raise ``Refused``."""
        if path and not path.startswith("/"):
            raise ValueError(f"A path of the admin API begins with a slash: {path!r}.")
        call = method.upper(), path
        ended = self._about_to_end(ENDS[call]) if call in ENDS else None
        answer = self.server.admin(method, f"/sandboxes/{self.name}{path}", body, **query)
        if call in ENDS:
            self._begin(ended)
        if call == ("PUT", ""):
            self.arranged.begin(body, answer, self.snapshot)
        elif call == ("DELETE", "/journal"):
            self.past.clear()
        elif call not in ENDS:
            self.arranged.note(call[0], path, body, answer)
        return answer

    def _about_to_end(self, ended: str) -> Stretch | None:
        """Return what happened here so far; None if this is not there yet, or not any more."""
        try:
            return about_to_end(self, self.arranged, ended) if self._is_ours else None
        except Refused as refused:
            if refused.status != 404:
                raise
            return None

    def _begin(self, ended: Stretch | None) -> None:
        """Take note of a boot, and of what happened before it."""
        if ended is not None and ended.exchanges:
            self.past.append(ended)
        self.arranged = Arranged(self.server.boots)
        self._is_ours = True

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

    def inbox(self, name: str) -> Inbox:
        """Return a receiver of webhooks, which is there as soon as it is named."""
        return Inbox(self, f"{self.server.url}/__admin/sandboxes/{self.name}", name)

    def outbox(self, **filters: Any) -> list[JSON]:
        """Return what the vendors sent or owe, oldest first; filters are ``stage``, ``event`` and ``url``."""
        found: list[JSON] = []
        while True:
            after = found[-1]["number"] if found else None
            page = self.admin("GET", "/outbox", **{**filters, "after": after, "limit": 1000})["deliveries"]
            found += page
            if not page:
                return found

    def journal(self, *, wait: str | timedelta | None = None, count: int | None = None, **filters: Any) -> list[JSON]:
        """Return exchanges, oldest first, secrets masked unless ``secrets="shown"``.

        Filters are those of the admin API: ``vendor``, ``operation``, ``method``, ``status``, ``direction`` and so on.
        With ``wait``, a duration of real time, it returns as soon as ``count`` of them fit, or what there is then.
        It begins anew with ``restore``, ``run`` and a boot.
        """
        if "format" in filters:
            raise TypeError("journal returns exchanges and takes no format; GET <sandbox>/journal/export has others.")
        if count is not None and wait is None:
            raise TypeError("count says until how many exchanges to wait, so it goes with wait.")
        if wait is not None:
            what = {name: value for name, value in filters.items() if name != "secrets"}
            self.admin("GET", "/journal", **{**what, "limit": 1, "wait": as_duration(wait), "count": count})
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
        counts: ``documented``, ``example``, ``public`` or ``inferred``. Findings that do not count warn
        (``ContractWarning``), except for ``inferred`` ones. ``given`` are ids that the client has from elsewhere than
        from the vendors, the fixtures and this sandbox's actions.
        What happened before a restore, a run or a boot is judged too, its order by itself, unless there are filters
        (those of ``journal``) other than ``vendor`` and ``direction``; the others choose from the journal as it is.
        Raises ``NothingToJudge`` if there are no exchanges, or not all that there were any more.
        """
        __tracebackhide__ = True
        from mockserver.testing.judging import Asking, assert_contract

        if isinstance(given, str):
            raise TypeError(f"given takes a list of ids, not one: [{given!r}].")
        said = {name: value for name, value in filters.items() if value is not None}
        return assert_contract(self, Asking(level, order, given, said))


def _index(admin: Admin) -> JSON:
    """Return what a server says of itself; raise ``Unreachable`` if it is another's."""
    try:
        index = admin.call("GET", "/")
    except Refused as refused:
        raise Unreachable(f"What answers at {admin.origin} is no mockserver: {refused}") from None
    if not isinstance(index, dict) or index.get("name") != "mockserver":
        raise Unreachable(f"What answers at {admin.origin} is no mockserver: {str(index)[:100]!r}.")
    return index
