"""Runs a module of ours in a process of its own, for as long as it may take."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: all that it printed, and its exit code, None if it had to be stopped."""

    said: str
    code: int | None


Start = Callable[[str, Sequence[str], float], Ended]
"""Runs a module with arguments, for so many seconds at most."""


def started(module: str, arguments: Sequence[str], limit: float) -> Ended:
    """Run ``python -m`` to its end."""
    # Without -P a folder of that name where the command is given would be taken for ours.
    command = [sys.executable, "-P", "-m", module, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, an argument list
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as error:
        return Ended((error.output or b"").decode(errors="replace"), None)
    return Ended(done.stdout.decode(errors="replace"), done.returncode)
