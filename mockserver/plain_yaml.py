"""YAML as JSON knows it: a date is a string, and nothing but plain data comes out."""

from typing import IO, Any, ClassVar

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: ClassVar = {
        first: [each for each in resolvers if each[0] != _TIMESTAMP]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def read_yaml(text: str | IO[str]) -> Any:
    """Return what a document says; raise ``yaml.YAMLError`` or ``ValueError``."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except RecursionError:
        raise ValueError("it is nested too deep") from None
