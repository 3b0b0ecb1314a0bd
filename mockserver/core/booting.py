"""Booting: a sandbox from a fixture set, which is also what a reset does."""

from mockserver.core.clock import clock_from
from mockserver.core.errors import BadRequest
from mockserver.core.sandbox import Boot, Sandbox, Shared


def boot_sandbox(name: str, boot: Boot, shared: Shared) -> Sandbox:
    """Return a sandbox that holds what its fixture set says, and nothing else.

    Raises ``BadRequest`` that names what is wrong with the set or with the way to boot.
    """
    chosen = shared.fixtures.get(boot.fixtures)
    about = chosen.about
    seed = next((each for each in (boot.seed, about.seed) if each is not None), 0)
    try:
        sandbox = Sandbox(name, boot, shared, seed=seed, clock=clock_from(about.clock or "live"))
        sandbox.change_settings(about.settings)
    except BadRequest as error:
        raise BadRequest(f"{chosen.head}: {error.message}") from None
    if boot.clock:
        sandbox.clock = clock_from(boot.clock)
        sandbox.began = sandbox.clock.now()
    sandbox.change_settings(boot.settings)
    for vendor in shared.vendors:
        sandbox.states[vendor.name].load(chosen.rows(vendor.name), str(chosen.file(vendor.name)))
    return sandbox
