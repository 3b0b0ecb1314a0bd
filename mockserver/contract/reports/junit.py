"""The verdict for CI servers: a test case a check, one an operation that was called, one about the whole."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from mockserver.contract.coverage import RULES
from mockserver.contract.evidence import Check
from mockserver.contract.observed import Finding
from mockserver.contract.reports.summary import certainty, sentence
from mockserver.contract.verdict import Judged, Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(verdict: Verdict) -> bytes:
    """Return the verdict as JUnit XML; ``verdict`` is masked already."""
    subject = verdict.evidence.subject
    name = _clean(f"{subject.vendor} {subject.kind}")
    cases = list(_cases(verdict, f"{subject.vendor}.{subject.kind}"))
    counts = {
        "tests": len(cases),
        "failures": sum(each.find("failure") is not None for each in cases),
        "errors": sum(each.find("error") is not None for each in cases),
        "skipped": sum(each.find("skipped") is not None for each in cases),
    }
    told = {key: str(value) for key, value in counts.items()}
    suites = Element("testsuites", {"name": name, **told})
    suite = SubElement(suites, "testsuite", {"name": name, **told})
    suite.extend(cases)
    made: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return made


def _cases(verdict: Verdict, kind: str) -> Iterator[Element]:
    fails = verdict.of("fails")
    by_check, by_clause = _grouped(fails, lambda each: each.check), _grouped(fails, lambda each: each.clause)
    for check in verdict.evidence.checks:
        yield _of_check(check, by_check, by_clause, f"{kind}.checks")
    failing = by_check.get("", [])
    for tally in verdict.coverage.operations:
        prefix = f"{verdict.coverage.vendor}.{tally.name}."
        own = [each for each in failing if f"{each.finding.clause}.".startswith(prefix)]
        failing = [each for each in failing if not f"{each.finding.clause}.".startswith(prefix)]
        if own or (tally.exercised and tally.name != RULES):
            yield _case(f"{kind}.exchanges", tally.name, failing=own)
    if failing:
        yield _case(f"{kind}.exchanges", "everything else", failing=failing)
    if verdict.ending in {"unchecked", "thin"}:
        yield _case(kind, "coverage", error=verdict.says)


def _grouped(found: Iterable[Judged], key: Callable[[Finding], str]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for each in found:
        groups.setdefault(key(each.finding), []).append(each)
    return groups


def _of_check(
    check: Check, by_check: Mapping[str, list[Judged]], by_clause: Mapping[str, list[Judged]], kind: str
) -> Element:
    if check.outcome == "broken":
        return _case(kind, check.id, error=check.detail)
    if check.outcome == "skipped":
        return _case(kind, check.id, skipped=check.detail)
    own = list(by_check.get(check.id, []))
    if check.outcome == "failed" and check.clauses:
        # What was told already about the same clause, by the judge or another check, is the check's failure too.
        own += [each for each in by_clause.get(check.clauses[0], []) if each.finding.check != check.id]
    return _case(kind, check.id, failing=own, says=check.says)


def _case(
    kind: str, name: str, *, failing: list[Judged] | None = None, error: str = "", skipped: str = "", says: str = ""
) -> Element:
    case = Element("testcase", {"classname": _clean(kind), "name": _clean(name), "time": "0"})
    if failing:
        told = [f"{each.finding.clause} ({certainty(each)})\n  {sentence(each)}" for each in failing]
        failure = SubElement(case, "failure", {"message": _clean(sentence(failing[0])), "type": "finding"})
        failure.text = _clean("\n".join(told))
    elif error:
        SubElement(case, "error", {"message": _clean(error), "type": "harness"})
    elif skipped:
        SubElement(case, "skipped", {"message": _clean(skipped)})
    if says:
        SubElement(case, "system-out").text = _clean(says)
    return case


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
