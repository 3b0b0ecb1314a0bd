"""What is told of a scenario before it is played, so that nothing surprises while it is."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.core.errors import BadRequest
from mockserver.core.journal import Exchange
from mockserver.core.sandbox import DEFAULT
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.scenario.checking import problems
from mockserver.core.scenario.exchanges import why_not
from mockserver.core.scenario.script import Exchanged

TEXT = """\
title: t
vendors: [toy]
fixtures: plain
clock: {clock}
steps: {steps}
expect: {expect}
{more}
"""


def text(
    steps: str = "[]", expect: str = "{unmatched: none}", clock: str = "2026-03-02T09:00:00Z", more: str = ""
) -> str:
    return TEXT.format(steps=steps, expect=expect, clock=clock, more=more)


def told(sandboxes: Sandboxes, scenario: str) -> list[tuple[str, str]]:
    """Return what is wrong, and see that playing refuses just what is told."""
    found = problems(scenario, sandboxes.get(DEFAULT), ["plain"])
    if found:
        with pytest.raises(BadRequest):
            sandboxes.understand(scenario)
    else:
        sandboxes.understand(scenario)
    return [(each.place, each.says) for each in found]


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"more": "1: 2"}, "", "the key 1 is no text"),
        ({"more": "~: 2"}, "", "the key None is no text"),
        ({"expect": "{calls: [{operation: toy.write_note, body: {1: 2}}]}"}, "expect.calls[1].body", "the key 1"),
        ({"steps": "[{do: toy.write, with: {title: !!binary aGk=}}]"}, "steps[1].with.title", "that JSON has"),
        ({"steps": "[{do: toy.write, with: {title: .nan}}]"}, "steps[1].with.title", "that JSON has"),
        ({"steps": "&a [*a]"}, "", "nested deeper"),
        ({"steps": "[{do: toy.write, with: {title: " + "[" * 400 + "]" * 400 + "}}]"}, "", "nested deeper"),
        ({"more": "seed: 1.0"}, "seed", "must be of type integer"),
        ({"steps": "[{when: {operation: toy.write_note, status: 200.0}}]"}, "steps[1].when.status", "integer"),
        ({"steps": "[{after: 99999999w}]"}, "steps[1].after", "longer than"),
        (
            {"more": "progressions: {toy.read_note: {mode: after, duration: 99999999w}}"},
            "progressions.toy.read_note.duration",
            "longer than",
        ),
        (
            {"expect": "{time: [{from: toy.write_note, to: toy.write_note, at_most: 99999999w}]}"},
            "expect.time[1].at_most",
            "longer than",
        ),
        (
            {"steps": "[{fault: {kind: status, status: 503, until: '2026-03-02T08:00:00Z'}}]"},
            "steps[1].fault.until",
            "over when the scenario begins",
        ),
        (
            {"expect": "{calls: [{operation: toy.write_note, at_least: 2, at_most: 1}]}"},
            "expect.calls[1].at_least",
            "never holds",
        ),
        ({"expect": "{calls: [{operation: toy.write_note, at_least: 0}]}"}, "expect.calls[1].at_least", "always is"),
        (
            {"expect": "{calls: [{operation: toy.write_note, count: 1, at_most: 1}]}"},
            "expect.calls[1].at_most",
            "does not go with count",
        ),
        (
            {"expect": "{state: [{collection: toy.notes, where: {titel: x}, count: 0}]}"},
            "expect.state[1].where.titel",
            "is no field",
        ),
        ({"expect": "{state: [{collection: toy.notes, has: {titel: x}}]}"}, "expect.state[1].has.titel", "is no field"),
    ],
)
def test_what_cannot_be_played_or_says_nothing_is_told_by_place(
    sandboxes: Sandboxes, changes: dict[str, str], place: str, says: str
) -> None:
    [(found, said)] = told(sandboxes, text(**changes))
    assert found == place
    assert says in said


def test_aliases_that_multiply_are_told_at_once(sandboxes: Sandboxes) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    [(_, said)] = told(sandboxes, "\n".join(lines))
    assert "parts" in said


@pytest.mark.parametrize("year", ["1990", "2200"])
def test_a_faults_end_is_held_against_the_scenarios_own_clock(sandboxes: Sandboxes, year: str) -> None:
    fault = f"[{{fault: {{kind: status, status: 503, until: '{year}-03-02T10:00:00Z'}}}}]"
    assert told(sandboxes, text(fault, clock=f"{year}-03-02T09:00:00Z")) == []


def test_a_step_that_breaks_leaves_the_run_stuck_and_the_client_unharmed(
    sandboxes: Sandboxes, client: Any, sets: Path
) -> None:
    steps = "[{when: toy.write_note}, {do: toy.slip}]"
    sandbox = sandboxes.play(DEFAULT, sandboxes.understand(text(steps)))
    assert client.post("/toy/notes/", json={"title": "new"}).status_code == 201
    run = sandbox.runs.current()
    assert (run.stage, run.position) == ("stuck", 1)
    assert "defect" in run.trouble


def exchange(direction: Any, status: int) -> Exchange:
    return Exchange(
        number=1,
        at=None,  # type: ignore[arg-type]
        vendor="toy",
        operation="toy.x",
        method="POST",
        target="/",
        client="",
        request_headers="",
        request_body=b"",
        status=status,
        answer_headers="",
        answer_body=b"",
        size=1,
        direction=direction,
    )


@pytest.mark.parametrize(("direction", "status", "good"), [("in", 302, True), ("out", 302, False), ("out", 204, True)])
def test_a_redirect_is_an_answer_and_no_delivery(direction: str, status: int, good: bool) -> None:
    assert (why_not(exchange(direction, status), Exchanged("toy.x"), {}) is None) is good
