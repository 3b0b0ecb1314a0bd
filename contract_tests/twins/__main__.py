"""``python -m contract_tests.twins``: puts all twins before the checks and prints what came of it.

Exits with 0 if the healthy subjects are clean and at least 95% of the twins are caught, else with 1.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from contract_tests.twins.catalogue import catalogue, healthy, vendors
from contract_tests.twins.running import Caught, Health, catch, examine, quiet
from contract_tests.twins.table import Table
from mockserver.testing.server import running_child

_PROCESSES = 3
"""One more than the cores that are counted on: checks wait for what does not come."""
_WANTED = 95.0


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.twins", description="Run the broken twins.")
    parser.add_argument("only", nargs="*", help="Words, one of which is in the name of a twin.  [default: all]")
    parser.add_argument("--verbose", action="store_true", help="Say what else was named.")
    given = parser.parse_args()
    names = [each for each in catalogue() if not given.only or any(word in each for word in given.only)]
    subjects = [] if given.only else _healthy()
    began = time.monotonic()
    table = Table(verbose=given.verbose)
    with _working() as (pool, origin):
        first: dict[Future[Health], None] = {pool.submit(examine, *each, origin): None for each in subjects}
        futures: dict[Future[Caught], None] = {pool.submit(catch, each, origin): None for each in names}
        for done in as_completed(first):
            table.add_healthy(done.result())
        for caught in as_completed(futures):
            table.add(caught.result())
            _progress(table.count, len(names))
    print(table.text(time.monotonic() - began))  # noqa: T201 - a command line prints
    return 0 if table.rate >= _WANTED and table.clean else 1


def _healthy() -> list[tuple[str, str]]:
    """Return kind and vendor of each healthy subject."""
    found = [(kind, vendor) for vendor in vendors() for kind in ("client", "server")]
    return [*found, *(("instead", vendor) for vendor in vendors() if healthy(vendor).instead)]


@contextmanager
def _working() -> Iterator[tuple[ProcessPoolExecutor, str]]:
    """Give workers, and the address of a mockserver for them."""
    spawned = multiprocessing.get_context("spawn")
    with running_child(()) as child, ProcessPoolExecutor(_PROCESSES, spawned, quiet) as pool:
        try:
            yield pool, child.origin
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _progress(done: int, all_of_them: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {all_of_them}", end="\n" if done == all_of_them else "", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
