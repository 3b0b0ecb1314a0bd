"""The lists of checks that come with the package: where a vendor's is, and what it leaves out by its own account."""

from pathlib import Path
from typing import Literal

import contract_tests
from mockserver.contract.waivers import Waiver, read_waivers

_UNCHECKED = "unchecked.yaml"
ROOT = Path(contract_tests.__file__).parent

Kind = Literal["client", "server"]


def folder_of(kind: Kind, vendor: str) -> Path:
    """Return where the checks of a vendor's clients or servers are; there may be none."""
    return ROOT / kind / vendor


def unchecked(kind: Kind, vendor: str) -> list[Waiver]:
    """Return the clauses that no check puts to the test, with the reasons; raise ``BadWaivers``."""
    file = folder_of(kind, vendor) / _UNCHECKED
    return read_waivers(file.read_text(encoding="utf-8"), f"{vendor}/{_UNCHECKED}") if file.exists() else []
