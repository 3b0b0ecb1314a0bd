"""What a list of checks put to the test of what counts, and whether its own account of the rest is true."""

from dataclasses import dataclass
from typing import Any

from mockserver.checks.lists import Kind, unchecked


@dataclass(frozen=True)
class Covered:
    """``unlisted`` are clauses that no check exercises and no reason is given for, ``needless`` reasons for nothing."""

    percentage: float
    unlisted: list[str]
    needless: list[str]

    @classmethod
    def of(cls, coverage: Any, kind: Kind, vendor: str) -> "Covered":
        """Return what a ``coverage.json`` tells; only documented and example clauses need a reason."""
        unknown = [each for each in coverage["clauses"] if each["state"] == "unknown"]
        left = [each for each in unknown if each["eligible"]]
        exercised = [each["id"] for each in coverage["clauses"] if each["state"] != "unknown"]
        return cls(
            coverage["total"]["of_eligible"],
            [each["id"] for each in left if not each["reason"]],
            [
                each.clause
                for each in unchecked(kind, vendor)
                if any(map(each.waives, exercised)) or not any(each.waives(one["id"]) for one in unknown)
            ],
        )
