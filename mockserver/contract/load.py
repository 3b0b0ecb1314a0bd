"""Reading a contract: the OpenAPI document that a vendor's package holds, transcribed by hand."""

from importlib.resources import files
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_contract(package: str) -> dict[str, Any]:
    """Return the document in ``contract.yaml`` of a package."""
    text = (files(package) / "contract.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - the C spelling of SafeLoader
    return document
