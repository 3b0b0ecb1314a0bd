"""Making adapters: which class it is, whether it has what its protocol asks for, and what it is given."""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from contract_tests.clients.protocols import Receives

Given = Mapping[str, Any]
"""The keyword arguments that an adapter is made with."""


class Unusable(Exception):
    """There is no adapter to check, for a reason that its author can see to."""


@dataclass(frozen=True)
class Role:
    """What one vendor's checks need to know of its clients.

    ``credentials`` are the names, among those that a sandbox gives, of what an adapter is made with; ``also`` is given
    besides. ``path`` follows the vendor's address.
    """

    vendor: str
    protocol: type
    credentials: tuple[str, ...]
    path: str = ""
    also: Mapping[str, Any] = field(default_factory=dict)
    fixtures: str = "empty"
    instant: str = "2026-03-02T09:00:00Z"


class Maker(Protocol):
    """Makes the adapter of each check."""

    name: str
    keeps_time: bool
    """Whether what it makes waits by ``wait`` and reads ``clock``."""

    def make(self, given: Given) -> Any:
        """Return an adapter; raise whatever its author's code raises."""

    def close(self) -> None:
        """Let go of what was made."""


class Imported:
    """Makes adapters of a Python class, named as ``package.module:Class``."""

    def __init__(self, place: str, role: Role) -> None:
        self.name = place
        self._class = _class_of(place)
        _check_verbs(place, self._class, role)
        self.keeps_time = _takes(self._class, "wait", "clock")

    def make(self, given: Given) -> Any:
        """Make one with the arguments that it takes."""
        return self._class(**{name: value for name, value in given.items() if self._wanted(name)})

    def close(self) -> None:
        """Do nothing; an adapter is Python's to collect."""

    def _wanted(self, name: str) -> bool:
        return name not in {"wait", "clock"} or self.keeps_time


def verbs_of(protocol: type) -> list[str]:
    """Return the names of a protocol's verbs, in the order in which they are written."""
    return [name for name, each in vars(protocol).items() if inspect.isfunction(each) and not name.startswith("_")]


def _class_of(place: str) -> Callable[..., Any]:
    module_name, _, class_name = place.partition(":")
    if not module_name or not class_name:
        raise Unusable(f"{place!r} names no class. Write it as package.module:Class.")
    if "" not in sys.path and "." not in sys.path:
        sys.path.insert(0, "")  # what is beside the person who calls
    try:
        module = import_module(module_name)
    except ImportError as error:
        advice = "Run this where Python finds the module, or put its folder into PYTHONPATH."
        if module_name.partition(".")[0] == __name__.partition(".")[0]:
            advice = "contract_tests is the name of mockserver's own package; give yours another."
        raise Unusable(f"{module_name} cannot be imported: {type(error).__name__}: {error}. {advice}") from error
    except Exception as error:
        raise Unusable(f"{module_name} cannot be imported: {type(error).__name__}: {error}.") from error
    except BaseException as error:
        said = f"{type(error).__name__} {error}".rstrip()
        raise Unusable(f"{module_name} ends the program when it is imported: {said}.") from None
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        classes = sorted(each for each, made in vars(module).items() if inspect.isclass(made) and each[0] != "_")
        raise Unusable(f"{module_name} has no class {class_name}; it has {', '.join(classes) or 'none'}.")
    return found


def _check_verbs(place: str, made: Any, role: Role) -> None:
    """Raise ``Unusable`` for a class that lacks verbs, naming them, or has one of the two for webhooks."""
    lacking = [verb for verb in verbs_of(role.protocol) if not callable(getattr(made, verb, None))]
    receiving = [verb for verb in verbs_of(Receives) if not callable(getattr(made, verb, None))]
    if lacking:
        raise Unusable(
            f"{place} lacks {_listed(lacking)}. {role.protocol.__name__} in contract_tests/clients/protocols.py says "
            "what each does; let one that your client does not have raise NotImplementedError."
        )
    if len(receiving) == 1:
        raise Unusable(f"{place} lacks {receiving[0]}. To be checked for webhooks it needs both: receive and taken.")


def _listed(verbs: list[str]) -> str:
    return f"the verb {verbs[0]}" if len(verbs) == 1 else f"the verbs {', '.join(verbs)}"


def _takes(made: Callable[..., Any], *names: str) -> bool:
    try:
        parameters = inspect.signature(made).parameters
    except (TypeError, ValueError):
        return True
    return all(name in parameters for name in names) or any(
        each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()
    )
