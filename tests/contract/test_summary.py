"""The summary on a terminal: checks that were skipped for the same reason are told together."""

from mockserver.contract.evidence import Check
from mockserver.contract.reports.data import report_json
from mockserver.contract.reports.summary import summary
from mockserver.contract.verdict import verdict
from tests.contract.small import evidence, put


def skipped(*ids: str, why: str = "It needs the admin API.") -> list[Check]:
    return [Check(id=each, says="It waits.", outcome="skipped", detail=why) for each in ids]


def told(*checks: Check) -> list[str]:
    """Return the lines about checks that did not come to an end."""
    lines = summary(verdict(evidence(put(), checks=checks))).splitlines()
    return lines[lines.index("") + 1 : next(number for number, line in enumerate(lines) if line.startswith("Judged: "))]


def test_one_skipped_check_is_one_line() -> None:
    assert told(*skipped("access.later")) == ["skipped  access.later: It needs the admin API."]


def test_checks_skipped_for_one_reason_are_told_with_it_once() -> None:
    assert told(*skipped("a.x", "a.y"), *skipped("a.z", why="It writes."), *skipped("b.x")) == [
        "skipped  It needs the admin API.",
        "         3 checks: a.x, a.y, b.x",
        "skipped  a.z: It writes.",
    ]


def test_a_check_with_parameters_is_named_once_and_its_file_not_at_all() -> None:
    names = ["toy/test_a.py::test_x[1]", "toy/test_a.py::test_x[a::b]", "toy/test_a.py::test_y"]
    assert told(*skipped(*names))[1] == "         3 checks: test_x (2), test_y"


def test_many_names_are_cut_and_the_rest_is_counted_in_checks() -> None:
    names = [*(f"a.{name}" for name in "bcdefg"), *(f"a.h[{number}]" for number in range(7))]
    assert told(*skipped(*names))[1] == "         13 checks: a.b, a.c, a.d, a.e and 9 more"


def test_five_names_are_not_cut_for_the_sake_of_one() -> None:
    assert told(*skipped("a", "b", "c", "d", "e"))[1] == "         5 checks: a, b, c, d, e"


def test_many_reasons_are_cut_too() -> None:
    checks = [each for number in range(23) for each in skipped(f"a{number}", f"b{number}", why=f"Reason {number}.")]
    lines = told(*checks)
    assert lines[-1] == "... and 6 more that were skipped"
    assert len(lines) == 2 * 20 + 1


def test_broken_checks_stay_one_by_one_and_come_first() -> None:
    broken = [Check(id=each, says="", outcome="broken", detail="No port.") for each in ("p", "q")]
    assert told(*skipped("a", "b"), *broken)[:3] == [
        "broken  p: No port.",
        "broken  q: No port.",
        "skipped  It needs the admin API.",
    ]


def test_the_report_keeps_all_of_them() -> None:
    names = [f"a.{number}" for number in range(40)]
    made = report_json(verdict(evidence(put(), checks=tuple(skipped(*names)))))
    assert all(f'"{each}"'.encode() in made for each in names)
