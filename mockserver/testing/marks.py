"""``@pytest.mark.mockserver``: how the sandbox of a test starts."""

from pathlib import Path
from typing import Any

import pytest

MARK = "mockserver"
USAGE = f"{MARK}(fixtures, seed, clock, settings, scenario): how the sandbox of the test starts"
_TYPES: dict[str, tuple[type, ...]] = {
    "fixtures": (str,),
    "seed": (int,),
    "clock": (str,),
    "settings": (dict,),
    "scenario": (str, Path),
}
_KNOWN = ", ".join(_TYPES)


class WrongMark(Exception):
    """A mark has arguments that it does not take."""


def boot_of(node: pytest.Item) -> dict[str, Any]:
    """Return what the marks of a test say, those of its class and module counting less; raise ``WrongMark``."""
    boot: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers(MARK))):
        if mark.args:
            raise WrongMark(f"takes keyword arguments only ({_KNOWN}), not {mark.args[0]!r}.")
        for name, value in mark.kwargs.items():
            _check(name, value)
        boot |= mark.kwargs
    if "scenario" in boot and len(boot) > 1:
        others = ", ".join(name for name in boot if name != "scenario")
        raise WrongMark(f"takes scenario alone, which says itself how the sandbox boots; leave out {others}.")
    return boot


def _check(name: str, value: Any) -> None:
    if name not in _TYPES:
        raise WrongMark(f"takes no {name!r}; it takes {_KNOWN}.")
    if not isinstance(value, _TYPES[name]) or isinstance(value, bool):
        kinds = " or ".join(each.__name__ for each in _TYPES[name])
        raise WrongMark(f"takes {kinds} as {name}, not {value!r}.")
