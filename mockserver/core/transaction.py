"""A change of a sandbox: under its lock, whole or not at all."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox


class Transaction:
    """One change of a sandbox, whole or not at all; one inside another is part of it, and can fail alone."""

    __slots__ = ("_before", "_mark", "_outermost", "_sandbox")

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def __enter__(self) -> None:
        sandbox = self._sandbox
        sandbox.lock.acquire()
        self._outermost = not sandbox.undo.active
        if self._outermost:
            sandbox.undo.begin()
        self._mark = sandbox.undo.mark()
        self._before = (dict(sandbox.ids.counters), sandbox.settings)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        sandbox = self._sandbox
        stands = False
        try:
            if kind is None and self._outermost:
                sandbox.paces.changed(sandbox.undo)
            stands = kind is None
        finally:
            if not stands:
                sandbox.undo.rollback(self._mark)
                sandbox.ids.counters, sandbox.settings = self._before
            if self._outermost:
                sandbox.undo.end()
            sandbox.lock.release()
