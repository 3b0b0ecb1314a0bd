"""Reading a contract: the OpenAPI document that a vendor's package holds, transcribed by hand."""

from importlib.resources import files
from typing import Any, ClassVar

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(_Base):  # type: ignore[misc]
    """YAML as JSON knows it: a date is a string."""

    yaml_implicit_resolvers: ClassVar = {
        first: [each for each in resolvers if each[0] != _TIMESTAMP]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def read_contract(package: str) -> dict[str, Any]:
    """Return the document in ``contract.yaml`` of a package."""
    text = (files(package) / "contract.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return document
