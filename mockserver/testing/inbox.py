"""A receiver of webhooks, as a test sees it."""

from typing import Any

from mockserver.testing.admin import is_told
from mockserver.testing.values import as_segment
from mockserver.testing.vendor import JSON, AdminOfSandbox

__tracebackhide__ = is_told


class Inbox:
    """A receiver of webhooks inside of the sandbox at ``address``; ``url`` is where they are to be sent."""

    def __init__(self, sandbox: AdminOfSandbox, address: str, name: str) -> None:
        quoted = as_segment(name, "An inbox")
        self.name = name
        self.url = f"{address}/inbox/{quoted}"
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
