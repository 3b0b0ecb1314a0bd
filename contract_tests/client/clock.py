"""The clock of a sandbox for a client that looks at it very often."""

from datetime import datetime
from typing import Any

from mockserver.testing import Clock, Sandbox
from mockserver.testing.vendor import JSON


class PatientClock(Clock):
    """A clock that is looked at again only after it was moved, as long as it stands still."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self._told: JSON = {}

    def now(self) -> datetime:
        """Return sandbox time."""
        if self._told.get("mode") != "frozen":
            self._told = self._sandbox.admin("GET", "/clock")
        return datetime.fromisoformat(self._told["now"])

    def _move(self, **move: Any) -> JSON:
        self._told = {}
        self._told = super()._move(**move)
        return self._told
