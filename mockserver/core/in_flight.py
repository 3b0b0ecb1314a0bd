"""How many attempts of a sandbox are under way, for whoever has to wait for them."""

from threading import Condition


class InFlight:
    """A count that threads raise and lower and one may wait for to be zero."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0

    def begin(self) -> None:
        """Note that an attempt was handed to the courier."""
        with self._changed:
            self._count += 1

    def end(self) -> None:
        """Note that an attempt has come to its end."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until none is under way, and tell whether that came within so many real seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._count, max(0.0, seconds))
