"""What a vendor has told its caller by some point of a story, so that an id that it never told is seen."""

import json
from collections.abc import Collection
from contextlib import suppress

from mockserver.contract.expressions import scalars
from mockserver.contract.observed import Observed

_LONG = 8
"""Characters from which on an id is found inside of a longer text too, such as an address."""


class Known:
    """What the vendor has told so far, in answers and in webhooks, and the ids that it accepted."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._texts: list[str] = []

    def take(self, seen: Observed) -> None:
        """Note what an answer says, or a webhook."""
        self._values.update(told_in(seen))
        self._texts += [_said(seen).decode(errors="replace"), *seen.answer_headers.values()]

    def accept(self, values: Collection[str]) -> None:
        """Note ids that a call carried and the vendor took."""
        self._values.update(values)

    def has(self, value: str) -> bool:
        """Tell whether an id was told, or taken."""
        return value in self._values or (len(value) >= _LONG and any(value in text for text in self._texts))


def told_in(seen: Observed) -> Collection[str]:
    """Return every value in the JSON of an answer, or of a webhook; none in anything else."""
    with suppress(ValueError, RecursionError):
        return set(scalars(json.loads(_said(seen))))
    return ()


def _said(seen: Observed) -> bytes:
    return seen.body if seen.webhook else seen.answer
