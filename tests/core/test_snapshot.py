"""A sandbox as a document: taken, restored as a true replacement, forked, compared."""

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mockserver.app import build
from mockserver.config import Config
from mockserver.core.actions import act
from mockserver.core.difference import differences
from mockserver.core.errors import BadRequest, Conflict
from mockserver.core.events import Call
from mockserver.core.inbox import Inbox
from mockserver.core.operation import Request
from mockserver.core.pacing import Pace
from mockserver.core.sandbox import DEFAULT, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.snapshot import take_snapshot
from tests.receiver import Receiver
from tests.toy import Toy, toy_sandboxes, write_set

RUN = {
    "scenario": {"title": "t", "vendors": [], "clock": "", "steps": [], "expect": {}},
    "begun": "2025-05-15T10:00:00Z",
    "since": "2025-05-15T10:00:00Z",
}
GOLDEN = Path(__file__).parent / "golden" / "snapshot-1.json"


@pytest.fixture
def sandboxes(tmp_path: Path) -> Sandboxes:
    write_set(tmp_path)
    return toy_sandboxes(tmp_path, seed=7)


def encoded(sandbox: Sandbox) -> bytes:
    return msgspec.json.format(msgspec.json.encode(take_snapshot(sandbox)), indent=1)


def work(sandboxes: Sandboxes, sandbox: Sandbox, hook: str = "http://127.0.0.1:9/hook") -> None:
    """Leave something of everything that a snapshot holds."""
    sandbox.change_settings({"toy": {"hook": hook, "loud": True}})
    act(sandbox, "toy.write", {"title": "told"})
    act(sandbox, "toy.remind", {"note_id": 1, "title": "later", "due": "2025-05-15T11:00:00Z"})
    with sandbox.transaction():
        sandbox.agenda.add("toy.rename", {"note_id": 99, "title": "x"}, sandbox.clock.now())
        sandbox.paces.set(Pace(operation="toy.read_note", mode="polls", count=9))
        sandbox.inboxes.put(Inbox(name="here", status=503, times=2))
        sandbox.inboxes.take("here", Request("POST", "/x", headers={"x-toy-sign": "no"}, body=b"\x00\xff"))
        sandbox.faults.add({"operation": "toy.*", "kind": "status", "status": 503, "times": 2})
    sandboxes.timeline.advance(sandbox, timedelta(seconds=1))


def test_the_format_is_as_it_was(sandboxes: Sandboxes) -> None:
    """A change of this document needs a new version, unless readers of the old one take it as well."""
    sandbox = sandboxes.get(DEFAULT)
    work(sandboxes, sandbox)
    document = take_snapshot(sandbox)
    for delivery in document["sandbox"]["deliveries"]:
        for attempt in delivery["attempts"]:
            attempt.update(error="", request_headers="")
    assert msgspec.json.format(msgspec.json.encode(document), indent=1).decode() == GOLDEN.read_text(encoding="utf-8")


def test_a_snapshot_of_before_is_restored(sandboxes: Sandboxes) -> None:
    document = json.loads(GOLDEN.read_text(encoding="utf-8"))
    restored, created = sandboxes.restore("old", document)
    assert created
    assert json.loads(encoded(restored)) == document


