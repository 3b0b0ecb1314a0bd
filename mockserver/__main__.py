"""``mockserver`` and ``python -m mockserver``."""

import sys


def run() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends it as plainly as later."""
    try:
        from mockserver.cli import main
    except KeyboardInterrupt:
        sys.exit("Aborted!")
    main(prog_name="mockserver")


if __name__ == "__main__":
    run()
