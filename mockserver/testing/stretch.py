"""What happened in a sandbox from one boot to the next, kept here since the journal begins anew with each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mockserver.testing.arranged import Arranged
from mockserver.testing.vendor import JSON, AdminOfSandbox

ENDS = {
    ("PUT", ""): "the sandbox was booted anew",
    ("PUT", "/snapshot"): "a snapshot was restored",
    ("POST", "/run"): "a scenario began",
}
"""The calls below a sandbox's address that put another in its place, and what to say of them."""


@dataclass(frozen=True)
class Stretch:
    """What there is to judge a stretch by; ``exchanges`` are all that the journal has, oldest first, secrets shown.

    ``evicted`` tells how many it had to give up, ``is_whole`` whether none is gone. ``states`` gives what the vendors
    have, at the stretch's end or now; ``ended`` says what has ended it, if anything.
    """

    exchanges: Sequence[JSON]
    evicted: int
    is_whole: bool
    arranged: Arranged
    states: Callable[[], JSON]
    ended: str = ""


def so_far(sandbox: AdminOfSandbox, arranged: Arranged) -> Stretch:
    """Return the stretch that goes on."""
    kept = sandbox.admin("GET", "/journal", limit=1)
    exchanges = sandbox.journal(secrets="shown") if kept["kept"] else []

    def states() -> JSON:
        found: JSON = sandbox.admin("GET", "/snapshot")["states"]
        return found

    return Stretch(exchanges, kept["evicted"], not kept["lost"], arranged, states)


def about_to_end(sandbox: AdminOfSandbox, arranged: Arranged, ended: str) -> Stretch:
    """Return the stretch that goes on, with all that will not be there any more when it has ended."""
    stretch = so_far(sandbox, arranged)
    states = stretch.states() if stretch.exchanges else {}
    return replace(stretch, states=lambda: states, ended=ended)
