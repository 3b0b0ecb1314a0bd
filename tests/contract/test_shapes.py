"""What is wrong by a schema, in words for people."""

import pytest
import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.shapes import wrong_with
from tests.contract.small import DOCUMENT


@pytest.mark.parametrize(
    ("unwanted", "value", "expected"),
    [
        ("{type: string, minLength: 1}", "OK", "no text, or an empty one"),
        ('{type: string, not: {pattern: "^5"}}', "400", "pattern: ^5, if it is a text"),
        ('{type: "null"}', None, "anything but null"),
        ("{type: string, minLength: 2}", "OK", 'not: {"type": "string", "minLength": 2}'),
    ],
)
def test_what_must_not_be_is_told_as_what_must(unwanted: str, value: object, expected: str) -> None:
    document = yaml.safe_load(DOCUMENT)
    document["components"]["schemas"]["Free"] = {"not": yaml.safe_load(unwanted)}
    [wrong] = wrong_with(Contract("toy", document), "/components/schemas/Free", value)
    assert wrong.expected == expected
