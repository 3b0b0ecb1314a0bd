"""Reading a contract: the OpenAPI document that a vendor's package holds, transcribed by hand."""

from importlib.resources import files
from typing import Any

from mockserver.plain_yaml import read_yaml


def read_contract(package: str) -> dict[str, Any]:
    """Return the document in ``contract.yaml`` of a package."""
    document: dict[str, Any] = read_yaml((files(package) / "contract.yaml").read_text(encoding="utf-8"))
    return document
