"""The sandbox of a mockserver that a server under check is part of: its people, its time, its settings."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from contract_tests.server.rules import CannotGoOn
from contract_tests.server.settings import Target, WrongSetting

_SECONDS = 70


class Sandbox:
    """Calls the admin API of one sandbox, ``.../__admin/sandboxes/<name>``, for one vendor in it."""

    def __init__(self, address: str, vendor: str) -> None:
        self.vendor = vendor
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._told: tuple[dict[str, Any], float] | None = None
        """The clock as it was last read, and when by this machine's."""

    def action(self, name: str, /, **arguments: Any) -> Any:
        """Do what people do at the vendor, and return what it changed."""
        said = {"action": f"{self.vendor}.{name}", "arguments": arguments}
        return self._part("result", "POST", "/actions", said)

    def advance(self, duration: str) -> None:
        """Let time pass, with everything that falls due; ``0s`` waits until what was sent has arrived."""
        self.admin("POST", "/clock", {"advance": duration})

    @contextmanager
    def settings(self, **settings: Any) -> Iterator[None]:
        """Change settings of the vendor until the end of a ``with``."""
        before = self._part(self.vendor, "GET", "/settings")
        self.admin("PATCH", "/settings", {self.vendor: settings})
        try:
            yield
        finally:
            self.admin("PATCH", "/settings", {self.vendor: {name: before[name] for name in settings}})

    def entities(self, collection: str) -> list[dict[str, Any]]:
        """Return the entities of a collection, at most a thousand."""
        path = f"/state/{self.vendor}/{collection}?limit=1000"
        found: list[dict[str, Any]] = self._part("entities", "GET", path)
        return found

    def entity(self, collection: str, key: str, value: object) -> dict[str, Any]:
        """Return the first entity of a collection that has a value; raise ``CannotGoOn`` if there is none."""
        for each in self.entities(collection):
            if each[key] == value:
                return each
        raise CannotGoOn(f"The sandbox has none of {collection} whose {key} is {value!r}.")

    def credentials(self) -> dict[str, str]:
        """Return what a client needs to call the vendor."""
        found: dict[str, str] = self._part(self.vendor, "GET", "/credentials")
        return found

    def now(self) -> str:
        """Return sandbox time, as an RFC 3339 date-time; read again only after a change, since many calls need it."""
        if self._told is None:
            clock = self.admin("GET", "/clock")
            if not isinstance(clock, dict) or not {"mode", "now"} <= clock.keys():
                raise CannotGoOn(self._is_none)
            self._told = clock, time.monotonic()
        clock, since = self._told
        passed = timedelta() if clock["mode"] == "frozen" else timedelta(seconds=time.monotonic() - since)
        return (datetime.fromisoformat(clock["now"]) + passed).isoformat()

    def now_afresh(self) -> str:
        """Return sandbox time where others may have moved it."""
        self._told = None
        return self.now()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API and return its JSON; raise ``CannotGoOn`` if it refuses or is not there."""
        if method != "GET":
            self._told = None
        try:
            answer = self._session.request(method, self._address + path, json=body, timeout=_SECONDS)
        except requests.RequestException as error:
            raise CannotGoOn(f"The admin API at {self._address} does not answer ({type(error).__name__}).") from None
        if not answer.ok:
            raise CannotGoOn(f"The admin API refuses {method} {path}: {answer.status_code} {answer.text[:300]}")
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise CannotGoOn(self._is_none) from None

    def _part(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """Return what the admin API answers under a name."""
        told = self.admin(method, path, body)
        if not isinstance(told, dict) or name not in told:
            raise CannotGoOn(self._is_none)
        return told[name]

    @property
    def _is_none(self) -> str:
        return f"What answers at {self._address} is no admin API of a mockserver."


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
        answer = requests.post(f"{address}/forks", json={"name": copy}, timeout=_SECONDS)
    except requests.RequestException as error:
        raise WrongSetting(f"admin_url {address} does not answer ({type(error).__name__}).") from None
    if not answer.ok:
        raise WrongSetting(f"The sandbox of admin_url {address} cannot be copied: {answer.text[:300]}")
    mounted, root = f"/sandbox/{name}/", f"{_origin(sandboxes)}/"
    # The default sandbox is at the root as well.
    url = target.url.replace(mounted, f"/sandbox/{copy}/") if mounted in target.url else ""
    url = url or target.url.replace(root, f"{root}sandbox/{copy}/", 1)
    return replace(target, url=url, capabilities={**target.capabilities, "admin_url": f"{sandboxes}/{copy}"})


def removed(target: Target) -> None:
    """Remove the sandbox of a target, if there is one."""
    if target.capabilities.get("admin_url"):
        with suppress(requests.RequestException):
            requests.delete(str(target.capabilities["admin_url"]), timeout=_SECONDS)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
