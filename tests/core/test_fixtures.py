"""Fixture sets: found by name, read as YAML or JSON, and every mistake in them named by its place."""

import json
from pathlib import Path

import pytest

from mockserver.core.errors import BadRequest
from mockserver.core.fixtures import Fixtures
from tests.toy import Note, toy_sandboxes, write_set

ROWS = {"notes": [{"id": 1, "title": "é", "due": "2025-05-15T12:00:00Z"}]}
AS_YAML = 'notes:\n  - {id: 1, title: "é", due: 2025-05-15T12:00:00Z}\n'
AS_JSON = json.dumps(ROWS, ensure_ascii=False)


def loaded(folder: Path, fixtures: str = "plain") -> list[Note]:
    return list(toy_sandboxes(folder, fixtures=fixtures).get("default").states["toy"].collections["notes"])


def refusal(folder: Path, fixtures: str = "plain") -> str:
    with pytest.raises(BadRequest) as refused:
        toy_sandboxes(folder, fixtures=fixtures)
    return refused.value.message


@pytest.mark.parametrize(("text", "ending"), [(AS_YAML, "yaml"), (AS_JSON, "json")])
def test_a_set_is_the_same_as_yaml_and_as_json(tmp_path: Path, text: str, ending: str) -> None:
    folder = write_set(tmp_path, toy=text, ending=ending)
    assert Fixtures([tmp_path]).get("plain").rows("toy") == ROWS
    assert Fixtures([tmp_path]).get("plain").file("toy") == folder / f"toy.{ending}"
    assert [each.title for each in loaded(tmp_path)] == ["é"]


@pytest.mark.parametrize("text", ["", "# a comment only\n", "notes: []\n"])
def test_a_file_without_rows_seeds_nothing(tmp_path: Path, text: str) -> None:
    write_set(tmp_path, toy=text)
    assert loaded(tmp_path) == []


def test_a_set_without_a_vendors_file_seeds_nothing_for_it(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert loaded(tmp_path) == []
    assert Fixtures([tmp_path]).get("plain").file("toy") is None


@pytest.mark.parametrize(
    ("text", "ending", "reason"),
    [
        ("notes: [", "yaml", "line 2"),
        ("notes:\n\t- 1", "yaml", "line 2"),
        ("notes: *nobody", "yaml", "undefined alias"),
        ("notes: !!python/object:os.system {}", "yaml", "could not determine a constructor"),
        ("? [a]\n: b", "yaml", "unhashable key"),
        ("notes: [{id: " + "9" * 5000 + "}]", "yaml", "4300 digits"),
        ("[" * 5000, "yaml", ""),
        ("{", "json", "truncated"),
        ('{"notes": NaN}', "json", "malformed"),
        ("[" * 100_000, "json", "recursion"),
        ("[]", "yaml", "a mapping is expected at the top"),
        ("[]", "json", "a mapping is expected at the top"),
        ("text", "yaml", "a mapping is expected at the top"),
    ],
)
def test_a_broken_file_is_named_with_the_reason(tmp_path: Path, text: str, ending: str, reason: str) -> None:
    folder = write_set(tmp_path, toy=text, ending=ending)
    message = refusal(tmp_path)
    assert message.startswith(f"{folder / f'toy.{ending}'}: ")
    assert reason in message


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_file_that_is_not_utf8_is_named(tmp_path: Path, ending: str) -> None:
    folder = write_set(tmp_path, ending=ending)
    (folder / f"toy.{ending}").write_bytes(b'{"notes": "\xff"}')
    assert f"{folder / f'toy.{ending}'}: " in refusal(tmp_path)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("note: []", "", "'note' is no collection of toy; known are keys, notes."),
        ("5: []", "", "5 is no collection of toy"),
        ("notes: {}", "", "notes must be a list of entities."),
        ("notes: null", "", "notes must be a list of entities."),
        ("notes: [5]", "notes[0]: ", "Expected `object`, got `int`"),
        ("notes: [{id: 1, title: a}, null]", "notes[1]: ", "Expected `object`, got `null`"),
        ("notes: [{id: 1}]", "notes[0]: ", "missing required field `title`"),
        ("notes: [{id: one, title: a}]", "notes[0]: ", "Expected `int`, got `str` - at `$.id`"),
        ("notes: [{id: true, title: a}]", "notes[0]: ", "Expected `int`, got `bool` - at `$.id`"),
        ("notes: [{id: 1, title: a, due: soon}]", "notes[0]: ", "Invalid RFC3339 encoded datetime - at `$.due`"),
        ("notes: [{id: 1, title: a, due: 2025-13-45}]", "notes[0]: ", "Invalid RFC3339 encoded datetime - at `$.due`"),
        ("notes: [{id: 1, title: a, due: 2025-05-15T12:00:00}]", "notes[0]: ", "due 2025-05-15T12:00:00 has no offset"),
        ("notes: [{id: 1, title: a}, {id: 1, title: b}]", "notes[1]: ", "already has one with id 1"),
        ("notes: [{id: 1, title: a, code: x}, {id: 2, title: b, code: x}]", "notes[1]: ", "one with code 'x'"),
        ("keys: [{id: a}]\nnotes: [{id: 1}]", "notes[0]: ", "title"),
    ],
)
def test_a_wrong_row_is_named_by_file_collection_row_and_field(
    tmp_path: Path, text: str, place: str, reason: str
) -> None:
    folder = write_set(tmp_path, toy=text)
    message = refusal(tmp_path)
    assert message.startswith(f"{folder / 'toy.yaml'}: {place}")
    assert reason in message


