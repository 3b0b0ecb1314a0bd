"""What the process of the checks tells: all of it arrives, however early the process ends."""

import dataclasses
from pathlib import Path

from mockserver.contract.channel import Channel, Line, Told, read
from mockserver.contract.evidence import Check
from mockserver.contract.observed import Finding, Observed

SEEN = Observed(
    method="POST",
    path="/things",
    headers={"x-who": "Zoë"},
    body=b"\xff\x00\n",
    status=201,
    answer_headers={"content-type": "text/plain"},
    answer=b"made",
    number=1,
    spoiled="a fault was put in",
)
FOUND = Finding(
    clause="toy.rule", says="It is so.", confidence="documented", source=None, place="body", expected="a", got="b"
)
CHECK = Check(id="things.made", says="They are.", clauses=("toy.rule",), outcome="failed", exchanges=(1,))


def told(path: Path, *lines: Line) -> Told:
    Channel(str(path)).tell(*lines)
    return read(path)


def test_what_is_told_arrives_as_it_was(tmp_path: Path) -> None:
    lines = (Line(exchange=SEEN), Line(finding=FOUND), Line(note="Look."), Line(check=CHECK), Line(ended=True))
    found = told(tmp_path / "evidence", *lines)
    assert found == Told(exchanges=[SEEN], findings=[FOUND], notes=["Look."], checks=[CHECK], ended=True)


def test_a_text_that_is_no_unicode_arrives_too(tmp_path: Path) -> None:
    broken = dataclasses.replace(CHECK, detail="\ud800\u2028")
    assert told(tmp_path / "evidence", Line(check=broken)).checks == [broken]


def test_a_story_has_its_own_exchanges(tmp_path: Path) -> None:
    second, third = (dataclasses.replace(SEEN, number=number) for number in (2, 3))
    lines = [Line(exchange=each) for each in (SEEN, second, third)]
    assert told(tmp_path / "evidence", *lines, Line(story=frozenset({2, 3}))).stories == [[second, third]]


def test_what_is_under_way_is_known_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    found = told(path, Line(began="first"), Line(verb="authorize"), Line(verb="receive"))
    assert (found.began, found.verb) == ("first", "receive")
    found = told(path, Line(began="second"))
    assert (found.began, found.verb) == ("second", "")
    assert told(path, Line(check=CHECK)).began == ""


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    told(path, Line(note="Look."), Line(note="Lost."))
    path.write_bytes(path.read_bytes()[:-4])
    assert read(path) == Told(notes=["Look."])


def test_nothing_was_told_where_there_is_no_file(tmp_path: Path) -> None:
    Channel(None).tell(Line(ended=True))
    assert read(tmp_path / "evidence") == Told()
