"""The fault rules of one sandbox: made, listed, ended, and asked at each point what strikes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import msgspec

from mockserver.core.clock import format_instant, later, parse_duration, parse_instant
from mockserver.core.collection import Collection
from mockserver.core.errors import BadRequest, Full, NotFound
from mockserver.core.faults.catalogue import make
from mockserver.core.faults.kind import AnswerKind, AttemptKind, Case, DeliveryKind, Kind, Point
from mockserver.core.faults.reading import read, refused
from mockserver.core.faults.rule import Rule, Wish
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome
from mockserver.core.state import Surroundings
from mockserver.core.vendor import Vendor

MOST_RULES = 1_000
_WISHES = frozenset(each.name for each in msgspec.structs.fields(Wish))

Refuse = Callable[[int], Outcome]
K = TypeVar("K", bound=Kind)


class Struck(msgspec.Struct, frozen=True):
    """A fault of answers that a rule or a request chose, and the case that it is chosen for."""

    kind: str
    fault: AnswerKind
    case: Case

    def spoil(self, outcome: Outcome) -> Outcome:
        """Return the outcome that the fault makes of one."""
        return self.fault.spoil(outcome, self.case)

    def let_pass(self, outcome: Outcome) -> Outcome:
        """Return the outcome for a request that it let pass."""
        return self.fault.let_pass(outcome, self.case)


class Faults:
    """Rules in the order of their creation. Whoever calls is in a transaction of the sandbox.

    At each point every rule that is about the request counts a match; the first that would strike does, alone.
    ``header`` tells whether requests may name a fault of their own.
    """

    def __init__(self, sandbox: Surroundings, vendors: Sequence[Vendor], *, header: bool = True) -> None:
        self.rules: Collection[Rule] = Collection("faults", Rule, key="number", undo=sandbox.undo)
        self.header = header
        self._sandbox = sandbox
        self._operations = [each.id for vendor in vendors for each in vendor.api.operations]
        self._events = [f"{vendor.name}.{each.name}" for vendor in vendors for each in vendor.events]

    def __len__(self) -> int:
        return len(self.rules)

    def add(self, asked: Mapping[str, Any]) -> Rule:
        """Make a rule of plain data: ``operation``, ``kind``, the kind's settings and what else a rule has.

        ``until`` is an instant or a duration from now. Raises ``BadRequest`` that names the field, or ``Full``.
        """
        wish = read({"kind": "", **{name: value for name, value in asked.items() if name in _WISHES}}, Wish)
        fault = make(wish.kind, {name: value for name, value in asked.items() if name not in _WISHES})
        self._check_names(wish, fault)
        until = None if wish.until is None else self._instant(wish.until)
        if len(self.rules) >= MOST_RULES:
            raise Full(f"There are {MOST_RULES} fault rules, the most that a sandbox keeps; delete some.")
        return self.rules.add(
            Rule(
                number=self._sandbox.ids.number("faults"),
                operation=wish.operation,
                kind=wish.kind,
                settings=msgspec.to_builtins(fault),
                at=wish.at or fault.points[0],
                created=self._sandbox.clock.now(),
                skip=wish.skip,
                times=wish.times,
                probability=wish.probability,
                until=until,
            )
        )

    def get(self, number: int) -> Rule:
        """Return a rule; raise ``NotFound``."""
        found = self.rules.find(number=number)
        if found is None:
            raise NotFound(f"There is no fault rule {number}.", field="number")
        return found

    def remove(self, number: int) -> Rule:
        """Forget a rule; raise ``NotFound``."""
        return self.rules.remove(self.get(number).number)

    def clear(self) -> int:
        """Forget all rules and return how many there were."""
        gone = [self.rules.remove(each.number) for each in self.rules]
        return len(gone)

    def before(self, operation: str, request: Request, refuse: Refuse) -> tuple[Struck | None, list[Struck]]:
        """Return what strikes before the work, if anything, and the faults that let the request pass."""
        return self._answering("before", operation, request, refuse, lambda fault: True)

    def after(self, operation: str, request: Request, refuse: Refuse, outcome: Outcome) -> Struck | None:
        """Return what strikes after the work, if anything."""
        return self._answering("after", operation, request, refuse, lambda fault: fault.fits(outcome, request))[0]

    def _answering(
        self, point: Point, operation: str, request: Request, refuse: Refuse, fits: Callable[[AnswerKind], bool]
    ) -> tuple[Struck | None, list[Struck]]:
        now = self._sandbox.clock.now()
        struck: Struck | None = None
        passed: list[Struck] = []
        for rule, fault in self._matched(point, operation, now, AnswerKind):
            if not fits(fault):
                continue
            counted = replace(rule, matches=rule.matches + 1)
            if struck is None and self._is_its_turn(counted):
                strikes, memory = fault.strikes(rule.memory, now - rule.created)
                counted = replace(counted, strikes=rule.strikes + strikes, memory=dict(memory))
                one = Struck(rule.kind, fault, self._case(counted, now, memory, request, refuse))
                if strikes:
                    struck = one
                else:
                    passed.append(one)
            self.rules.save(counted)
        return struck, passed

    def on_event(self, event: str) -> tuple[Rule, DeliveryKind] | None:
        """Return the rule that strikes a delivery of an event which becomes owed, and its fault; None if none does."""
        struck: tuple[Rule, DeliveryKind] | None = None
        for rule, fault in self._matched("event", event, self._sandbox.clock.now(), DeliveryKind):
            counted = replace(rule, matches=rule.matches + 1)
            if struck is None and self._is_its_turn(counted):
                counted = replace(counted, strikes=rule.strikes + 1)
                struck = counted, fault
            self.rules.save(counted)
        return struck

    def on_attempt(self, rule: int | None, attempt: int) -> AttemptKind | None:
        """Return the fault of an attempt at a delivery that a rule struck, None once the rule is deleted."""
        found = None if rule is None else self.rules.find(number=rule)
        fault = found.fault if found else None
        return fault if isinstance(fault, AttemptKind) and fault.suffers(attempt) else None

    def _matched(self, point: Point, name: str, now: datetime, of: type[K]) -> Iterator[tuple[Rule, K]]:
        for rule in self.rules:
            if rule.at == point and rule.is_about(name) and not rule.ended(now):
                fault = rule.fault
                if isinstance(fault, of):
                    yield rule, fault

    def _is_its_turn(self, rule: Rule) -> bool:
        """Tell whether a rule's skip and probability let it strike its latest match."""
        return rule.matches > rule.skip and self._chance(rule, "turn") < rule.probability

    def _chance(self, rule: Rule, of: str) -> float:
        return self._sandbox.ids.chance(f"faults.{rule.number}.{of}", rule.matches)

    def _case(self, rule: Rule, now: datetime, memory: Mapping[str, int], request: Request, refuse: Refuse) -> Case:
        return Case(
            request=request,
            refuse=refuse,
            now=now,
            age=now - rule.created,
            chance=self._chance(rule, "value"),
            memory=memory,
        )

    def _check_names(self, wish: Wish, fault: Kind) -> None:
        """Refuse a glob that matches nothing the kind could strike."""
        answers = isinstance(fault, AnswerKind)
        own, others = (self._operations, self._events) if answers else (self._events, self._operations)
        if any(fnmatchcase(each, wish.operation) for each in own):
            return
        sort, other = ("operation", "event") if answers else ("event", "operation")
        why = f"{wish.operation!r} matches no {sort}."
        if wish.operation != "*" and any(fnmatchcase(each, wish.operation) for each in others):
            why += f" It matches an {other}, and {wish.kind} strikes {'answers' if answers else 'deliveries'}."
        nearest = get_close_matches(wish.operation, own, n=1, cutoff=0)
        raise refused("operation", why + (f" The nearest is {nearest[0]!r}." if nearest else f" There is no {sort}."))

    def _instant(self, text: str) -> datetime:
        now = self._sandbox.clock.now()
        try:
            instant = parse_instant(text) if "-" in text else later(now, parse_duration(text))
        except BadRequest as error:
            raise refused("until", f"{error.message} An instant or a duration from now is expected.") from None
        if instant <= now:
            raise refused("until", f"{text} is over already; the sandbox's clock stands at {format_instant(now)}.")
        return instant