def test_an_unknown_field_of_a_row_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path, toy="notes: [{id: 1, title: a, ownr: ann}]")
    message = refusal(tmp_path)
    assert message.startswith(f"{folder / 'toy.yaml'}: notes[0]: ")
    assert "ownr" in message


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ("title: [", "line 2"),
        ("- title", "a mapping is expected"),
        ("title: 5", "at `$.title`"),
        ("seed: one", "at `$.seed`"),
        ("settings: []", "at `$.settings`"),
        ("clock: noon", "A clock is live, frozen, an instant"),
        ("settings: {toy: {moood: wild}}", "toy has no setting 'moood'"),
        ("settings: {toy: {mood: sad}}", "Invalid enum value 'sad'"),
        ("settings: {nobody: {}}", "no vendor 'nobody'"),
        ("titel: a typo", "titel"),
    ],
)
def test_a_wrong_head_of_a_set_is_named_by_its_file(tmp_path: Path, about: str, reason: str) -> None:
    folder = write_set(tmp_path, about=about)
    with pytest.raises(BadRequest) as refused:
        toy_sandboxes(tmp_path, clock=None)
    assert refused.value.message.startswith(f"{folder / 'set.yaml'}: ")
    assert reason in refused.value.message


def test_an_instant_in_a_set_needs_no_quotes(tmp_path: Path) -> None:
    write_set(tmp_path, about="clock: 2030-01-01T00:00:00Z")
    assert toy_sandboxes(tmp_path, clock=None).get("default").clock.now().year == 2030


def test_sets_are_the_folders_below_the_first_of_a_name_counting(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, name, title in ((first, "a", "one"), (second, "a", "two"), (second, "b", "three")):
        write_set(folder, name, about=f"title: {title}")
    write_set(first, ".hidden"), write_set(first, "_private")
    (first / "file.yaml").touch()
    found = Fixtures([first, second, tmp_path / "missing"])
    assert [(each.name, each.about.title) for each in found] == [("a", "one"), ("b", "three")]


def test_an_unknown_set_is_refused_and_the_known_named(tmp_path: Path) -> None:
    write_set(tmp_path)
    with pytest.raises(BadRequest, match="There is no fixture set 'nowhere'; known are plain") as refused:
        Fixtures([tmp_path]).get("nowhere")
    assert list(refused.value.fields) == ["fixtures"]


def test_a_folder_from_elsewhere_is_known_by_its_name_and_counts_over_one_that_was_known(tmp_path: Path) -> None:
    write_set(tmp_path / "ours", about="title: ours")
    elsewhere = write_set(tmp_path / "theirs", about="title: theirs")
    fixtures = Fixtures([tmp_path / "ours"])
    assert fixtures.add(elsewhere).name == "plain"
    assert fixtures.get("plain").about.title == "theirs"


@pytest.mark.parametrize("name", ["missing", "file"])
def test_what_is_no_folder_cannot_be_added(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadRequest, match="no folder of fixtures"):
        Fixtures([]).add(tmp_path / name)


def test_a_set_is_read_once_and_its_sandboxes_do_not_change_it(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    sandboxes = toy_sandboxes(tmp_path)
    toy = sandboxes.get("default").states["toy"]
    toy.rename(1, "renamed")  # type: ignore[attr-defined]
    (folder / "toy.yaml").unlink()
    again, _ = sandboxes.put("default")
    assert [each.title for each in again.states["toy"].collections["notes"]] == ["first", "second"]
