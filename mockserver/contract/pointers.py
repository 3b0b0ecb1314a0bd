"""JSON Pointers and references, read within one document."""

from collections.abc import Mapping
from typing import Any


def unescaped(step: str) -> str:
    """Return what a step of a JSON Pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")


def at(document: Any, pointer: str) -> Any:
    """Return what stands at a pointer, a reference as it is; raise ``LookupError`` where nothing does."""
    found = document
    for step in pointer.strip("/").split("/"):
        found = found[int(step)] if isinstance(found, list) else found[unescaped(step)]
    return found


def resolved(document: Any, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference leads to in the end, or the node itself."""
    while "$ref" in node:
        node = at(document, node["$ref"].removeprefix("#"))
    return node
