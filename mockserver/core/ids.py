"""Ids that look random and are a pure function of seed, kind and number."""

from hashlib import blake2b
from uuid import UUID


class Ids:
    """Mints ids; all it remembers is how many of each kind there are."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.counters: dict[str, int] = {}

    def number(self, kind: str) -> int:
        """Return 1, 2, 3 and so on for each kind."""
        count = self.counters.get(kind, 0) + 1
        self.counters[kind] = count
        return count

    def hex(self, kind: str, length: int = 32) -> str:
        """Return lower-case hex digits, at most 128."""
        return self._digest(kind).hex()[:length]

    def uuid(self, kind: str) -> str:
        """Return a UUID of version 4 in its usual form."""
        return str(UUID(bytes=self._digest(kind)[:16], version=4))

    def chance(self, kind: str, number: int) -> float:
        """Return a number from 0 up to but not including 1, the same for the same kind and number."""
        digest = blake2b(f"{self._seed}|{kind}|{number}".encode(), digest_size=8).digest()
        return (int.from_bytes(digest) >> 11) / 2**53

    def _digest(self, kind: str) -> bytes:
        return blake2b(f"{self._seed}|{kind}|{self.number(kind)}".encode()).digest()
