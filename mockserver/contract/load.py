"""Reading a contract: the OpenAPI document that a vendor's package holds, transcribed by hand."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.plain_yaml import read_yaml


def read_contract(package: str) -> dict[str, Any]:
    """Return the document in ``contract.yaml`` of a package, which is imported for it."""
    return _read(files(package))


@cache
def contract_of(vendor: str) -> Contract:
    """Return the contract of a vendor that comes with mockserver, by where it lies: no code of vendors is imported."""
    return Contract(vendor, _read(files("mockserver") / "vendors" / vendor))


def _read(folder: Traversable) -> dict[str, Any]:
    document: dict[str, Any] = read_yaml((folder / "contract.yaml").read_text(encoding="utf-8"))
    return document
