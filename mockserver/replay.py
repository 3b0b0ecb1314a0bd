"""Does in this process what a recording says was done, and tells what came out otherwise."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from datetime import timedelta

import msgspec
from werkzeug.test import Client

from mockserver.app import build
from mockserver.config import Config
from mockserver.core.outbound import Sent
from mockserver.core.recording import Done, Recording, Sending, record
from mockserver.core.sandbox import Boot, Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.fronts.flask import create_flask

_MOST_SHOWN = 200


class RecordedReceivers:
    """Answers as the receivers of a recording did; where none did, nothing can be sent."""

    def __init__(self, sent: tuple[Sending, ...]) -> None:
        self._answers: dict[str, deque[Sending]] = defaultdict(deque)
        for each in sent:
            self._answers[each.url].append(each)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """Return the next answer of this receiver."""
        if not self._answers[url]:
            return Sent(None, "", "", b"", "Nothing of the kind was recorded.", True)
        told = self._answers[url].popleft()
        sent = "\n".join(f"{name}: {value}" for name, value in headers.items())
        return Sent(told.status or None, sent, told.answer_headers, told.answer, told.error, False)


def replay(recording: Recording) -> list[str]:
    """Do all of it again and return what differs, answers and attempts alike; nothing is the same as nothing.

    Raises what booting raises, if the fixtures of the recording are not to be had.
    """
    config = Config(public_url=recording.origin, fixtures="empty")
    sandboxes = build(config, RecordedReceivers(recording.sent))
    boot = msgspec.convert(recording.boot, Boot)
    clock = recording.began.isoformat()
    sandboxes.put(recording.sandbox, Boot(boot.fixtures, boot.seed, clock, boot.settings))
    client = Client(create_flask(sandboxes))
    for done in recording.done:
        _do(client, sandboxes, recording, done)
    again = record(sandboxes.get(recording.sandbox), recording.origin)
    return [*_answers(recording, again), *_attempts(recording, again)]


def _do(client: Client, sandboxes: Sandboxes, recording: Recording, done: Done) -> None:
    sandbox = sandboxes.get(recording.sandbox)
    if done.at > sandbox.clock.now():
        sandboxes.timeline.reach(sandbox, done.at)
    path, headers = done.path, dict(_headers(done.headers))
    if done.kind == "admin":
        path = f"/__admin/sandboxes/{recording.sandbox}{done.path}"
    client.open(path, method=done.method, headers=headers, data=done.body, base_url=recording.origin).close()
    _freeze(sandboxes.get(recording.sandbox))
    sandboxes.timeline.advance(sandboxes.get(recording.sandbox), timedelta(0))


def _freeze(sandbox: Sandbox) -> None:
    """Keep a clock from running by itself, that only the recording's instants count."""
    if not sandbox.clock.frozen:
        sandbox.clock.freeze()


def _headers(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, _, value = line.partition(": ")
        if name and name != "content-length":
            yield name, value


def _answers(before: Recording, after: Recording) -> Iterator[str]:
    asked, again = ([each for each in of.done if each.kind == "request"] for of in (before, after))
    if len(asked) != len(again):
        yield f"{len(again)} requests were journaled, {len(asked)} were recorded"
    for number, (one, other) in enumerate(zip(asked, again, strict=False), 1):
        what = f"answer {number} ({one.method} {one.path})"
        for name in ("status", "answer_headers", "answer"):
            yield from _compared(f"{what}, {name}", getattr(one, name), getattr(other, name))


def _attempts(before: Recording, after: Recording) -> Iterator[str]:
    if len(before.sent) != len(after.sent):
        yield f"{len(after.sent)} attempts were made, {len(before.sent)} were recorded"
    for number, (one, other) in enumerate(zip(before.sent, after.sent, strict=False), 1):
        what = f"attempt {number} ({one.event} to {one.url})"
        for name in ("event", "url", "body"):
            yield from _compared(f"{what}, {name}", getattr(one, name), getattr(other, name))
        yield from _compared(f"{what}, headers", _signed(one.headers), _signed(other.headers))


def _signed(headers: str) -> dict[str, str]:
    """Return the headers that the vendor gave, without those of the connection."""
    own = {"host", "accept", "accept-encoding", "connection", "content-length", "user-agent"}
    return {name.lower(): value for name, value in _headers(headers) if name.lower() not in own}


def _compared(what: str, one: object, other: object) -> Iterator[str]:
    if one != other:
        yield f"{what}: recorded {_short(one)}, now {_short(other)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
