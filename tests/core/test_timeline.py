"""Time passing in a sandbox: what is due fires in order, by hand or by itself."""

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from mockserver.core.actions import act
from mockserver.core.errors import BadRequest, Conflict
from mockserver.core.operation import Request
from mockserver.core.pacing import Pace
from mockserver.core.pipeline import perform
from mockserver.core.sandbox import DEFAULT, Boot, Sandbox
from mockserver.core.sandboxes import Sandboxes
from tests.receiver import Receiver, running_receiver
from tests.toy import KEY, Toy, toy_sandboxes, vendor, write_set


@pytest.fixture
def sandboxes(tmp_path: Path) -> Sandboxes:
    write_set(tmp_path)
    return toy_sandboxes(tmp_path)


@pytest.fixture
def sandbox(sandboxes: Sandboxes) -> Sandbox:
    return sandboxes.get(DEFAULT)


def toy(sandbox: Sandbox) -> Toy:
    state = sandbox.state("toy")
    assert isinstance(state, Toy)
    return state


def plan(sandbox: Sandbox, title: str, after: timedelta, note_id: int = 1) -> None:
    with sandbox.transaction():
        due = sandbox.clock.now() + after
        sandbox.agenda.add("toy.rename", {"note_id": note_id, "title": title}, due)


def test_what_falls_due_fires_in_order_and_is_told(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    plan(sandbox, "late", timedelta(minutes=50))
    plan(sandbox, "early", timedelta(minutes=10))
    plan(sandbox, "never", timedelta(hours=2))
    fired = sandboxes.timeline.advance(sandbox, timedelta(hours=1))
    assert [each["arguments"]["title"] for each in fired] == ["early", "late"]
    assert [each["at"].isoformat()[11:16] for each in fired] == ["10:10", "10:50"]
    assert toy(sandbox).notes.get(1).title == "late"
    assert sandbox.clock.now().isoformat()[11:16] == "11:00"


def test_a_verb_plans_a_follow_up_that_a_later_one_replaces(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    for title, due in [("first", "2025-05-15T11:00:00Z"), ("second", "2025-05-15T12:00:00Z")]:
        act(sandbox, "toy.remind", {"note_id": 1, "title": title, "due": due})
    fired = sandboxes.timeline.advance(sandbox, timedelta(days=1))
    assert [each["arguments"]["title"] for each in fired] == ["second"]


def test_a_follow_up_of_a_verb_that_failed_is_not_planned(sandbox: Sandbox) -> None:
    state, now = toy(sandbox), sandbox.clock.now()
    with suppress(Conflict), sandbox.transaction():
        state.remind(1, "x", now)
        state.stumble()
    assert sandbox.agenda.next() is None


def test_an_action_refused_when_due_says_why(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    plan(sandbox, "nobody", timedelta(minutes=1), note_id=99)
    [fired] = sandboxes.timeline.advance(sandbox, timedelta(hours=1))
    assert "99" in fired["refusal"]
    [entry] = list(sandbox.agenda.entries)
    assert entry.stage == "refused"
    assert "99" in entry.refusal


def test_a_defect_in_an_action_does_not_stop_time(
    sandboxes: Sandboxes, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with sandbox.transaction():
        sandbox.agenda.add("toy.slip", {}, sandbox.clock.now())
    plan(sandbox, "after", timedelta(0))
    first, second = sandboxes.timeline.advance(sandbox, timedelta(0))
    assert "defect" in first["refusal"]
    assert second["refusal"] is None
    assert "it slipped" in caplog.text


def test_until_idle_stops_where_nothing_waits_and_within_its_bound(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    plan(sandbox, "near", timedelta(days=1))
    plan(sandbox, "far", timedelta(days=400))
    sandboxes.timeline.until_idle(sandbox, timedelta(days=366))
    assert sandbox.clock.now().isoformat()[:10] == "2025-05-16"
    assert sandbox.next_due() is not None


def test_a_live_sandbox_acts_by_itself(tmp_path: Path) -> None:
    write_set(tmp_path)
    with running_receiver() as receiver:
        settings = {"toy": {"hook": receiver.url, "hook_retries": ["0s"]}}
        sandboxes = toy_sandboxes(tmp_path, clock="live", settings=settings)
        sandbox = sandboxes.get(DEFAULT)
        with sandbox.transaction():
            due = sandbox.clock.now() + timedelta(milliseconds=50)
            sandbox.agenda.add("toy.write", {"title": "by itself"}, due)
            sandbox.stir()
        sandbox.dispatch()
        [request] = receiver.wait(1)
    assert b"by itself" in request.body


def test_a_pace_after_a_duration_moves_what_is_there_and_what_changes(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    with sandbox.transaction():
        sandbox.paces.set(Pace(operation="toy.read_note", mode="after", duration="10m"))
    sandboxes.timeline.advance(sandbox, timedelta(minutes=10))
    assert [note.title for note in toy(sandbox).notes] == ["first+", "second+"]
    sandboxes.timeline.advance(sandbox, timedelta(minutes=5))
    act(sandbox, "toy.rename", {"note_id": 1, "title": "x"})
    sandboxes.timeline.advance(sandbox, timedelta(minutes=5))
    assert [note.title for note in toy(sandbox).notes] == ["x", "second++"]
    sandboxes.timeline.advance(sandbox, timedelta(days=1))
    assert [note.title for note in toy(sandbox).notes] == ["x+++++++", "second++"]
    with sandbox.transaction():
        sandbox.paces.set(Pace(operation="toy.read_note"))
    act(sandbox, "toy.rename", {"note_id": 1, "title": "y"})
    assert sandbox.agenda.next() is None


def test_an_unknown_operation_has_no_pace(sandbox: Sandbox) -> None:
    with pytest.raises(BadRequest, match=r"known are toy\.read_note"):
        sandbox.paces.set(Pace(operation="toy.write_note", mode="polls"))


def test_a_long_ladder_takes_no_real_time(sandboxes: Sandboxes, sandbox: Sandbox, receiver: Receiver) -> None:
    ladder = ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"]
    with running_receiver() as gone:
        pass
    sandbox.change_settings({"toy": {"hook": gone.url, "hook_retries": ladder}})
    act(sandbox, "toy.write", {"title": "x"})
    fired = sandboxes.timeline.until_idle(sandbox, timedelta(days=7))
    assert [each["attempt"] for each in fired] == list(range(1, 11))
    assert sandbox.clock.now().isoformat()[:19] == "2025-05-18T13:35:05"


def test_a_status_moves_on_after_so_many_reads(sandbox: Sandbox) -> None:
    operation = next(each for each in vendor.api.operations if each.name == "read_note")
    with sandbox.transaction():
        sandbox.paces.set(Pace(operation="toy.read_note", mode="polls", count=2))

    def read() -> bytes:
        headers = {name.lower(): value for name, value in KEY.items()}
        return perform(sandbox, operation, {"note_id": "1"}, Request("GET", "/notes/1", headers=headers)).body

    assert [b'"first"' in read() for _ in range(3)] == [True, True, False]
    assert toy(sandbox).notes.get(1).title == "first+"
    read()
    assert toy(sandbox).notes.get(1).title == "first++"


def test_an_action_whose_plan_is_undone_meanwhile_does_not_fire(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    failures: list[BaseException] = []

    def catch_up() -> None:
        try:
            sandboxes.timeline.catch_up(sandbox)
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=catch_up)
    with suppress(Conflict), sandbox.transaction():
        plan(sandbox, "never", timedelta(0))
        thread.start()
        thread.join(0.3)  # it looks for what is due as soon as it may
        toy(sandbox).stumble()
    thread.join()
    assert failures == []
    assert toy(sandbox).notes.get(1).title == "first"


def test_waking_waits_for_no_busy_sandbox(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    """The event loop wakes, and must not stand still for as long as some sandbox is busy."""
    busy, _ = sandboxes.put("busy", Boot("plain", clock="live"))

    def wake() -> None:
        sandbox.stir()
        sandbox.dispatch()

    with busy.transaction():
        for _ in range(100):
            thread = Thread(target=wake, daemon=True)
            thread.start()
            thread.join(10)
            assert not thread.is_alive()


def test_a_live_sandbox_acts_while_others_are_woken_all_the_time(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    live, _ = sandboxes.put("live", Boot("plain", clock="live"))
    plan(live, "on time", timedelta(seconds=0.2))
    live.stir()
    live.dispatch()
    acted, give_up = Event(), time.monotonic() + 10

    def wake() -> None:
        while not acted.is_set() and time.monotonic() < give_up:
            sandbox.stir()
            sandbox.dispatch()

    threads = [Thread(target=wake) for _ in range(3)]
    for thread in threads:
        thread.start()
    while time.monotonic() < give_up - 5 and toy(live).notes.get(1).title != "on time":
        Event().wait(0.01)
    done = toy(live).notes.get(1).title == "on time"
    acted.set()
    for thread in threads:
        thread.join()
    assert done
