"""The pytest plugin of client checks: options, the adapters' makers, and which checks are made."""

from pathlib import Path

import pytest

from contract_tests.client.evidence import Notes
from contract_tests.client.options import add_client_options, makers_of
from contract_tests.clients.adapting import Maker, Unusable

_HERE = Path(__file__).parent
_MAKERS = pytest.StashKey[dict[str, Maker]]()
_NOTES = pytest.StashKey[Notes]()
_ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
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
    notes = config.stash[_NOTES] = Notes(config.getoption("--client-evidence"))
    try:
        config.stash[_MAKERS] = makers_of(config)
    except Unusable as unusable:
        notes.add(usage=str(unusable))
        raise pytest.UsageError(str(unusable)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the adapters."""
    for maker in config.stash.get(_MAKERS, {}).values():
        maker.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks of vendors whose client was not named."""
    out = {each for each in items if (vendor := vendor_of(each)) and vendor not in makers(config)}
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [each for each in items if each not in out]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Say that this is all, if pytest itself came to its end."""
    if exitstatus in _ENDED:
        notes_of(session.config).add(ended=True)


def vendor_of(item: pytest.Item) -> str:
    """Return the vendor whose client a test checks, empty for a test of something else."""
    steps = item.path.relative_to(_HERE).parts if item.path.is_relative_to(_HERE) else ()
    return steps[0] if len(steps) > 1 else ""
