"""YAML as JSON knows it: a date is a string, and nothing but plain data comes out."""

from typing import IO, Any, ClassVar

import yaml

Path = tuple[str | int, ...]
"""Where something stands in a document: keys and, of lists, numbers from 0."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 500
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: ClassVar = {
        first: [each for each in resolvers if each[0] != _TIMESTAMP]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def read_yaml(text: str | IO[str]) -> Any:
    """Return what a document says; raise ``yaml.YAMLError`` or ``ValueError``."""
    whole = text if isinstance(text, str) else text.read()
    _measure(whole)
    return yaml.load(whole, Loader=_Loader)  # noqa: S506 - a SafeLoader


def line_numbers(text: str) -> tuple[dict[Path, int], list[tuple[int, str]]]:
    """Return the line, from 1, of every key and item of a document, and each key that is written twice with its line.

    Raises as ``read_yaml``.
    """
    _measure(text)
    lines: dict[Path, int] = {}
    twice: list[tuple[int, str]] = []
    try:
        _walk(yaml.compose(text, Loader=_Loader), (), lines, twice)
    except RecursionError:
        raise ValueError("it holds itself") from None
    return lines, twice


def _measure(text: str) -> None:
    """Raise ``ValueError`` for what is nested so deep that building it would end the process, not raise."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("it is nested too deep")


def _walk(node: Any, path: Path, lines: dict[Path, int], twice: list[tuple[int, str]]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*path, str(key.value))
            if place in lines:
                twice.append((key.start_mark.line + 1, str(key.value)))
            lines[place] = key.start_mark.line + 1
            _walk(value, place, lines, twice)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*path, number] = item.start_mark.line + 1
            _walk(item, (*path, number), lines, twice)
