"""Named actions that are due later, in sandbox time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from mockserver.core.collection import Collection, UndoLog
from mockserver.core.errors import Conflict, Full
from mockserver.core.ids import Ids

MOST_WAITING = 10_000
MOST_FIRED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One action due at an instant. ``key`` names what it follows up, so that a change there can replace it."""

    number: int
    due: datetime
    action: str
    arguments: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    stage: Literal["waiting", "done", "refused"] = "waiting"
    fired: datetime | None = None
    refusal: str = ""
    """Why the action was refused when it came due, since nobody was there to be told."""

    @property
    def waiting_key(self) -> str | None:
        """The key of an entry that waits; one that has fired gives its key free."""
        return self.key if self.stage == "waiting" else None


class Agenda:
    """Entries by number. Whoever changes one does it in a transaction of the sandbox."""

    def __init__(self, ids: Ids, undo: UndoLog) -> None:
        self.entries: Collection[Entry] = Collection(
            "agenda", Entry, key="number", unique=("waiting_key",), index=("stage",), undo=undo
        )
        self._ids = ids

    def add(self, action: str, arguments: Mapping[str, Any], due: datetime, key: str | None = None) -> Entry:
        """Plan an action; one that was planned under the same key gives way. Raise ``Full`` beyond the limit."""
        if key is not None:
            self.drop(key)
        if self.entries.count("stage", "waiting") >= MOST_WAITING:
            raise Full(f"{MOST_WAITING} actions are on the agenda, the most that a sandbox keeps.")
        number = self._ids.number("agenda")
        return self.entries.add(Entry(number=number, due=due, action=action, arguments=dict(arguments), key=key))

    def drop(self, key: str) -> None:
        """Take back what was planned under a key, if anything was."""
        planned = self.entries.find(waiting_key=key)
        if planned is not None:
            self.entries.remove(planned.number)

    def cancel(self, number: int) -> Entry:
        """Take an entry off the agenda; raise ``Conflict`` for one that has fired."""
        if self.entries.get(number).stage != "waiting":
            raise Conflict(f"Agenda entry {number} has fired.")
        return self.entries.remove(number)

    def next(self) -> Entry | None:
        """Return the entry that is due first, the older of two at one instant."""
        return min(self.entries.where(stage="waiting"), key=lambda each: (each.due, each.number), default=None)

    def due(self, now: datetime) -> list[Entry]:
        """Return the entries that are due, in order."""
        due = [each for each in self.entries.where(stage="waiting") if each.due <= now]
        return sorted(due, key=lambda each: (each.due, each.number))

    def fired(self, entry: Entry, now: datetime) -> Entry:
        """Remember that an entry has fired, and forget the oldest beyond ``MOST_FIRED`` that have."""
        if len(self.entries) > MOST_FIRED:
            past = [each for each in self.entries if each.stage != "waiting"]
            for each in past[: max(0, len(past) - MOST_FIRED + 1)]:
                self.entries.remove(each.number)
        return self.entries.save(replace(entry, stage="done", fired=now))

    def refused(self, number: int, refusal: str) -> None:
        """Remember why the action of an entry was refused when it fired."""
        entry = self.entries.find(number=number)
        if entry is not None:
            self.entries.save(replace(entry, stage="refused", refusal=refusal))
