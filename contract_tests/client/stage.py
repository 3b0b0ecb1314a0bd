"""What a check works with: one sandbox, the client in it, and what the client did there."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar, cast

import pytest

from contract_tests.client.clock import PatientClock
from contract_tests.client.mailbox import Letter, Mailbox
from contract_tests.clients.adapting import Maker, Role
from contract_tests.clients.driving import AdapterBroken, Driven, Interrupted, NotKept, NotTaken, VerbFailed, within
from contract_tests.clients.protocols import Receives
from mockserver.contract.contract import Contract
from mockserver.contract.observed import Observed
from mockserver.testing import Sandbox
from mockserver.testing.admin import Refused
from mockserver.testing.judging import observed
from mockserver.testing.vendor import JSON

Thing = TypeVar("Thing")

_NOT_LED_UP_TO = frozenset({404, 409, 410})
"""How an action is refused for what was not done before; what the check itself asks wrongly is refused with 400."""


class BrokenOnTheWay(NotKept):
    """A check failed before it came to what it is about: what was not kept is ``clause``, not its own."""

    def __init__(self, clause: str, failed: NotKept) -> None:
        super().__init__(failed.says, failed.expected, failed.got, failed.exchanges)
        self.clause = clause


@dataclass(frozen=True)
class Call:
    """One call of the client. ``operation`` is without the vendor's name, empty where none matched."""

    number: int
    at: datetime
    operation: str
    status: int
    fault: str
    seen: Observed

    def __str__(self) -> str:
        return f"{self.seen.method} {self.seen.path} ({self.status or 'no answer'})"


