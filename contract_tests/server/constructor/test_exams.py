"""Exams: created ahead, updated, and made by the first session."""

from datetime import datetime

import pytest

from contract_tests.server.constructor.integration import Data, Integration

pytestmark = pytest.mark.writes

_PUT = "constructor.put_exam"


@pytest.mark.clause("constructor.exam-upsert", _PUT)
def test_created_and_updated(integration: Integration) -> None:
    """The first call for an exam creates it and answers 201, a further one updates it and answers 200."""
    exam = integration.exam()
    first = integration.api("POST", integration.path("exams"), json=exam)
    integration.needs(first, 201, clause="constructor.exam-upsert")
    again = {**exam, "examName": "Final test, second term", "duration": 90}
    second = integration.api("POST", integration.path("exams"), json=again)
    integration.needs(second, 200, clause="constructor.exam-upsert")
    told = "An update changes the exam."
    found = (second.at("examName"), second.at("duration"))
    wanted = (again["examName"], 90)
    integration.holds("constructor.exam-upsert", found == wanted, told, expected=wanted, got=found)


@pytest.mark.parametrize("status", [201, 200])
@pytest.mark.clause(f"{_PUT}.response.201", f"{_PUT}.response.200")
def test_the_actual_parameters_are_answered(integration: Integration, status: int) -> None:
    """The body of the answer is the exam's actual parameters."""
    exam = integration.exam()
    reply = integration.api("POST", integration.path("exams"), json=exam)
    if status == 200:
        reply = integration.api("POST", integration.path("exams"), json=exam)
    integration.needs(reply, status, clause="constructor.exam-upsert")
    answered: Data = reply.json if isinstance(reply.json, dict) else {}
    for name in ("accountName", "examId", "examName", "duration", "schedule", "proctoring"):
        told = f"{name} is answered as it was sent."
        clause = f"{_PUT}.response.{status}"
        integration.holds(clause, answered.get(name) == exam[name], told, expected=exam[name], got=answered.get(name))
    for name in ("startDate", "endDate"):
        told = f"{name} is the instant that was sent."
        same = _instant(answered.get(name)) == _instant(exam[name])
        integration.holds(f"{_PUT}.response.{status}", same, told, expected=exam[name], got=answered.get(name))


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


@pytest.mark.clause("constructor.rules-default")
def test_what_is_not_given_has_its_default(integration: Integration) -> None:
    """A rule that is not given has its default."""
    exam = integration.exam(rules={"allow_to_use_paper": False})
    for name in ("scoreConfig", "visibleWarnings"):
        exam.pop(name, None)
    rules = integration.needs(integration.api("POST", integration.path("exams"), json=exam)).at("rules")
    told = "Other rules have their defaults, and the one that is given stands."
    fits = isinstance(rules, dict) and len(rules) > 1 and rules.get("allow_to_use_paper") is False
    integration.holds("constructor.rules-default", fits, told, expected="all rules", got=rules)


@pytest.mark.clause("constructor.exam-merge")
def test_an_update_leaves_the_rest(integration: Integration) -> None:
    """An update leaves parameters as they are that it does not name; no document says so."""
    exam = integration.exam()
    integration.needs(integration.api("POST", integration.path("exams"), json=exam))
    less = {name: value for name, value in exam.items() if name != "userAgreementUrl"}
    found = integration.needs(integration.api("POST", integration.path("exams"), json=less)).get("userAgreementUrl")
    told = "What is not named stays."
    fits = found == exam["userAgreementUrl"]
    integration.holds("constructor.exam-merge", fits, told, expected=exam["userAgreementUrl"], got=found)


@pytest.mark.clause("constructor.exam-identity")
def test_another_account_has_another_exam(integration: Integration) -> None:
    """An exam is the same if integration, accountId and examId are the same; no document says so."""
    exam = integration.exam()
    integration.needs(integration.api("POST", integration.path("exams"), json=exam), 201)
    other = integration.api("POST", integration.path("exams"), json={**exam, "accountId": 456})
    told = "The same id in another account is another exam."
    integration.holds("constructor.exam-identity", other.status == 201, told, expected="201", got=other.told)


@pytest.mark.clause("constructor.exam-implicit")
def test_a_session_makes_its_exam(integration: Integration) -> None:
    """An exam that is not created ahead is created with the first session started for it."""
    claims = integration.taker()
    reply = integration.start(claims)
    told = "A test taker of an exam that is not known is let in."
    integration.holds("constructor.exam-implicit", reply.status < 400, told, expected="a page", got=reply.told)
    exam = integration.exam(examId=claims["examId"], accountId=claims["accountId"])
    after = integration.api("POST", integration.path("exams"), json=exam)
    told = "The exam is known now, so that the call updates it."
    integration.holds("constructor.exam-implicit", after.status == 200, told, expected="200", got=after.told)


@pytest.mark.parametrize("field", ["examId", "duration", "startDate"])
@pytest.mark.clause(f"{_PUT}.response.400")
def test_an_exam_that_lacks_something(integration: Integration, field: str) -> None:
    """An exam that lacks a parameter is refused; no document says how."""
    exam = {name: value for name, value in integration.exam().items() if name != field}
    reply = integration.api("POST", integration.path("exams"), json=exam)
    integration.refuses(reply, f"{_PUT}.response.400", f"Without {field} there is no exam.", 400)


@pytest.mark.parametrize("changes", [{"duration": "long"}, {"proctoring": "by magic"}, {"startDate": "soon"}], ids=str)
@pytest.mark.clause(f"{_PUT}.response.400")
def test_an_exam_that_makes_no_sense(integration: Integration, changes: Data) -> None:
    """A parameter that makes no sense is refused; no document says how."""
    reply = integration.put_exam(**changes)
    integration.refuses(reply, f"{_PUT}.response.400", "It is refused.", 400)
