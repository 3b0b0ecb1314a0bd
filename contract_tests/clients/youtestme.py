"""YouTestMe: users, authorizations, SSO links, and the results that its webhook tells.

The article documents the calls and says nothing of answers, so this branches on statuses alone. What it creates has an
id of the client's own, by which it is looked up before, and again where the answer was lost.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Unpack
from urllib.parse import quote

import requests

from contract_tests.clients import standard_webhooks
from contract_tests.clients.calling import Caller, Manner, Record, Unreadable
from contract_tests.clients.receiving import Forged, Headers, Message, Rejected, content_of, id_of

_EVENT = {"event": "attempt", "resource": "finish"}


class YouTestMe:
    """The client of one tenant; raises what ``calling`` says. Records are JSON objects as the vendor answers them."""

    def __init__(self, base_url: str, api_key: str, **manner: Unpack[Manner]) -> None:
        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {api_key}"
            return request

        self._caller = Caller(base_url, auth=sign, **manner)

    def find_user(
        self, *, external_id: str | None = None, username: str | None = None, internal_id: int | None = None
    ) -> Record | None:
        """Return the account of an external id, else of the vendor's own, else of a username; None if there is none."""
        if external_id is not None:
            return self._caller.find(_user(external_id))
        if internal_id is not None:
            return self._caller.find(f"/users/{internal_id}")
        return self._caller.find(f"/users/username={quote(username or '', safe='')}")

    def ensure_user(
        self,
        external_id: str,
        *,
        username: str,
        first_name: str,
        last_name: str,
        email: str,
        role: str = "STU",
        **more: Any,
    ) -> Record:
        """Return the account of an external id, created if there is none; one that exists is left as it is.

        ``more`` are further fields, named as on the wire; so it is with the other verbs.
        """
        name = {"username": username, "firstName": first_name, "lastName": last_name}
        account = {"externalId": external_id, **name, "email": email, "roleCode": role, **more}
        return self._caller.made_once(
            lambda: self.find_user(external_id=external_id),
            lambda: self._caller.record("POST", "/users/", json=account),
        )

    def change_user(self, external_id: str, **changes: Any) -> Record:
        """Change an account's fields, named as on the wire; the username cannot be changed."""
        return self._caller.record("PATCH", _user(external_id), json=changes, safe=True)

    def authorize(
        self, external_id: str, *, test: str, candidate: str, expires: datetime | None = None, **more: Any
    ) -> Record:
        """Permit a candidate an attempt at a test, both by their external ids, once for each ``external_id``.

        An authorization that has this external id already is returned as it is, usable or not.
        """
        wanted = {"authorizationExternalId": external_id, "externalTestId": test, "candidateExternalId": candidate}
        wanted |= more
        if expires is not None:
            wanted["expirationDatetime"] = _instant(expires)
        return self._caller.made_once(
            lambda: self.authorization(external_id),
            lambda: self._caller.record("POST", "/authorizations", json=wanted),
        )

    def authorization(self, external_id: str) -> Record | None:
        """Return the authorization of an external id as it now stands, None where there is none."""
        return self._caller.find(f"/authorizations/externalId={quote(external_id, safe='')}")

    def deactivate(self, external_id: str) -> None:
        """Deactivate the authorization of an external id for good; where there is none there is nothing to do."""
        found = self.authorization(external_id)
        if found is not None:
            self._caller.send("DELETE", f"/authorizations/{found['id']}")

    def sso_link(
        self,
        user_external_id: str,
        page: str = "myTests.xhtml",
        *,
        referer_url: str | None = None,
        expires: datetime | None = None,
        **more: Any,
    ) -> str:
        """Return a link that signs a user in. It is a key to the account: make one for each use and store none."""
        wanted = {"userExternalId": user_external_id, "page": page, **more}
        if referer_url is not None:
            wanted["refererUrl"] = referer_url
        if expires is not None:
            wanted["expirationTime"] = _instant(expires)
        # Safe to repeat: of a link whose answer was lost nobody knows.
        made = self._caller.record("POST", "/ssoLinks", json=wanted, safe=True)
        link = made.get("link") or made.get("url")
        if not isinstance(link, str):
            raise Unreadable("POST /ssoLinks", "the answer holds no link.")
        return link

    def subscribe(self, url: str, secret: str) -> Record:
        """Have all results sent to an address, signed with a secret; an address that is subscribed takes the secret."""
        wanted = {**_EVENT, "url": url, "secret": secret, "active": True}
        known = self._subscription(url)
        if known is not None:
            return self._caller.record("PUT", f"/webhooks/{known['id']}", json=wanted)
        return self._caller.made_once(
            lambda: self._subscription(url), lambda: self._caller.record("POST", "/webhooks", json=wanted)
        )

    def unsubscribe(self, url: str) -> None:
        """End the subscription of an address; where there is none there is nothing to do."""
        known = self._subscription(url)
        if known is not None:
            self._caller.send("DELETE", f"/webhooks/{known['id']}")

    def _subscription(self, url: str) -> Record | None:
        return next((each for each in self._caller.records("GET", "/webhooks") if each.get("url") == url), None)


