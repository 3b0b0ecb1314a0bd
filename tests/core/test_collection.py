"""Collections: found by key, unique and indexed fields, in the order they came, and undone."""

import random
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mockserver.core import collection as module
from mockserver.core.collection import Collection, UndoLog
from mockserver.core.errors import Conflict, Full, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: int
    code: str | None = None
    owner: str | None = None
    size: int = 0

    @property
    def label(self) -> str:
        return f"{self.owner}/{self.size}"


def collection(*items: Item, undo: UndoLog | None = None) -> Collection[Item]:
    made = Collection("items", Item, unique=("code",), index=("owner",), undo=undo)
    for item in items:
        made.add(item)
    return made


A, B, C = Item(id=1, code="a", owner="ann"), Item(id=2, owner="bob"), Item(id=3, code="c", owner="ann")


def test_entities_keep_the_order_they_came_in() -> None:
    held = collection(C, A, B)
    held.save(replace(C, size=5))
    assert [each.id for each in held] == [3, 1, 2]
    assert len(held) == 3
    assert 1 in held
    assert 9 not in held


def test_get_refuses_an_unknown_key_and_tells_collection_and_field() -> None:
    with pytest.raises(NotFound, match="No items with id 9") as refusal:
        collection(A).get(9)
    assert (refusal.value.collection, refusal.value.field) == ("items", "id")


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ({"id": 1}, A),
        ({"id": 9}, None),
        ({"code": "c"}, C),
        ({"code": "z"}, None),
        ({"owner": "ann"}, A),
        ({"size": 0}, A),
        ({"label": "bob/0"}, B),
        ({"owner": "ann", "code": "c"}, C),
        ({"owner": "bob", "code": "c"}, None),
        ({"code": None}, None),
        ({"code": None, "size": 0}, B),
    ],
)
def test_find_gives_the_first_that_has_the_values(by: dict[str, Any], found: Item | None) -> None:
    assert collection(A, B, C).find(**by) == found


def test_where_gives_all_that_have_the_values_in_order() -> None:
    held = collection(C, B, A)
    assert list(held.where(owner="ann")) == [C, A]
    assert list(held.where(owner="ann", size=0)) == [C, A]
    assert list(held.where(owner="nobody")) == []
    assert list(held.where()) == [C, B, A]


def test_where_finds_those_without_a_value_of_an_indexed_field() -> None:
    orphan = Item(id=4)
    assert list(collection(A, orphan).where(owner=None)) == [orphan]


def test_where_keeps_the_order_of_an_indexed_field_whatever_is_saved() -> None:
    held = collection(A, B, C)
    held.save(replace(A, size=5))
    held.save(replace(B, owner="ann"))
    assert [each.id for each in held.where(owner="ann")] == [1, 2, 3]


def test_a_loop_over_a_collection_may_change_it() -> None:
    held = collection(A, B, C)
    for each in held:
        held.remove(each.id)
    held = collection(A, B, C)
    for each in held.where(owner="ann"):
        held.remove(each.id)
    assert list(held) == [B]


def test_add_refuses_a_taken_key_or_unique_value_and_changes_nothing() -> None:
    held = collection(A)
    with pytest.raises(Conflict, match="already has one with id 1") as by_key:
        held.add(Item(id=1))
    with pytest.raises(Conflict, match="already has one with code 'a'") as by_code:
        held.add(Item(id=2, code="a"))
    assert (list(by_key.value.fields), list(by_code.value.fields)) == (["id"], ["code"])
    assert list(held) == [A]


def test_many_may_lack_a_unique_value() -> None:
    assert len(collection(Item(id=1), Item(id=2))) == 2


def test_save_refuses_an_unknown_key_or_a_taken_unique_value_and_changes_nothing() -> None:
    held = collection(A, C)
    with pytest.raises(NotFound):
        held.save(B)
    with pytest.raises(Conflict):
        held.save(replace(C, code="a"))
    assert list(held) == [A, C]
    assert held.find(code="c") == C


def test_save_frees_the_unique_value_that_it_gives_up() -> None:
    held = collection(A)
    held.save(replace(A, code="b"))
    assert held.find(code="a") is None
    assert held.add(Item(id=2, code="a")).id == 2


