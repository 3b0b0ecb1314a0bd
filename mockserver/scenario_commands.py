"""``mockserver scenario``: look at scenarios, play them in a running server, record and repeat what was done."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import requests

from mockserver.app import build
from mockserver.config import Config
from mockserver.core.errors import ApiError
from mockserver.core.recording import read_recording
from mockserver.core.sandbox import DEFAULT
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.scenario.checking import Problem, problems
from mockserver.core.scenario.language import language

_SECONDS = 70
_MOST_SHOWN = 20

_sandbox = click.option("--sandbox", default="default", show_default=True, help="The sandbox of the server.")
_url = click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="The running server.")


@click.group()
def scenario() -> None:
    """Play scripts of what a vendor does, and see whether a client coped."""


@scenario.command("list")
def list_scenarios() -> None:
    """List the library."""
    sandboxes = _sandboxes()
    for name in sandboxes.library:
        click.echo(f"{name:<48} {sandboxes.understand(sandboxes.library.text(name)).title}")


@scenario.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def lint(paths: tuple[Path, ...]) -> None:
    """Tell everything that is wrong with the scenarios in PATHS, files or folders, with lines."""
    sandboxes = _sandboxes()
    files = list(_files(paths))
    found = [(file, each) for file in files for each in _problems(file, sandboxes)]
    for file, each in found:
        click.echo(
            f"{file}:{each.line}: {each.place}: {each.says}" if each.place else f"{file}:{each.line}: {each.says}"
        )
    if not files:
        raise click.ClickException("There are no .yaml files in there.")
    if found:
        raise click.ClickException(
            f"{len(found)} problems in {len({file for file, _ in found})} of {len(files)} files."
        )
    click.echo(f"Nothing is wrong with {len(files)} scenarios.")


@scenario.command()
def schema() -> None:
    """Print the language as a JSON Schema, for completion in editors."""
    sandboxes = _sandboxes()
    click.echo(msgspec.json.format(msgspec.json.encode(language(sandboxes.get(DEFAULT), _fixtures(sandboxes)))))


@scenario.command()
@click.argument("which")
@_sandbox
@_url
def play(which: str, sandbox: str, url: str) -> None:
    """Play a scenario of the library, or a file, in a sandbox of a running server.

    The sandbox is booted as the scenario says. Let your client loose on the base URLs that are printed, then ask
    `mockserver scenario verify`.
    """
    path = Path(which)
    headers, body = {"Content-Type": "application/json"}, msgspec.json.encode({"scenario": which})
    if path.suffix in {".yaml", ".yml"}:
        headers, body = {"Content-Type": "application/yaml"}, _read(path)
    run = _call("POST", url, sandbox, "/run", data=body, headers=headers)
    click.echo(f"{run['title']}\n")
    for vendor, about in _call("GET", url, sandbox, "/credentials").items():
        click.echo(f"  {vendor:<20} {about['base_url']}")
    click.echo(f"\n{run['waiting'] or 'Every step is made.'}")


@scenario.command()
@_sandbox
@_url
def show(sandbox: str, url: str) -> None:
    """Tell where the run of a sandbox stands."""
    run = _call("GET", url, sandbox, "/run")
    click.echo(f"{run['title']}: {run['stage']}")
    for step in run["steps"]:
        click.echo(f"  {step['step']:>2}. {step['done'] or 'not yet':<22} {step['says'] or ''}".rstrip())
    if run["waiting"]:
        click.echo(run["waiting"])


@scenario.command()
@_sandbox
@_url
def verify(sandbox: str, url: str) -> None:
    """Tell whether what the scenario expects holds; the exit code is 1 if it does not."""
    verdict = _call("GET", url, sandbox, "/run/verdict")
    for each in verdict["broken"]:
        click.echo(f"{each['place']}: {each['says']}")
    if not verdict["holds"]:
        raise click.ClickException(f"{len(verdict['broken'])} expectations are broken.")
    click.echo("Everything holds.")


@scenario.command("record")
@_sandbox
@_url
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write it."
)
def write_recording(sandbox: str, url: str, output: Path) -> None:
    """Write down all that was done to a sandbox, for doing it again; its secrets are in there."""
    recording = _call("GET", url, sandbox, "/recording")
    output.write_bytes(msgspec.json.encode(recording))
    click.echo(f"{len(recording['done'])} turns and {len(recording['sent'])} attempts are in {output}.")


@scenario.command("replay")
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
def replay_recording(file: Path) -> None:
    """Do all of a recording again, in this process, and tell what differs; the exit code is 1 if anything does."""
    from mockserver.replay import replay

    try:
        recording = read_recording(_json(file))
        differences = replay(recording)
    except ApiError as error:
        raise click.ClickException(error.message) from None
    for each in differences[:_MOST_SHOWN]:
        click.echo(each)
    if differences:
        raise click.ClickException(f"{len(differences)} differences.")
    click.echo(f"{len(recording.done)} turns and {len(recording.sent)} attempts: all the same.")


def _sandboxes() -> Sandboxes:
    return build(Config(fixtures="empty"))


def _fixtures(sandboxes: Sandboxes) -> list[str]:
    return [each.name for each in sandboxes.fixtures]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def _problems(file: Path, sandboxes: Sandboxes) -> list[Problem]:
    return problems(_read(file).decode(errors="replace"), sandboxes.get(DEFAULT), _fixtures(sandboxes))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}.") from None


def _json(file: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(_read(file), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"{file} is no recording: {error}.") from None


def _call(method: str, url: str, sandbox: str, path: str, **options: Any) -> Any:
    """Call the admin API of a sandbox; end with what is wrong if it refuses, or does not answer."""
    try:
        answer = requests.request(method, f"{url}/__admin/sandboxes/{sandbox}{path}", timeout=_SECONDS, **options)
        told = answer.json()
    except requests.JSONDecodeError:
        raise click.ClickException(f"{url} answered {answer.status_code} and no JSON; is it mockserver?") from None
    except requests.RequestException as error:
        raise click.ClickException(f"{url} does not answer ({type(error).__name__}); is mockserver serving?") from None
    if not answer.ok:
        listed = [said for each in told.get("errors", {}).values() for said in each]
        raise click.ClickException("\n".join([told.get("detail", str(told)), *listed[:_MOST_SHOWN]]))
    return told
