"""``mockserver serve`` in a process of its own, for as long as it is needed and no longer."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

_LIFELINE = Path(__file__).with_name("lifeline.py")
_HOST = "127.0.0.1"
_TRIES = 3
_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 10.0
_MOST_OUTPUT = 4000


class CannotServe(Exception):
    """No server could be started, or none answers; the message says why."""


class PortTaken(CannotServe):
    """Somebody listens already where the server was to."""


class Child:
    """A server that was started here; ``origin`` is its address, ``command`` what ``mockserver`` was told."""

    def __init__(self, origin: str, command: str, process: "subprocess.Popen[bytes]", output: IO[bytes]) -> None:
        self.origin = origin
        self.command = command
        self.process = process
        self._output = output

    def said(self) -> str:
        """Return the last of what it wrote to standard output and standard error."""
        size = os.fstat(self._output.fileno()).st_size
        start = max(0, size - _MOST_OUTPUT)
        text = os.pread(self._output.fileno(), _MOST_OUTPUT, start).decode(errors="replace").strip()
        return f"...{text}" if start else text

    def end(self) -> None:
        """Stop it and all that it has started, by force if they do not stop when they are told to."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.terminate()
        try:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_SECONDS_TO_END)
        finally:
            # Where it was killed, workers that hang outlive it.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def running_child(options: Sequence[str], port: int | None = None) -> Iterator[Child]:
    """Run ``mockserver serve`` with options; raise ``CannotServe`` with its output if it does not start.

    Without a ``port`` it has one that is free. It is out of reach of the terminal's Ctrl-C, so that tests can still
    tidy up, and it ends with this process. Raises ``PortTaken`` if somebody else listens there.
    """
    if port is not None:
        _check_free(port)
    with TemporaryFile() as output:
        for tries_left in reversed(range(_TRIES if port is None else 1)):
            with _reserved_port() if port is None else nullcontext(port) as taken:
                child = _started(taken, options, output)
                try:
                    if _answers(child):
                        yield child
                        return
                    how = _how_it_ended(child)
                finally:
                    child.end()
            # Another process can have taken the port in between; any other reason will be the same again.
            if child.process.returncode != os.EX_UNAVAILABLE or not tries_left:
                said = child.said() or "It printed nothing."
                raise CannotServe(f"No mockserver could be started; `mockserver {child.command}` {how}:\n\n{said}")


def _how_it_ended(child: Child) -> str:
    code = child.process.poll()
    return f"did not answer within {_SECONDS_TO_START:.0f} s" if code is None else f"ended with code {code}"


def _started(port: int, options: Sequence[str], output: IO[bytes]) -> Child:
    origin = f"http://{_HOST}:{port}"
    arguments = ["serve", *options, "--host", _HOST, "--port", str(port), "--public-url", origin]
    process = subprocess.Popen(  # noqa: S603 - what the tests' own configuration says
        # Without -P the script's folder would be where modules are looked for first.
        [sys.executable, "-P", str(_LIFELINE), *arguments],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return Child(origin, " ".join(arguments), process, output)


def _answers(child: Child) -> bool:
    """Wait until the server answers, and tell whether it does."""
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            child.process.wait(0.02)
        except subprocess.TimeoutExpired:
            pass
        else:
            return False
        try:
            with opener.open(f"{child.origin}/__admin/", timeout=_SECONDS_TO_START):
                return True
        except (URLError, OSError, HTTPException):
            continue
    return False


def _check_free(port: int) -> None:
    """Raise ``PortTaken`` where somebody listens already, who would be taken for the server."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise PortTaken(f"No mockserver can listen on {_HOST}:{port}: {error.strerror}.") from None


@contextmanager
def _reserved_port() -> Iterator[int]:
    """Give a port that nobody listens on, and that no other process is given here meanwhile.

    The same number of UDP, which nobody needs, is held as a token: servers that share a port would share their clients.
    """
    while True:
        with socket.socket(type=socket.SOCK_DGRAM) as token, socket.socket() as probe:
            token.bind((_HOST, 0))
            port: int = token.getsockname()[1]
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
            probe.close()
            yield port
            return
