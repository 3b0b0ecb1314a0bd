"""Runs pytest on checks of a client, whatever the environment says: ``python -m contract_tests.client``."""

import sys

from contract_tests.pytest_alone import main

if __name__ == "__main__":
    sys.exit(main())
