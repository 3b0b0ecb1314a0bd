"""Sandboxes in the test's own process, for looking inside."""

from typing import Any

from mockserver.config import data_folder
from mockserver.core.booting import boot_sandbox
from mockserver.core.fixtures import Fixtures
from mockserver.core.sandbox import Boot, Sandbox, Shared
from mockserver.vendors import discover


def local_sandbox(
    fixtures: str = "empty", clock: str = "2025-05-15T10:00:00Z", seed: int = 0, settings: Any = None
) -> Sandbox:
    """Return a fresh sandbox with every vendor, its clock frozen at the given instant."""
    boot = Boot(fixtures=fixtures, seed=seed, clock=clock, settings=settings or {})
    return boot_sandbox(
        "local", boot, Shared(tuple(discover()), Fixtures([data_folder("fixtures")]), "http://mock.test")
    )