@dataclass(frozen=True)
class Result:
    """What a client needs of a finished attempt; ``content`` is all that was sent."""

    attempt: int
    authorization: str | None
    candidate: str | None
    points: float
    passed: bool
    finished: datetime
    content: Record

    @classmethod
    def of(cls, content: Record) -> "Result":
        """Read the body of a webhook; raise ``Rejected``."""
        try:
            return cls(
                attempt=int(content["id"]),
                authorization=(content.get("authorization") or {}).get("externalId"),
                candidate=content["candidate"].get("externalId"),
                points=float(content["pointsScored"]),
                passed=content["passed"] is True,
                finished=datetime.fromisoformat(content["finished"]),
                content=content,
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise Rejected(f"The body is not a finished attempt: {error!r}.") from error


class Results:
    """The inlet of results: keeps the newest of each attempt in ``newest``, by the attempt's id."""

    def __init__(
        self,
        secret: str,
        *,
        clock: Callable[[], float] = time.time,
        on_result: Callable[[Result], object] = lambda result: None,
    ) -> None:
        self.newest: dict[int, Result] = {}
        self._secret = secret
        self._clock = clock
        self._on_result = on_result

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge one request; raise ``Forged`` or ``Rejected``."""
        verify(headers, body, self._secret, now=self._clock())
        content = Result.of(content_of(body)).content
        delivery = headers.get("webhook-id") or headers.get("x-ytm-delivery", "")
        # The delivery's id may not be signed, so alone it could be used to pass a later result off as a duplicate.
        return Message(f"{delivery} {id_of(body)}", content)

    def take(self, message: Message) -> None:
        """Keep a result, unless a later one of the same attempt is kept already."""
        result = Result.of(message.content)
        kept = self.newest.get(result.attempt)
        if kept is None or (result.finished >= kept.finished and result != kept):
            self.newest[result.attempt] = result
            self._on_result(result)


def verify(headers: Headers, body: bytes, secret: str, *, now: float, tolerance: float = 300.0) -> None:
    """Raise ``Forged`` unless the body is signed with the secret, in either of the two ways. ``now`` is Unix time.

    The bytes are to be verified as they came: JSON that was parsed and written again has another signature.
    """
    if "webhook-signature" in headers:
        genuine = standard_webhooks.is_genuine(headers, body, secret, now=now, tolerance=tolerance)
    else:
        expected = f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"
        genuine = hmac.compare_digest(expected.encode(), headers.get("x-ytm-signature", "").encode())
    if not genuine:
        raise Forged("The signature is missing, of another time, or not made with our secret.")


def _user(external_id: str) -> str:
    return f"/users/externalId={quote(external_id, safe='')}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
