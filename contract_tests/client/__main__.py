"""Runs pytest with its arguments, without the plugins and options that happen to be installed or set here.

They may order, repeat or end tests in ways of their own.
"""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    sys.exit(pytest.main(sys.argv[1:]))
