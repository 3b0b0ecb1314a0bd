"""Parameters of an exam, one by one: every value that is documented, and some that are not."""

from typing import Any

import pytest

from contract_tests.server.constructor.integration import Data, Integration
from contract_tests.server.replies import Reply
from contract_tests.values.constructor import Parameter, exam_parameters, rounds
from mockserver.contract.coverage import ELIGIBLE

pytestmark = pytest.mark.writes

_PUT = "constructor.put_exam"
_EXAM = exam_parameters()
_TOP = [each.name for each in _EXAM.values() if len(each.path) == 1]
_DATES = ("startDate", "endDate")


def _of(name: str) -> list[Parameter]:
    """Return a parameter, and those inside it."""
    return [each for each in _EXAM.values() if each.path[0] == name]


def _shown(integration: Integration, parameter: Parameter, value: Any) -> bool:
    """Tell whether a sample shows such a value; null, an empty object, and text for a number, none does."""
    sample = integration.contract.document["components"]["examples"]["FinalTest"]["value"]
    return value != {} and type(value) is type(parameter.found(sample))


def _holds(integration: Integration, parameter: Parameter, value: Any, reply: Reply) -> None:
    """Hold that a value was taken and is answered; of one that no sample shows, only that it is not refused."""
    status = reply.status if reply.ok else 201
    clause = f"{_PUT}.response.{status}.body.{parameter.name}.{parameter.keyword(value)}"
    if integration.contract.clauses[clause].confidence in ELIGIBLE and not _shown(integration, parameter, value):
        clause = f"{_PUT}.response.400"
    told = f"{parameter.name} may be {value!r:.80}, and is answered so."
    found = parameter.found(reply.json) if reply.ok else reply.told
    fits = reply.ok and _is_answered(parameter, value, found)
    integration.holds(clause, fits, told, expected=value, got=found)


def _is_answered(parameter: Parameter, value: Any, found: Any) -> bool:
    """Tell whether a value is answered as it was given: an id may be text for a number, a score be spelled otherwise.

    What holds where nothing is given no answer need repeat.
    """
    if value in (None, {}) or (parameter.path[0] == "scoreConfig" and found is None):
        return True
    if {"string", "integer"} <= set(parameter.types):
        return str(found) == str(value)
    return isinstance(found, bool) is isinstance(value, bool) and bool(found == value)


@pytest.mark.parametrize("name", _TOP)
@pytest.mark.clause(f"{_PUT}.response.201")
def test_every_value_is_taken(integration: Integration, name: str) -> None:
    """A parameter may have every value that is documented, and the answer has it as the actual one."""
    for parameter in _of(name):
        for value in parameter.allowed():
            _holds(integration, parameter, value, integration.put_exam(**parameter.placed(value)))


@pytest.mark.parametrize("number", range(len(rounds(_EXAM))))
@pytest.mark.clause(f"{_PUT}.response.201", f"{_PUT}.response.200")
def test_all_parameters_together(integration: Integration, number: int) -> None:
    """An exam may have all parameters at once, null or nothing where that may be, when it is made and when updated."""
    exam = integration.exam(**rounds(_EXAM)[number])
    for _ in ("made", "updated"):
        reply = integration.api("POST", integration.path("exams"), json=exam)
        # Which of them make sense together no document says.
        told = "All parameters together are taken."
        if integration.holds(f"{_PUT}.response.400", reply.ok, told, expected="201 or 200", got=reply.told):
            for each in _EXAM.values():
                if each.stands_in(exam) and "properties" not in each.schema:
                    _holds(integration, each, each.found(exam), reply)


@pytest.mark.parametrize("name", [*_TOP, *_DATES])
@pytest.mark.clause(f"{_PUT}.response.400")
def test_no_other_value_is_taken(integration: Integration, name: str) -> None:
    """Another type, one beyond an end, and a value that no list has are refused; no document says how."""
    wrong: list[tuple[str, Data]] = [(name, {name: each}) for each in ("2018-03-27", "soon", 1522108800)]
    if name not in _DATES:
        wrong = [(each.name, each.placed(value)) for each in _of(name) for value in each.wrong()]
    for place, changes in wrong:
        reply = integration.put_exam(**changes)
        integration.refuses(reply, f"{_PUT}.response.400", f"{place} cannot be {changes[name]!r:.80}.", 400)


@pytest.mark.parametrize("status", [201, 200])
@pytest.mark.parametrize("given", [{}, {"allow_voices": True}], ids=["none", "one"])
@pytest.mark.clause("constructor.rules-default")
def test_defaults(integration: Integration, given: Data, status: int) -> None:
    """What is not given among rules and scores has its documented default."""
    exam = integration.exam(rules=given, scoreConfig={"phone": 1.0}, visibleWarnings={})
    reply = integration.api("POST", integration.path("exams"), json=exam)
    if status == 200:
        reply = integration.api("POST", integration.path("exams"), json=exam)
    integration.needs(reply, status, clause="constructor.exam-upsert")
    for each in _EXAM.values():
        if "default" in each.schema and each.path[-1] not in given:
            default, found = each.schema["default"], each.found(reply.json)
            told = f"{each.name} is {default!r} where it is not given."
            # An answer need not repeat what holds anyway, and has scores in one spelling.
            clause = f"{_PUT}.response.{status}.body.{each.name}.default"
            integration.holds(clause, found in (None, default), told, expected=default, got=found)
    warnings = reply.get("visibleWarnings")
    shown = [name for name, each in warnings.items() if each is not True] if isinstance(warnings, dict) else []
    told = "A warning that is not named is shown to the test taker."
    integration.holds("constructor.rules-default", not shown, told, expected="true", got=shown)
