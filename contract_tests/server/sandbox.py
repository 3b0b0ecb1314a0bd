"""The sandbox of a mockserver that a server under check is part of: its people, its time, its settings."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.settings import Target, WrongSetting
from mockserver import testing
from mockserver.testing.admin import Admin, Refused, Unreachable
from mockserver.testing.vendor import JSON

_BELOW = "/__admin/sandboxes/"


class Sandbox:
    """One sandbox, by its address ``.../__admin/sandboxes/<name>``, for one vendor in it.

    Raises ``CannotGoOn`` wherever the admin API refuses or is not there.
    """

    def __init__(self, address: str, vendor: str) -> None:
        with _reached((Refused, Unreachable, ValueError, LookupError)):
            self._there = _at(address)
            self._vendor = self._there.vendor(vendor)
        self._told: tuple[JSON, float] | None = None
        """The clock as it was last read, and when by this machine's."""

    def action(self, name: str, /, **arguments: Any) -> Any:
        """Do what people do at the vendor, and return what it changed."""
        with _reached():
            return self._vendor.action(name, **arguments)

    def advance(self, duration: str) -> None:
        """Let time pass, with everything that falls due; ``0s`` waits until what was sent has arrived."""
        self.admin("POST", "/clock", {"advance": duration})

    @contextmanager
    def settings(self, **settings: Any) -> Iterator[None]:
        """Change settings of the vendor until the end of a ``with``."""
        with _reached():
            before = self._vendor.settings()
            self._vendor.settings(**settings)
        try:
            yield
        finally:
            with _reached():
                self._vendor.settings(**{name: before[name] for name in settings})

    def entities(self, collection: str, **fields: Any) -> list[JSON]:
        """Return the entities of a collection, only those with these values of fields if any are given."""
        with _reached():
            return self._vendor.entities(collection, **fields)

    def entity(self, collection: str, key: str, value: object) -> JSON:
        """Return the first entity of a collection that has a value; raise ``CannotGoOn`` if there is none."""
        for each in self.entities(collection, **{key: value}):
            return each
        raise CannotGoOn(f"The sandbox has none of {collection} whose {key} is {value!r}.")

    def now(self) -> str:
        """Return sandbox time, as an RFC 3339 date-time; read again only after a change, since many calls need it."""
        if self._told is None:
            self._told = self.admin("GET", "/clock"), time.monotonic()
        clock, since = self._told
        passed = timedelta() if clock["mode"] == "frozen" else timedelta(seconds=time.monotonic() - since)
        return (datetime.fromisoformat(clock["now"]) + passed).isoformat()

    def now_afresh(self) -> str:
        """Return sandbox time where others may have moved it."""
        self._told = None
        return self.now()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API and return its JSON."""
        if method != "GET":
            self._told = None
        with _reached():
            return self._there.admin(method, path, body)


def copied(target: Target, suffix: str) -> Target:
    """Return a target with a copy of its sandbox, as it now stands; the same target where no mockserver is behind it.

    Raises ``WrongSetting`` if ``admin_url`` is not that of a sandbox which can be copied.
    """
    address = str(target.capabilities.get("admin_url") or "").rstrip("/")
    if not address:
        return target
    sandboxes, _, name = address.rpartition("/")
    copy = f"{name}-{target.vendor}-{suffix}"
    try:
        _at(address).admin("POST", "/forks", {"name": copy})
    except (Refused, Unreachable, ValueError) as error:
        raise WrongSetting(f"The sandbox of admin_url {address} cannot be copied: {error}") from None
    mounted, root = f"/sandbox/{name}/", f"{_origin(sandboxes)}/"
    # The default sandbox is at the root as well.
    url = target.url.replace(mounted, f"/sandbox/{copy}/") if mounted in target.url else ""
    url = url or target.url.replace(root, f"{root}sandbox/{copy}/", 1)
    return replace(target, url=url, capabilities={**target.capabilities, "admin_url": f"{sandboxes}/{copy}"})


def removed(target: Target) -> None:
    """Remove the sandbox of a target, if there is one."""
    if target.capabilities.get("admin_url"):
        with suppress(Refused, Unreachable):
            _at(str(target.capabilities["admin_url"])).delete()


def _at(address: str) -> testing.Sandbox:
    """Return the sandbox at an address; raise ``Unreachable``, and ``ValueError`` for what is none's address."""
    origin, _, name = address.rstrip("/").rpartition(_BELOW)
    if not origin:
        raise ValueError(f"{address} is not the address of a sandbox, like http://127.0.0.1:8080{_BELOW}ci-7.")
    return testing.Sandbox(testing.Mockserver(Admin(origin), {}), name)


@contextmanager
def _reached(refusals: tuple[type[Exception], ...] = (Refused, Unreachable)) -> Iterator[None]:
    """Let a check not go on where the admin API refuses or is not there."""
    try:
        yield
    except refusals as error:
        raise CannotGoOn(str(error)) from None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