def test_remove_forgets_the_entity_its_unique_values_and_its_place_in_indexes() -> None:
    held = collection(A, C)
    assert held.remove(1) == A
    assert list(held.where(owner="ann")) == [C]
    held.add(replace(A, size=1))
    assert [each.id for each in held] == [3, 1]
    with pytest.raises(NotFound):
        held.remove(9)


def test_a_key_of_another_name_counts_as_the_key() -> None:
    held = Collection("items", Item, key="code")
    held.add(A)
    assert held.get("a") == held.find(code="a") == A


def test_a_full_collection_refuses_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 2)
    held = collection(A, B)
    with pytest.raises(Full, match="holds 2 entities"):
        held.add(C)
    assert held.save(replace(B, size=1)).size == 1


def test_a_rollback_puts_back_what_was_added_saved_and_removed_in_its_order() -> None:
    undo = UndoLog()
    held = collection(A, B, C, undo=undo)
    undo.begin()
    held.remove(2)
    held.save(replace(A, code="free", owner="bob"))
    held.add(Item(id=4, code="a", owner="ann"))
    held.remove(3)
    held.add(replace(C, size=9))
    undo.rollback(0)
    undo.end()
    assert list(held) == [A, B, C]
    assert list(held.where(owner="ann")) == [A, C]
    assert (held.find(code="a"), held.find(code="c"), held.find(code="free")) == (A, C, None)


def test_a_rollback_to_a_mark_leaves_what_was_before_it() -> None:
    undo = UndoLog()
    held = collection(A, undo=undo)
    undo.begin()
    held.add(B)
    mark = undo.mark()
    held.add(C)
    undo.rollback(mark)
    assert list(held) == [A, B]
    undo.rollback(0)
    assert list(held) == [A]


def test_nothing_is_recorded_outside_a_transaction_or_kept_after_it() -> None:
    undo = UndoLog()
    held = collection(A, undo=undo)
    undo.begin()
    held.add(B)
    undo.end()
    held.add(C)
    undo.begin()
    undo.rollback(0)
    undo.end()
    assert list(held) == [A, B, C]


class Naive:
    """What a collection must behave like: a list, looked through from its start."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    def has(self, item: Item, *, but: int | None = None) -> bool:
        others = [each for each in self.items if each.id != but]
        return any(each.id == item.id or (item.code is not None and each.code == item.code) for each in others)

    def add(self, item: Item) -> bool:
        if self.has(item):
            return False
        self.items.append(item)
        return True

    def save(self, item: Item) -> bool:
        place = next((at for at, each in enumerate(self.items) if each.id == item.id), None)
        if place is None or self.has(item, but=item.id):
            return False
        self.items[place] = item
        return True

    def remove(self, item: Item) -> bool:
        kept = [each for each in self.items if each.id != item.id]
        found = len(kept) < len(self.items)
        self.items = kept
        return found


def attempt(held: Collection[Item], verb: str, item: Item) -> bool:
    try:
        held.remove(item.id) if verb == "remove" else getattr(held, verb)(item)
    except (Conflict, NotFound):
        return False
    return True


@pytest.mark.parametrize("seed", range(8))
def test_it_behaves_like_a_list_through_any_verbs_and_rollbacks(seed: int) -> None:
    dice = random.Random(seed)
    undo, naive = UndoLog(), Naive()
    held = collection(undo=undo)
    for _ in range(120):
        before = list(naive.items)
        undo.begin()
        for _ in range(dice.randint(1, 6)):
            item = Item(
                id=dice.randint(1, 8),
                code=dice.choice([None, "a", "b", "c", "d"]),
                owner=dice.choice([None, "ann", "bob"]),
                size=dice.randint(0, 1),
            )
            verb = dice.choice(["add", "save", "remove"])
            assert attempt(held, verb, item) is getattr(naive, verb)(item)
        if dice.random() < 0.4:
            undo.rollback(0)
            undo.end()
            naive.items = before
        else:
            undo.end()
        assert list(held) == naive.items
        for owner in (None, "ann", "bob"):
            assert list(held.where(owner=owner)) == [each for each in naive.items if each.owner == owner]
        for code in "abcd":
            assert held.find(code=code) == next((each for each in naive.items if each.code == code), None)
