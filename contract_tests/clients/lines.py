"""Adapters in other languages: a child process that reads and writes one JSON object a line."""

import base64
import inspect
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from shlex import split
from typing import IO, Any

from contract_tests.clients.adapting import Given, Role, Unusable, verbs_of
from contract_tests.clients.driving import AdapterBroken, Hung
from contract_tests.clients.protocols import Receives

_KINDS = ("refused", "unavailable", "unsupported", "other")
_LONGEST = 10_000_000
_SHOWN = 200


class ClientError(Exception):
    """A verb did not succeed, as the child says; ``kind`` is one of refused, unavailable, other."""

    def __init__(self, kind: str, message: str, status: Any) -> None:
        super().__init__(f"{kind}{f' with {status}' if status else ''}: {message}")
        self.kind = kind


class Lines:
    """Makes adapters of a command; raises ``Unusable`` if it cannot be run.

    One process serves them all; one that ended is started again for the next.
    """

    keeps_time = False

    def __init__(self, command: str, role: Role, seconds: float) -> None:
        self.name = command
        self._words = _words(command)
        self._role = role
        self._seconds = seconds
        try:
            self._child = _Child(self._words, seconds)
        except (OSError, ValueError) as error:
            raise Unusable(f"{self._words[0]!r} cannot be run: {error}.") from None

    def make(self, given: Given) -> "_Adapter":
        """Open a client in the child, which is started if there is none."""
        if not self._child.alive():
            self._child = _Child(self._words, self._seconds)
        self._child.ask("open", dict(given))
        return _Adapter(self._child, self._role)

    def close(self) -> None:
        """End the child."""
        self._child.end()


class _Adapter:
    """The verbs of a protocol, each a line to the child and a line back."""

    def __init__(self, child: "_Child", role: Role) -> None:
        self._child = child
        self._signatures = {
            verb: inspect.signature(vars(protocol)[verb])
            for protocol in (role.protocol, Receives)
            for verb in verbs_of(protocol)
        }

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("_") or verb not in self._signatures:
            raise AttributeError(verb)
        return lambda *given, **named: self._child.ask(verb, _named(self._signatures[verb], given, named))


class _Child:
    def __init__(self, words: list[str], seconds: float) -> None:
        self._seconds = seconds
        self._number = 0
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - kept as long as the child
        pipe = subprocess.PIPE
        # What is run is what the person who checks asked for.
        self._process = subprocess.Popen(  # noqa: S603
            words, stdin=pipe, stdout=pipe, stderr=self._errors, start_new_session=True
        )
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        """Return what the child answers; raise ``ClientError``, ``NotImplementedError``, ``AdapterBroken``."""
        self._number += 1
        line = json.dumps({"id": self._number, "verb": verb, "arguments": arguments}, default=_plain) + "\n"
        try:
            assert self._process.stdin is not None  # noqa: S101 - a pipe, as asked for above
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
            # A little sooner than whoever drives it gives up, so that the child can be ended here.
            answer = self._lines.get(timeout=0.9 * self._seconds)
        except OSError:
            answer = None
        except Empty:
            self.end()
            raise Hung(verb, self._seconds) from None
        if answer is None:
            raise AdapterBroken(self._ended(verb))
        try:
            return _said(verb, self._number, answer)
        except AdapterBroken:
            self.end()  # what it writes next would be taken for another answer
            raise

    def end(self) -> None:
        """End it with all that it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _ended(self, verb: str) -> str:
        try:
            code: int | None = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return f"The adapter closed its standard output instead of answering {verb}."
        self._errors.seek(max(0, self._errors.seek(0, 2) - 2000))
        said = self._errors.read().decode(errors="replace").strip() or "nothing"
        return f"The adapter's process ended with code {code} instead of answering {verb}. It wrote to stderr: {said}"

    def _read(self, output: IO[bytes]) -> None:
        while line := output.readline(_LONGEST):
            self._lines.put(line)
        self._lines.put(None)


def _said(verb: str, number: int, line: bytes) -> Any:
    """Return the result in an answer, or raise what it says."""
    if len(line) >= _LONGEST:
        raise _garbled(verb, f"a line of more than {_LONGEST // 1_000_000} MB", line)
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        raise _garbled(verb, "a line that is no JSON", line, "Write logs to stderr.") from None
    if not isinstance(answer, dict) or ("result" in answer) == ("error" in answer):
        raise _garbled(verb, "a line that is no object with either result or error", line)
    if answer.get("id") != number:
        raise _garbled(verb, f"an answer whose id is not {number}, the one asked", line)
    if "result" in answer:
        return answer["result"]
    error = answer["error"]
    if not isinstance(error, dict) or error.get("kind") not in _KINDS:
        raise _garbled(verb, f"an error whose kind is none of {', '.join(_KINDS)}", line)
    message = str(error.get("message", ""))
    if error["kind"] == "unsupported":
        raise NotImplementedError(message)
    raise ClientError(error["kind"], message, error.get("status"))


def _garbled(verb: str, what: str, line: bytes, advice: str = "") -> AdapterBroken:
    shown = line.decode(errors="replace").strip()[:_SHOWN]
    return AdapterBroken(f"The adapter answered {verb} with {what}: {shown} {advice}".strip())


def _named(signature: inspect.Signature, given: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments by name; those of ``**changes`` are spread, since they are named as on the wire."""
    bound = signature.bind(None, *given, **named).arguments
    extra = next((name for name, each in signature.parameters.items() if each.kind is each.VAR_KEYWORD), "")
    found = {name: value for name, value in bound.items() if name not in {"self", extra}}
    return {**found, **bound.get(extra, {})}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Collection):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _words(command: str) -> list[str]:
    """Return the words of a command whose program is there; raise ``Unusable``."""
    try:
        words = split(command)
    except ValueError as error:
        raise Unusable(f"The command cannot be read: {error}.") from None
    if not words:
        raise Unusable("The command is empty.")
    if shutil.which(words[0]) is None:
        raise Unusable(f"There is no program {words[0]!r} to be run; say its whole path.")
    return words
