"""The pytest plugin of client checks: options, the adapters' makers, and which checks are made."""

from pathlib import Path

import pytest

from contract_tests.client.evidence import Notes
from contract_tests.client.options import add_client_options, makers_of
from contract_tests.clients.adapting import Maker, Unusable
from contract_tests.selecting import leave_out
from mockserver.checks.process import FINISHED
from mockserver.contract.channel import Line

_HERE = Path(__file__).parent
_MAKERS = pytest.StashKey[dict[str, Maker]]()
_NOTES = pytest.StashKey[Notes]()
_MARKS = (
    "clause(id, ...): what a failure breaks, then what is put to the test besides",
    "out_of_order: the check itself makes calls that a client would not make then",
)


def makers(config: pytest.Config) -> dict[str, Maker]:
    """Return what makes the adapters, by vendor."""
    return config.stash[_MAKERS]


def notes_of(config: pytest.Config) -> Notes:
    """Return where it is written down what was found."""
    return config.stash[_NOTES]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_client_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and make the adapters' makers or refuse them."""
    for each in _MARKS:
        config.addinivalue_line("markers", each)
    try:
        notes = config.stash[_NOTES] = Notes(config.getoption("--client-evidence"))
    except OSError as error:
        raise pytest.UsageError(str(error)) from None
    try:
        config.stash[_MAKERS] = makers_of(config)
    except Unusable as unusable:
        notes.tell(Line(usage=str(unusable)))
        raise pytest.UsageError(str(unusable)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the adapters."""
    for maker in config.stash.get(_MAKERS, {}).values():
        maker.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks of vendors whose client was not named."""
    leave_out(config, items, _HERE, makers(config))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Say that this is all, if pytest itself came to its end."""
    if exitstatus in FINISHED:
        notes_of(session.config).tell(Line(ended=True))
