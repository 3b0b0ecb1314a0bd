"""Every scenario of the library can be read, has a player, and holds when that plays it."""

import pytest

from contract_tests.players import player_of
from contract_tests.players.world import World
from mockserver.app import build
from mockserver.config import Config
from mockserver.core.recording import read_recording
from mockserver.core.scenario.checking import problems
from mockserver.replay import replay
from tests.scenarios.playing import played

SANDBOXES = build(Config(fixtures="empty"))
NAMES = list(SANDBOXES.library)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_it(name: str) -> None:
    fixtures = [each.name for each in SANDBOXES.fixtures]
    assert problems(SANDBOXES.library.text(name), SANDBOXES.get("default"), fixtures) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_for_the_reference_client(world: World, name: str) -> None:
    assert played(world, name, player_of(name)) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_of_it_comes_out_the_same_in_another_process(world: World, name: str) -> None:
    """The server is the other process: the recording is repeated in this one."""
    played(world, name, player_of(name))
    assert replay(read_recording(world.admin("GET", "/recording"))) == []


def test_every_vendor_has_at_least_eight_and_there_are_three_journeys() -> None:
    folders = [name.partition("/")[0] for name in NAMES]
    assert all(folders.count(vendor.name) >= 8 for vendor in SANDBOXES.vendors)
    assert folders.count("journeys") >= 3
