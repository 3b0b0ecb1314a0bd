"""What a vendor declares of entities that move on without anybody acting, where a sandbox wants it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to an entity next: an action of its vendor, at the earliest at an instant if one is given."""

    action: str
    arguments: Mapping[str, Any]
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progression:
    """What a vendor declares of entities that move on by themselves if a sandbox wants it.

    ``operation`` is the status read whose pace it is. ``reads`` takes the state and what the operation's function was
    given, and names the keys of the entities that a call looked at; ``follows`` says what happens to one next, None
    where nothing does.
    """

    operation: str
    collection: str
    reads: Callable[..., Iterable[Any]]
    follows: Callable[[Any, Any], Step | None]
