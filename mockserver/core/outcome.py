"""What the pipeline decides and a front performs: an answer, when it comes, and what the wire does to it."""

from collections.abc import Mapping
from typing import Literal

import msgspec

WireKind = Literal["empty", "reset", "truncated", "drip", "hang"]


class Wire(msgspec.Struct, frozen=True):
    """What a connection suffers instead of a whole answer.

    ``empty``: it is closed in order before a byte of the answer. ``reset``: it is reset (RST) before a byte.
    ``truncated``: status and headers come with the whole Content-Length, then ``size`` bytes of the body, then the end.
    ``drip``: the whole answer, the body in pieces of ``size`` bytes, ``seconds`` apart. ``hang``: nothing for
    ``seconds``, then as ``empty``.
    """

    kind: WireKind
    size: int = 0
    seconds: float = 0.0


class Outcome(msgspec.Struct, frozen=True):
    """What a front puts on the wire: a status, headers and exact bytes.

    ``delay`` is how many real seconds pass before it does; ``wire`` what goes wrong when it does.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    delay: float = 0.0
    wire: Wire | None = None
