"""The values that the checks of Constructor Proctor try: the contract allows the ones and not the others."""

from collections.abc import Mapping
from typing import Any

import pytest

from contract_tests.values.constructor import (
    Parameter,
    archive_parameters,
    exam_parameters,
    rounds,
    start_parameters,
)
from mockserver.contract.contract import Contract
from mockserver.contract.load import read_contract

CONTRACT = Contract("constructor", read_contract("mockserver.vendors.constructor"))
SAMPLE = CONTRACT.document["components"]["examples"]["FinalTest"]["value"]
START = {**SAMPLE, "userId": "u-1", "sessionId": "s-1", "sessionUrl": "https://lms.example/exam"}
PROCTOR = {"userId": "proctor@lms.example", "sessionId": "s-1"}
TABLES: dict[str, tuple[Mapping[str, Parameter], str, dict[str, Any], str]] = {
    "exam": (exam_parameters(), "Exam", SAMPLE, "put_exam.response.201.body"),
    "start": (start_parameters(), "StartPayload", START, "start_session.request.body.token.content"),
    "archive": (archive_parameters(), "ArchivePayload", PROCTOR, "open_archive.request.body.token.content"),
}
EACH = [pytest.param(table, name, id=f"{table}-{name}") for table, (found, *_) in TABLES.items() for name in found]


def fits(schema: str, said: object) -> bool:
    return CONTRACT.validator(f"/components/schemas/{schema}").is_valid(said)


@pytest.mark.parametrize(("table", "name"), EACH)
def test_an_allowed_value_is_one_and_names_its_clause(table: str, name: str) -> None:
    parameters, schema, whole, place = TABLES[table]
    parameter = parameters[name]
    assert parameter.allowed()
    for value in parameter.allowed():
        said = {**whole, **parameter.placed(value)}
        assert fits(schema, said), value
        assert parameter.stands_in(said)
        assert parameter.found(said) == value
        assert f"constructor.{place}.{name}.{parameter.keyword(value)}" in CONTRACT.clauses


@pytest.mark.parametrize(("table", "name"), EACH)
def test_a_wrong_value_is_none(table: str, name: str) -> None:
    parameters, schema, whole, _ = TABLES[table]
    assert parameters[name].wrong()
    for value in parameters[name].wrong():
        assert not fits(schema, {**whole, **parameters[name].placed(value)}), value


@pytest.mark.parametrize("table", TABLES)
def test_rounds_have_every_kind_of_value_of_each(table: str) -> None:
    parameters, schema, whole, _ = TABLES[table]
    made = rounds(parameters)
    for each in made:
        assert fits(schema, {**whole, **each}), each
    for parameter in parameters.values():
        wanted = {parameter.keyword(value) for value in parameter.allowed()}
        assert wanted == {parameter.keyword(parameter.found(each)) for each in made if parameter.stands_in(each)}


def test_a_mapping_that_lacks_a_parameter_has_nothing_for_it() -> None:
    level = exam_parameters()["scoreConfig.cheaterLevel"]
    for said in ({}, {"scoreConfig": None}, {"scoreConfig": {"phone": 1}}):
        assert not level.stands_in(said)
        assert level.found(said) is None
