"""The command line."""

import errno
import gc
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from mockserver import __version__
from mockserver.app import build
from mockserver.config import Config
from mockserver.core.clock import format_instant
from mockserver.core.errors import ApiError
from mockserver.core.sandbox import DEFAULT
from mockserver.core.sandboxes import Sandboxes
from mockserver.vendors import discover

if TYPE_CHECKING:
    from mockserver.fronts.rsgi import Front

BACKLOG = 4096
CONNECTIONS = 20_000
"""Clients served at once; those whose answers are delayed stay connected meanwhile."""


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn a refusal, ours or the file system's, into one line on standard error and exit code 1."""
    try:
        yield
    except (ApiError, OSError) as error:
        raise click.ClickException(str(error)) from None


_ELSEWHERE = ("check", "demo", "scenario")
"""Commands of other modules, imported when they are asked for."""


class _Commands(click.Group):
    """The commands of this module, those of others, and under a vendor's name those of the vendor, if any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all."""
        return [*super().list_commands(ctx), *_ELSEWHERE, *(each.name for each in discover() if each.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one, in this module first."""
        found = super().get_command(ctx, cmd_name)
        if cmd_name in ("check", "demo"):
            _refuse_other_checks()
        if cmd_name == "demo":
            from mockserver.demo.command import demo

            return demo
        if cmd_name == "check":
            from mockserver.checks.commands import check

            return check
        if cmd_name == "scenario":
            from mockserver.scenario_commands import scenario

            return scenario
        if found is None:
            makers = {each.name: each.commands for each in discover()}
            make = makers.get(cmd_name)
            found = make(_in_process) if make else None
        return found


def _refuse_other_checks() -> None:
    """Raise ``click.UsageError`` if Python finds another package in place of the checks that are beside this one."""
    found = find_spec("contract_tests")
    place = str(found.origin) if found else "nothing"
    if Path(place).resolve() != Path(__file__).resolve().parents[1] / "contract_tests" / "__init__.py":
        raise click.UsageError(
            f"Python finds {place} as contract_tests, which is the name of mockserver's own package too. "
            "Give yours another name, or leave the folder that it is in out of PYTHONPATH."
        )


def _in_process(hosts: Sequence[str]) -> Sandboxes:
    """Return sandboxes for a vendor's commands, which may call these hosts."""
    return build(Config(fixtures="empty", allow_callback_host=tuple(hosts)))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """Test double of exam and assessment vendors."""


@main.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 8080]")
@click.option("--public-url", help="Where clients reach it, for the links it mints.  [default: http://HOST:PORT]")
@click.option("--fixtures", help="Fixture set, by name or as the path of a folder.  [default: demo]")
@click.option("--seed", type=int, help="Seed of every id.  [default: the fixture set's, or 0]")
@click.option("--clock", help="live, frozen, an instant, or live@INSTANT.  [default: the fixture set's, or live]")
@click.option(
    "--threads",
    type=click.IntRange(1, 512),
    help="Threads for operations that wait for a busy sandbox; the admin API has 64 or as many.  [default: 64]",
)
@click.option("--max-sandboxes", type=click.IntRange(1), help="Sandboxes kept at most.  [default: 256]")
@click.option("--journal-exchanges", type=click.IntRange(1), help="Exchanges kept a sandbox.  [default: 10000]")
@click.option("--journal-bytes", type=click.IntRange(1), help="Bytes of them kept a sandbox.  [default: 33554432]")
@click.option(
    "--allow-callback-host", multiple=True, help="Receiver allowed besides loopback: name, *.name, address or network."
)
@click.option("--callback-timeout", type=float, help="Seconds that a receiver may take.  [default: 10]")
@click.option("--fault-header/--no-fault-header", default=None, help="Take X-Mockserver-Fault.  [default: taken]")
def serve(**options: Any) -> None:
    """Serve the vendors, the admin API and the API documents until interrupted.

    Every option can also be given as a variable, MOCKSERVER_PORT for --port and so on.
    """
    with _plainly():
        config = Config.from_environment(**options)
        banner = _banner(build(config))
    address = _free_address(config.host, config.port)
    click.echo(banner)
    sys.stdout.flush()
    _serve(config, address)


@main.group()
def fixtures() -> None:
    """Look at fixture sets and make new ones."""


@fixtures.command("list")
def list_fixtures() -> None:
    """List the fixture sets to be had by name."""
    with _plainly():
        for each in build(Config(fixtures="empty")).fixtures:
            click.echo(f"{each.name:<12} {each.about.title}")


@fixtures.command("generate")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--users", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="How many people.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the people.")
@click.option("--format", "kind", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def generate_fixtures(folder: Path, users: int, seed: int, kind: str) -> None:
    """Write a fixture set of believable people, the same at every vendor, into FOLDER.

    Serve it with: mockserver serve --fixtures FOLDER (as a path: ./people). JSON loads faster, for large sets.
    """
    from mockserver.core.generation import write_set

    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; name a new folder.")
    with _plainly():
        for path in write_set(folder, build(Config(fixtures="empty")).vendors, users, seed, kind):
            click.echo(path)


@main.command()
@click.argument("vendor")
@click.option("--fixtures", "fixture_set", default="demo", show_default=True, help="Whose credentials to sign with.")
@click.option("--clock", help="Sandbox time to sign at.  [default: the fixture set's, or live]")
def token(vendor: str, fixture_set: str, clock: str | None) -> None:
    """Print a fresh signed token for calling VENDOR by hand, for a vendor that wants one."""
    with _plainly():
        sandboxes = build(Config(fixtures=fixture_set, clock=clock))
        state = sandboxes.get(DEFAULT).state(vendor)
    mint = {each.name: each.token for each in sandboxes.vendors}[vendor]
    if mint is None:
        raise click.ClickException(f"{vendor} takes its credentials as they are; it has no token to sign.")
    click.echo(mint(state))


@main.command()
@click.argument("vendor")
def openapi(vendor: str) -> None:
    """Print the contract of VENDOR as OpenAPI 3.1 JSON."""
    import msgspec

    from mockserver.contract.load import read_contract

    packages = {each.name: each.package for each in build(Config(fixtures="empty")).vendors}
    if vendor not in packages:
        raise click.ClickException(f"There is no vendor {vendor!r}; known are {', '.join(packages)}.")
    click.echo(msgspec.json.format(msgspec.json.encode(read_contract(packages[vendor]))))


class _Taken(click.ClickException):
    """Somebody listens there already; the exit code tells it to a parent that can choose another port."""

    exit_code = os.EX_UNAVAILABLE


def _free_address(host: str, port: int) -> str:
    """Return the numeric address of a host after trying to bind there.

    A port that cannot be had is refused here in one line, before a worker fails on it with many.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = min(found, key=lambda each: each[0])
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        refused = _Taken if getattr(error, "errno", None) == errno.EADDRINUSE else click.ClickException
        raise refused(f"Cannot listen on {host}:{port}: {reason}. Choose another with --host and --port.") from None
    return str(address[0])


def _banner(sandboxes: Sandboxes) -> str:
    sandbox = sandboxes.get(DEFAULT)
    mode = "frozen at" if sandbox.clock.frozen else "running from"
    clock = f"clock {mode} {format_instant(sandbox.clock.now())}"
    lines = [f"mockserver {__version__}, fixtures {sandbox.boot.fixtures}, seed {sandbox.seed}, {clock}", ""]
    for vendor in sandboxes.vendors:
        lines.append(f"  {vendor.title:<20} {sandbox.url(f'/{vendor.name}')}")
        lines.append(f"    plays {vendor.plays}")
        lines += [f"    {name:<18} {value}" for name, value in vendor.credentials(sandbox.state(vendor.name)).items()]
    lines += [
        "",
        f"  {'Admin API':<20} {sandboxes.origin}/__admin/",
        f"  {'API documents':<20} {sandboxes.origin}/__admin/docs/",
        "",
        "Stop with Ctrl-C.",
    ]
    return "\n".join(lines)


def _serve(config: Config, address: str) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    server = Granian(
        "mockserver",
        address=address,
        port=config.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
        workers_kill_timeout=1,
    )
    server.serve(target_loader=partial(_application, config), wrap_loader=False)


def _application(config: Config) -> "Front":
    """Build the application, in the process that serves it."""
    from mockserver.fronts.rsgi import Front
    from mockserver.fronts.sockets import allow_descriptors

    allow_descriptors(CONNECTIONS)
    Thread(target=_end_with_the_parent, daemon=True).start()

    front = Front(build(config), config.threads)
    # What was made at the start stays; the collector need not look at it again, nor so often at what comes and goes.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return front


def _end_with_the_parent() -> None:
    """End this process when the one that started it is gone, which would leave the port taken."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
