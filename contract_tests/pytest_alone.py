"""Runs pytest in a process of its own, without the plugins and options that happen to be installed or set here.

They may order, repeat or end checks in ways of their own.
"""

import os
import sys

import pytest


def main() -> int:
    """Run pytest with the arguments of this process; return its exit code."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    return int(pytest.main(sys.argv[1:]))
