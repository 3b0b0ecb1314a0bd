"""Runs pytest on checks of a server, whatever the environment says: ``python -m contract_tests.server``."""

import sys

from contract_tests.pytest_alone import main

if __name__ == "__main__":
    sys.exit(main())
