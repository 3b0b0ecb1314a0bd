"""The last look at an answer before a server gets it: what no server could send becomes a defect's answer."""

import logging
import re
from functools import lru_cache

import msgspec

from mockserver.core.outcome import Outcome
from mockserver.core.pipeline import BUG

LOG = logging.getLogger("mockserver")
BODILESS = frozenset({204, 304})
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+").fullmatch
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*").fullmatch
_FRAMING = frozenset({"content-length", "transfer-encoding"})

Lines = list[tuple[str, str]]


def sendable(outcome: Outcome) -> tuple[Outcome, Lines]:
    """Return the outcome and its header lines, Content-Length included.

    An outcome that no server could send is answered by ``defect``. Lines about framing are the front's business: those
    of the outcome are left out.
    """
    lines = list(outcome.headers.items())
    wrong = wrong_with(outcome.status, lines)
    if wrong:
        return sendable(defect(f"An answer cannot be sent: {wrong}."))
    if any(map(_is_framing, outcome.headers)):
        lines = [line for line in lines if not _is_framing(line[0])]
    if outcome.status not in BODILESS:
        lines.append(("Content-Length", str(len(outcome.body))))
    return outcome, lines


def wrong_with(status: int, lines: Lines) -> str:
    """Tell what would bring a server down: a status outside 200 to 599, no token as name, a control character."""
    for line in lines:
        if not _is_header(line):
            return f"the header {line[0]!r}: {line[1]!r}"[:300]
    return "" if 200 <= status <= 599 else f"the status {status}"


@lru_cache(maxsize=1024)
def _is_header(line: tuple[str, str]) -> bool:
    name, value = line
    return bool(_NAME(name) and _VALUE(value))


@lru_cache(maxsize=1024)
def _is_framing(name: str) -> bool:
    return name.lower() in _FRAMING


def defect(what: str) -> Outcome:
    """Log a defect of mockserver, and return the answer that tells of it: 500 with ``X-Mockserver-Bug``."""
    LOG.error(what)
    body = {"title": "mockserver failed", "status": 500, "detail": f"{what} That is a defect of mockserver."}
    headers = {"Content-Type": "application/problem+json", BUG: "front"}
    return Outcome(500, headers, msgspec.json.encode(body))
