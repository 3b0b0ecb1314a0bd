"""Driving an adapter: whose a type error is."""

from functools import wraps
from typing import Any

import pytest

from contract_tests.clients.driving import Driven, NotTaken, VerbFailed


class Adapter:
    def own(self, external_id: str, **more: Any) -> Any:
        return self._post("/authorizations")  # type: ignore[call-arg]

    def narrow(self, external_id: str) -> str:
        return external_id

    @wraps(narrow)
    def wrapped(self, *given: Any, **named: Any) -> str:
        return self.narrow(*given, **named)

    def _post(self, path: str, body: str) -> str:
        return body

    @wraps(_post)
    def given_more(self, path: str) -> str:
        return self._post(path, "a body")


def test_a_type_error_of_the_adapters_own_is_its_failure() -> None:
    with pytest.raises(VerbFailed, match=r"own raised TypeError: .*missing 1 required") as failed:
        Driven(Adapter(), 5).own("a", test="t")
    assert not isinstance(failed.value, NotTaken)


@pytest.mark.parametrize("verb", ["narrow", "wrapped"])
def test_arguments_that_a_verb_does_not_take_are_told_from_it(verb: str) -> None:
    adapter = Driven(Adapter(), 5)
    assert getattr(adapter, verb)("a") == "a"
    with pytest.raises(NotTaken):
        getattr(adapter, verb)("a", test="t")


def test_a_verb_is_tried_whatever_its_decorator_says_of_it() -> None:
    assert Driven(Adapter(), 5).given_more("/a") == "a body"
