"""Which of a vendor's webhooks a request is, by the shape of its body: nothing else tells it where nobody names it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from mockserver.contract.bodies import Unreadable, read_body
from mockserver.contract.contract import Contract
from mockserver.contract.observed import Observed
from mockserver.contract.places import Situated
from mockserver.contract.undocumented import undocumented


class Likeness(NamedTuple):
    """How much a request is like a webhook."""

    name: str
    known: int
    """Documented fields that the body has; 0 for a body that is no object."""
    foreign: int
    """Fields that it has and that are not documented, and fields that it must have and has not."""
    wrong: int
    """All that its schema forbids; 1 for a body that cannot be read."""
    lacking: int
    """What it has to have besides and has not: a content type, parameters, a proof of who sends it."""

    @property
    def kept(self) -> bool:
        """Tell whether it has all that the webhook must have, and nothing that it must not."""
        return not (self.wrong or self.lacking)


def likenesses(contract: Contract, seen: Observed) -> list[Likeness]:
    """Return how much a request is like each webhook of its method, the likest first.

    What repeats an operation is none: the operation is it.
    """
    candidates = [each for each in contract.webhooks.values() if each.method == seen.method and not each.repeats]
    found = [_likeness(Situated(contract, replace(seen, webhook=each.name), each, {})) for each in candidates]
    return sorted(found, key=lambda each: each[2:])


def likest(found: Sequence[Likeness]) -> Likeness | None:
    """Return the one that a request is more like than any other; None if there is no such one."""
    if len(found) > 1 and (not found[0].known or found[0][2:] == found[1][2:]):
        return None
    return found[0] if found else None


def certain(found: Sequence[Likeness]) -> Likeness | None:
    """Return the one that a request keeps to in all, and which its fields speak for; None if there is no such one."""
    kept = likest([each for each in found if each.kept])
    return kept if kept and resembles(kept) else None


def resembles(likeness: Likeness) -> bool:
    """Tell whether more speaks for a webhook than against it."""
    return likeness.known > likeness.foreign


def _likeness(where: Situated) -> Likeness:
    name, lacking = where.entry.name, _lacking(where)
    body = where.asked()
    if body is None or not body.content:
        return Likeness(name, 0, 0, 0, lacking)
    kind = body.kind if body.kind in body.content else next(iter(body.content))
    lacking += kind != body.kind
    if "schema" not in body.content[kind]:
        return Likeness(name, 0, 0, 0, lacking)
    try:
        value = read_body(kind, body.headers, body.raw)
    except Unreadable:
        return Likeness(name, 0, 0, 1, lacking)
    pointer = body.schema_pointer(kind)
    errors = list(where.contract.validator(pointer).iter_errors(value))
    missing = sum(each.validator == "required" and not each.absolute_path for each in errors)
    fields = value if isinstance(value, dict) else {}
    unknown = sum(len(path) == 1 for path, _ in undocumented(where.contract, pointer, fields))
    return Likeness(name, len(fields) - unknown, missing + unknown, len(errors), lacking)


def _lacking(where: Situated) -> int:
    """Return how many parameters are missing that a webhook has, and 1 if it does not show who sends it."""
    choices = where.schemes()
    shown = not choices or any(all(where.secret(name) is not None for name in choice) for choice in choices)
    return sum(bool(each.node.get("required")) and each.value is None for each in where.parameters()) + (not shown)
