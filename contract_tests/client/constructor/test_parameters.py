"""Parameters that a client is given to pass on: each arrives as it was given, in every value that is documented."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from contract_tests.client.arrival import Value, expect_arrived, same
from contract_tests.client.constructor.exams import begin, claims_of, exam, on_the_way, opened, said_in, sitting
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import ConstructorAdapter
from contract_tests.values.constructor import (
    Parameter,
    archive_parameters,
    exam_parameters,
    rounds,
    start_parameters,
)
from mockserver.contract.observed import Observed

Data = dict[str, Any]

_EXAM, _BOTH = exam_parameters(), {**exam_parameters(), **start_parameters()}
_BY_THE_VERB = ("userId", "returnUrl")
"""What ``archive_link`` takes anyway."""
_PUT = range(len(rounds(_EXAM)))
_START = range(len(rounds(_BOTH)))


def _expect_arrived(stage: Stage, place: str, parameters: Mapping[str, Parameter], given: Data, came: Data) -> None:
    """Fail the check if some parameters did not arrive as they were given."""
    stands = [each for each in parameters.values() if each.stands_in(given)]
    lost = [each for each in stands if not _is_there(each, each.found(given), each.found(came))]
    # Of an object the values inside tell more than the whole.
    inside = {each.path[0] for each in lost if len(each.path) > 1}
    told = [each for each in lost if len(each.path) > 1 or each.name not in inside]
    expect_arrived(
        stage, [Value(_clause(place, each), each.name, each.found(given), each.found(came)) for each in told]
    )


def _is_there(parameter: Parameter, given: Any, came: Any) -> bool:
    """Tell whether a parameter arrived; where numbers and texts are allowed, 17 may be written as "17"."""
    is_either = {"integer", "string"} <= {*parameter.types}
    return same(given, came) or (is_either and str(given) == str(came))


def _clause(place: str, parameter: Parameter) -> str:
    # A name that is any name has no clause but for its values.
    return f"{place}.{parameter.name}{'.type' if parameter.path[-1] == '*' else ''}"


def _carried(stage: Stage, operation: str, verb: Callable[[Data], object], given: Data) -> Observed:
    """Have a verb carry parameters, and return the call; skip the check if the verb raises instead of making one."""
    with stage.may_fail() as raised:
        verb(given)
    calls = stage.calls(operation)
    if raised and not calls:
        pytest.skip(f"The client does not take all of these: {raised[0].error}")
    with on_the_way(stage, operation):
        stage.expect(calls, f"{operation} is called.", "at least one call", "none")
    return calls[-1].seen


@pytest.mark.parametrize("number", _PUT)
@pytest.mark.clause("constructor.put_exam")
def test_an_exam_arrives(stage: Stage, client: ConstructorAdapter, number: int) -> None:
    """The parameters of an exam arrive as they were given: their names, their types, and nothing rounded or cut."""
    given = exam(stage, **rounds(_EXAM)[number])
    came = said_in(_carried(stage, "put_exam", client.put_exam, given))
    _expect_arrived(stage, "constructor.put_exam.request.body", _EXAM, given, came)


@pytest.mark.parametrize("number", _START)
@pytest.mark.clause("constructor.start_session")
def test_a_start_arrives(stage: Stage, client: ConstructorAdapter, number: int) -> None:
    """The parameters of exam, test taker and session arrive in the token of the form as they were given."""
    given = {**exam(stage), **sitting(), **rounds(_BOTH)[number]}
    came = claims_of(_carried(stage, "start_session", client.start, given))
    _expect_arrived(stage, "constructor.start_session.request.body.token.content", _BOTH, given, came)


@pytest.mark.parametrize("number", _START)
@pytest.mark.clause("constructor.start_session_by_link")
def test_a_link_carries_a_start(stage: Stage, client: ConstructorAdapter, number: int) -> None:
    """The parameters of exam, test taker and session arrive in the token of the link as they were given."""
    given = {**exam(stage), **sitting(), **rounds(_BOTH)[number]}
    came = claims_of(
        _carried(stage, "start_session_by_link", lambda said: opened("start_link", client.start_link(said)), given)
    )
    place = "constructor.start_session_by_link.request.query.token.content"
    _expect_arrived(stage, place, _BOTH, given, came)


@pytest.mark.clause("constructor.open_archive_by_link.request.query.token.content.returnUrl")
def test_the_archive_leads_back(stage: Stage, client: ConstructorAdapter) -> None:
    """The address that the archive's way back leads to is passed on."""
    begin(stage)
    back = f"https://lms.example/results?{urlencode({'of': 'Tom & Ann'})}"
    opened("archive_link", client.archive_link("s-1", "proctor@lms.example", return_url=back))
    came = _shown(stage)
    stage.expect(came.get("returnUrl") == back, "The address arrives.", back, came.get("returnUrl"))


@pytest.mark.parametrize("number", range(len(rounds(archive_parameters()))))
@pytest.mark.clause("constructor.open_archive_by_link")
def test_who_looks_into_the_archive(stage: Stage, number: int) -> None:
    """Name and language of a proctor can be passed on."""
    begin(stage)
    who = {name: value for name, value in rounds(archive_parameters())[number].items() if name not in _BY_THE_VERB}
    with stage.optional():
        opened("archive_link", stage.client.archive_link("s-1", "proctor@lms.example", **who))
    came = _shown(stage)
    others = {name: each for name, each in archive_parameters().items() if name not in _BY_THE_VERB}
    place = "constructor.open_archive_by_link.request.query.token.content"
    _expect_arrived(stage, place, others, who, came)


def _shown(stage: Stage) -> Data:
    """Return what the token of the last link to the archive says."""
    calls = stage.calls("open_archive_by_link")
    stage.expect(calls, "The link leads to the archive.", "GET /integration/simple/.../archive/.../", "no such call")
    return claims_of(calls[-1].seen)
