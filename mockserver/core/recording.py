"""What was done to a sandbox, in order, and what came of it: enough to do it again and compare."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mockserver.core.errors import BadRequest, Conflict
from mockserver.core.journal import Exchange

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

VERSION = 1
_MOST = 10_000
_MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change by the admin API; ``after`` is the number of the newest exchange before it."""

    at: datetime
    after: int
    method: str
    path: str
    """Below the sandbox's own address: ``/actions``."""
    body: bytes
    content_type: str = ""


class Turns:
    """The changes by the admin API in order, the oldest forgotten beyond a limit."""

    def __init__(self) -> None:
        self.lost = 0
        self._turns: deque[Turn] = deque()
        self._bytes = 0
        self._lock = Lock()

    def add(self, turn: Turn) -> None:
        """Remember a change."""
        with self._lock:
            self._turns.append(turn)
            self._bytes += len(turn.body)
            while len(self._turns) > _MOST or self._bytes > _MOST_BYTES:
                self._bytes -= len(self._turns.popleft().body)
                self.lost += 1

    def list(self) -> list[Turn]:
        """Return what is remembered."""
        with self._lock:
            return list(self._turns)


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that was done: a request to a vendor, or a change by the admin API (``path`` below the sandbox)."""

    kind: Literal["request", "admin"]
    at: datetime
    method: str
    path: str
    headers: str = ""
    body: bytes = b""
    status: int | None = None
    """What a request was answered; 0 where a fault kept the answer away."""
    answer_headers: str = ""
    answer: bytes = b""


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One attempt that went out, and what the receiver answered."""

    at: datetime
    event: str
    method: str
    url: str
    headers: str
    body: bytes
    status: int
    answer_headers: str
    answer: bytes
    error: str


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The document: how the sandbox began, all that was done to it in order, and all that it sent."""

    format: Literal["mockserver-recording"]
    version: int
    sandbox: str
    origin: str
    began: datetime
    boot: dict[str, Any]
    done: tuple[Done, ...]
    sent: tuple[Sending, ...]


def record(sandbox: "Sandbox", origin: str) -> Recording:
    """Return what was done to a sandbox since it began; raise ``Conflict`` if some of that is forgotten."""
    kept = sandbox.journal.kept()
    if kept.lost or sandbox.turns.lost:
        raise Conflict(
            "The journal has forgotten some of what happened, so it cannot be done again; serve with a larger "
            "--journal-exchanges and --journal-bytes, or record sooner."
        )
    asked = [each for each in kept.exchanges if each.direction == "in"]
    return Recording(
        format="mockserver-recording",
        version=VERSION,
        sandbox=sandbox.name,
        origin=origin,
        began=sandbox.began,
        boot=msgspec.to_builtins(sandbox.boot),
        done=tuple(_in_order(asked, sandbox.turns.list())),
        sent=tuple(sorted((_sending(each) for each in kept.exchanges if each.direction == "out"), key=_moment)),
    )


def read_recording(document: Mapping[str, Any]) -> Recording:
    """Return the recording that a document is; raise ``BadRequest`` that says what is wrong with it."""
    if document.get("format") == "mockserver-recording" and document.get("version") != VERSION:
        said = f"The recording has version {document.get('version')!r}, and this mockserver reads {VERSION}."
        raise BadRequest(said, fields={"version": [said]})
    try:
        return msgspec.convert(document, Recording)
    except msgspec.ValidationError as error:
        raise BadRequest(f"This is no recording: {error}.", fields={"recording": [str(error)]}) from None


def _in_order(exchanges: list[Exchange], turns: list[Turn]) -> list[Done]:
    requests = [(each.number, 0, _request(each)) for each in exchanges]
    changes = [(each.after, 1, _change(each)) for each in turns]
    return [done for _, _, done in sorted([*requests, *changes], key=lambda each: each[:2])]


def _request(exchange: Exchange) -> Done:
    return Done(
        kind="request",
        at=exchange.at,
        method=exchange.method,
        path=exchange.target,
        headers=exchange.request_headers,
        body=exchange.request_body,
        status=exchange.status,
        answer_headers=exchange.answer_headers,
        answer=exchange.answer_body,
    )


def _change(turn: Turn) -> Done:
    headers = f"content-type: {turn.content_type}" if turn.content_type else ""
    return Done(kind="admin", at=turn.at, method=turn.method, path=turn.path, headers=headers, body=turn.body)


def _sending(exchange: Exchange) -> Sending:
    return Sending(
        at=exchange.at,
        event=exchange.operation,
        method=exchange.method,
        url=exchange.target,
        headers=exchange.request_headers,
        body=exchange.request_body,
        status=exchange.status,
        answer_headers=exchange.answer_headers,
        answer=exchange.answer_body,
        error=exchange.error,
    )


def _moment(sending: Sending) -> tuple[datetime, str, str, bytes]:
    """Order attempts by what does not depend on which receiver was quicker."""
    return sending.at, sending.url, sending.event, sending.body
