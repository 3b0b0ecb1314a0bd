"""Which checks are made: those of the vendors that somebody named a subject of."""

from collections.abc import Collection
from pathlib import Path

import pytest


def vendor_of(item: pytest.Item, folder: Path) -> str:
    """Return the vendor whose subject a test below a folder checks, empty for a test of something else."""
    steps = item.path.relative_to(folder).parts if item.path.is_relative_to(folder) else ()
    return steps[0] if len(steps) > 1 else ""


def leave_out(config: pytest.Config, items: list[pytest.Item], folder: Path, named: Collection[str]) -> None:
    """Leave out the checks below a folder that are of vendors not named."""
    out = {each for each in items if (vendor := vendor_of(each, folder)) and vendor not in named}
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [each for each in items if each not in out]
