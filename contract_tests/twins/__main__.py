"""``python -m contract_tests.twins``: puts all twins before the checks and prints what came of it."""

import sys

_INTERRUPTED = 130


def run() -> int:
    """Run the command and return its exit code; Ctrl-C ends it plainly, while it is still being imported as well."""
    try:
        from contract_tests.twins.command import main

        return main()
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is proven.", file=sys.stderr)  # noqa: T201 - a command line prints
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(run())
