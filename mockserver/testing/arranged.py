"""What a client may know without being told by a vendor: what was there at boot, and what the test arranged."""

import json
from collections.abc import Callable
from typing import Any

from mockserver.testing.vendor import JSON


class Arranged:
    """Notes of the changes that a test makes to a sandbox since its boot; ``boots`` are the states at boot, shared.

    Nobody can say what a client knew when a snapshot was taken, or what a scenario does; they have no ``begin``.
    """

    def __init__(self, boots: dict[str, JSON]) -> None:
        self._boots = boots
        self._states: JSON | None = None
        self._told: list[Any] = []

    def note(self, method: str, path: str, said: Any, answer: Any) -> None:
        """Take note of a call below the sandbox's address other than one that boots it."""
        if method != "GET" and path != "/clock":
            self._told += [said, answer]

    def begin(self, said: Any, described: JSON, snapshot: Callable[[], JSON]) -> None:
        """Take note of the boot; sandboxes of one server that boot alike hold the same."""
        settings = (said or {}).get("settings")
        key = json.dumps([described["fixtures"], described["seed"], settings], sort_keys=True, default=str)
        if key not in self._boots:
            self._boots[key] = snapshot()["states"]
        self._states = self._boots[key]

    def known(self, vendor: str) -> frozenset[str] | None:
        """Return the ids that a client of a vendor may have had before its first call; None if nobody can say."""
        from mockserver.contract.expressions import scalars

        return None if self._states is None else frozenset(scalars([self._states[vendor], *self._told]))
