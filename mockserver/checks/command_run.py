"""Running the command that a client is started by, in a shell, until it ends or has to."""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event

from mockserver.checks.options import Refused
from mockserver.checks.watch import Lost, Watch
from mockserver.testing.signals import ENDING, hearing

_GRACE = 3.0
_LOOK = 0.5
_UNPROXIED = (
    'hosts="${NO_PROXY:-$no_proxy}"; hosts="${hosts:+$hosts,}127.0.0.1,localhost"; '
    'export NO_PROXY="$hosts" no_proxy="$hosts"'
)
"""Keeps a proxy out of calls to this machine, for a shell."""


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """How a command has ended: its ``code`` if it has one, what went wrong, and why it was lost sight of."""

    code: int | None = None
    failure: str = ""
    lost: str = ""


def run_command(command: str, watch: Watch, seconds: float) -> CommandEnded:
    """Run a command, and look at what it does until it ends; raise ``Refused`` if there can be no process for it."""
    code, failure = None, ""
    try:
        with _running(command, watch.environment) as process:
            try:
                code = _followed(process, watch, seconds)
                failure = _how(code)
            except subprocess.TimeoutExpired:
                failure = f"The command did not end within {seconds:g} s and was stopped; see --timeout."
            except KeyboardInterrupt:
                failure = "The command was interrupted."
    except Lost as lost:
        return CommandEnded(code, failure, str(lost))
    return CommandEnded(code, failure)


@contextmanager
def _running(command: str, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command in a shell; at the end all that it has started is ended."""
    told = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    script = f'{_UNPROXIED}; export {told}; exec /bin/sh -c "$0"'
    try:
        process = subprocess.Popen(  # noqa: S603 - what the person who checks asked for
            ["/bin/sh", "-c", script, command], stdin=subprocess.DEVNULL, start_new_session=True
        )
    except (OSError, ValueError) as error:
        raise Refused(f"The command could not be started: {error}.") from None
    try:
        yield process
    finally:
        _stop(process)


def _followed(process: "subprocess.Popen[bytes]", watch: Watch, seconds: float) -> int:
    """Return the code of a command when it has ended, and look at what it does until then.

    Raises ``TimeoutExpired`` and ``Lost``.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        try:
            return process.wait(min(_LOOK, max(left, 0)))
        except subprocess.TimeoutExpired:
            if left <= _LOOK:
                raise
        watch.look()


def _how(code: int) -> str:
    """Return what went wrong with a command that has ended, nothing if it succeeded."""
    if code < 0:
        known = {each.value: each.name for each in signal.Signals}
        return f"The command was ended by {known.get(-code, f'signal {-code}')}."
    return f"The command ended with code {code}." if code else ""


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it has started and left running; who interrupts now does not want to wait."""
    hurry = Event()
    with hearing((signal.SIGINT, *ENDING), lambda *_: hurry.set()):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and not hurry.is_set() and _is_alive(process):
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_alive(process: "subprocess.Popen[bytes]") -> bool:
    """Tell whether any process of the group is left."""
    process.poll()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, 0)
        return True
    return False
