"""One request at a time, repeated only where that cannot do the work twice.

A request is repeated after a lost answer, a timeout or a 502, 503 or 504 only if its method is idempotent or its caller
says that it is ``safe``. It is repeated whatever its method is where nothing was done: the connection was never made,
or the server said 429, or 503 with a ``Retry-After``. Everything else is the caller's to decide.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypedDict, Unpack

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from contract_tests.clients.answers import CallFailed, Record, Refused, Unavailable, Unreadable, failed, parsed

__all__ = ["Auth", "CallFailed", "Caller", "Manner", "Parts", "Record", "Refused", "Unavailable", "Unreadable"]

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]
"""Signs a request that is about to leave; called anew for each attempt, so that a token is fresh each time."""

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_GATEWAY = frozenset({502, 503, 504})
_LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class Parts(TypedDict, total=False):
    """What a request may carry, as ``requests`` names it."""

    params: Mapping[str, str | int]
    json: Any
    data: Mapping[str, str] | bytes
    headers: Mapping[str, str]


class Manner(TypedDict, total=False):
    """How to call, all of it optional; what each means and defaults to is said at ``Caller``."""

    session: requests.Session
    wait: Callable[[float], object]
    clock: Callable[[], float]
    attempts: int
    backoff: float
    timeout: float
    longest_wait: float


class Caller:
    """Calls one server below ``base_url``.

    ``attempts`` is how often a request is sent at most. Before the n-th repetition passes ``backoff`` seconds times two
    to the power of n - 1, or what the server's ``Retry-After`` says; told to wait longer than ``longest_wait`` seconds
    it gives up at once, since asking earlier would be wrong. ``wait`` passes the seconds and ``clock`` tells the Unix
    time: together they let a player move a server's clock instead of sleeping.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth | None = None,
        session: requests.Session | None = None,
        wait: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
        attempts: int = 4,
        backoff: float = 0.5,
        timeout: float = 10.0,
        longest_wait: float = 120.0,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.wait = wait
        self.clock = clock
        self._auth = auth
        self._session = session or requests.Session()
        self._attempts = attempts
        self._backoff = backoff
        self._timeout = timeout
        self._longest_wait = longest_wait

    def send(self, method: str, path: str, *, safe: bool = False, **parts: Unpack[Parts]) -> requests.Response:
        """Return the answer, of a status below 400; raise ``Refused`` or ``Unavailable``. Redirects are not followed.

        ``safe`` says that doing it twice is as good as once, by an identifier in it.
        """
        call = f"{method} {path}"
        repeatable = safe or method in _IDEMPOTENT
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._once(method, path, parts)
            except _LOST as error:
                failure: CallFailed = Unavailable(call, str(error))
                pause = self._after(attempt) if repeatable or _never_left(error) else None
            else:
                if response.status_code < 400:
                    return response
                failure = failed(call, response)
                pause = self._pause(response, attempt, repeatable)
            if pause is None or attempt >= self._attempts:
                raise failure
            self.wait(pause)

    def json(self, method: str, path: str, *, safe: bool = False, **parts: Unpack[Parts]) -> Any:
        """Return the JSON of the answer, None where it has no body; raise ``Unreadable`` too."""
        response = self.send(method, path, safe=safe, **parts)
        return parsed(f"{method} {path}", response)

    def record(self, method: str, path: str, *, safe: bool = False, **parts: Unpack[Parts]) -> Record:
        """Return the one JSON object that the answer is."""
        found = self.json(method, path, safe=safe, **parts)
        if not isinstance(found, dict):
            raise Unreadable(f"{method} {path}", "the answer is not a JSON object.")
        return found

    def records(self, method: str, path: str, *, safe: bool = False, **parts: Unpack[Parts]) -> list[Record]:
        """Return the list of JSON objects that the answer is."""
        found = self.json(method, path, safe=safe, **parts)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Unreadable(f"{method} {path}", "the answer is not a list of JSON objects.")
        return found

    def find(self, path: str, **parts: Unpack[Parts]) -> Record | None:
        """Return the one JSON object that GET answers, None where it answers 404."""
        try:
            return self.record("GET", path, **parts)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def made_once(self, look_up: Callable[[], Record | None], make: Callable[[], Record]) -> Record:
        """Return what the look-up finds; where it finds nothing, what is made then.

        A lost answer may have been the one that said that it is made, and 409 says that somebody else made it: after
        either the look-up decides, and only what it does not find is made again.
        """
        found = look_up()
        attempt = 1
        while found is None:
            try:
                found = make()
            except Refused as refused:
                if refused.status != 409 or (found := look_up()) is None:
                    raise
            except Unavailable:
                self.wait(self._after(attempt))
                found = look_up()
                if found is None and attempt >= self._attempts:
                    raise
                attempt += 1
        return found

    def _once(self, method: str, path: str, parts: Parts) -> requests.Response:
        return self._session.request(
            method,
            self.base_url + path,
            auth=self._auth,
            timeout=self._timeout,
            allow_redirects=False,
            **parts,
        )

    def _pause(self, response: requests.Response, attempt: int, repeatable: bool) -> float | None:
        """Return the seconds until the next attempt, None where there must not be one."""
        status = response.status_code
        told = self._told(response) if status in {429, 503} else None
        if told is not None:
            return told if told <= self._longest_wait else None
        if status == 429 or (repeatable and status in _GATEWAY):
            return self._after(attempt)
        return None

    def _after(self, attempt: int) -> float:
        """Return the seconds to wait after an attempt that the server said nothing about."""
        return self._backoff * 2.0 ** (attempt - 1)

    def _told(self, response: requests.Response) -> float | None:
        """Return the seconds that ``Retry-After`` says, None where it is missing or says nothing."""
        text = response.headers.get("Retry-After", "").strip()
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            at: datetime = parsedate_to_datetime(text)
        except ValueError:
            return None
        return max(0.0, at.timestamp() - self.clock())


def _never_left(error: requests.RequestException) -> bool:
    """Tell whether the connection was not even made, so that the server cannot have seen the request."""
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or (
        isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    )
