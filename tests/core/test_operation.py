"""Operations: what a declaration says, and how its path is routed."""

import pytest

from mockserver.core.operation import Answer, Api, snake_case
from tests.toy import api, envelope, key_holder


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("noteId", "note_id"),
        ("installSid", "install_sid"),
        ("id", "id"),
        ("note_id", "note_id"),
        ("userID", "user_id"),
        ("a1B", "a1_b"),
    ],
)
def test_path_parameters_arrive_in_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


@pytest.mark.parametrize(
    ("path", "greedy", "rule"),
    [
        ("/notes/", (), "/notes/"),
        ("/notes/{noteId}", (), "/notes/<note_id>"),
        ("/notes/code={noteCode}/x", (), "/notes/code=<note_code>/x"),
        ("/files/{path}", ("path",), "/files/<anything:path>"),
        ("/{a}/{b}", ("b",), "/<a>/<anything:b>"),
    ],
)
def test_a_path_becomes_a_routing_rule(path: str, greedy: tuple[str, ...], rule: str) -> None:
    made = Api("toy", caller=key_holder, errors=envelope)

    @made.operation("GET", path, greedy=greedy)
    def get(state: object) -> Answer:
        return Answer()

    assert made.operations[0].rule() == rule


def test_a_declaration_names_the_operation_after_its_function_and_its_docstrings_first_line() -> None:
    found = {each.name: each for each in api.operations}
    assert found["write_note"].id == "toy.write_note"
    assert found["write_note"].says == "Write a note."
    assert (found["write_note"].page, found["hello_page"].page) == (False, True)


def test_an_operation_knows_its_caller_as_the_vendor_does_and_a_page_lets_everybody_in() -> None:
    found = {each.name: each for each in api.operations}
    assert (found["write_note"].caller, found["write_note"].errors) == (key_holder, envelope)
    assert found["hello_page"].caller is not key_holder
    assert found["read_all"].wants_caller
    assert not found["write_note"].wants_caller
