"""What the checks of a client found, told to whoever passes the verdict: a file of one JSON object a line.

``{"usage": "..."}`` says that there is nothing to check, ``{"began": check}`` and ``{"verb": name}`` what is under way,
``{"check": {...}, "exchanges": [...], "story": true}`` that a check came to its end, ``{"ended": true}`` that all did.
A story is one in which the order of calls is the client's own.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mockserver.contract.evidence import Check
from mockserver.contract.observed import Observed

_DELIVERS = "receive"
"""The verb by which a client is handed a delivery."""


class Notes:
    """Writes evidence as it comes, so that a process that ends early leaves what it found; nowhere without a file."""

    def __init__(self, path: str | None) -> None:
        self.kept = path is not None
        self._path = Path(path) if path else None
        self._number = 0
        self._delivered = False
        """Whether a delivery was handed to the client in the check that is going on."""

    def add(self, **said: Any) -> None:
        """Write one line."""
        if "began" in said:
            self._delivered = False
        self._delivered |= said.get("verb") == _DELIVERS
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said) + "\n")

    def add_check(
        self, check: dict[str, Any], exchanges: Sequence[Observed], shown_by: Sequence[int] | None, story: bool
    ) -> None:
        """Write what became of a check, its exchanges numbered on from those of the checks before.

        Named first are those that a failure is ``shown_by``, or the last one, which was nearest to it, where that is
        not known. A failure that no call shows names none, nor does one with a delivery name more than shows it: the
        client's other calls have nothing to do with it.
        """
        numbers = {each.number: self._number + place for place, each in enumerate(exchanges, 1)}
        self._number += len(exchanges)
        told = [_plain(each, numbers[each.number]) for each in exchanges]
        shown = [numbers[each] for each in shown_by or () if each in numbers]
        shows_none = shown_by is not None and not shown
        is_alone = check["outcome"] == "failed" and (self._delivered or shows_none)
        others = [] if is_alone else list(numbers.values())
        named = list(dict.fromkeys([*(shown or others[-1:]), *others]))
        self.add(check={**check, "exchanges": named}, exchanges=told, story=story)


def read_check(told: dict[str, Any]) -> Check:
    """Return the check of a line."""
    lists = {name: tuple(told[name]) for name in ("clauses", "exchanges")}
    return Check(**{**told, **lists})


def read_exchange(told: dict[str, Any]) -> Observed:
    """Return an exchange of a line."""
    return Observed(**{**told, "body": base64.b64decode(told["body"]), "answer": base64.b64decode(told["answer"])})


def _plain(seen: Observed, number: int) -> dict[str, Any]:
    raw = {name: base64.b64encode(getattr(seen, name)).decode() for name in ("body", "answer")}
    return {**asdict(seen), **raw, "number": number}
