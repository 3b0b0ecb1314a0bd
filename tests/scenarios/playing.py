"""Scenarios of the library, played against a running server."""

from collections.abc import Callable

from contract_tests.players.world import World


def played(world: World, scenario: str, player: Callable[[World], None]) -> dict[str, str]:
    """Play a scenario with a player until nothing is left to happen; return which expectations are broken."""
    world.play(scenario)
    player(world)
    world.until_idle()
    return world.verdict()
