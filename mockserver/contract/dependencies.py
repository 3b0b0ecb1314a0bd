"""What a contract says of the order of calls: where an id comes from, which call follows which, what is used once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from mockserver.contract.pointers import resolved

Outcome = Literal["success", "refused", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim about what a caller does; ``clause`` is its id, the rest as a clause has it."""

    clause: str
    says: str
    source: str | None
    confidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Claim):
    """``taker`` carries at ``into`` what ``giver``, answered with ``status``, has at ``value``.

    Both are expressions, each over an exchange of its own operation; ``place`` is where a finding says it is. Links
    into one place are one claim, for which the first in the contract speaks: any of them may have given the value.
    """

    giver: str
    status: str
    value: str
    taker: str
    into: str
    place: str


@dataclass(frozen=True, slots=True)
class Before:
    """One operation that may come first; ``same`` pairs an expression over it with one over what follows."""

    operation: str
    same: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class After(Claim):
    """``operation`` follows one of ``before``, which was answered as ``outcome`` says; of refusals the last counts."""

    operation: str
    before: tuple[Before, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Once(Claim):
    """The address that ``operation`` answers at ``value`` is opened once."""

    operation: str
    value: str


def dependencies(vendor: str, document: Mapping[str, Any]) -> Iterator[Claim]:
    """Yield what the operations of a contract claim of their order; links into one place come one by one."""
    items = document.get("paths", {}).values()
    nodes = [node for item in items for node in item.values() if isinstance(node, Mapping) and "operationId" in node]
    first: dict[str, Link] = {}
    for node in nodes:
        for link in _links(vendor, document, node):
            speaker = first.setdefault(link.clause, link)
            yield replace(link, says=speaker.says, source=speaker.source, confidence=speaker.confidence)
        yield from _afters(vendor, node)
        yield from _onces(vendor, node)


def _links(vendor: str, document: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Link]:
    giver = node["operationId"]
    for status, each in node.get("responses", {}).items():
        for given in resolved(document, each).get("links", {}).values():
            link = resolved(document, given)
            taker = link["operationId"]
            for place, into, value in _values(link):
                yield Link(
                    clause=f"{vendor}.{taker}.{place}.given",
                    says=link.get("description", "").strip() or f"This is what {giver} has at {value}.",
                    source=link.get("x-source"),
                    confidence=link.get("x-confidence"),
                    giver=giver,
                    status=str(status),
                    value=value,
                    taker=taker,
                    into=into,
                    place=place,
                )


def _values(link: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the place of each value in the taker's request, the expression that reads it there, and its own."""
    for name, value in link.get("parameters", {}).items():
        yield f"request.{name}", f"$request.{name}", value
    for pointer, value in link.get("x-fields", {}).items():
        steps = ["[]" if step == "*" else step for step in pointer.strip("/").split("/")]
        yield f"request.body.{'.'.join(steps)}", f"$request.body#{pointer}", value
    for scheme, value in link.get("x-security", {}).items():
        yield f"request.security.{scheme}", f"$request.security.{scheme}", value


def _afters(vendor: str, node: Mapping[str, Any]) -> Iterator[After]:
    for name, each in node.get("x-after", {}).items():
        yield After(
            clause=f"{vendor}.{node['operationId']}.request.after.{name}",
            says=each["description"].strip(),
            source=each.get("x-source"),
            confidence=each.get("x-confidence"),
            operation=node["operationId"],
            before=tuple(Before(one["operation"], tuple(one.get("same", {}).items())) for one in each["any"]),
            outcome=each.get("outcome", "success"),
        )


def _onces(vendor: str, node: Mapping[str, Any]) -> Iterator[Once]:
    for name, each in node.get("x-single-use", {}).items():
        yield Once(
            clause=f"{vendor}.{node['operationId']}.request.single-use.{name}",
            says=each["description"].strip(),
            source=each.get("x-source"),
            confidence=each.get("x-confidence"),
            operation=node["operationId"],
            value=each["value"],
        )
