"""What the process of the checks tells whoever passes the verdict: a file of one JSON object a line.

It is written as the checks go on, so that a process that ends early leaves what it has found.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mockserver.contract.evidence import Check
from mockserver.contract.observed import Finding, Observed


class Line(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """What is told at a time; what a check has seen and found comes before the check."""

    usage: str = ""
    """Why nothing can be checked: what is wrong with what was asked for."""
    began: str = ""
    """The id of the check that begins."""
    verb: str = ""
    """The adapter's verb that begins."""
    exchange: Observed | None = None
    finding: Finding | None = None
    note: str = ""
    """What a reader must know besides."""
    story: frozenset[int] = frozenset()
    """The numbers of exchanges whose order is the client's own."""
    check: Check | None = None
    ended: bool = False
    """Whether all checks came to their end."""


class Channel:
    """Writes lines at the end of a file; nowhere without a path. Raises ``OSError``."""

    def __init__(self, path: str | None) -> None:
        self.kept = path is not None
        self._path = Path(path or "")
        if self.kept:
            self._path.touch()

    def tell(self, *lines: Line) -> None:
        """Write lines, which are read even if the process ends now."""
        if self.kept:
            with self._path.open("a", encoding="ascii") as file:
                file.writelines(f"{json.dumps(msgspec.to_builtins(each))}\n" for each in lines)


@dataclass
class Told:
    """All that was told: what came to its end, and what was under way."""

    usage: str = ""
    began: str = ""
    verb: str = ""
    exchanges: list[Observed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stories: list[list[Observed]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    ended: bool = False

    def take(self, line: Line) -> None:
        """Add what a line tells."""
        self.usage = line.usage or self.usage
        if line.began:
            self.began, self.verb = line.began, ""
        self.verb = line.verb or self.verb
        self.exchanges += [line.exchange] if line.exchange else []
        self.findings += [line.finding] if line.finding else []
        self.notes += [line.note] if line.note else []
        self.stories += [[each for each in self.exchanges if each.number in line.story]] if line.story else []
        if line.check:
            self.checks.append(line.check)
            self.began = ""
        self.ended |= line.ended


def read(path: Path) -> Told:
    """Return what was told, nothing without a file."""
    told = Told()
    for text in path.read_text(encoding="ascii").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue  # the last one, cut off where the process was
        told.take(msgspec.convert(line, Line))
    return told
