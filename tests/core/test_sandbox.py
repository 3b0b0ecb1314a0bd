"""Sandboxes: how they boot, that they share nothing, and that a reset leaves nothing behind."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.core.errors import BadRequest, Full, NotFound
from mockserver.core.sandbox import Boot, Limits, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.fronts.flask import create_flask
from tests.toy import KEY, PLAIN, Toy, toy_sandboxes, write_set

TEN = datetime(2025, 5, 15, 10, tzinfo=UTC)
WISHES = """\
title: a set with wishes
seed: 7
clock: 2030-01-01T00:00:00Z
settings: {toy: {mood: wild, most: 3}}
"""


@pytest.fixture
def wishful(tmp_path: Path) -> Sandboxes:
    """Sandboxes over a set that says how its sandboxes start."""
    write_set(tmp_path, "wishes", about=WISHES)
    write_set(tmp_path)
    return toy_sandboxes(tmp_path, clock=None)


def start(sandboxes: Sandboxes, **boot: Any) -> dict[str, Any]:
    sandbox, _ = sandboxes.put("one", Boot(**boot))
    settings = {name: getattr(sandbox.settings_of("toy"), name) for name in ("loud", "mood", "most")}
    return {"seed": sandbox.seed, "frozen": sandbox.clock.frozen, "year": sandbox.clock.now().year, **settings}


def test_a_boot_that_says_nothing_starts_as_the_defaults_say(wishful: Sandboxes) -> None:
    started = start(wishful, fixtures="plain")
    assert started == {
        "seed": 0, "frozen": False, "year": datetime.now(UTC).year, "loud": False, "mood": "calm", "most": 5
    }  # fmt: skip


def test_a_fixture_set_counts_over_the_defaults(wishful: Sandboxes) -> None:
    started = start(wishful, fixtures="wishes")
    assert started == {"seed": 7, "frozen": True, "year": 2030, "loud": False, "mood": "wild", "most": 3}


def test_a_boot_counts_over_the_fixture_set(wishful: Sandboxes) -> None:
    settings = {"toy": {"loud": True, "most": 4}}
    started = start(wishful, fixtures="wishes", seed=0, clock="live@2040-01-01T00:00:00Z", settings=settings)
    assert started == {"seed": 0, "frozen": False, "year": 2040, "loud": True, "mood": "wild", "most": 4}


def test_a_sandbox_is_created_at_its_first_use_as_the_process_says(sandboxes: Sandboxes) -> None:
    made = sandboxes.get("one")
    assert sandboxes.get("one") is made
    assert made.boot == sandboxes.boot
    assert made.clock.now() == TEN
    assert {each.name for each in sandboxes} == {"default", "one"}


def test_many_first_uses_at_once_make_one_sandbox(sandboxes: Sandboxes) -> None:
    made: list[Sandbox] = []
    threads = [Thread(target=lambda: made.append(sandboxes.get("one"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 16
    assert len({id(each) for each in made}) == 1


def test_putting_a_new_one_creates_and_a_known_one_resets(sandboxes: Sandboxes) -> None:
    made, created = sandboxes.put("one", Boot(fixtures="plain", seed=5))
    again, created_again = sandboxes.put("one")
    assert (created, created_again) == (True, False)
    assert again is not made
    assert again.boot == made.boot
    assert sandboxes.existing("one") is again


def observe(client: FlaskClient, name: str) -> dict[str, Any]:
    """Return all that can be seen of a sandbox, its next id and answers included."""
    admin = f"/__admin/sandboxes/{name}"
    paths = ["", "/settings", "/clock", "/credentials", "/state", "/journal"]
    paths += ["/state/toy/keys", "/state/toy/notes", "/state/toy/notes?owner=ann", "/state/toy/notes?code=one"]
    seen = {path: client.get(f"{admin}{path}").json for path in paths}
    # That there was a reset is all that may be told of what was there before.
    del seen["/journal"]["past"]
    seen["answer"] = client.get(f"/sandbox/{name}/toy/notes/1").json
    seen["next"] = client.post(f"/sandbox/{name}/toy/notes/", json={"title": "next"}).json
    return seen


def disturb(client: FlaskClient, name: str) -> None:
    """Change everything about a sandbox that can be changed."""
    base, admin = f"/sandbox/{name}/toy", f"/__admin/sandboxes/{name}"
    calls = [
        client.patch(f"{admin}/settings", json={"toy": {"loud": True, "mood": "wild", "most": 1}}),
        client.post(f"{base}/notes/", json={"title": "more", "owner": "ann", "code": "more"}),
        client.patch(f"{base}/notes/2", json={"title": "renamed", "owner": "bob"}),
        client.post(f"{admin}/actions", json={"action": "toy.rename", "arguments": {"note_id": 1, "title": "x"}}),
        client.delete(f"{base}/notes/1"),
        client.post(f"{admin}/clock", json={"advance": "400d"}),
        client.post(f"{admin}/clock", json={"thaw": True}),
    ]
    assert [each.status_code for each in calls] == [200, 201, 200, 200, 204, 200, 200]


def test_nothing_survives_a_reset(client: FlaskClient) -> None:
    client.put("/__admin/sandboxes/one")
    fresh = observe(client, "one")
    disturb(client, "one")
    assert observe(client, "one") != fresh
    client.put("/__admin/sandboxes/one")
    assert observe(client, "one") == fresh


def test_sandboxes_share_nothing(client: FlaskClient) -> None:
    client.put("/__admin/sandboxes/one")
    client.put("/__admin/sandboxes/two")
    disturb(client, "two")
    disturbed = observe(client, "one")
    client.put("/__admin/sandboxes/one")
    assert observe(client, "one") == disturbed


@pytest.mark.parametrize("name", ["a", "A", "0", "ci-7", "a.b_c-d", "x" * 64])
def test_names_are_letters_digits_and_a_few_marks(sandboxes: Sandboxes, name: str) -> None:
    assert sandboxes.get(name).name == name


@pytest.mark.parametrize("name", ["", ".", "-a", "_a", "a b", "a/b", "é", "a\n", "x" * 65, "a%", "\x00"])
def test_any_other_name_is_refused_and_creates_nothing(sandboxes: Sandboxes, name: str) -> None:
    for use in (sandboxes.get, sandboxes.put):
        with pytest.raises(BadRequest) as refused:
            use(name)
        assert list(refused.value.fields) == ["sandbox"]
    assert [each.name for each in sandboxes] == ["default"]


def test_their_number_is_capped_and_none_is_evicted(sets: Path) -> None:
    sandboxes = toy_sandboxes(sets, Limits(sandboxes=3))
    sandboxes.get("one"), sandboxes.get("two")
    with pytest.raises(Full, match="There are 3 sandboxes"):
        sandboxes.get("three")
    with pytest.raises(Full):
        sandboxes.put("three")
    assert not sandboxes.put("two")[1]
    sandboxes.delete("one")
    assert {each.name for each in (sandboxes.get("three"), *sandboxes)} == {"default", "two", "three"}


def test_the_default_one_can_be_reset_but_not_deleted(sandboxes: Sandboxes) -> None:
    with pytest.raises(BadRequest, match="reset it"):
        sandboxes.delete("default")
    assert sandboxes.put("default")[1] is False


def test_what_does_not_exist_cannot_be_looked_at_or_deleted(sandboxes: Sandboxes) -> None:
    for use in (sandboxes.existing, sandboxes.delete):
        with pytest.raises(NotFound, match="There is no sandbox 'one'"):
            use("one")
    assert len(list(sandboxes)) == 1


@pytest.mark.parametrize(
    "boot",
    [
        Boot(fixtures="nowhere"),
        Boot(fixtures="broken"),
        Boot(fixtures="plain", clock="noon"),
        Boot(fixtures="plain", settings={"toy": {"mood": "sad"}}),
        Boot(fixtures="plain", settings={"nobody": {}}),
    ],
    ids=str,
)
def test_a_boot_that_fails_leaves_the_old_sandbox_and_makes_no_new_one(
    sandboxes: Sandboxes, sets: Path, boot: Boot
) -> None:
    write_set(sets, "broken", toy="notes: [{id: x}]")
    sandboxes.fixtures.add(sets / "broken")
    old = sandboxes.get("one")
    with pytest.raises(BadRequest):
        sandboxes.put("one", boot)
    with pytest.raises(BadRequest):
        sandboxes.put("two", boot)
    assert sandboxes.existing("one") is old
    assert {each.name for each in sandboxes} == {"default", "one"}


@pytest.mark.parametrize(
    ("name", "path", "url"),
    [("default", "/toy/a", "http://mock.test/toy/a"), ("one", "/toy/a", "http://mock.test/sandbox/one/toy/a")],
)
def test_addresses_stay_inside_the_sandbox(sandboxes: Sandboxes, name: str, path: str, url: str) -> None:
    assert sandboxes.get(name).url(path) == url
    assert sandboxes.get(name).states["toy"].url("/a") == url


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nobody": {}}, "nobody"),
        ({"toy": 5}, "toy"),
        ({"toy": None}, "toy"),
        ({"toy": []}, "toy"),
        ({"toy": {"moood": "wild"}}, "toy.moood"),
        ({"toy": {"mood": "sad"}}, "toy.mood"),
        ({"toy": {"mood": None}}, "toy.mood"),
        ({"toy": {"loud": "yes"}}, "toy.loud"),
        ({"toy": {"loud": 1}}, "toy.loud"),
        ({"toy": {"most": 0}}, "toy.most"),
        ({"toy": {"most": 11}}, "toy.most"),
        ({"toy": {"most": 10**400}}, "toy.most"),
        ({"toy": {"most": 1.5}}, "toy.most"),
        ({"toy": {"loud": True, "mood": "sad"}}, "toy.mood"),
    ],
)
def test_a_wrong_setting_is_named_and_changes_none(local: Sandbox, changes: dict[str, Any], field: str) -> None:
    before = local.settings_of("toy")
    with pytest.raises(BadRequest) as refused:
        local.change_settings(changes)
    assert list(refused.value.fields) == [field]
    assert local.settings_of("toy") == before


def test_settings_that_are_not_named_stay(local: Sandbox) -> None:
    local.change_settings({"toy": {"most": 9}})
    local.change_settings({"toy": {"loud": True}})
    settings = local.settings_of("toy")
    assert (settings.loud, settings.mood, settings.most) == (True, "calm", 9)


def test_an_unknown_vendor_is_refused_and_the_known_named(local: Sandbox) -> None:
    with pytest.raises(NotFound, match="known are toy"):
        local.state("nobody")


def test_ids_go_on_after_the_fixtures_and_step_over_taken_ones(tmp_path: Path) -> None:
    write_set(tmp_path, toy=PLAIN + "  - {id: 5, title: fifth}\n")
    toy = toy_sandboxes(tmp_path).get("default").states["toy"]
    assert isinstance(toy, Toy)
    assert [toy.write(title="new").id for _ in range(2)] == [4, 6]


def test_the_clock_of_a_sandbox_is_its_own(sandboxes: Sandboxes) -> None:
    sandboxes.get("one").clock.advance(timedelta(days=1))
    assert sandboxes.get("default").clock.now() == TEN


def test_the_same_seed_and_requests_give_the_same_bytes(sets: Path) -> None:
    def answers() -> list[bytes]:
        client = create_flask(toy_sandboxes(sets, seed=3)).test_client()
        made = [client.post("/toy/notes/", json={"title": title}, headers=KEY) for title in ("a", "b")]
        return [each.data for each in (*made, client.get("/toy/notes/4", headers=KEY))]

    assert answers() == answers()