def test_snapshot_work_restore_is_byte_identical(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.get(DEFAULT)
    work(sandboxes, sandbox)
    before = encoded(sandbox)
    document = take_snapshot(sandbox)
    act(sandbox, "toy.write", {"title": "more"})
    sandboxes.timeline.advance(sandbox, timedelta(hours=2))
    with sandbox.transaction():
        sandbox.state("toy").collections["notes"].remove(1)
    assert encoded(sandbox) != before
    restored, created = sandboxes.restore(DEFAULT, document)
    assert not created
    assert encoded(restored) == before
    assert sandboxes.get(DEFAULT) is restored


def test_what_follows_a_restore_is_what_followed_the_snapshot(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.get(DEFAULT)
    work(sandboxes, sandbox)
    document = take_snapshot(sandbox)

    def go_on(of: Sandbox) -> bytes:
        act(of, "toy.write", {"title": "next"})
        sandboxes.timeline.advance(of, timedelta(hours=2))
        return encoded(of)

    first = go_on(sandbox)
    assert go_on(sandboxes.restore(DEFAULT, document)[0]) == first


def test_forks_diverge_without_touching_each_other(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.get(DEFAULT)
    work(sandboxes, sandbox)
    fork = sandboxes.fork(DEFAULT, "fork")
    assert list(differences(sandbox, fork)) == []
    before = encoded(sandbox)
    act(fork, "toy.rename", {"note_id": 2, "title": "other"})
    assert encoded(sandbox) == before
    [difference] = list(differences(sandbox, fork))
    assert (difference.vendor, difference.collection, difference.key) == ("toy", "notes", "2")
    assert (difference.before, difference.after) == ({"title": "second"}, {"title": "other"})
    with pytest.raises(Conflict):
        sandboxes.fork(DEFAULT, "fork")


def test_an_instant_of_another_offset_is_the_same_instant(sandboxes: Sandboxes) -> None:
    document = take_snapshot(sandboxes.get(DEFAULT))
    restored, _ = sandboxes.restore("other", spoiled(document, "clock", "now", value="2025-05-15T12:00:00+02:00"))
    assert take_snapshot(restored) == document


def test_an_added_and_a_removed_entity_differ(sandboxes: Sandboxes) -> None:
    fork = sandboxes.fork(DEFAULT, "fork")
    state = fork.state("toy")
    assert isinstance(state, Toy)
    with fork.transaction():
        state.notes.remove(1)
    act(fork, "toy.write", {"title": "new"})
    found = {(each.collection, each.key): each.change for each in differences(sandboxes.get(DEFAULT), fork)}
    assert found["notes", "1"] == "removed"
    assert found["notes", "3"] == "added"
    assert found["counters", "toy.notes"] == "changed"


def test_what_was_being_sent_waits_in_the_snapshot(sandboxes: Sandboxes, receiver: Receiver) -> None:
    sandbox = sandboxes.get(DEFAULT)
    sandbox.change_settings({"toy": {"hook": receiver.url}})
    act(sandbox, "toy.write", {"title": "x"})
    with sandbox.transaction():
        sandbox.outbox.take_due(sandbox.clock.now())
    restored, _ = sandboxes.restore("copy", take_snapshot(sandbox))
    sandboxes.timeline.advance(restored, timedelta(0))
    assert len(receiver.requests) == 1


def spoiled(document: dict[str, Any], *path: Any, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    [
        (["version"], 2, "version", "reads 1"),
        (["version"], None, "version", "reads 1"),
        (["format"], "other", "format", "Invalid enum value"),
        (["extra"], 1, "body", "unknown field"),
        (["clock", "now"], "noon", "clock.now", "Invalid"),
        (["clock", "now"], "2025-01-01T00:00:00", "clock.now", "offset"),
        (["counters", "toy.notes"], "x", "counters[...]", "Expected `int`"),
        (["states", "none"], {}, "states.none", "known are toy"),
        (["states", "toy", "none"], [], "states.toy.none", "known are keys, notes"),
        (["states", "toy", "notes", 1, "id"], 1, "states.toy.notes[1]", "already has one"),
        (["states", "toy", "notes", 0, "title"], 5, "states.toy.notes[0]", "Expected `str`"),
        (["states", "toy", "notes", 0, "colour"], 5, "states.toy.notes[0]", "'colour' is no field"),
        (["sandbox", "agenda"], [{}], "sandbox.agenda[0]", "missing required field"),
        (["clock", "now"], "0001-01-01T00:00:00+14:00", "clock.now", "outside the calendar"),
        (["states", "toy", "notes", 0, "due"], "0001-01-01T00:00:00+14:00", "states.toy.notes[0]", "outside"),
        (["counters", "agenda"], -1, "counters[...]", ">= 0"),
        (["counters"], {}, "sandbox.deliveries", "counters.deliveries is below"),
        (["sandbox", "deliveries", 0, "event"], "none", "sandbox.deliveries[0]", "no event 'toy.none'"),
        (["sandbox", "deliveries", 0, "stage"], "sending", "sandbox.deliveries[0]", "nothing is being sent"),
        (["sandbox", "deliveries", 0, "due"], None, "sandbox.deliveries[0]", "never due"),
        (["sandbox", "paces"], [{"operation": "toy.none"}], "sandbox.paces[0]", "no operation with a progression"),
        (["sandbox", "paces"], [{"operation": "x", "duration": "y"}], "sandbox.paces[0]", "not a duration"),
        (["sandbox", "inboxes"], [{"name": "i", "status": 99_999}], "sandbox.inboxes[0]", "<= 599"),
        (["sandbox", "inboxes"], [{"name": "i", "delay": -1}], "sandbox.inboxes[0]", ">= 0"),
        (["sandbox", "inboxes"], [{"name": "i", "headers": {"a": "b\nc"}}], "sandbox.inboxes[0]", "regex"),
        (["sandbox", "runs"], [{**RUN, "scenario": {"junk": 1}}], "sandbox.runs[0]", "unknown field"),
        (["sandbox", "runs"], [{**RUN, "position": 1}], "sandbox.runs[0]", "its scenario has 0"),
        (["sandbox", "runs"], [RUN], "sandbox.runs[0]", "waits for nothing"),
        (["settings", "toy", "most"], 99, "toy.most", "<= 10"),
    ],
)
def test_what_cannot_be_read_is_refused_by_place_and_changes_nothing(
    sandboxes: Sandboxes, path: list[Any], value: Any, place: str, said: str
) -> None:
    sandbox = sandboxes.get(DEFAULT)
    with sandbox.transaction():
        sandbox.outbox.owe("toy", "note_written", Call("http://127.0.0.1:9/hook"), sandbox.clock.now())
    before = encoded(sandbox)
    with pytest.raises(BadRequest) as refusal:
        sandboxes.restore(DEFAULT, spoiled(take_snapshot(sandbox), *path, value=value))
    assert place in refusal.value.fields
    assert said in refusal.value.message
    assert sandboxes.get(DEFAULT) is sandbox
    assert encoded(sandbox) == before


@pytest.mark.parametrize("fixtures", ["demo", "documented", "empty"])
def test_every_vendor_comes_back_whole(fixtures: str) -> None:
    sandboxes = build(Config(fixtures=fixtures, clock="2026-03-01T09:00:00Z"))
    before = encoded(sandboxes.get(DEFAULT))
    restored, _ = sandboxes.restore("copy", json.loads(before))
    assert encoded(restored) == before
