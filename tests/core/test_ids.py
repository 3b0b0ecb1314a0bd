"""Ids: a pure function of seed, kind and number."""

import re
from itertools import product
from uuid import UUID

import pytest

from mockserver.core.ids import Ids


def test_the_same_seed_kind_and_number_give_the_same_id() -> None:
    one, other = Ids(7), Ids(7)
    assert [one.uuid("a"), one.hex("b"), one.number("c")] == [other.uuid("a"), other.hex("b"), other.number("c")]


def test_kinds_count_apart_so_the_order_between_them_does_not_matter() -> None:
    one, other = Ids(0), Ids(0)
    first = one.hex("a"), one.hex("b")
    assert (other.hex("b"), other.hex("a")) == first[::-1]


def test_every_seed_kind_and_number_gives_another_id() -> None:
    made = [Ids(seed) for seed in range(20)]
    found = [ids.hex(kind) for ids, kind, _ in product(made, ("a", "b"), range(20))]
    assert len(set(found)) == len(found) == 800


def test_numbers_count_from_one_for_each_kind() -> None:
    ids = Ids(0)
    assert [ids.number("a"), ids.number("a"), ids.number("b")] == [1, 2, 1]
    assert ids.counters == {"a": 2, "b": 1}


def test_the_counters_are_all_that_is_remembered() -> None:
    ids = Ids(3)
    before = dict(ids.counters)
    made = ids.uuid("a")
    ids.counters = before
    assert ids.uuid("a") == made


@pytest.mark.parametrize("length", [1, 6, 32, 64, 128])
def test_hex_is_lower_case_hex_of_the_length(length: int) -> None:
    assert re.fullmatch(rf"[0-9a-f]{{{length}}}", Ids(0).hex("a", length))


def test_a_uuid_is_of_version_4() -> None:
    text = Ids(0).uuid("a")
    assert str(UUID(text)) == text
    assert (UUID(text).version, UUID(text).variant) == (4, "specified in RFC 4122")


def test_seeds_may_be_negative_or_huge() -> None:
    assert len({Ids(seed).uuid("a") for seed in (-1, 0, 1, 10**100)}) == 4
