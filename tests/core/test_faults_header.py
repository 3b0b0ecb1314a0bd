"""The header by which one request names its own fault."""

import json
from pathlib import Path

import pytest

from mockserver.core.outcome import Outcome, Wire
from mockserver.core.sandbox import DEFAULT, Limits, Sandbox
from tests.core.faulty import ask, last, read, rule, write
from tests.toy import Toy, toy_sandboxes


def test_a_request_names_its_fault_for_itself_alone(local: Sandbox) -> None:
    assert [read(local, fault=each).status for each in ("status=503", "status=404")] == [503, 404]
    assert read(local).status == 200
    assert [each.fault for each in local.journal] == ["status", "status", ""]
    assert len(local.faults) == 0


@pytest.mark.parametrize(
    ("text", "wire", "delay"),
    [
        ("empty", Wire("empty"), 0),
        ("reset;at=after", Wire("reset"), 0),
        ("lost_response", Wire("empty"), 0),
        ("lost_response=reset", Wire("reset"), 0),
        (" hang = 2.5 ", Wire("hang", seconds=2.5), 0),
        ("truncated=3", Wire("truncated", size=3), 0),
        ("truncated;share=0.5", Wire("truncated", size=31), 0),
        ("drip=4;seconds=0.5", Wire("drip", size=4, seconds=0.5), 0),
        ("delay=0.5", None, 0.5),
        ("delay; seconds = 2 ; at = after", None, 2),
        ("delay=5;distribution=uniform;most=5", None, 5),
    ],
)
def test_settings_are_written_behind_the_kind(local: Sandbox, text: str, wire: Wire | None, delay: float) -> None:
    outcome = read(local, fault=text)
    assert (outcome.wire, outcome.delay) == (wire, delay)


def test_a_text_of_a_setting_may_look_like_a_number(local: Sandbox) -> None:
    assert read(local, fault="status=500;body=12").body == b"12"


def test_a_limit_that_a_request_names_is_used_up(local: Sandbox) -> None:
    outcome = read(local, fault="rate_limit=5;window=90s")
    assert (outcome.status, outcome.headers["Retry-After"]) == (429, "90")
    assert (outcome.headers["X-RateLimit-Limit"], outcome.headers["X-RateLimit-Remaining"]) == ("5", "0")


def test_before_is_the_default_where_it_can_be(local: Sandbox, toy: Toy) -> None:
    assert write(local, fault="status=503").status == 503
    assert len(toy.notes) == 2
    assert write(local, fault="status=503;at=after").status == 503
    assert len(toy.notes) == 3


def test_rules_leave_a_request_alone_that_names_its_own(local: Sandbox) -> None:
    number = rule(local, "status", status=500)
    assert read(local, fault="delay=1") == Outcome(
        200, {"Content-Type": "application/json"}, read(local, fault="delay=1").body, delay=1
    )
    assert local.faults.get(number).matches == 0


def test_a_fault_that_does_not_fit_leaves_the_answer_as_it_is(local: Sandbox) -> None:
    assert ask(local, "remove_note", note_id="1", fault="truncated") == Outcome(204, {}, b"")
    assert last(local).fault == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is no kind ''"),
        ("503", "There is no kind '503'"),
        ("nothing=1", "There is no kind 'nothing'"),
        ("status", "status: Missing"),
        ("status=abc", "status: Expected `int`, got `str`"),
        ("status=99", "status: Expected `int` >= 200"),
        ("status=503;status=504", "status: Must be given once"),
        ("status=503;body", "body: Must be given once, as name=value"),
        ("status=503;", "Must be given once, as name=value"),
        ("status=503;colour=red", "colour: No such field"),
        ("status=503;headers=a", "headers: Expected `object`"),
        ("status=503;at=during", "at: status strikes before or after, not during"),
        ("status=204;body=x", "body: An answer with status 204 has no body"),
        ("empty=1", "empty: It has no settings"),
        ("delay=301", "seconds: Expected `float` <= 300"),
        ("delay=nan", "seconds: Expected `float`"),
        ("truncated;at=before", "at: truncated strikes after"),
        ("duplicate", "duplicate strikes deliveries"),
        ("status=503,status=503", "status: Expected `int`"),
        ("x" * 2001, "Longer than 2000 characters"),
    ],
)
def test_a_wrong_text_is_mockservers_own_refusal_and_nothing_is_done(
    local: Sandbox, toy: Toy, text: str, why: str
) -> None:
    before = dict(local.ids.counters)
    outcome = write(local, fault=text)
    said = json.loads(outcome.body)
    assert (outcome.status, outcome.headers["Content-Type"]) == (400, "application/problem+json")
    assert why in said["detail"]
    assert "lost_response" in said["detail"]
    assert list(said["errors"]) == ["X-Mockserver-Fault"]
    assert (len(toy.notes), local.ids.counters) == (2, before)
    assert (last(local).status, last(local).matched, last(local).fault, last(local).bug) == (400, False, "", False)


def test_the_header_can_be_switched_off(sets: Path) -> None:
    sandbox = toy_sandboxes(sets, Limits(fault_header=False)).get(DEFAULT)
    assert [read(sandbox, fault=text).status for text in ("status=503", "nonsense")] == [200, 200]
    rule(sandbox, "status", status=503)
    assert read(sandbox, fault="status=404").status == 503


def test_chance_in_a_header_is_seeded(sets: Path) -> None:
    text = "delay=1;distribution=uniform;most=9"

    def drawn(seed: int) -> list[float]:
        sandbox = toy_sandboxes(sets, seed=seed).get(DEFAULT)
        return [read(sandbox, fault=text).delay for _ in range(5)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert len(set(drawn(1))) == 5
