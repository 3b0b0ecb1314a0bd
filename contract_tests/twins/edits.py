"""Small changes of JSON: what a spoilt request or answer is made of.

A path is the names of fields, ``[]`` for every item of a list. What is not there is left as it is.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

Edit = Callable[[Any], Any]
"""Takes a JSON value and returns what takes its place."""


def lacking(*path: str) -> Edit:
    """Leave a field out."""
    return _at(path, lambda holder, name: holder.pop(name))


def having(value: Any, *path: str) -> Edit:
    """Give a field a value, whether it was there or not."""

    def put(holder: Any, name: str) -> None:
        holder[name] = value

    return _at(path, put, always=True)


def turned(how: Callable[[Any], Any], *path: str) -> Edit:
    """Turn the value of a field into another."""

    def put(holder: Any, name: str) -> None:
        holder[name] = how(holder[name])

    return _at(path, put)


def renamed(new: str, *path: str) -> Edit:
    """Call a field otherwise."""

    def put(holder: Any, name: str) -> None:
        holder[new] = holder.pop(name)

    return _at(path, put)


def edited(body: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Return a body with all edits made; one that is no JSON stays as it is."""
    try:
        said = json.loads(body)
    except ValueError:
        return body
    for edit in edits:
        said = edit(said)
    return json.dumps(said).encode()


def _at(path: tuple[str, ...], do: Callable[[Any, str], object], always: bool = False) -> Edit:
    def edit(said: Any) -> Any:
        for holder in _holders(said, path[:-1]):
            if isinstance(holder, dict) and (always or path[-1] in holder):
                do(holder, path[-1])
        return said

    return edit


def _holders(said: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield said
    elif path[0] == "[]" and isinstance(said, list):
        for each in said:
            yield from _holders(each, path[1:])
    elif isinstance(said, dict) and path[0] in said:
        yield from _holders(said[path[0]], path[1:])
