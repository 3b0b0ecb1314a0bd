"""One vendor in one sandbox, as a test sees it."""

from datetime import timedelta
from typing import Any, Protocol

from mockserver.testing.admin import is_told
from mockserver.testing.values import as_duration, as_segment

JSON = dict[str, Any]
_PLACE = frozenset({"offset", "limit"})
__tracebackhide__ = is_told


class AdminOfSandbox(Protocol):
    """What a sandbox offers to those who speak for a part of it."""

    url: str

    def admin(self, method: str, path: str = "", body: Any = None, /, **query: Any) -> Any:
        """Call the sandbox's admin API."""

    def journal(self, **filters: Any) -> list[JSON]:
        """Return exchanges."""


class Faults:
    """The fault rules of a sandbox, or those about one vendor."""

    def __init__(self, sandbox: AdminOfSandbox, vendor: str = "") -> None:
        self._sandbox = sandbox
        self._prefix = f"{vendor}." if vendor else ""

    def add(self, kind: str, /, operation: str = "*", **rule: Any) -> JSON:
        """Make a rule and return it.

        ``operation`` is a glob over operations, or events for a kind that strikes deliveries; a vendor's own without
        the vendor's name. Besides it the kind's settings, ``at``, ``skip``, ``times``, ``probability`` and ``until``.
        """
        described = {"kind": kind, "operation": qualified(operation, self._prefix), **rule}
        made: JSON = self._sandbox.admin("POST", "/faults", described)
        return made

    def rules(self) -> list[JSON]:
        """Return the rules with what they have done so far, oldest first, those that have ended too."""
        found: list[JSON] = self._sandbox.admin("GET", "/faults")
        return [each for each in found if each["operation"].startswith(self._prefix)]

    def clear(self) -> None:
        """Forget the rules."""
        if not self._prefix:
            self._sandbox.admin("DELETE", "/faults")
            return
        for each in self.rules():
            self._sandbox.admin("DELETE", f"/faults/{each['number']}")


class Vendor:
    """One vendor in one sandbox; operations, events and actions are named without the vendor's name in front."""

    def __init__(self, sandbox: AdminOfSandbox, name: str) -> None:
        self.name = name
        self.url = f"{sandbox.url}/{name}"
        """The base URL to give to a client."""
        self.faults = Faults(sandbox, name)
        self._sandbox = sandbox

    def __repr__(self) -> str:
        return f"<Vendor {self.name} at {self.url}>"

    @property
    def credentials(self) -> dict[str, str]:
        """What a client needs to call the vendor, by name."""
        found: dict[str, str] = self._sandbox.admin("GET", "/credentials")[self.name]
        return found

    def entities(self, collection: str, /, **fields: Any) -> list[JSON]:
        """Return the entities of a collection, only those with these values of fields if any are given.

        A value may be None, for a field that is null. Raises ``Refused`` for a field or a collection that there is not.
        """
        for name in fields.keys() & _PLACE:
            raise TypeError(f"entities takes values of fields and returns all that fit; it takes no {name}.")
        path = f"/state/{self.name}/{as_segment(collection, 'A collection')}"
        asked = {name: "null" if value is None else value for name, value in fields.items()}
        found: list[JSON] = []
        while True:
            page = self._sandbox.admin("GET", path, **asked, offset=len(found), limit=1000)
            found += page["entities"]
            if len(found) >= page["total"] or not page["entities"]:
                break
        # The admin API compares texts, so that the text "null" has come too.
        empty = [name for name, value in fields.items() if value is None]
        return [each for each in found if all(each[name] is None for name in empty)]

    def action(self, action: str, /, **arguments: Any) -> Any:
        """Do what people do at the vendor where there is no API; return the entity that it changed."""
        described = {"action": qualified(action, f"{self.name}."), "arguments": arguments}
        return self._sandbox.admin("POST", "/actions", described)["result"]

    def journal(self, **filters: Any) -> list[JSON]:
        """Return the vendor's exchanges; ``Sandbox.journal`` says which filters there are."""
        if "vendor" in filters:
            raise TypeError(f"{self.name}.journal has {self.name}'s exchanges alone; sandbox.journal takes a vendor.")
        if filters.get("operation") is not None:
            filters["operation"] = qualified(filters["operation"], f"{self.name}.")
        return self._sandbox.journal(vendor=self.name, **filters)

    def settings(self, **changes: Any) -> JSON:
        """Change settings, all of the given ones or none; return all as they now stand."""
        method, body = ("PATCH", {self.name: changes}) if changes else ("GET", None)
        settings: JSON = self._sandbox.admin(method, "/settings", body)[self.name]
        return settings

    def progression(self, operation: str, /, *, after: str | timedelta | None = None, polls: int | None = None) -> JSON:
        """Let what an operation reads move on by itself: ``after`` a duration each time, or seen in so many ``polls``.

        With neither it moves by actions alone.
        """
        if after is not None and polls is not None:
            raise TypeError("A progression moves on after a duration or by polls, not by both.")
        body: JSON = {"mode": "manual"}
        if after is not None:
            body = {"mode": "after", "duration": as_duration(after)}
        if polls is not None:
            body = {"mode": "polls", "count": polls}
        path = f"/progressions/{as_segment(qualified(operation, f'{self.name}.'), 'An operation')}"
        progression: JSON = self._sandbox.admin("PUT", path, body)
        return progression


def qualified(name: str, prefix: str) -> str:
    """Return a name with a prefix in front, unless it has it; raise ``TypeError`` for what is no text."""
    if not isinstance(name, str):
        raise TypeError(f"An operation, an event or an action has a text as its name, not {name!r}.")
    return name if name.startswith(prefix) else f"{prefix}{name}"
