"""Sends one HTTP request to a receiver that may be called, and tells what came of it."""

import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property, partial
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from importlib.metadata import version
from threading import Thread
from typing import Protocol

import msgspec
import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from mockserver.core.callback_hosts import CallbackHosts, Receiver
from mockserver.core.connection import Deadline, Wire, WireAdapter, open_socket, trusting
from mockserver.core.errors import Forbidden

_FOLD = re.compile(r"[\r\n]+[ \t]*")
_AGENT = f"mockserver/{version('mockserver')}"
MOST_OF_A_BODY = 1024 * 1024

Resolve = Callable[[str], Sequence[str]]
"""From a host name to IP addresses; raises ``OSError`` for one that is not known."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE = re.compile(r"[\r\n\0]|[^\0-\xff]")
_AGENT = f"mockserver/{version('mockserver')}"
_WITH_LENGTH = {"POST", "PUT", "PATCH"}


class Sent(msgspec.Struct, frozen=True):
    """What came of one request: either a whole answer (``status``) or the reason why there is none (``error``)."""

    status: int | None
    """None exactly if there is an ``error``."""
    request_headers: str
    """Lines of ``Name: value`` as they were sent; empty if nothing was."""
    answer_headers: str
    """Lines as they were received, also those of an answer whose body broke off."""
    answer_body: bytes
    """The first 64 KiB of the body, or of the part of it that came before it broke off."""
    error: str
    """A sentence; empty if an answer came."""
    refused: bool
    """Whether the rules of ``callback_hosts`` forbade it; nothing was sent then."""


class Sends(Protocol):
    """What attempts are made with."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send one request and return what came of it; never raise."""


class Unsent(Exception):
    """Why a request did not get an answer, as a sentence."""


def look_up(host: str) -> list[str]:
    """Return the addresses that the system knows for a name; raise ``OSError`` if it knows none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class Sender:
    """Sends each request on a connection of its own, from any number of threads.

    Connections are not kept: a kept one that the receiver closes meanwhile leaves open whether a POST was taken, and a
    receiver that serves one connection at a time would wait on an idle one. ``authorities`` are PEM files of
    certificate authorities that are trusted besides the usual ones.
    """

    def __init__(
        self,
        hosts: CallbackHosts,
        timeout: float = 10.0,
        *,
        resolve: Resolve = look_up,
        authorities: Sequence[str] = (),
    ) -> None:
        self._hosts = hosts
        self._timeout = timeout
        self._resolve = resolve
        self._authorities = authorities
        self._adapter = WireAdapter(lambda: self._context)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return trusting(DEFAULT_CA_BUNDLE_PATH, *self._authorities)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send a request and return what came of it within the timeout, which counts for all of it; never raises.

        A ``User-Agent``, ``Accept``, ``Accept-Encoding`` or ``Host`` given replaces the usual one. The body's framing
        and ``Connection: close`` are added, and headers that say otherwise are an error. Header values are sent as
        Latin-1. The answer is not decoded, and a redirect is an answer like any other.
        """
        wire: Wire | None = None
        try:
            receiver = self._hosts.receiver(url)
            lines = _headers(method, receiver, headers, body)
            wire = self._connect(receiver, Deadline(self._timeout))
            wire.method, wire.url, wire.body = method, url, body or None
            wire.headers = lines  # type: ignore[assignment]
            return self._exchange(wire)
        except Forbidden as error:
            return _failed(error.message, refused=True)
        except Unsent as error:
            return _failed(str(error), wire)
        except Exception as error:
            return _failed(f"Sending failed: {type(error).__name__}: {error}.", wire)
        finally:
            if wire is not None:
                wire.close()

    def _connect(self, receiver: Receiver, deadline: Deadline) -> Wire:
        """Return an open wire to a receiver all of whose addresses may be called."""
        found = receiver.addresses or self._addresses(receiver.host, deadline)
        judge = partial(self._hosts.judge, receiver)
        addresses = [judge(address) for address in dict.fromkeys(found)]
        try:
            return Wire(receiver, open_socket(addresses, receiver.port, deadline, judge))
        except ConnectionRefusedError:
            raise Unsent(f"Nothing listens at {receiver.authority}: the connection was refused.") from None
        except TimeoutError:
            raise Unsent(f"{receiver.authority} did not take the connection within {self._timeout:g} s.") from None
        except OSError as error:
            raise Unsent(f"{receiver.authority} cannot be reached: {error.strerror or error}.") from None

    def _addresses(self, host: str, deadline: Deadline) -> Sequence[str]:
        """Look a name up in a thread that can be left behind, for the system's look-up has no time-out."""
        answer: Future[Sequence[str]] = Future()
        Thread(target=_settle, args=(answer, self._resolve, host), name="look-up", daemon=True).start()
        try:
            found = answer.result(deadline.left())
        except TimeoutError:
            raise Unsent(f"The name {host} was not resolved within {self._timeout:g} s.") from None
        except OSError as error:
            raise Unsent(f"The name {host} is not known: {error.strerror or error}.") from None
        if not found:
            raise Unsent(f"The name {host} has no address.")
        return found

    def _exchange(self, wire: Wire) -> Sent:
        """Send the request and read the answer."""
        try:
            answer: HTTPResponse = self._adapter.send(wire, stream=True, timeout=self._timeout).raw
        except (requests.RequestException, OSError) as error:
            raise Unsent(f"No answer came: {self._reason(error, wire)}") from None
        received = _lines(answer)
        body = bytearray()
        try:
            while len(body) < MOST_OF_A_BODY:
                chunk = answer.read1(MOST_OF_A_BODY - len(body), decode_content=False)
                if not chunk:
                    break
                body += chunk
        except (HTTPError, OSError) as error:
            reason = f"The receiver answered {answer.status}, but not to the end: {self._reason(error, wire)}"
            return Sent(None, wire.sent_headers, received, bytes(body), " ".join(reason.split()), False)
        finally:
            answer.close()
        return Sent(answer.status, wire.sent_headers, received, bytes(body), "", False)

    def _reason(self, error: BaseException, wire: Wire) -> str:
        """Return the innermost known reason among an error and those that it came from."""
        chain = [error]
        while inner := chain[-1].__cause__ or chain[-1].__context__:
            chain.append(inner)
        if wire.deadline.over or any(isinstance(each, TimeoutError) for each in chain):
            return f"{self._timeout:g} s were over."
        return next((said for each in reversed(chain) if (said := _said(each))), f"sending failed with {error}.")


