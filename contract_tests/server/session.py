"""A server under check, as the checks see it: calls, clauses, and what may be done there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Unpack
from urllib.parse import quote

from contract_tests.server.receiver import Receiver
from contract_tests.server.replies import Reply
from contract_tests.server.rules import Account, CannotGoOn, Rules
from contract_tests.server.sandbox import Sandbox
from contract_tests.server.settings import Target
from contract_tests.server.wire import Parts, Silent, TooMuch, Wire
from mockserver.contract.contract import Contract
from mockserver.contract.coverage import ELIGIBLE
from mockserver.contract.exercised import exercised
from mockserver.contract.judge import judge, judge_answer
from mockserver.contract.observed import Finding, Observed


class Session:
    """One server under check. ``findings`` is what the judge has against its answers; ``notes`` are for the reader."""

    def __init__(self, target: Target, contract: Contract, account: Callable[[], Account]) -> None:
        self.target = target
        self.contract = contract
        self.rules = Rules(contract, account)
        self.wire = Wire(target.timeout)
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self._sandbox: Sandbox | None = None
        self._receiver: Receiver | None = None

    @property
    def vendor(self) -> str:
        """The vendor's name."""
        return self.target.vendor

    @property
    def sandbox(self) -> Sandbox:
        """The admin API of the mockserver behind it; raise ``CannotGoOn`` where there is none."""
        address = self.target.capabilities.get("admin_url")
        if not address:
            raise CannotGoOn("This needs a mockserver's admin API (admin_url of the capabilities).")
        if self._sandbox is None:
            self._sandbox = Sandbox(str(address), self.vendor)
        return self._sandbox

    @property
    def has_sandbox(self) -> bool:
        """Whether a mockserver is behind it, whose time and people can be moved."""
        return bool(self.target.capabilities.get("admin_url"))

    @property
    def receiver(self) -> Receiver:
        """Where the server's own calls are received: ``callback_listen`` and ``callback_url`` of the capabilities.

        Raises ``WrongSetting`` if nobody can listen there.
        """
        if self._receiver is None:
            listen = str(self.capability("callback_listen", "127.0.0.1:0"))
            self._receiver = Receiver(listen, str(self.capability("callback_url", ""))).start()
        return self._receiver

    def begin_to_receive(self) -> None:
        """Receive from now on where the capabilities say where, so that what is wrong with that is known at once."""
        if self.capability("callback_listen") is not None:
            _ = self.receiver

    def close(self) -> None:
        """Stop receiving."""
        if self._receiver is not None:
            self._receiver.stop()

    def capability(self, name: str, otherwise: Any = None) -> Any:
        """Return what the capabilities say, something else where they are silent."""
        return self.target.capabilities.get(name, otherwise)

    def now(self) -> datetime:
        """Return the server's time: its sandbox's, else this machine's as its answers correct it."""
        if self.has_sandbox:
            return datetime.fromisoformat(self.sandbox.now())
        return datetime.now(UTC) + self.wire.ahead

    def address(self, path: str) -> str:
        """Return the URL of a path of the contract."""
        return f"{self.target.url}{path}"

    def call(self, method: str, path: str, **parts: Unpack[Parts]) -> Reply:
        """Send a request as it is and return the answer; the judge looks at it at once.

        A documented operation that is not answered, by a server that answers others, is a clause not kept. Raises
        ``CannotGoOn`` where the server is not there at all, or answers more than can be read.
        """
        __tracebackhide__ = True
        if self.wire.gone:
            raise CannotGoOn(f"Not tried. {self.wire.gone}")
        found = self.contract.operation(method, path)
        operation = f"{self.vendor}.{found[0].name}" if found else ""
        try:
            seen = self.wire.send(method, self.address(path), path, **parts)
        except TooMuch as error:
            self._note(str(error))
            raise CannotGoOn(str(error)) from None
        except Silent as silent:
            self._silent(f"{method} {path}", operation, str(silent))
        self.findings += judge_answer(self.contract, seen)
        return Reply(seen, operation)

    def holds(self, clause: str, condition: Any, says: str, *, expected: Any = "", got: Any = "") -> bool:
        """Hold a clause against the server, as ``Rules.holds`` does."""
        __tracebackhide__ = True
        return self.rules.holds(clause, condition, says, expected=expected, got=got)

    def needs(self, reply: Reply, *statuses: int, clause: str = "") -> Reply:
        """Return the reply if it is a success, or of one of the statuses; the operation is not served otherwise.

        ``clause`` is held against the server, else the operation itself. Raises ``CannotGoOn`` where that is not
        documented.
        """
        __tracebackhide__ = True
        wanted = " or ".join(map(str, statuses)) or "a status of 200 to 299"
        fits = reply.status in statuses if statuses else reply.ok
        held = clause or reply.operation
        if held and self.holds(held, fits, f"{reply.call} is answered {wanted}.", expected=wanted, got=reply.told):
            return reply
        raise CannotGoOn(f"{reply.call} was answered {reply.told}")

    def exercised(self, *clauses: str) -> None:
        """Note clauses that were put to the test on the way."""
        self.rules.exercised(*clauses)

    def refuses(self, reply: Reply, clause: str, says: str, *statuses: int) -> None:
        """Hold that a call was refused: with one of the statuses, else with any of 400 to 499."""
        __tracebackhide__ = True
        fits = reply.status in statuses if statuses else 400 <= reply.status < 500
        wanted = " or ".join(map(str, statuses)) or "a status of 400 to 499"
        self.holds(clause, fits, says, expected=wanted, got=reply.told)

    def refuses_method(self, method: str, path: str, **parts: Unpack[Parts]) -> Reply:
        """Try a method that a path has not; where that is answered 405, judge it as each of the path's operations."""
        reply = self.call(method, path, **parts)
        for each in self.contract.methods(path) if reply.status == 405 else ():
            assumed = replace(reply.seen, method=each)
            entry = self.contract.operation(each, path)
            if entry and "405" in map(str, entry[0].node["responses"]):
                self.findings += judge_answer(self.contract, assumed)
                self._exercised_by(assumed, ".response.405")
        return reply

    def received(self, seen: Observed, as_operation: str = "") -> None:
        """Judge what the server sent by itself: as a webhook, and as a call of the operation at a path, if given."""
        numbered = replace(seen, number=len(self.wire.seen) + 1)
        self.wire.seen.append(numbered)
        self.findings += judge(self.contract, numbered, frozenset({"server"}))
        if as_operation:
            assumed = replace(numbered, webhook="", path=as_operation)
            self.findings += judge(self.contract, assumed, frozenset({"server"}))
            self._exercised_by(assumed, "")

    def failing(self, first: int) -> list[Finding]:
        """Return the findings that fail a server, from a number of finding on."""
        return [each for each in self.findings[first:] if each.confidence in ELIGIBLE]

    def _exercised_by(self, assumed: Observed, part: str) -> None:
        """Note what an exchange would have put to the test if it had been another one."""
        touched = exercised(self.contract, assumed)
        server = [each for each in touched if part in each and "server" in self.contract.sides(each)]
        self.rules.exercised(*sorted(server))

    def _silent(self, call: str, operation: str, why: str) -> Any:
        __tracebackhide__ = True
        if self.wire.gone:
            self._note(self.wire.gone)
        if operation and self.wire.answers:
            self.holds(operation, False, f"{call} is answered.", expected="an answer", got=why)
        raise CannotGoOn(f"{call} was not answered: {why}.")

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def in_path(value: str) -> str:
    """Return a value as one step of a path."""
    return quote(value, safe="")
