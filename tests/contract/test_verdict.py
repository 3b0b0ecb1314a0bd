"""The verdict: what fails, what warns, what is waived, and which exit code follows."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.evidence import Check, Evidence
from mockserver.contract.observed import Finding, Observed
from mockserver.contract.verdict import Verdict, severity, verdict
from mockserver.contract.waivers import BadWaivers, Waiver, read_waivers
from tests.contract.small import THING, evidence, put, read, start

BODY = "toy.put_thing.request.body."


def check(outcome: Any, *clauses: str, **more: Any) -> Check:
    return Check(id="once", says="It is put once.", clauses=clauses, outcome=outcome, **more)


def weights(found: Verdict) -> list[tuple[str, str]]:
    return [(each.severity, each.finding.clause.removeprefix(BODY)) for each in found.findings]


@pytest.mark.parametrize(
    ("level", "weighed"),
    [
        ("documented", ["fails", "warns", "warns", "shown", "shown"]),
        ("example", ["fails", "fails", "warns", "shown", "shown"]),
        ("public", ["fails", "fails", "fails", "shown", "shown"]),
        ("inferred", ["fails", "fails", "fails", "fails", "shown"]),
    ],
)
def test_the_level_is_where_findings_begin_to_fail(level: str, weighed: list[str]) -> None:
    assert [severity(each, level) for each in (*CONFIDENCES, "undocumented")] == weighed


def test_findings_are_weighed_and_those_that_fail_come_first() -> None:
    found = verdict(evidence(put({**THING, "extra": 1, "link": "x y", "colour": 1, "size": "2", "name": 1})))
    assert weights(found) == [
        ("fails", "name.type"),
        ("fails", "size.type"),
        ("warns", "colour.type"),
        ("shown", "extra"),
        ("shown", "link.format"),
    ]
    assert (found.ending, found.code, found.says) == ("broken", 1, "The contract is not kept: 2 findings.")


def test_the_same_thing_again_is_one_finding_with_all_its_exchanges() -> None:
    spoiled = {**THING, "tags": ["a", "b"]}
    found = verdict(evidence(put(spoiled, number=1), put(number=2), put(spoiled, number=3)))
    [judged] = found.findings
    assert (judged.finding.place, judged.exchanges) == ("request.body/tags/0", (1, 3))


def test_what_was_cut_short_is_not_kept() -> None:
    made = replace(evidence(put()), cut_short="the checks were interrupted")
    found = verdict(made)
    assert (found.ending, found.code, found.says) == ("thin", 3, "Too little was checked: the checks were interrupted.")
    spoiled = replace(evidence(put({**THING, "size": "2"})), cut_short="the checks were interrupted")
    assert verdict(spoiled).code == 1


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "- &a [*a]"])
def test_waivers_that_are_nested_without_end_are_refused(text: str) -> None:
    with pytest.raises(BadWaivers, match=r"it is nested too deep|it holds itself"):
        read_waivers(text, "waivers.yaml")


@pytest.mark.parametrize("kind", ["client", "server"])
def test_a_subject_answers_for_its_own_side(kind: Any) -> None:
    found = verdict(evidence(put({**THING, "size": "1"}, answer={**THING, "name": 1}), kind=kind))
    assert [each.finding.side for each in found.findings] == [kind]


def test_nothing_but_warnings_is_kept() -> None:
    found = verdict(evidence(put({**THING, "colour": 1})))
    assert (found.ending, found.code, len(found.of("warns"))) == ("kept", 0, 1)


@pytest.mark.parametrize(
    ("made", "ending", "code"),
    [
        (evidence(), "unchecked", 3),
        (evidence(put(path="/nowhere"), kind="server"), "unchecked", 3),
        (evidence(checks=(check("skipped", "toy.waits"),)), "unchecked", 3),
        (evidence(put(path="/nowhere", status=404)), "broken", 1),
        (evidence(put(path="/nowhere")), "kept", 0),
        (evidence(put(status=401, answer={})), "thin", 3),
        (evidence(put(status=401, answer={}), put()), "kept", 0),
        (evidence(put(status=404, answer={}), kind="server"), "thin", 3),
        (evidence(put()), "kept", 0),
        (evidence(checks=(check("passed"),)), "kept", 0),
        (evidence(checks=(check("passed", "toy.once"),)), "kept", 0),
        (evidence(checks=(check("failed", "toy.once"),)), "broken", 1),
        (evidence(checks=(check("failed", "toy.waits"),)), "kept", 0),
        (evidence(checks=(check("failed", "toy.guess"),)), "kept", 0),
        (evidence(checks=(check("failed"),)), "kept", 0),
        (evidence(put(), checks=(check("broken", "toy.once"),)), "harness", 4),
        (evidence(put({}), checks=(check("broken", "toy.once"),)), "harness", 4),
    ],
)
def test_the_ending_follows_from_what_was_found(made: Evidence, ending: str, code: int) -> None:
    found = verdict(made)
    assert (found.ending, found.code) == (ending, code)


def test_too_little_coverage_is_an_ending_of_its_own() -> None:
    made = evidence(put())
    reached = verdict(made).coverage.total.of_eligible
    assert verdict(made, min_coverage=reached).code == 0
    thin = verdict(made, min_coverage=reached + 1)
    assert (thin.ending, thin.code) == ("thin", 3)
    assert f"{reached:g}%" in thin.says
    assert verdict(evidence(put({})), min_coverage=100).code == 1


def test_a_failed_check_is_a_finding_about_its_first_clause() -> None:
    failed = check("failed", "toy.once", "toy.waits", detail="It was put twice.", exchanges=(1, 2))
    found = verdict(evidence(put(number=1), put(number=2), checks=(failed,)))
    [judged] = found.findings
    assert (judged.finding.clause, judged.finding.check, judged.finding.got) == (
        "toy.once",
        "once",
        "It was put twice.",
    )
    states = {each.clause.id: each.state for each in found.coverage.clauses}
    assert (states["toy.once"], states["toy.waits"]) == ("failed", "passed")


def keyed(key: str, status: int, number: int = 1, answer: Any = None) -> Observed:
    """Return a call with a key, and how it was answered."""
    return read(headers={"x-key": key}, status=status, number=number, answer=b"" if answer is None else answer)


OURS = keyed("ours", 401, 1), keyed("ours", 403, 2)
INVALID = b'{"error": "invalid_client"}'


@pytest.mark.parametrize(
    ("exchanges", "says"),
    [
        (OURS, "every call with them was answered 401 or 403"),
        ((*OURS, keyed("theirs", 200, 3)), "every call with them was answered 401 or 403"),
        ((keyed("ours", 400, 1, INVALID), read(headers={}, status=405)), "every call with them was answered 400"),
        ((keyed("", 404, 1), keyed("", 405, 2)), "every call was answered 404 or 405; was it called at the vendor's"),
    ],
)
def test_a_server_that_lets_nobody_in_is_held_to_nothing(exchanges: tuple[Observed, ...], says: str) -> None:
    """That it refused what it should refuse is nothing in its favour either."""
    checks = (check("failed", "toy.once", exchanges=(1,)), replace(check("passed", "toy.guess"), id="refused"))
    waiver = Waiver("toy.once", "Known.", "w:1")
    made = evidence(*exchanges, kind="server", checks=checks)
    for found in (verdict(made), verdict(made, waivers=[waiver])):
        assert (found.ending, found.code, found.findings) == ("thin", 3, ())
        assert says in found.says
        assert {each.outcome for each in found.evidence.checks} == {"skipped"}
        assert all(says in each.detail for each in found.evidence.checks)
        states = {each.clause.id: each.state for each in found.coverage.clauses}
        assert (states["toy.once"], states["toy.guess"]) == ("unknown", "unknown")
    assert verdict(evidence(*exchanges, kind="server", checks=(*checks, check("broken")))).ending == "harness"


@pytest.mark.parametrize(
    "exchanges",
    [
        (*OURS, keyed("ours", 200, 3)),
        (*OURS, keyed("ours", 500, 3)),
        (keyed("ours", 400, 1, b'{"error": "unsupported_grant_type"}'),),
        (keyed("made-up", 401),),
        (read(headers={}, status=401),),
        (keyed("ours", 200, 2), keyed("ours", 200, 3), keyed("theirs", 401)),
    ],
)
def test_a_server_that_let_somebody_in_or_refused_something_else_is_judged(exchanges: tuple[Observed, ...]) -> None:
    made = evidence(*exchanges, kind="server", checks=(check("failed", "toy.once", exchanges=(1,)),))
    assert verdict(made).ending == "broken"


def test_a_refusal_that_a_check_wanted_is_none_of_the_credentials() -> None:
    wanted = (check("passed", "toy.once", exchanges=(1, 2)),)
    assert verdict(evidence(*OURS, kind="server", checks=wanted)).ending == "kept"


def test_a_token_belongs_to_whoever_was_given_it() -> None:
    given = start(answer=b'{"access_token": "fresh"}', answer_headers={"content-type": "application/json"})
    asked = replace(given, body=b"client_id=a&client_secret=b")
    bearer = [read(headers={"authorization": "Bearer fresh"}, status=401, number=number) for number in (4, 5)]
    failed = (check("failed", "toy.once", exchanges=(4,)),)
    assert verdict(evidence(asked, *bearer, kind="server", checks=failed)).ending == "broken"
    assert verdict(evidence(*bearer, kind="server", checks=failed)).ending == "thin"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"detail": "A box is put once.", "expected": "1", "got": "2"}, "A box is put once."),
        ({"detail": "2", "expected": "1", "got": "2"}, "It is put once."),
        ({"detail": "It was put twice."}, ""),
        ({"detail": "It is put once: 1; got 2", "expected": "It is put once: 1", "got": "2"}, ""),
    ],
)
def test_a_finding_says_what_its_check_says_and_nothing_twice(given: dict[str, str], told: str) -> None:
    [judged] = verdict(evidence(put(), checks=(check("failed", "toy.once", **given),))).findings
    assert judged.told == told


def test_checks_that_break_a_clause_alike_are_one_finding_whatever_they_say() -> None:
    both = [
        replace(check("failed", "toy.once", detail=f"{each} is put once.", expected="1", got="2"), id=each)
        for each in ("box", "bag")
    ]
    [judged] = verdict(evidence(put(), checks=tuple(both))).findings
    assert (judged.finding.check, judged.told) == ("box", "box is put once.")


def test_what_the_judge_said_already_is_not_said_again_for_a_check() -> None:
    failed = check("failed", f"{BODY}size.type", exchanges=(1,))
    found = verdict(evidence(put({**THING, "size": "2"}), checks=(failed,)))
    assert weights(found) == [("fails", "size.type")]


def test_what_the_judge_only_guesses_hides_no_check_that_is_certain() -> None:
    failed = check("failed", f"{BODY}size.type", exchanges=(1,))
    made = evidence(put({**THING, "size": "2"}), checks=(failed,))
    guessed = [replace(each, confidence="inferred") for each in made.findings]
    assert weights(verdict(replace(made, findings=guessed))) == [("fails", "size.type"), ("shown", "size.type")]


def test_a_check_without_a_clause_can_fail_nobody() -> None:
    [judged] = verdict(evidence(put(), checks=(check("failed"),)), level="inferred").findings
    assert (judged.severity, judged.finding.confidence) == ("shown", "undocumented")


def test_a_waived_finding_does_not_fail_and_says_why() -> None:
    waiver = Waiver(f"{BODY}s*.type", "They take texts, see ticket 7.", "waivers.yaml:1")
    found = verdict(evidence(put({**THING, "size": "2"})), waivers=[waiver])
    [judged] = found.findings
    assert (judged.severity, judged.reason, found.code) == ("waived", "They take texts, see ticket 7.", 0)
    assert found.coverage.total.waived == 1


def test_a_waiver_that_waives_nothing_fails() -> None:
    waiver = Waiver(f"{BODY}size.type", "They take texts.", "waivers.yaml:4")
    found = verdict(evidence(put()), waivers=[waiver])
    [judged] = found.findings
    assert (judged.severity, judged.finding.clause, judged.finding.place) == ("fails", "waivers", "waivers.yaml:4")
    assert (found.ending, found.code) == ("broken", 1)


def test_a_waiver_does_not_make_something_of_nothing() -> None:
    assert verdict(evidence(), waivers=[Waiver("toy.*", "Why.", "w:1")]).code == 3


def test_undocumented_fields_fail_no_clause() -> None:
    made = Finding(clause=f"{BODY}name", says="", confidence="undocumented", source=None, place="", expected="", got="")
    assert verdict(evidence(put(), findings=(made,))).coverage.total.failed == 0


@pytest.mark.parametrize(
    ("pattern", "clause", "waives"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
        ("a.*", "a.b.c", True),
        ("*.type", "a.b.type", True),
        ("a.[].b", "a.[].b", True),
        ("a.[].b", "a.x.b", False),
        ("a.(type)", "a.(type)", True),
        ("a.b", "axb", False),
    ],
)
def test_only_a_star_is_special_in_a_waiver(pattern: str, clause: str, waives: bool) -> None:
    assert Waiver(pattern, "", "").waives(clause) is waives


def test_waivers_are_read_with_their_lines() -> None:
    text = "# Known.\n- clause: toy.*\n  reason: Because.\n\n- reason: ' Two '\n  clause: toy.x\n"
    assert read_waivers(text, "w.yaml") == [
        Waiver("toy.*", "Because.", "w.yaml:2"),
        Waiver("toy.x", "Two", "w.yaml:5"),
    ]
    assert read_waivers("", "w.yaml") == read_waivers("[]", "w.yaml") == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: [", ["w:2: This is no YAML"]),
        ("clause: x", ["w:1: This must be a list"]),
        ("- x", ["w:1: A waiver has a clause and a reason; this is 'x'"]),
        ("- clause: x", ["w:1: The reason is missing"]),
        ("- clause: x\n  reason: ' '", ["w:2: The reason must be a text"]),
        ("- clause: 5\n  reason: y", ["w:1: The clause must be a text"]),
        ("- clause: x\n  reason: y\n  until: z", ["w:3: 'until' is not known"]),
        ("- clause: x\n  clause: z\n  reason: y", ["w:2: 'clause' is written twice"]),
        (
            "- clause: x\n  reason: y\n- clause: x\n  reason: z\n- reason: z",
            ["w:3: 'x' is waived on line 1", "w:5: The clause is missing"],
        ),
        ("[" * 2000, ["w:1: This is no YAML: it is nested too deep."]),
    ],
)
def test_every_problem_of_a_file_of_waivers_is_told_with_its_line(text: str, lines: list[str]) -> None:
    with pytest.raises(BadWaivers) as refusal:
        read_waivers(text, "w")
    assert len(refusal.value.problems) == len(lines)
    assert all(
        problem.startswith(line) and problem.endswith(".")
        for problem, line in zip(refusal.value.problems, lines, strict=True)
    )


def test_evidence_of_a_form_is_judged_too() -> None:
    assert verdict(evidence(start())).ending == "kept"
