"""Adapters in other languages: a child process that reads and writes one JSON object a line."""

import base64
import inspect
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from shlex import split
from typing import IO, Any

from contract_tests.clients.adapting import Given, Role, Unusable, verbs_of
from contract_tests.clients.driving import AdapterBroken, Hung
from contract_tests.clients.protocols import Receives

_KINDS = ("refused", "unavailable", "unsupported", "other")
_LONGEST = 10_000_000
_SHOWN = 200
_LAST_WORDS = 1.0


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
            self._child.close()
            self._child = _Child(self._words, self._seconds)
        self._child.ask("open", dict(given))
        return _Adapter(self._child, self._role)

    def close(self) -> None:
        """End the child, and let go of it."""
        self._child.close()


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
        try:
            # What is run is what the person who checks asked for.
            self._process = subprocess.Popen(  # noqa: S603
                words, stdin=pipe, stdout=pipe, stderr=self._errors, start_new_session=True
            )
        except BaseException:
            self._errors.close()
            raise
        assert self._process.stdin is not None  # noqa: S101 - a pipe, as asked for above
        self._input = self._process.stdin
        os.set_blocking(self._input.fileno(), False)
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        """Return what the child answers; raise ``ClientError``, ``NotImplementedError``, ``AdapterBroken``."""
        self._number += 1
        line = json.dumps({"id": self._number, "verb": verb, "arguments": arguments}, default=_plain) + "\n"
        # A little sooner than whoever drives it gives up, so that the child can be ended here.
        deadline = time.monotonic() + 0.9 * self._seconds
        try:
            self._write(line.encode(), deadline)
            answer = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except BrokenPipeError:
            answer = None
        except (Empty, TimeoutError):
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

    def close(self) -> None:
        """End it, and give back what it was reached by."""
        self.end()
        self._input.close()
        # It goes on only where something that has left the child's group still holds the other end.
        self._reader.join(_LAST_WORDS)
        self._errors.close()

    def _write(self, line: bytes, deadline: float) -> None:
        """Write a line as fast as the child reads it; raise ``TimeoutError``, ``BrokenPipeError``."""
        writable = select.poll()
        writable.register(self._input, select.POLLOUT)
        while line:
            if not writable.poll(1000 * max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            line = line[os.write(self._input.fileno(), line) :]

    def _ended(self, verb: str) -> str:
        try:
            code: int | None = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return f"The adapter closed its standard output instead of answering {verb}."
        self._errors.seek(max(0, self._errors.seek(0, 2) - 2000))
        said = self._errors.read().decode(errors="replace").strip() or "nothing"
        return f"The adapter's process ended with code {code} instead of answering {verb}. It wrote to stderr: {said}"

    def _read(self, output: IO[bytes]) -> None:
        with output:
            while line := output.readline(_LONGEST):
                self._lines.put(line)
        self._lines.put(None)


def _said(verb: str, number: int, line: bytes) -> Any:
    """Return the result in an answer, or raise what it says."""
    if len(line) >= _LONGEST:
        raise _no_answer(verb, f"a line of more than {_LONGEST // 1_000_000} MB", line)
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        raise _no_answer(verb, "a line that is no JSON", line) from None
    if not isinstance(answer, dict) or ("result" in answer) == ("error" in answer):
        raise _no_answer(verb, "a line that is no object with either result or error", line)
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


def _no_answer(verb: str, what: str, line: bytes) -> AdapterBroken:
    """Return what to raise for a line that is likely none of the adapter's answers."""
    return _garbled(verb, what, line, " Standard output is for answers alone; write logs to standard error.")


def _garbled(verb: str, what: str, line: bytes, advice: str = "") -> AdapterBroken:
    shown = line.decode(errors="replace").strip()[:_SHOWN]
    return AdapterBroken(f"The adapter answered {verb} with {what}: {shown!r}.{advice}")


def _named(signature: inspect.Signature, given: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments by name; what the signature does not have is the child's to know."""
    names = [name for name in signature.parameters if name != "self"]
    return {**dict(zip(names, given, strict=False)), **named}


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
        if Path(words[0]).is_file() and os.sep in words[0]:
            raise Unusable(
                f"{words[0]!r} is not executable: make it so (chmod +x), or put its interpreter in front of it."
            )
        raise Unusable(f"There is no program {words[0]!r} to be run; say its whole path.")
    return words
