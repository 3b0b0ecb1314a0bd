"""The client's side of every scenario, played with the reference clients.

The player of ``scenarios/youtestme/happy-path.yaml`` is ``happy_path`` of ``players/youtestme.py``. It takes
the world that it plays in, and returns when the client has nothing more to do.
"""

from collections.abc import Callable
from importlib import import_module

from contract_tests.players.world import World

Player = Callable[[World], None]


def player_of(scenario: str) -> Player:
    """Return the player of a scenario by the scenario's name; raise ``LookupError`` if it has none."""
    folder, _, name = scenario.partition("/")
    try:
        found: Player = getattr(import_module(f"contract_tests.players.{folder}"), name.replace("-", "_"))
    except (ImportError, AttributeError):
        raise LookupError(
            f"Nobody plays {scenario}: contract_tests/players/{folder}.py has no such function."
        ) from None
    return found
