"""A mockserver that ends with whoever started it: run as a script with ``mockserver``'s arguments.

Standard input is a pipe whose other end the parent holds. It ends when the parent does, however that happens.
"""

import os
import runpy
import signal
from threading import Thread

_STDIN = 0


def _end_with_the_parent() -> None:
    # Not by sys.stdin: its lock would be held in the processes that the server forks.
    while os.read(_STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=_end_with_the_parent, daemon=True).start()
    runpy.run_module("mockserver", run_name="__main__", alter_sys=True)
