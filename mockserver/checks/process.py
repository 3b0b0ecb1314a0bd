"""Runs a module of ours in a process of its own, for as long as it may take."""

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: all that it printed, and its exit code, None if it had to be stopped.

    ``interrupted`` tells that somebody has stopped it, by Ctrl-C.
    """

    said: str
    code: int | None
    interrupted: bool = False


FINISHED = frozenset({0, 1, 5})
"""Exit codes of a pytest that has come to its end."""
INTERRUPTED = "the checks were interrupted"

Start = Callable[[str, Sequence[str], float], Ended]
"""Runs a module with arguments, for so many seconds at most."""


def started(module: str, arguments: Sequence[str], limit: float) -> Ended:
    """Run ``python -m`` to its end."""
    # Without -P a folder of that name where the command is given would be taken for ours.
    command = [sys.executable, "-P", "-m", module, *arguments]
    # In a session of its own, so that nobody but us interrupts it.
    with subprocess.Popen(  # noqa: S603 - our own interpreter, an argument list
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=limit)
            return Ended(said.decode(errors="replace"), process.returncode)
        except subprocess.TimeoutExpired:
            return Ended(_stopped(process), None)
        except KeyboardInterrupt:
            return Ended(_stopped(process), None, interrupted=True)


def _stopped(process: "subprocess.Popen[bytes]") -> str:
    """Let a process tidy up, end it, and return what it printed."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=_GRACE)[0].decode(errors="replace")
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        return process.communicate()[0].decode(errors="replace")
