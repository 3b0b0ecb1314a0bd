"""``mockserver`` and ``python -m mockserver``."""

import signal
import sys
from typing import Any, NoReturn

_UNCHECKED = 3


def run() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends it as plainly as later."""
    if sys.argv[1:2] == ["check"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _nothing_was_checked)
    try:
        from mockserver.cli import main
    except KeyboardInterrupt:
        sys.exit("Aborted!")
    main(prog_name="mockserver")


def _nothing_was_checked(*_: Any) -> NoReturn:
    """End a check that has not begun; the exit code of anything else that is interrupted means findings here."""
    sys.stderr.write("Error: It was interrupted before there was a verdict.\n")
    sys.exit(_UNCHECKED)


if __name__ == "__main__":
    run()
