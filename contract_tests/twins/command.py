"""The command line of the twins, and the processes that it works with."""

import multiprocessing
import os
import signal
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory

from contract_tests.twins.catalogue import catalogue
from contract_tests.twins.forking import lead
from contract_tests.twins.running import put_before, subjects
from contract_tests.twins.table import FAILED, Table
from contract_tests.twins.twin import ServerTwin, Twin
from mockserver.testing.server import CannotServe, running_child

_SAYS = """\
Put healthy clients and servers of each vendor before the checks of `mockserver check`, which must have nothing against
them, and then their broken twins, one small defect each: a finding must name the clause that the defect breaks.
"""
_CODES = """\
exit codes:
  0  at least 95% of the twins were caught, and every healthy subject that was chosen is clean
  1  fewer were caught, or a healthy subject is not clean
  2  wrong usage: an unknown option, a word that is in no name
  4  the checking itself failed, which says nothing of the checks; tracebacks are on standard error
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; the table goes to standard output."""
    parser = _parser()
    given = parser.parse_args(arguments)
    unknown = [word for word in given.only if not _chosen([*subjects(), *catalogue()], [word])]
    if unknown:
        parser.error(f"no subject and no twin has {' or '.join(map(repr, unknown))} in its name")
    table = Table(verbose=given.verbose)
    began = time.monotonic()
    try:
        _fill(table, given)
    except CannotServe as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line prints
        return FAILED
    except BrokenProcessPool as error:
        print(f"A process of the twins' ended before its time: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    if table.bugs:
        print(table.bugs, file=sys.stderr)  # noqa: T201
    print(table.text(time.monotonic() - began))  # noqa: T201
    return table.code


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m contract_tests.twins",
        description=_SAYS,
        epilog=_CODES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "only",
        nargs="*",
        metavar="WORD",
        help="run the subjects and twins with one of these words in their names, which are like "
        "youtestme.client.number-for-id and youtestme.client.healthy; default: all",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="tell the seconds of each, and what else was named"
    )
    parser.add_argument(
        "-j",
        "--jobs",
        type=_jobs,
        default=_cores() + 1,
        metavar="N",
        help="how many run at a time; default: one more than there are cores (%(default)s), since checks also wait",
    )
    return parser


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _chosen(names: Sequence[str], only: Sequence[str]) -> list[str]:
    return [name for name in names if not only or any(word in name for word in only)]


def _fill(table: Table, given: Namespace) -> None:
    """Put all that was asked for into the table."""
    twins = _chosen(list(catalogue()), given.only)
    # Those that a check waits for in vain take longest, so that they begin.
    twins.sort(key=lambda name: not _may_be_silent(catalogue()[name]))
    names = [*_chosen(list(subjects()), given.only), *twins]
    with _working(given.jobs) as (pool, origin):
        with _undisturbed():
            futures = [pool.submit(put_before, name, origin) for name in names]
        for number, done in enumerate(as_completed(futures), 1):
            table.add(done.result())
            _progress(number, len(futures))


def _may_be_silent(twin: Twin) -> bool:
    return isinstance(twin, ServerTwin) and bool(twin.faults or twin.instead)


@contextmanager
def _working(jobs: int) -> Iterator[tuple[ProcessPoolExecutor, str]]:
    """Give workers, and the address of a mockserver for them; none of what they started is left at the end."""
    spawned = multiprocessing.get_context("spawn")
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running_child(()) as child,
        ProcessPoolExecutor(jobs, spawned, lead, (folder,)) as pool,
    ):
        try:
            yield pool, child.origin
        except BaseException:
            for worker in multiprocessing.active_children():
                _end(worker)
            pool.shutdown(cancel_futures=True)
            raise


def _end(worker: BaseProcess) -> None:
    """End a worker with all that it has started, which is as many processes as a check may have."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid or 0, signal.SIGKILL)
    worker.kill()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, as they could only tell of it in tracebacks."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="\n" if done == of else "", file=sys.stderr)  # noqa: T201
