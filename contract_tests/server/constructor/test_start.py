"""The parameters of a start and of the archive, one by one, and what is refused there."""

from collections.abc import Callable, Mapping

import pytest

from contract_tests.server.constructor.integration import Data, Integration
from contract_tests.server.replies import Reply
from contract_tests.values.constructor import (
    Parameter,
    archive_parameters,
    exam_parameters,
    rounds,
    start_parameters,
)

pytestmark = pytest.mark.writes

_START, _ARCHIVE, _EXAM = start_parameters(), archive_parameters(), exam_parameters()
_ROUNDS = rounds({**_EXAM, **_START})
_FORM, _LINK = "form", "link"
_STARTS = {_FORM: "constructor.start_session", _LINK: "constructor.start_session_by_link"}
_ARCHIVES = {_FORM: "constructor.open_archive", _LINK: "constructor.open_archive_by_link"}
_PLACE = {_FORM: "request.body.token.content", _LINK: "request.query.token.content"}


def _top(parameters: Mapping[str, Parameter]) -> list[str]:
    return [each.name for each in parameters.values() if len(each.path) == 1]


def _of(parameters: Mapping[str, Parameter], name: str) -> list[Parameter]:
    return [each for each in parameters.values() if each.path[0] == name]


def _shown(integration: Integration, path: str, claims: Data, way: str, **token: str) -> Reply:
    """Come to a page with a token, by a form or by a link."""
    made = {"token": integration.token(claims, **token)}
    if way == _FORM:
        return integration.call("POST", path, data=made)
    return integration.call("GET", path, params=made)


def _start(integration: Integration, claims: Data, way: str = _FORM) -> Reply:
    return _shown(integration, integration.page_path("start"), claims, way)


@pytest.fixture
def archive(integration: Integration) -> Callable[[Data, str], Reply]:
    """Give what opens the archive of a session that there is."""
    taker = integration.taker()
    integration.needs(integration.start(taker))
    about = {"userId": "proctor@people.example", "sessionId": taker["sessionId"]}
    path = integration.page_path("archive", taker["sessionId"])
    return lambda claims, way: _shown(integration, path, {**about, **claims}, way)


@pytest.mark.parametrize("name", _top(_START))
@pytest.mark.clause(_STARTS[_FORM])
def test_every_value_starts(integration: Integration, name: str) -> None:
    """What a start says of test taker and session may have every value that is documented."""
    for each in _of(_START, name):
        for value in each.allowed():
            reply = _start(integration, integration.taker(**each.placed(value)))
            clause = f"{_STARTS[_FORM]}.{_PLACE[_FORM]}.{each.name}.{each.keyword(value)}"
            told = f"{each.name} may be {value!r:.80}."
            integration.holds(clause, reply.status < 400, told, expected="a page", got=reply.told)


@pytest.mark.parametrize("way", _STARTS)
@pytest.mark.parametrize("number", range(len(_ROUNDS)))
@pytest.mark.clause(*_STARTS.values())
def test_all_parameters_start(integration: Integration, number: int, way: str) -> None:
    """A start may have the parameters of exam, test taker and session all at once, in every one of their values."""
    own = {name: value for name, value in integration.taker().items() if name in {"examId", "sessionId", "userId"}}
    reply = _start(integration, integration.taker(**{**_ROUNDS[number], **own}), way)
    # Which of them make sense together no document says.
    clause = f"{_STARTS[way]}.response.400"
    integration.holds(clause, reply.status < 400, "It is taken.", expected="a page", got=reply.told)


@pytest.mark.parametrize("name", _top(_START))
@pytest.mark.clause(f"{_STARTS[_FORM]}.response.400")
def test_no_other_value_starts(integration: Integration, name: str) -> None:
    """Another type, one beyond an end, and what is no address are refused; no document says how."""
    for each in _of(_START, name):
        for wrong in each.wrong():
            reply = _start(integration, integration.taker(**each.placed(wrong)))
            told = f"{each.name} cannot be {wrong!r:.80}."
            integration.refuses(reply, f"{_STARTS[_FORM]}.response.400", told, 400)


@pytest.mark.parametrize("changes", [{"duration": "long"}, {"calculator": "abacus"}, {"scoreConfig": {"phone": 11}}])
@pytest.mark.parametrize("way", _STARTS)
@pytest.mark.clause(*(f"{each}.response.400" for each in _STARTS.values()))
def test_an_exam_that_makes_no_sense_starts_nothing(integration: Integration, changes: Data, way: str) -> None:
    """A parameter of the exam that makes no sense is refused at the start too; no document says how."""
    reply = _start(integration, integration.taker(**changes), way)
    integration.refuses(reply, f"{_STARTS[way]}.response.400", "It is refused.", 400)


@pytest.mark.parametrize("way", _ARCHIVES)
@pytest.mark.parametrize("name", _top(_ARCHIVE))
@pytest.mark.clause(*_ARCHIVES.values())
def test_every_value_opens_the_archive(
    archive: Callable[[Data, str], Reply], integration: Integration, name: str, way: str
) -> None:
    """What an opening of the archive says of the proctor may have every value that is documented."""
    for value in _ARCHIVE[name].allowed():
        reply = archive({name: value}, way)
        clause = f"{_ARCHIVES[way]}.{_PLACE[way]}.{name}.{_ARCHIVE[name].keyword(value)}"
        told = f"{name} may be {value!r:.80}."
        integration.holds(clause, reply.status < 400, told, expected="a page", got=reply.told)


@pytest.mark.parametrize("way", _ARCHIVES)
@pytest.mark.parametrize("name", [*_top(_ARCHIVE), "sessionId"])
@pytest.mark.clause(*(f"{each}.response.400" for each in _ARCHIVES.values()))
def test_no_other_value_opens_the_archive(
    archive: Callable[[Data, str], Reply], integration: Integration, name: str, way: str
) -> None:
    """Another type, one beyond an end, and another session than the path's are refused; no document says how."""
    wrong = _ARCHIVE[name].wrong() if name in _ARCHIVE else ["another-session", 7, None]
    for each in wrong:
        reply = archive({name: each}, way)
        told = f"{name} cannot be {each!r:.80}."
        integration.refuses(reply, f"{_ARCHIVES[way]}.response.400", told, 400)


@pytest.mark.parametrize("way", _ARCHIVES)
@pytest.mark.clause(*_ARCHIVES.values())
def test_the_way_back_from_the_archive(
    archive: Callable[[Data, str], Reply], integration: Integration, way: str
) -> None:
    """The archive leads back to the address that the opening says."""
    address = "https://lms.example/results/geo-1"
    reply = archive({"returnUrl": address}, way)
    clause = f"{_ARCHIVES[way]}.{_PLACE[way]}.returnUrl"
    integration.holds(clause, address in reply.text, "It is on the page.", expected=address, got=reply.told)
