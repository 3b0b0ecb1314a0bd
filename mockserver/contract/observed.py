"""What anybody may have seen of an exchange, and what was found wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.contract.contract import Side

UNDOCUMENTED = "undocumented"
"""The confidence of a finding about something that no clause speaks of: it is shown, and never fails."""

MASK = "***"
"""What stands for a secret where secrets are not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One exchange. ``path`` is below the vendor's base; header names are lower-case.

    ``webhook`` names what the vendor sent by itself, and is empty for a call of the vendor. ``status`` is 0 where no
    answer came. ``number`` is unique among what was observed. ``url`` is the whole address and ``at`` an RFC 3339
    date-time, both empty where they are not known. ``spoiled`` says why the answer proves nothing about the server
    (a fault was put in, its body was not recorded); it is then not judged.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str]
    body: bytes = b""
    status: int = 0
    answer_headers: Mapping[str, str]
    answer: bytes = b""
    webhook: str = ""
    number: int = 0
    url: str = ""
    at: str = ""
    spoiled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as a clause has it; ``place`` is where, in the exchange, and ``side`` whose doing it is.

    ``confidence`` is one of ``CONFIDENCES``, or ``UNDOCUMENTED``. ``exchange`` is the number of what was observed, 0
    for none; ``check`` the id of the check that found it, if it was one.
    """

    clause: str
    says: str
    confidence: str
    source: str | None
    place: str
    expected: str
    got: str
    exchange: int = 0
    side: Side = "client"
    check: str = ""
