"""The options of the contract tests, known wherever they are started from."""

import pytest

from contract_tests.client.options import add_client_options

pytest_plugins = ["contract_tests.server.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_client_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks."""
    config.addinivalue_line("markers", "clause(id, ...): what a failure breaks, then what is put to the test besides")
    config.addinivalue_line("markers", "out_of_order: the check itself makes calls that a client would not make then")
