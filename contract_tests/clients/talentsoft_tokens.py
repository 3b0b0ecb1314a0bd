"""Access tokens for a partner of Talentsoft's, by either grant."""

from dataclasses import dataclass
from typing import Any, Unpack

import jwt
import requests

from contract_tests.clients.calling import Caller, Manner, Record, Refused, Unreadable

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_SECONDS = 1200


class TokenRefused(Refused):
    """The token call was refused; ``error`` is OAuth's code, such as ``invalid_client`` or ``invalid_grant``."""

    def __init__(self, call: str, status: int, body: Any) -> None:
        super().__init__(call, status, body)
        self.error = str(body.get("error", "")) if isinstance(body, dict) else ""


@dataclass(frozen=True)
class _Token:
    text: str
    expires: float


class Tokens:
    """Signs requests with an access token, which is used until it expires or is forgotten.

    It is the application's own, or that of a ``recruiter``, an e-mail address that the partner knows too.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        recruiter: str | None = None,
        name: str = "",
        **manner: Unpack[Manner],
    ) -> None:
        self._client_id = client_id
        self._secret = client_secret
        self._recruiter = recruiter
        self._name = name or recruiter
        self._token: _Token | None = None
        self._caller = Caller(base_url, **manner)

    def sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Show the token; raise ``TokenRefused`` or ``Unavailable`` if one is needed and not given."""
        if self._token is None or self._token.expires <= self._caller.clock():
            self._token = self._new_token()
        request.headers["Authorization"] = f"Bearer {self._token.text}"
        return request

    def forget(self) -> None:
        """Ask for another token next time."""
        self._token = None

    def _new_token(self) -> _Token:
        asked = self._caller.clock()
        try:
            given = self._caller.record("POST", "/token", data=self._form(int(asked)), safe=True)
            return _Token(str(given["access_token"]), asked + int(given["expires_in"]))  # a string in the guide
        except Refused as refused:
            raise TokenRefused("POST /token", refused.status, refused.body) from refused
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable("POST /token", f"the answer is no access token ({error!r}).") from error

    def _form(self, now: int) -> dict[str, str]:
        if self._recruiter is None:
            return {"grant_type": "client_credentials", "client_id": self._client_id, "client_secret": self._secret}
        claims: Record = {
            "iss": self._client_id,
            "sub": "TalentSoftMarketPlace",
            "email": self._recruiter,
            "name": self._name,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        return {"grant_type": _JWT_BEARER, "assertion": jwt.encode(claims, self._secret, algorithm="HS256")}
