"""Which clauses an exchange puts to the test, and what the counts say."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract.coverage import coverage
from mockserver.contract.evidence import Check
from mockserver.contract.exercised import exercised
from mockserver.contract.judge import judge
from mockserver.contract.observed import Observed
from mockserver.contract.waivers import Waiver
from tests.contract.small import (
    JSON,
    THING,
    TOY,
    contract_of,
    evidence,
    put,
    read,
    start,
    start_by_link,
    token,
    webhook,
)

BODY = "toy.put_thing.request.body."


def touched(seen: Observed) -> frozenset[str]:
    return exercised(TOY, seen)


@pytest.mark.parametrize(
    ("changes", "there", "not_there"),
    [
        ({}, {"name", "name.type", "name.required", "size.required", "colour.default"}, {"colour", "kind", "at"}),
        ({"colour": "blue"}, {"colour", "colour.type"}, {"colour.default"}),
        ({"kind": "a"}, {"kind", "kind.enum.a"}, {"kind.enum.b"}),
        ({"kind": "z"}, {"kind"}, {"kind.enum.a", "kind.enum.b"}),
        ({"size": "x"}, {"size.type"}, {"size.minimum"}),
        ({"tags": []}, {"tags", "tags.type"}, {"tags.[].type"}),
        ({"tags": ["x"]}, {"tags.[].type", "tags.[].minLength"}, set()),
        ({"either": None}, {"either", "either.null"}, {"either.type", "either.deep.required"}),
        ({"either": {"deep": 1}}, {"either.type", "either.deep", "either.deep.type"}, {"either.null"}),
        ({"either": {}}, {"either.deep.required"}, {"either.deep", "either.null"}),
        ({"kept": {"at": 1}}, {"kept.by.required"}, {"kept.by"}),
        ({"kept": {}}, {"kept.type"}, {"kept.by.required"}),
        ({"labels": {}}, {"labels"}, {"labels.*.type"}),
        ({"labels": {"a": "b"}}, {"labels.*.type"}, set()),
    ],
)
def test_a_clause_of_a_body_is_exercised_where_its_place_is(
    changes: dict[str, Any], there: set[str], not_there: set[str]
) -> None:
    found = {each.removeprefix(BODY) for each in touched(put({**THING, **changes})) if each.startswith(BODY)}
    assert there <= found
    assert not found & not_there


@pytest.mark.parametrize(
    ("seen", "there", "not_there"),
    [
        (put(), {"", ".request.security.key", ".request.body.(required)"}, {".request.security.bearer"}),
        (put(headers={}), {".request.security.key", ".request.security.bearer"}, {".request.header.X-Who"}),
        (put(), {".request.header.X-Who", ".request.header.X-Who.format"}, {".request.query.dry"}),
        (put(query="dry=true"), {".request.query.dry", ".request.query.dry.type"}, {".request.query.ids"}),
        (put(query="ids=1,2"), {".request.query.ids", ".request.query.ids.[].type"}, set()),
        (put(), {".response.201", ".response.201.header.Location"}, {".response.201.header.X-Left", ".response.400"}),
        (put(status=400), {".response.400"}, {".response.4XX", ".response.201"}),
        (put(status=409), {".response.4XX"}, {".response.400"}),
        (put(status=500), {""}, {".response.201", ".response.4XX"}),
        (put(spoiled="a fault"), {".request.body.name"}, {".response.201", ".response.201.body.name"}),
        (put(body=b"{"), {".request.body.content.application/json"}, {".request.body.type"}),
        (put(body=b""), {".request.body.(required)"}, {".request.body.content.application/json"}),
        (put(answer_headers={}), {".response.201.body.content.application/json", ".response.201.body.type"}, set()),
        (put(answer_headers={"content-type": "text/html"}), {".response.201"}, {".response.201.body.name"}),
    ],
)
def test_clauses_of_the_other_places_are_exercised_where_they_are_used(
    seen: Observed, there: set[str], not_there: set[str]
) -> None:
    found = {each.removeprefix("toy.put_thing") for each in touched(seen)}
    assert there <= found
    assert not found & not_there


def test_what_no_operation_knows_exercises_nothing() -> None:
    assert touched(put(path="/nowhere")) == frozenset()
    assert touched(webhook({}, webhook="unknown")) == frozenset()


def test_webhooks_and_the_inside_of_tokens_are_exercised() -> None:
    assert "toy.thing_put.request.body.id.required" in touched(webhook({}))
    assert "toy.start.request.body.token.content.sub.type" in touched(start())
    assert "toy.start.request.body.token" in touched(start(body=b"token=x"))
    linked = touched(start_by_link(f"token={token()}"))
    assert "toy.start_by_link.request.query.token.content.sub.type" in linked
    assert "toy.start_by_link.request.query.token.content.sub.type" not in touched(start_by_link("token=x"))


@pytest.mark.parametrize("vendor", ["youtestme", "smarterproctoring", "constructor", "talentsoft"])
def test_whatever_the_judge_finds_was_exercised(vendor: str) -> None:
    """The judge and the walk have one notion of places: no clause fails that was not put to the test."""
    contract = contract_of(vendor)
    for entry in contract.operations:
        path = entry.path.replace("{", "").replace("}", "")
        for body in (b"", b"{}", b"[]", b'{"a": 1, "message": 5, "code": {}, "data": [{}], "status": "?"}'):
            for status in (200, 400, 401, 404, 500):
                seen = Observed(
                    method=entry.method,
                    path=path,
                    query="limit=x&campaigns=1",
                    headers=JSON,
                    body=body,
                    status=status,
                    answer_headers=JSON,
                    answer=body,
                )
                failed = {each.clause for each in judge(contract, seen)} & contract.clauses.keys()
                assert failed <= exercised(contract, seen)


def test_in_scope_are_the_clauses_of_the_subjects_side() -> None:
    clauses = {
        kind: {each.clause.id for each in coverage(evidence(put(), kind=kind), set(), set()).clauses}
        for kind in ("client", "server", "har")
    }
    assert "toy.put_thing" in clauses["client"] & clauses["server"]
    assert f"{BODY}name" in clauses["client"] - clauses["server"]
    assert "toy.put_thing.response.201" in clauses["server"] - clauses["client"]
    assert "toy.thing_put.request.body.id.required" in clauses["server"] - clauses["client"]
    assert "toy.tell.request.body.id.required" in clauses["server"] - clauses["client"]
    assert "toy.waits" in clauses["client"] - clauses["server"]
    assert "toy.once" in clauses["server"] - clauses["client"]
    assert clauses["har"] == clauses["client"] | clauses["server"]
    assert not any("call_read_thing" in each for each in clauses["har"])


def test_counts_add_up_by_operation_and_in_total() -> None:
    made = coverage(evidence(put(), put(), read()), {f"{BODY}name.type"}, {f"{BODY}size.type"})
    total, by_name = made.total, {each.name: each for each in made.operations}
    assert total.documented == sum(each.documented for each in made.operations) == len(made.clauses)
    assert total.passed + total.failed + total.waived == total.exercised
    assert total.exercised + total.unknown == total.documented
    assert (by_name["put_thing"].failed, by_name["put_thing"].waived) == (1, 1)
    assert (by_name["start"].exercised, by_name["start"].of_all) == (0, 0)
    assert (by_name["read_thing"].unknown, by_name["read_thing"].of_all) == (1, 85.7)
    states = {each.clause.id: (each.state, each.exercises) for each in made.clauses}
    assert states[f"{BODY}name.type"] == ("failed", 2)
    assert states[f"{BODY}size.type"] == ("waived", 2)
    assert states[f"{BODY}name"] == ("passed", 2)
    assert states[f"{BODY}at"] == ("unknown", 0)


def test_eligible_are_the_documented_and_example_clauses() -> None:
    made = coverage(evidence(put()), set(), set())
    eligible = [each for each in made.clauses if each.clause.confidence in {"documented", "example"}]
    assert made.total.eligible == len(eligible) < made.total.documented
    assert made.total.eligible_exercised == sum(each.state == "passed" for each in eligible)


def test_what_the_checks_leave_out_has_their_reason() -> None:
    left_out = (Waiver("toy.read_thing.*", "Nobody reads.", "here"), Waiver("toy.put_thing.*", "Nobody puts.", "here"))
    made = coverage(evidence(put(), unchecked=left_out), set(), set())
    reasons = {each.clause.id: each.reason for each in made.clauses}
    assert reasons["toy.read_thing.request.path.id"] == "Nobody reads."
    assert reasons[f"{BODY}at"] == "Nobody puts."
    assert (reasons[f"{BODY}name"], reasons["toy.start.request.body.token"]) == ("", "")


def test_a_percentage_is_never_rounded_up() -> None:
    made = coverage(evidence(put()), set(), set()).total
    assert replace(made, eligible=3000, eligible_exercised=2999).of_eligible == 99.9
    assert replace(made, eligible=0, eligible_exercised=0).of_eligible == 100


def checked(outcome: Any, *clauses: str) -> Check:
    return Check(id="once", says="A thing is put once.", clauses=clauses, outcome=outcome)


@pytest.mark.parametrize(
    ("outcome", "state"), [("passed", "passed"), ("failed", "passed"), ("skipped", "unknown"), ("broken", "unknown")]
)
def test_rules_are_exercised_by_checks_that_carry_them(outcome: Any, state: str) -> None:
    """Even those that bind the other side as a rule; whether they failed is for the verdict to say."""
    made = coverage(evidence(checks=(checked(outcome, "toy.once"),)), set(), set())
    [rule] = [each for each in made.clauses if each.clause.id == "toy.once"]
    assert (rule.state, rule.operation) == (state, "rules")


def test_a_check_cannot_carry_what_no_contract_has() -> None:
    with pytest.raises(ValueError, match=r"The check once carries clauses that no contract has: toy\.never"):
        coverage(evidence(checks=(checked("passed", "toy.never"),)), set(), set())
