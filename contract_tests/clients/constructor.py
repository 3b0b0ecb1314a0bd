"""Constructor Proctor: exams, proctored sessions, and the four calls back.

The session's id is the client's own, one for each attempt at an exam. Tokens live half a minute, so one is minted for
each request that leaves, repetitions included; where the server's clock is not this machine's, give its ``clock``.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack
from urllib.parse import quote, urlencode

import jwt
import requests
from jwt.types import Options

from contract_tests.clients.calling import Caller, Manner, Record
from contract_tests.clients.receiving import Forged, Headers, Inlet, Message, Rejected, content_of

_CALL_SECONDS = 30
_PAGE_SECONDS = 300
_NO_TIMES: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
_JUDGED = ("accepted", "rejected")
_NEEDED = {"/reviews": "conclusion", "/bookings": "event", "/warnings": "id", "/agreements": "timestamp"}


@dataclass(frozen=True)
class Form:
    """A form that the test taker's browser posts by itself, as soon as it is shown."""

    action: str
    fields: Mapping[str, str]


class Constructor:
    """The client of one integration; raises what ``calling`` says."""

    def __init__(self, base_url: str, integration: str, secret: str, **manner: Unpack[Manner]) -> None:
        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"JWT {self._token({}, _CALL_SECONDS)}"
            return request

        base_url, name = base_url.rstrip("/"), quote(integration, safe="")
        self._secret = secret
        self._api = Caller(f"{base_url}/api/v2/integration/simple/{name}", auth=sign, **manner)
        self._pages = Caller(f"{base_url}/integration/simple/{name}", **manner)

    def put_exam(self, exam: Mapping[str, Any]) -> Record:
        """Create or update the exam of this ``accountId`` and ``examId``; return its actual parameters."""
        return self._api.record("POST", "/exams/", json=exam, safe=True)

    def start_form(self, parameters: Mapping[str, Any]) -> Form:
        """Return the form that leads a test taker to an exam; make it anew whenever it is shown.

        The parameters are those of exam, test taker and session. The same ones lead to the same session, be it to book,
        to cancel or to start.
        """
        token = self._token(parameters, _PAGE_SECONDS)
        return Form(f"{self._pages.base_url}/start/", {"token": token})

    def start(self, parameters: Mapping[str, Any]) -> str:
        """Post the form as a browser does; return the page."""
        return self._pages.send("POST", "/start/", data=self.start_form(parameters).fields, safe=True).text

    def start_link(self, parameters: Mapping[str, Any]) -> str:
        """Return a link that does what the form does, for where no form can be posted; good for five minutes."""
        return f"{self._pages.base_url}/start/?{urlencode({'token': self._token(parameters, _PAGE_SECONDS)})}"

    def status(self, session_id: str) -> Record | None:
        """Tell where a session stands; None while the vendor does not know it, as before the test taker came."""
        return self._api.find(f"{_session(session_id)}/status/")

    def wait_for(
        self, session_id: str, statuses: Collection[str], *, every: float = 10.0, within: float = 3600.0
    ) -> Record:
        """Ask until a session has one of the statuses; raise ``TimeoutError`` when ``within`` seconds have been waited.

        A session that is not known yet is waited for.
        """
        waited = 0.0
        while True:
            found = self.status(session_id)
            if found is not None and found.get("status") in statuses:
                return found
            if waited >= within:
                raise TimeoutError(f"After {within} seconds session {session_id} is still {found and found['status']}.")
            self._api.wait(every)
            waited += every

    def finish(self, session_id: str, finish_url: str | None = None) -> str:
        """End a started session, or give back the slot of one that has not begun; return what was done.

        After a lost answer that is ``not_changed``, since it was done already.
        """
        body = {} if finish_url is None else {"sessionFinishUrl": finish_url}
        done = self._api.record("POST", f"{_session(session_id)}/finish/", json=body, safe=True)
        return str(done.get("message"))

    def archive_link(self, session_id: str, proctor: str, *, return_url: str | None = None, **more: str | None) -> str:
        """Return a link to a session's video for a proctor, best named by e-mail address; good for five minutes.

        ``more`` are the proctor's ``lastName``, ``firstName``, ``thirdName`` and ``language``.
        """
        claims = {**more, "userId": proctor, "sessionId": session_id}
        if return_url is not None:
            claims["returnUrl"] = return_url
        token = urlencode({"token": self._token(claims, _PAGE_SECONDS)})
        return f"{self._pages.base_url}/archive/{quote(session_id, safe='')}/?{token}"

    def _token(self, claims: Mapping[str, Any], seconds: int) -> str:
        expires = int(self._api.clock()) + seconds
        return jwt.encode({**claims, "exp": expires}, self._secret, algorithm="HS256")


