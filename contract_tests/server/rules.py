"""What is held against a server, and how hard: as hard as the clause that it rests on."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.coverage import ELIGIBLE


class NotKept(AssertionError):
    """The server does not keep to a clause that is held against it."""

    def __init__(self, clause: str, says: str, expected: str, got: str) -> None:
        told = [says, f"  clause    {clause}"]
        told += [f"  {name:<9} {value}" for name, value in (("expected", expected), ("got", got)) if value]
        super().__init__("\n".join(told))
        self.clause = clause
        self.says = says
        self.expected = expected
        self.got = got


class CannotGoOn(Exception):
    """A check cannot be carried out, for a reason that no clause blames on the server; it is skipped."""


class OnlyPublic(UserWarning):
    """The server does not keep to something that the vendor says in public and does not document."""


@dataclass(frozen=True)
class Broken:
    """A clause that did not hold and does not fail the check."""

    clause: str
    confidence: str
    says: str
    expected: str = ""
    got: str = ""


@dataclass
class Account:
    """What one check has done so far: the clauses that it tried, and those that broke without failing it."""

    clauses: list[str] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


class Rules:
    """Holds clauses of one contract; ``account`` is that of the check that is going on."""

    def __init__(self, contract: Contract, account: Callable[[], Account]) -> None:
        self._contract = contract
        self._account = account

    def holds(self, clause: str, condition: Any, says: str, *, expected: Any = "", got: Any = "") -> bool:
        """Note that a clause was tried, and tell whether it holds.

        Where it does not, a documented one or an example raises ``NotKept``, a public one warns, and an inferred one
        is only noted. Raises ``LookupError`` if the contract has no such clause.
        """
        __tracebackhide__ = True
        if clause not in self._contract.clauses:
            raise LookupError(f"The contract of {self._contract.vendor} has no clause {clause!r}.")
        account = self._account()
        if clause not in account.clauses:
            account.clauses.append(clause)
        if condition:
            return True
        confidence = self._contract.clauses[clause].confidence or "inferred"
        wanted, told = shortened(expected), shortened(got)
        if confidence in ELIGIBLE:
            raise NotKept(clause, says, wanted, told)
        account.broken.append(Broken(clause, confidence, says, wanted, told))
        if confidence == "public":
            warnings.warn(OnlyPublic(f"{says} ({clause}, expected {wanted}, got {told})"), stacklevel=2)
        return False

    def exercised(self, *clauses: str) -> None:
        """Note clauses that were tried on the way; raise ``LookupError`` if the contract has not got one."""
        for clause in clauses:
            self.holds(clause, True, "")

    def below(self, prefix: str) -> list[str]:
        """Return the ids of a clause and of those inside it."""
        return [each for each in self._contract.clauses if each == prefix or each.startswith(f"{prefix}.")]


def shortened(value: Any, longest: int = 300) -> str:
    """Return a value as text, cut where it gets long."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= longest else f"{text[:longest]}..."
