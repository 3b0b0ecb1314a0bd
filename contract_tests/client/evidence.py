"""What the checks of a client found, told to whoever passes the verdict."""

from collections.abc import Sequence
from dataclasses import replace

from mockserver.contract.channel import Channel, Line
from mockserver.contract.evidence import Check
from mockserver.contract.observed import Observed

_DELIVERS = "receive"
"""The verb by which a client is handed a delivery."""


class Notes(Channel):
    """Tells of checks, each with sandboxes of its own, as of one story of exchanges."""

    def __init__(self, path: str | None) -> None:
        super().__init__(path)
        self._number = 0
        self._delivered = False
        """Whether a delivery was handed to the client in the check that is going on."""

    def began(self, check: str) -> None:
        """Tell which check begins."""
        self._delivered = False
        self.tell(Line(began=check))

    def verb(self, name: str) -> None:
        """Tell which verb begins."""
        self._delivered |= name == _DELIVERS
        self.tell(Line(verb=name))

    def add_check(
        self, check: Check, exchanges: Sequence[Observed], shown_by: Sequence[int] | None, is_story: bool
    ) -> None:
        """Tell what became of a check, its exchanges numbered on from those of the checks before.

        Named first are those that a failure is ``shown_by``, or the last one, which was nearest to it, where that is
        not known. A failure that no call shows names none, nor does one with a delivery name more than shows it: the
        client's other calls have nothing to do with it.
        """
        numbers = {each.number: self._number + place for place, each in enumerate(exchanges, 1)}
        self._number += len(exchanges)
        shown = [numbers[each] for each in shown_by or () if each in numbers]
        shows_none = shown_by is not None and not shown
        is_alone = check.outcome == "failed" and (self._delivered or shows_none)
        others = [] if is_alone else list(numbers.values())
        named = tuple(dict.fromkeys([*(shown or others[-1:]), *others]))
        self.tell(
            *(Line(exchange=replace(each, number=numbers[each.number])) for each in exchanges),
            Line(story=frozenset(numbers.values() if is_story else ())),
            Line(check=replace(check, exchanges=named)),
        )