def _settle(answer: "Future[Sequence[str]]", resolve: Resolve, host: str) -> None:
    try:
        answer.set_result(resolve(host))
    except Exception as error:
        answer.set_exception(error)


def _lines(answer: HTTPResponse) -> str:
    # The message below keeps the case and the order of repeated headers, which urllib3's own mapping folds.
    message = answer._original_response.msg if answer._original_response else answer.headers
    return "\n".join(f"{name}: {_FOLD.sub(' ', value).strip()}" for name, value in message.items())


def _failed(error: str, wire: Wire | None = None, *, refused: bool = False) -> Sent:
    return Sent(None, wire.sent_headers if wire else "", "", b"", " ".join(error.split()), refused)


def _headers(method: str, receiver: Receiver, given: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Return all headers to send, in order; raise ``Unsent`` if HTTP cannot carry one."""
    if not _TOKEN.fullmatch(method):
        raise Unsent(f"{method!r} is not an HTTP method.")
    lines = {
        "Host": receiver.authority,
        "User-Agent": _AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if body or method in _WITH_LENGTH:
        lines["Content-Length"] = str(len(body))
    ours = {name.lower(): name for name in lines}
    for name, value in given.items():
        if not _TOKEN.fullmatch(name) or _UNSENDABLE.search(value):
            raise Unsent(
                f"The header {name!r} cannot be sent: a name is a token and a value Latin-1 without new lines."
            )
        if name.lower() in {"connection", "content-length", "transfer-encoding"}:
            if lines.get(ours.get(name.lower(), "")) != value:
                raise Unsent(f"The header {name}: {value} cannot be sent; the sender frames the body by itself.")
            continue
        lines.pop(ours.get(name.lower(), ""), None)
        lines[name] = value
    return lines


def _said(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"the receiver's certificate is not trusted: {error.verify_message.rstrip('.')}."
        case ssl.SSLError():
            return f"TLS failed, {(error.reason or str(error)).replace('_', ' ').lower()}."
        case RemoteDisconnected():
            return "the receiver closed the connection."
        case ConnectionResetError() | BrokenPipeError():
            return "the receiver reset the connection."
        case IncompleteRead():
            return "the receiver closed the connection."
        case HTTPException():
            return f"what was received is not HTTP, {type(error).__name__}: {str(error)[:80].strip()!r}."
    return ""
