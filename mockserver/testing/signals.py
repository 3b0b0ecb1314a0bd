"""The signals that end a process, heard for a while."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

ENDING = (signal.SIGTERM, signal.SIGHUP)
"""The signals that end a process besides Ctrl-C: somebody's wish, and the end of its terminal."""


@contextmanager
def hearing(signals: Iterable[signal.Signals], handler: Callable[[int, Any], Any]) -> Iterator[None]:
    """Handle signals so for a while, except those that the process was started to ignore."""
    before = {each: signal.getsignal(each) for each in signals}
    heard = [each for each, known in before.items() if known is not signal.SIG_IGN]
    for each in heard:
        signal.signal(each, handler)
    try:
        yield
    finally:
        for each in heard:
            signal.signal(each, before[each] or signal.SIG_DFL)
