"""Sends requests to a server that may do anything, and keeps what was seen of each."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from mockserver.contract.observed import Observed

LARGEST = 5_000_000
_CHUNK = 65_536
_KEPT_OF_TOO_MUCH = 1_000
_MOST_SILENT = 2
_GRACE = 1.0
_ANSWERED_WITHIN = timedelta(seconds=5)


class Parts(TypedDict, total=False):
    """What a request may carry, as ``requests`` names it."""

    params: Any
    json: Any
    data: Any
    files: Any
    headers: Mapping[str, str]


class Silent(Exception):
    """No answer came; the message says what happened instead, and ``final`` that it would be the same again."""

    def __init__(self, says: str, *, final: bool = False) -> None:
        super().__init__(says)
        self.final = final


class TooMuch(Exception):
    """The answer is larger than anything that makes sense here, and was not read to its end."""


class Wire:
    """Calls one server. ``seen`` has all exchanges in their order; nothing is repeated, no redirection is followed.

    A server that does not answer at all is not called again: ``gone`` then says why. ``timeout`` is the seconds that
    an answer may take, from the request to its last byte.
    """

    def __init__(self, timeout: float) -> None:
        self.seen: list[Observed] = []
        self.gone = ""
        self.answers = 0
        self.ahead = timedelta()
        """How far the server's clock is ahead of this machine's, as its last ``Date`` tells."""
        self._silent = 0
        self._timeout = timeout
        self._session = requests.Session()
        # A connection that the server is about to close cannot be told from one that it broke.
        self._session.headers["Connection"] = "close"

    def send(self, method: str, url: str, path: str, **parts: Unpack[Parts]) -> Observed:
        """Return the exchange; raise ``Silent`` and ``TooMuch``. ``path`` is what the contract calls the address."""
        prepared = self._session.prepare_request(requests.Request(method, url, auth=_as_it_is, **parts))
        try:
            status, headers, body = self._in_time(prepared)
        except Silent as silent:
            self._note(silent)
            self._keep(prepared, path)
            raise
        self._silent = 0
        self.answers += 1
        self.ahead = _ahead(headers) or self.ahead
        if len(body) > LARGEST:
            why = f"its body is over {LARGEST // 1_000_000} MB and was not read to its end"
            self._keep(prepared, path, status, headers, body[:_KEPT_OF_TOO_MUCH], why)
            raise TooMuch(f"The answer to {method} {path} was not looked at: {why}.")
        return self._keep(prepared, path, status, headers, body)

    def _in_time(self, prepared: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        """Return what ``_answer`` does, unless even the headers come so slowly that it would never end."""
        came: SimpleQueue[tuple[int, dict[str, str], bytes] | Exception] = SimpleQueue()

        def fetch() -> None:
            try:
                came.put(self._answer(prepared))
            except Exception as error:
                came.put(error)

        Thread(target=fetch, daemon=True).start()
        try:
            found = came.get(timeout=self._timeout + _GRACE)
        except Empty:
            raise Silent(f"no complete answer within {self._timeout:g} seconds") from None
        if isinstance(found, Exception):
            raise found
        return found

    def _answer(self, prepared: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        settings = self._session.merge_environment_settings(prepared.url, {}, True, None, None)
        deadline = time.monotonic() + self._timeout
        try:
            with (
                self._connecting() as session,
                session.send(prepared, timeout=self._timeout, allow_redirects=False, **settings) as response,
            ):
                headers = {name.lower(): value for name, value in response.headers.items()}
                return response.status_code, headers, _read(response, deadline, self._timeout)
        except requests.exceptions.ConnectTimeout:
            raise Silent(f"no connection within {self._timeout:g} seconds") from None
        except (requests.Timeout, TimeoutError):
            raise Silent(f"no answer within {self._timeout:g} seconds") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            raise _silent(error) from None

    def _connecting(self) -> requests.Session:
        """Return a session for one call, with the cookies of all.

        A server need not say that it closes a connection as it was asked to (RFC 9112, 9.6), and until it has done so
        the pool of a session would use the connection again.
        """
        made = requests.Session()
        made.cookies = self._session.cookies
        return made

    def _note(self, silent: Silent) -> None:
        self._silent += 1
        if silent.final or self._silent >= _MOST_SILENT:
            before = f" after {self.answers} answers" if self.answers else ""
            self.gone = f"The server does not answer{before}: {silent}."

    def _keep(
        self,
        sent: requests.PreparedRequest,
        path: str,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        answer: bytes = b"",
        spoiled: str = "",
    ) -> Observed:
        body = sent.body or b""
        seen = Observed(
            method=str(sent.method),
            path=path,
            query=urlsplit(str(sent.url)).query,
            headers={name.lower(): _text(value) for name, value in sent.headers.items()},
            body=body if isinstance(body, bytes) else str(body).encode(),
            status=status,
            answer_headers=headers or {},
            answer=answer,
            number=len(self.seen) + 1,
            url=str(sent.url),
            at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            spoiled=spoiled,
        )
        self.seen.append(seen)
        return seen


def _read(response: requests.Response, deadline: float, timeout: float) -> bytes:
    """Return the body, or a little more than the most that is looked at."""
    body = bytearray()
    while len(body) <= LARGEST:
        if time.monotonic() > deadline:
            raise Silent(f"no complete answer within {timeout:g} seconds")
        # As it comes: a read of a whole chunk would wait for a server that sends byte by byte.
        chunk = response.raw.read1(_CHUNK, decode_content=True)
        if not chunk:
            break
        body += chunk
    return bytes(body)


def _ahead(headers: Mapping[str, str]) -> timedelta | None:
    try:
        ahead = parsedate_to_datetime(headers.get("date", "")) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    # Less than this is the way of the answer, and the seconds that a Date does not split.
    return ahead if abs(ahead) > _ANSWERED_WITHIN else timedelta()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from adding what this machine's netrc file has for the host."""
    return request


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


_WHY = (
    # Nothing that is part of an address may have spaces, so that no server's name is taken for these.
    ("Connection refused", "the connection is refused", True),
    ("Failed to resolve '", "its name cannot be resolved", True),
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted", False),
    ("WRONG_VERSION_NUMBER", "it does not speak TLS", False),
    ("Remote end closed connection", "the connection was closed without an answer", False),
    ("reset by peer", "the connection was reset", False),
    ("BadStatusLine", "it does not speak HTTP", False),
    ("got more than", "its headers are too many, or too long", False),
    ("content-encoding", "its body is not encoded as its Content-Encoding says", False),
    ("IncompleteRead", "the connection was closed in the middle of the answer", False),
)
"""What the text of an error has in it, what that means in a few words, and whether it would be the same again."""


def _silent(error: Exception) -> Silent:
    text = str(error)
    for sign, says, final in _WHY:
        if sign in text:
            return Silent(says, final=final)
    return Silent(f"{type(error).__name__}: {text[:200]}")
