"""A verb that raises has changed nothing: not an entity, an index, an id counter or a setting."""

from collections.abc import Callable
from dataclasses import asdict
from threading import Thread
from typing import Any

import pytest

from mockserver.core.errors import ApiError, Conflict
from mockserver.core.sandbox import Sandbox
from tests.toy import Toy


def everything(sandbox: Sandbox) -> dict[str, Any]:
    """Return all that a transaction answers for, indexes included, as they are found by."""
    toy = sandbox.states["toy"]
    notes = toy.collections["notes"]
    return {
        "entities": {name: list(held) for name, held in toy.collections.items()},
        "by code": {code: notes.find(code=code) for code in ("one", "half", "new")},
        "by owner": {owner: list(notes.where(owner=owner)) for owner in ("ann", "bob", None)},
        "counters": dict(sandbox.ids.counters),
        "settings": {name: asdict(settings) for name, settings in sandbox.settings.items()},
    }


def write(sandbox: Sandbox, toy: Toy) -> None:
    toy.write(title="new", owner="bob", code="new")


def save(sandbox: Sandbox, toy: Toy) -> None:
    toy.rename(1, "renamed")


def remove(sandbox: Sandbox, toy: Toy) -> None:
    toy.notes.remove(1)


def mint(sandbox: Sandbox, toy: Toy) -> None:
    toy.ids.uuid("something")


def switch(sandbox: Sandbox, toy: Toy) -> None:
    sandbox.change_settings({"toy": {"loud": True, "most": 9}})


Change = Callable[[Sandbox, Toy], None]
CHANGES = [write, save, remove, mint, switch]
each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


@each_change
def test_a_change_stands_when_its_transaction_ends(local: Sandbox, toy: Toy, change: Change) -> None:
    before = everything(local)
    with local.transaction():
        change(local, toy)
        during = everything(local)
    assert everything(local) == during != before


def fail(local: Sandbox, toy: Toy, *changes: Change, error: BaseException) -> None:
    """Make changes in one transaction, and in one inside it, that ends by raising."""
    with local.transaction():
        for change in changes:
            with local.transaction():
                change(local, toy)
        raise error


@each_change
@pytest.mark.parametrize("error", [Conflict("refused"), RuntimeError("a defect"), KeyboardInterrupt()])
def test_a_change_is_undone_whatever_its_transaction_raises(
    local: Sandbox, toy: Toy, change: Change, error: BaseException
) -> None:
    before = everything(local)
    with pytest.raises(type(error)):
        fail(local, toy, change, error=error)
    assert everything(local) == before


def test_all_changes_of_a_transaction_are_undone_together(local: Sandbox, toy: Toy) -> None:
    before = everything(local)
    with pytest.raises(Conflict):
        fail(local, toy, *CHANGES, error=Conflict("refused"))
    assert everything(local) == before


def test_a_verb_that_raises_half_way_leaves_everything_as_it_was(local: Sandbox, toy: Toy) -> None:
    before = everything(local)
    with pytest.raises(Conflict, match="stumbled"), local.transaction():
        toy.stumble()
    assert everything(local) == before
    assert toy.write(title="next").id == 3


def test_an_outer_transaction_goes_on_without_what_a_refused_inner_one_changed(local: Sandbox, toy: Toy) -> None:
    with local.transaction():
        try:
            with local.transaction():
                write(local, toy)
                raise Conflict("refused")
        except ApiError:
            save(local, toy)
    assert toy.notes.find(code="new") is None
    assert toy.notes.get(1).title == "renamed"


def test_the_next_transaction_undoes_nothing_of_the_one_before(local: Sandbox, toy: Toy) -> None:
    with local.transaction():
        write(local, toy)
    kept = everything(local)
    with pytest.raises(Conflict):
        fail(local, toy, error=Conflict("refused"))
    assert everything(local) == kept


def test_transactions_of_several_threads_take_turns(local: Sandbox, toy: Toy) -> None:
    def add_many() -> None:
        for _ in range(50):
            with local.transaction():
                toy.rename(1, str(int(toy.notes.get(1).title) + 1))

    toy.rename(1, "0")
    threads = [Thread(target=add_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert toy.notes.get(1).title == "400"
