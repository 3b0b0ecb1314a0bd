"""A delivery that was tampered with on its way."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from mockserver.core.faults.kind import AttemptKind

_LAST_DIGIT = re.compile(rb"[0-9](?=[^0-9]*\Z)")


class AlteredBody(AttemptKind, frozen=True):
    """The body is changed after it was signed, by its last digit; by a space at its end if it has none."""

    seen: ClassVar[str] = "A request whose body is not the one that was signed; JSON stays JSON."

    def spoil(self, headers: Mapping[str, str], body: bytes, proofs: Sequence[str]) -> tuple[Mapping[str, str], bytes]:
        """Change the body."""
        altered = _LAST_DIGIT.sub(lambda digit: b"%d" % ((int(digit[0]) + 1) % 10), body)
        return headers, altered if altered != body else body + b" "
