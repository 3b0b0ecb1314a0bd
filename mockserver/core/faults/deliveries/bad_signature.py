"""A delivery that somebody else may have sent."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from mockserver.core.faults.kind import AttemptKind, with_headers

_RUN = re.compile(r"[A-Za-z0-9+/_-]+(?=[^A-Za-z0-9+/_-]*$)")


class BadSignature(AttemptKind, frozen=True):
    """What proves the sender is wrong by one character; the body is right."""

    seen: ClassVar[str] = "A request whose signature, or whose token, does not verify."

    def spoil(self, headers: Mapping[str, str], body: bytes, proofs: Sequence[str]) -> tuple[Mapping[str, str], bytes]:
        """Change a character of each header that proves the sender."""
        names = {name.lower() for name in proofs}
        return with_headers(headers, {name: _bent(headers[name]) for name in headers if name.lower() in names}), body


def _bent(value: str) -> str:
    """Return the value with the first character of its last word changed.

    The last word of a JWT is its signature; the first character of Base64 has no bits that a decoder passes over.
    """
    return _RUN.sub(lambda run: _other(run[0][0]) + run[0][1:], value)


def _other(char: str) -> str:
    """Return another character that hexadecimal digits or Base64 may have where they have this one."""
    if char.isdigit():
        return str((int(char) + 1) % 10)
    if char.islower():
        return "b" if char == "a" else "a"
    return "B" if char == "A" else "A"