class Stage:
    """One sandbox with one client in it, made when it is first asked for.

    ``seconds`` is how long a verb may take; ``told`` hears the name of each.
    """

    def __init__(
        self, sandbox: Sandbox, role: Role, maker: Maker, seconds: float, told: Callable[[str], object]
    ) -> None:
        self.sandbox = sandbox
        self.role = role
        self.vendor = sandbox.vendor(role.vendor)
        self.keeps_time = maker.keeps_time
        sandbox.clock = PatientClock(sandbox)
        self._maker = maker
        self._seconds = seconds
        self._told = told
        self._raised: list[VerbFailed] = []
        self._closing: list[Callable[[], None]] = []

    # The client

    def make(self, **also: Any) -> Any:
        """Return another client, of the role's credentials; raise ``NotKept`` if it cannot be made."""
        known = self.vendor.credentials
        given = {
            "base_url": f"{self.vendor.url}{self.role.path}",
            **{name: known[name] for name in self.role.credentials},
            **self.role.also,
            **also,
        }
        if self.keeps_time:
            given |= {"wait": self.wait, "clock": self.unix_time}
        self._told("(made)")
        try:
            made = within(self._seconds, "constructor", lambda: self._maker.make(given))
        except (NotKept, NotImplementedError, Interrupted):
            raise
        except BaseException as error:
            raise VerbFailed("constructor", error) from error
        return Driven(made, self._seconds, self._told)

    @cached_property
    def client(self) -> Any:
        """The client of the check."""
        return self.make()

    @property
    def receiving(self) -> Receives:
        """The client's receiving side; the check is skipped if it has none."""
        if not self.client.has("receive", "taken"):
            pytest.skip("The adapter has no receiving side: receive and taken.")
        return cast(Receives, self.client)

    def hand_over(self, letters: Sequence[Letter]) -> list[int]:
        """Give the client what came for it, one after the other; return the statuses that it answers."""
        statuses = [self.receiving.receive(each.path, dict(each.headers), each.body) for each in letters]
        told = all(isinstance(each, int) for each in statuses)
        self.expect(told, "receive returns the status to answer.", "a number", statuses)
        return statuses

    # Time

    def now(self) -> datetime:
        """Return sandbox time."""
        return self.sandbox.clock.now()

    def unix_time(self) -> float:
        """Return sandbox time as a Unix time."""
        return self.now().timestamp()

    def wait(self, seconds: float) -> None:
        """Let sandbox time pass."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))

    def settle(self) -> None:
        """Have everything sent that is due."""
        self.sandbox.clock.advance("0s")

    def needs_time(self) -> None:
        """Skip the check if the client does not go by the sandbox's clock, which has to be moved far."""
        if not self.keeps_time:
            pytest.skip("Days have to pass, and the adapter takes no wait and clock.")

    # What the vendor does

    def fault(self, kind: str, operation: str, **rule: Any) -> None:
        """Have an operation or an event go wrong."""
        self.vendor.faults.add(kind, operation, **rule)

    def act(self, action: str, **arguments: Any) -> Any:
        """Do what people do at the vendor; fail the check where what the client did has not led up to it."""
        try:
            return self.vendor.action(action, **arguments)
        except Refused as refused:
            if refused.status not in _NOT_LED_UP_TO:
                raise
            why = str(refused).partition(": ")[2]
            raise NotKept(f"What the client did has not led up to {action}: {why}", f"{action} can happen") from refused

    def mailbox(self) -> Mailbox:
        """Open a place for webhooks."""
        made = Mailbox()
        self._closing.append(made.close)
        return made

    def close(self) -> None:
        """Let go of what was opened."""
        for each in self._closing:
            each()

    # What the client did

    def calls(self, *operations: str) -> list[Call]:
        """Return the client's calls, oldest first, only those of some operations if any are named.

        Pages are no calls of the API.
        """
        pages = self.sandbox.server.pages
        found = self.vendor.journal(direction="in", secrets="shown")
        calls = [self._call(each) for each in found if each["operation"] not in pages]
        return [each for each in calls if not operations or each.operation in operations]

    def api_calls(self) -> list[Call]:
        """Return the calls that show credentials in their headers, as those of a page's form do not."""
        return [each for each in self.calls() if "authorization" in each.seen.headers]

    def _call(self, exchange: JSON) -> Call:
        return Call(
            number=exchange["number"],
            at=datetime.fromisoformat(exchange["at"]),
            operation=(exchange["operation"] or "").partition(".")[2],
            status=exchange["status"],
            fault=exchange["fault"] or "",
            seen=observed(exchange, self.sandbox.name),
        )

    # Judging

    @property
    def contract(self) -> Contract:
        """The contract of the vendor."""
        return self.sandbox.server.contract(self.role.vendor)

    def expect(
        self, holds: object, says: str, expected: object = "", got: object = "", calls: Sequence[Call] = ()
    ) -> None:
        """Fail the check if what it says does not hold; the last of some calls shows it."""
        if not holds:
            raise NotKept(says, _text(expected), _text(got) or "otherwise", tuple(each.number for each in calls[-1:]))

    @contextmanager
    def on_the_way(self, clause: str) -> Iterator[None]:
        """Do what the check needs before it comes to its point: what fails here breaks a clause of its own."""
        try:
            yield
        except AdapterBroken:
            raise
        except NotKept as failed:
            raise BrokenOnTheWay(clause, failed) from failed

    @contextmanager
    def calling(self, *operations: str, blamed: Callable[[str], str] = lambda operation: operation) -> Iterator[None]:
        """Do what a check is about, which takes a call of one of some operations.

        Where no such call is made, that is what fails, by the first operation's clause, or by that of the operation
        which is ``blamed`` for it: the check has not come to its point.
        """
        before, self._raised = len(self.calls(*operations)), []
        try:
            yield
        except NotKept:
            if len(self.calls(*operations)) > before:
                raise
            with self.on_the_way(f"{self.role.vendor}.{blamed(operations[0])}"):
                raise
        if len(self.calls(*operations)) == before:
            missing = blamed(operations[0])
            with self.on_the_way(f"{self.role.vendor}.{missing}"):
                raised = "".join(f"; {each}" for each in self._raised[-1:])
                self.expect(False, f"{missing} is called.", "at least one call", f"none{raised}")

    def the_only(self, found: Sequence[Thing], what: str) -> Thing:
        """Return the only one of things; fail the check if there are none, or more."""
        self.expect(len(found) == 1, f"{what}.", 1, len(found))
        return found[0]

    def expect_count(self, calls: Sequence[Call], count: int, what: str) -> None:
        """Fail the check unless there are so many calls."""
        listed = ", ".join(str(each) for each in calls) or "none"
        self.expect(len(calls) == count, f"{what}.", f"{count} call{'s' * (count != 1)}", listed, calls)

    def expect_no_repetition(self) -> None:
        """Fail the check if the same call was made twice in a row."""
        calls = self.calls()
        asked = [(each.seen.method, each.seen.path, each.seen.query, each.seen.body) for each in calls]
        again = [each for each, one, next_one in zip(calls[1:], asked, asked[1:], strict=False) if one == next_one]
        self.expect(calls, "A call is made.", "at least one call", "none")
        self.expect(not again, "No call is made again as it was.", "1 call", f"{len(calls)} calls", again)

    def expect_waited(self, calls: Sequence[Call], seconds: float) -> None:
        """Fail the check if the second of some calls came sooner after the first than it should have."""
        if len(calls) < 2:
            return  # who does not call again has not called too soon
        waited = (calls[1].at - calls[0].at).total_seconds()
        # Sandbox time is told to the second.
        self.expect(waited > seconds - 1, "It waits before it calls again.", f"{seconds:g} s", f"{waited:g} s", calls)

    def answer_of(self, operation: str) -> Any:
        """Return the JSON of the last answer that the client got from an operation, which it has called."""
        calls = self.calls(operation)
        self.expect(calls, f"{operation} is called.", "at least one call", "none")
        return json.loads(calls[-1].seen.answer)

    @contextmanager
    def may_fail(self) -> Iterator[list[VerbFailed]]:
        """Let a verb raise; what it raised is in the list."""
        raised: list[VerbFailed] = []
        try:
            yield raised
        except VerbFailed as failed:
            raised.append(failed)
            self._raised.append(failed)

    @contextmanager
    def optional(self) -> Iterator[None]:
        """Skip the check if a verb does not take the arguments that are optional."""
        try:
            yield
        except NotTaken as failed:
            pytest.skip(f"The adapter's {failed.verb} does not take these: {failed.error}")
        except NotImplementedError as error:
            pytest.skip(f"The client does not have this verb, or not with these arguments. {error}".strip())


def _text(value: object) -> str:
    """Return a value as people read it; what a client hands out may refuse to be a text."""
    try:
        return str(value)
    except Exception:
        return f"a {type(value).__name__} that cannot be shown"
