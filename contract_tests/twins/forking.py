"""Runs checks in processes forked off one that has imported everything, which saves each of them half a second."""

import gc
import multiprocessing
import os
import re
import runpy
import signal
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Thread

from mockserver.checks.process import Ended

_READY = "contract_tests.twins.ready"
_KEPT = re.compile("HOME|LANG|LC_.*|LD_LIBRARY_PATH|PATH|PYTHON.*|TZ|VIRTUAL_ENV")
"""Variables of the environment that a check may need; what else is set here must not decide what is caught."""


def forked(module: str, arguments: Sequence[str], limit: float) -> Ended:
    """Run a module as ``python -m`` does, for so many seconds at most."""
    with tempfile.NamedTemporaryFile() as said:
        process = _context().Process(target=_run, args=(module, tuple(arguments), said.name), daemon=True)
        process.start()
        process.join(limit)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
        process.close()
        return Ended(Path(said.name).read_text(errors="replace"), code)


def lead(folder: str) -> None:
    """Make this process one that twins are put before the checks in: quiet, and with whoever started it at an end.

    It leads a process group, so that whatever the checks have started ends with it; ``folder`` is for what they write.
    """
    os.setpgrp()
    for name in [each for each in os.environ if not _KEPT.fullmatch(each)]:
        del os.environ[name]
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    # Servers of twins write about callers that hang up, and about callbacks to where nobody listens.
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os.killpg(0, signal.SIGKILL)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_READY])
    return context


def _run(module: str, arguments: tuple[str, ...], said: str) -> None:
    file = os.open(said, os.O_WRONLY)
    os.dup2(file, 1)
    os.dup2(file, 2)
    # What was imported beforehand is no rubbish.
    gc.freeze()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
