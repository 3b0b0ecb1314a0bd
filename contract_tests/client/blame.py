"""Which clause is broken where the vendor refused a call: the one by which the call is wrong, if the judge knows it."""

from collections.abc import Sequence

from contract_tests.client.stage import Stage
from contract_tests.clients.driving import VerbFailed
from mockserver.contract.clauses import Clause
from mockserver.contract.contract import Contract
from mockserver.contract.judge import judge_call
from mockserver.contract.observed import Finding
from mockserver.contract.places import uncertainty


def has_raised(error: BaseException | None) -> bool:
    """Tell whether a verb that raised is what a failure comes from."""
    return isinstance(error, VerbFailed) or (error is not None and has_raised(error.__cause__))


def refused_for(stage: Stage) -> str | None:
    """Return the clause for which the client's last call was refused, the most certain one of several.

    None where it was not refused, or the judge has nothing against the fields that the refusal names: it is then a rule
    that was broken, which the check knows.
    """
    calls = stage.calls()
    if not calls or calls[-1].fault or not 400 <= calls[-1].status < 500:
        return None
    said = calls[-1].seen.answer.decode(errors="replace")
    return _most_certain(stage, [each for each in judge_call(stage.contract, calls[-1].seen) if _field(each) in said])


def in_vain_for(stage: Stage, operation: str) -> str | None:
    """Return the clause for which the vendor did nothing at the last call of an operation, whose answer was lost."""
    calls = stage.calls(operation)
    return _most_certain(stage, judge_call(stage.contract, calls[-1].seen)) if calls else None


def _most_certain(stage: Stage, findings: Sequence[Finding]) -> str | None:
    clauses = [_weakest(stage.contract, each.clause) for each in findings if each.clause in stage.contract.clauses]
    return min(clauses, key=uncertainty).id if clauses else None


def _field(finding: Finding) -> str:
    return finding.place.replace(".", "/").rpartition("/")[2]


def _weakest(contract: Contract, clause: str) -> Clause:
    """Return what makes a finding by a clause no more certain than it is."""
    return max([contract.clauses[clause], *contract.allowed(clause)], key=uncertainty)
