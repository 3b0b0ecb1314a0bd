"""Runs pytest on checks of a server, whatever the environment says: ``python -m contract_tests.server``."""

import os
import sys

import pytest

if __name__ == "__main__":
    # Plugins that happen to be installed, and options meant for other tests, could order, repeat or drop checks.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    sys.exit(pytest.main(sys.argv[1:]))
