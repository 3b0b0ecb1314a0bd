"""What a verb was given to pass on, beside what came of it at the vendor."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from contract_tests.client.stage import Stage
from mockserver.contract.places import uncertainty


class Value(NamedTuple):
    """One value, and the clause that says where it is sent."""

    clause: str
    name: str
    given: Any
    came: Any


def expect_arrived(stage: Stage, values: Iterable[Value]) -> None:
    """Fail the check if some values are other than they were given, by the most certain of their clauses."""
    known = stage.contract.clauses
    lost = [each for each in values if not same(each.given, each.came)]
    lost.sort(key=lambda each: uncertainty(known[each.clause]))
    for first in lost[:1]:
        told = ", ".join(f"{each.name} as {_shown(each.came)}" for each in lost)
        with stage.on_the_way(first.clause):
            stage.expect(False, "What was given arrives as it is.", f"{first.name} {_shown(first.given)}", told)


def same(given: Any, came: Any) -> bool:
    """Tell whether a JSON value is the one that was given: 1.0 is 1 and no true; null and empty may be left out."""
    if isinstance(given, dict | list) and not given and came is None:
        return True
    if isinstance(given, dict) and isinstance(came, dict):
        return all(same(each, came.get(name)) for name, each in given.items())
    return isinstance(came, bool) is isinstance(given, bool) and bool(came == given)


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, datetime) else f"{value!r:.80}"


def kept_as(name: str) -> str:
    """Return what a vendor's state calls a field: ``first_name`` for ``firstName``."""
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)
