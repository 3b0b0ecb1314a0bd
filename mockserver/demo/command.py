"""``mockserver demo``: a scenario played with the reference clients, and told while it happens."""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import requests

from contract_tests.clients.answers import CallFailed
from contract_tests.players import Player, player_of
from contract_tests.players.journeys import SHOWN
from contract_tests.players.pages import pages
from contract_tests.players.world import World
from mockserver.config import data_folder
from mockserver.core.errors import ApiError
from mockserver.core.scenario.library import Library
from mockserver.demo.narrator import Manner, Narrator
from mockserver.plain_yaml import read_yaml
from mockserver.testing.server import CannotServe, Child, PortTaken, running_child
from mockserver.testing.signals import ENDING, hearing
from mockserver.vendors import discover

SANDBOX = "demo"

_INTERRUPTED = 130


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any that is free."
)
@click.option("--pace", type=click.FloatRange(0, 60), default=0.8, show_default=True, help="Seconds between two beats.")
@click.option("--fast", is_flag=True, help="Without pauses; end after the verdict.")
@click.option("--vendor", help="Play this vendor's happy path instead of a journey.")
@click.option("--scenario", help=f"Play this one of the library, or a file.  [default: {SHOWN}]")
@click.option(
    "--no-color",
    envvar="NO_COLOR",
    is_flag=False,
    flag_value="yes",
    default="",
    metavar="",
    help="Without colours, as with the variable NO_COLOR.",
)
def demo(port: int, pace: float, fast: bool, vendor: str | None, scenario: str | None, no_color: str) -> None:
    """Watch the reference clients play a scenario.

    Starts a server, plays, tells every call, callback and change, and leaves the server running until Ctrl-C. Ends 0
    if everything holds that the scenario expects, else 1. A file is played as the library's scenario of the same name
    is, folder included.
    """
    if vendor and scenario:
        raise click.UsageError("Give --vendor or --scenario, not both.")
    name, text = _script(scenario or (f"{vendor}/happy-path" if vendor else SHOWN))
    player = _player(name)
    holds = None
    try:
        with hearing((signal.SIGINT, *ENDING), signal.default_int_handler), running_child((), port or None) as server:
            manner = Manner(0.0 if fast else pace, colours=sys.stdout.isatty() and not no_color)
            holds = _play(server.origin, text, player, manner)
            if not fast:
                _stay(server)
    except KeyboardInterrupt:
        click.echo("\nStopped.")
    except PortTaken as error:
        raise click.ClickException(f"{error} Choose another with --port, 0 for any.") from None
    except CannotServe as error:
        raise click.ClickException(str(error)) from None
    except requests.RequestException as error:
        raise click.ClickException(f"The server answers no more: {error}") from None
    sys.exit(_INTERRUPTED if holds is None else int(not holds))


def _script(which: str) -> tuple[str, str]:
    """Return the name and the text of a scenario of the library, or of a file."""
    path = Path(which)
    try:
        if path.suffix in {".yaml", ".yml"}:
            return f"{path.resolve().parent.name}/{path.stem}", path.read_text(encoding="utf-8")
        return which, Library(data_folder("scenarios")).text(which)
    except (ApiError, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from None


def _player(name: str) -> Player:
    try:
        return player_of(name)
    except LookupError as error:
        raise click.ClickException(str(error)) from None


def _play(origin: str, text: str, player: Player, manner: Manner) -> bool:
    """Play a scenario and tell it; return whether all holds that it expects."""
    admin = f"{origin}/__admin/sandboxes/{SANDBOX}"
    _begin(f"{admin}/run", text)
    narrator = Narrator(admin, {vendor.name: vendor.title for vendor in discover()}, manner)
    _introduce(narrator, read_yaml(text))
    narrator.catch_up()
    world = World(origin, SANDBOX)
    main = threading.current_thread()

    def follow(response: requests.Response, **_: Any) -> None:
        """Tell what came of each call. Those of the client's receiving threads ask for nothing but the time."""
        if threading.current_thread() is main:
            narrator.catch_up()

    world.session.hooks["response"].append(follow)
    try:
        player(world)
        world.until_idle()
    except (CallFailed, TimeoutError, RuntimeError, requests.RequestException) as error:
        narrator.say(f"\nThe client gave up: {error}", fg="red")
    narrator.catch_up()
    return _judged(narrator, world.verdict())


def _begin(url: str, text: str) -> None:
    answer = requests.post(url, data=text.encode(), headers={"Content-Type": "application/yaml"}, timeout=30)
    if not answer.ok:
        raise click.ClickException(str(answer.json()["detail"]))


def _introduce(narrator: Narrator, script: dict[str, Any]) -> None:
    narrator.say()
    narrator.say(script["title"], bold=True)
    if "says" in script:
        narrator.explain(script["says"])
    narrator.say()
    narrator.explain(
        "The client is the integrator's software, and the candidate's browser. --> is a call to a vendor, <-- a call "
        "by a vendor, = what has changed there. Days of the sandbox's time pass in a moment."
    )
    narrator.say()


def _judged(narrator: Narrator, broken: dict[str, str]) -> bool:
    narrator.say()
    if broken:
        count = "1 expectation is" if len(broken) == 1 else f"{len(broken)} expectations are"
        narrator.say(f"Verdict: {count} broken.", fg="red", bold=True)
    else:
        narrator.say("Verdict: everything holds that the scenario expects.", fg="green", bold=True)
    for place, says in broken.items():
        narrator.say(f"  {place}: {says}", fg="red")
    return not broken


def _stay(server: Child) -> None:
    """Say where to look, and wait for Ctrl-C."""
    click.echo("\nThe server is still running, with everything as the story left it:\n")
    for shows, address in _links(server.origin):
        click.echo(f"  {shows:<26} {address}")
    click.echo("\nStop with Ctrl-C.")
    sys.stdout.flush()
    server.process.wait()
    raise click.ClickException("The server has ended by itself.")


def _links(origin: str) -> Iterator[tuple[str, str]]:
    """Yield what there is to look at, with its address."""
    admin = f"{origin}/__admin/sandboxes/{SANDBOX}"
    yield "Contracts, to try calls", f"{origin}/__admin/docs/"
    yield "Journal of all calls", f"{admin}/journal"
    yield "What vendors remember", f"{admin}/state"
    yield "The scenario's run", f"{admin}/run"
    yield from pages(World(origin, SANDBOX))
