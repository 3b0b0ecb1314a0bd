"""Generated sets: made of a seed alone, and each begins like a smaller one."""

from pathlib import Path

import pytest

from mockserver.core.fixtures import Fixtures
from mockserver.core.generation import write_set
from mockserver.core.people import people
from tests.toy import toy_sandboxes, vendor


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert list(people(1, 20)) == list(people(1, 20))
    assert not {each.uuid for each in people(1, 20)} & {each.uuid for each in people(2, 20)}
    assert [each.first_name for each in people(1, 20)] != [each.first_name for each in people(2, 20)]


def test_more_people_begin_with_the_fewer() -> None:
    assert list(people(1, 40))[:15] == list(people(1, 15))
    assert list(people(1, 0)) == []


def test_people_have_addresses_and_ids_of_their_own_and_speak_several_languages() -> None:
    crowd = list(people(0, 200))
    assert len({each.uuid for each in crowd}) == len({each.email for each in crowd}) == 200
    assert {each.language for each in crowd} == {"en-US", "en-GB", "fr-FR", "de-DE"}
    assert all(each.first_name and each.last_name and each.phone.startswith("+") for each in crowd)


def test_people_do_not_depend_on_who_was_made_before() -> None:
    list(people(99, 7))
    one = list(people(1, 5))
    list(people(98, 3))
    assert list(people(1, 5)) == one


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_generated_set_is_the_same_for_the_same_seed_and_boots(tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        written = list(write_set(tmp_path / name, [vendor], 12, 5, kind))
        assert [path.name for path in written] == ["set.yaml", f"toy.{kind}"]
    assert files(tmp_path / "one") == files(tmp_path / "two")
    state = toy_sandboxes(tmp_path, fixtures="one").get("default").states["toy"]
    assert (len(state.collections["notes"]), len(state.collections["keys"])) == (12, 1)


def test_a_generated_set_says_the_same_as_yaml_and_as_json(tmp_path: Path) -> None:
    for kind in ("yaml", "json"):
        list(write_set(tmp_path / kind, [vendor], 12, 5, kind))
    found = Fixtures([tmp_path])
    assert found.get("yaml").rows("toy") == found.get("json").rows("toy")
    assert found.get("yaml").about == found.get("json").about


def test_a_larger_set_begins_with_the_smaller(tmp_path: Path) -> None:
    for count in (5, 20):
        list(write_set(tmp_path / str(count), [vendor], count, 3, "json"))
    found = Fixtures([tmp_path])
    small, large = (found.get(name).rows("toy")["notes"] for name in ("5", "20"))
    assert large[:5] == small