def verify(headers: Headers, secret: str, *, now: float) -> None:
    """Raise ``Forged`` unless the call shows a token made with the secret that has not expired. ``now`` is Unix time.

    The token does not cover the body, so use https, and take nothing of a body for more than it is.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme != "JWT":
        raise Forged("There is no token of scheme JWT.")
    try:
        # The library knows this machine's clock only, so exp is compared below.
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=_NO_TIMES)
        expires = float(claims["exp"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise Forged(f"The token is not the vendor's: {error!r}.") from error
    if not expires > now:
        raise Forged("The token has expired.")


class Callbacks:
    """What the vendor's calls told, by session id: the newest review, the booking, the warnings, the agreement.

    ``inlets`` are for a ``Receiver``. ``on_change`` is told the path of the inlet and what was new there.
    """

    def __init__(
        self,
        secret: str,
        *,
        clock: Callable[[], float] = time.time,
        on_change: Callable[[str, Record], object] = lambda path, told: None,
    ) -> None:
        self.reviews: dict[str, Record] = {}
        self.bookings: dict[str, Record] = {}
        self.warnings: dict[str, dict[int, Record]] = {}
        self.agreements: dict[str, Record] = {}
        self._secret = secret
        self._clock = clock
        self._on_change = on_change

    @property
    def inlets(self) -> dict[str, Inlet]:
        """The inlets by path: ``/reviews``, ``/bookings``, ``/warnings`` and ``/agreements``."""
        keep: dict[str, Callable[[Record], bool]] = {
            "/reviews": self._keep_review,
            "/bookings": partial(_keep_last, self.bookings),
            "/warnings": self._keep_warning,
            "/agreements": partial(_keep_last, self.agreements),
        }
        return {
            path: _Callback(partial(self._read, needed), partial(self._take, path, keep[path]))
            for path, needed in _NEEDED.items()
        }

    def _read(self, needed: str, headers: Headers, body: bytes) -> Message:
        verify(headers, self._secret, now=self._clock())
        content = content_of(body)
        if not all(isinstance(content.get(name), str | int) for name in ("sessionId", needed)):
            raise Rejected(f"The body must have sessionId and {needed}.")
        # No id: a slot may be booked, given back and booked again in the same words. Keeping twice does no harm.
        return Message(None, content)

    def _take(self, path: str, keep: Callable[[Record], bool], message: Message) -> None:
        if keep(message.content):
            self._on_change(path, message.content)

    def _keep_review(self, told: Record) -> bool:
        """Keep the last review to arrive, since none says how old it is; but no judgement becomes unknown again."""
        kept = self.reviews.get(told["sessionId"])
        if kept is not None and kept.get("conclusion") in _JUDGED and told.get("conclusion") not in _JUDGED:
            return False
        return _keep_last(self.reviews, told)

    def _keep_warning(self, told: Record) -> bool:
        known = self.warnings.setdefault(told["sessionId"], {})
        return known.setdefault(told["id"], told) is told


@dataclass(frozen=True)
class _Callback:
    read: Callable[[Headers, bytes], Message]
    take: Callable[[Message], None]


def _keep_last(kept: dict[str, Record], told: Record) -> bool:
    """Keep the last word on a session; return whether it says anything new."""
    new = kept.get(told["sessionId"]) != told
    kept[told["sessionId"]] = told
    return new


def _session(session_id: str) -> str:
    return f"/sessions/{quote(session_id, safe='')}"
