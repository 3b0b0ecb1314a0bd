"""A mockserver in a child process, which ends with this one."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any

import click
import requests

HOST = "127.0.0.1"
_UP_WITHIN = 30.0
_DOWN_WITHIN = 10.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Server:
    """A running server; ``origin`` is where it is reached."""

    def __init__(self, origin: str, process: "subprocess.Popen[str]") -> None:
        self.origin = origin
        self._process = process

    def wait(self) -> None:
        """Block until it ends by itself."""
        self._process.wait()


@contextmanager
def running_server(port: int) -> Iterator[Server]:
    """Run ``mockserver serve`` on a port, 0 for any free one; raise ``ClickException`` if it does not come up.

    A signal that ends this process raises ``KeyboardInterrupt``, so that the child is stopped on the way out.
    """
    origin = f"http://{HOST}:{_free(port)}"
    process: subprocess.Popen[str] | None = None
    before = {each: signal.signal(each, signal.default_int_handler) for each in _SIGNALS}
    with tempfile.TemporaryFile("w+") as errors:
        try:
            with _undisturbed():
                process = _start(origin, errors)
            _wait_until_up(process, origin, errors)
            yield Server(origin, process)
        finally:
            for each in _SIGNALS:
                signal.signal(each, signal.SIG_IGN)
            if process is not None:
                _stop(process)
            _restore(before)


def _free(port: int) -> int:
    """Return a port that nobody listens on: this one, or any for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"Cannot listen on {HOST}:{port}: {error.strerror}. Choose another with --port, 0 for any."
            raise click.ClickException(message) from None
        return int(probe.getsockname()[1])


def _start(origin: str, errors: IO[str]) -> "subprocess.Popen[str]":
    port = origin.rpartition(":")[2]
    command = [sys.executable, "-m", "mockserver", "serve", "--host", HOST, "--port", port, "--public-url", origin]
    # In a session of its own, or Ctrl-C would stop it before the story is over.
    return subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        text=True,
        start_new_session=True,
    )


def _wait_until_up(process: "subprocess.Popen[str]", origin: str, errors: IO[str]) -> None:
    give_up = time.monotonic() + _UP_WITHIN
    while process.poll() is None and time.monotonic() < give_up:
        with suppress(requests.RequestException):
            if requests.get(f"{origin}/__admin/", timeout=5).ok:
                return
        time.sleep(0.05)
    errors.seek(0)
    said = errors.read().strip().splitlines()
    reason = said[-1].removeprefix("Error: ") if said else f"it did not answer within {_UP_WITHIN:.0f} seconds"
    raise click.ClickException(f"The server did not start: {reason}")


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_DOWN_WITHIN)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold a signal that would end this process back until the block is done."""
    came: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {each: signal.signal(each, remember) for each in _SIGNALS}
    try:
        yield
    finally:
        _restore(before)
    if came:
        raise KeyboardInterrupt


def _restore(handlers: Mapping[signal.Signals, Any]) -> None:
    for each, handler in handlers.items():
        signal.signal(each, handler)
