"""How what a client polls moves on without anybody acting: not at all, after a time, or after a number of reads."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mockserver.core.actions import act
from mockserver.core.clock import later, parse_duration
from mockserver.core.collection import Collection, UndoLog
from mockserver.core.errors import ApiError, BadRequest
from mockserver.core.progression import Step

if TYPE_CHECKING:
    from mockserver.core.operation import Operation
    from mockserver.core.sandbox import Sandbox
    from mockserver.core.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the entities behind an operation move on in one sandbox."""

    operation: str
    mode: Literal["manual", "after", "polls"] = "manual"
    duration: str = "0s"
    """For ``after``: how long an entity stays as it is."""
    count: int = 1
    """For ``polls``: how many reads see an entity as it is."""

    def __post_init__(self) -> None:
        # A pace may come out of a document that somebody wrote by hand.
        parse_duration(self.duration)

    @property
    def vendor(self) -> str:
        """Whose operation it is."""
        return self.operation.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """How often an entity was read as it is; ``id`` is the operation and the entity's key."""

    id: str
    count: int


class Paces:
    """The paces of a sandbox by operation, and what follows from them."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self.paces: Collection[Pace] = Collection("paces", Pace, key="operation", undo=sandbox.undo)
        self.reads: Collection[Reads] = Collection("reads", Reads, undo=sandbox.undo)
        self.declared = {
            f"{vendor.name}.{each.operation}": each for vendor in sandbox.vendors for each in vendor.progressions
        }

    def list(self) -> list[Pace]:
        """Return the pace of every operation that has one."""
        return [self.paces.find(operation=each) or Pace(operation=each) for each in self.declared]

    def set(self, pace: Pace) -> Pace:
        """Change the pace of an operation, for what is there already too; raise ``BadRequest`` if it has none."""
        declared = self.declared.get(pace.operation)
        if declared is None:
            known = ", ".join(self.declared) or "none"
            message = f"{pace.operation!r} is no operation with a progression; known are {known}."
            raise BadRequest(message, fields={"operation": [message]})
        kept = self.paces.save(pace) if pace.operation in self.paces else self.paces.add(pace)
        collection = self._collection(pace)
        for entity in collection:
            self._follow(pace, getattr(entity, collection.key))
        return kept

    def changed(self, undo: UndoLog) -> None:
        """See to what a transaction has changed so far: plan what follows it, and count its reads anew."""
        if not self.paces:
            return
        touched = {(id(collection), key) for collection, key in undo.touched()}
        for pace in self.paces:
            collection = id(self._collection(pace))
            for key in [key for identity, key in touched if identity == collection]:
                self._follow(pace, key)

    def polled(self, operation: "Operation", arguments: Mapping[str, Any]) -> None:
        """Count a read of a status, and let what was read often enough move on for the next."""
        pace = self.paces.find(operation=operation.id) if len(self.paces) else None
        if pace is None or pace.mode != "polls":
            return
        state = self._sandbox.states[operation.vendor]
        for key in list(self.declared[operation.id].reads(state, **arguments)):
            if self._count(pace, key) >= pace.count:
                self._move_on(pace, key)

    def _count(self, pace: Pace, key: Any) -> int:
        known = self.reads.find(id=_name(pace, key))
        if known is None:
            return self.reads.add(Reads(id=_name(pace, key), count=1)).count
        return self.reads.save(Reads(id=known.id, count=known.count + 1)).count

    def _follow(self, pace: Pace, key: Any) -> None:
        """Plan what follows an entity as it is now, in place of what followed it before."""
        self._sandbox.agenda.drop(_name(pace, key))
        if _name(pace, key) in self.reads:
            self.reads.remove(_name(pace, key))
        step = self._next(pace, key) if pace.mode == "after" else None
        if step is not None:
            now = self._sandbox.clock.now()
            due = later(max(now, step.not_before or now), parse_duration(pace.duration))
            self._sandbox.agenda.add(f"{pace.vendor}.{step.action}", step.arguments, due, _name(pace, key))
            self._sandbox.stir()

    def _move_on(self, pace: Pace, key: Any) -> None:
        step = self._next(pace, key)
        if step is None or (step.not_before and step.not_before > self._sandbox.clock.now()):
            return
        # A read is not refused because the status cannot move on; the next one tries again.
        with suppress(ApiError):
            act(self._sandbox, f"{pace.vendor}.{step.action}", step.arguments)

    def _next(self, pace: Pace, key: Any) -> Step | None:
        collection = self._collection(pace)
        entity = collection.find(**{collection.key: key})
        return None if entity is None else self.declared[pace.operation].follows(self._state(pace), entity)

    def _state(self, pace: Pace) -> "State":
        return self._sandbox.states[pace.vendor]

    def _collection(self, pace: Pace) -> Collection[Any]:
        return self._state(pace).collections[self.declared[pace.operation].collection]


def _name(pace: Pace, key: Any) -> str:
    return f"{pace.operation} {key}"
