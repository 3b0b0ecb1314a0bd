"""Mechanisms for knowing a caller; which of them a vendor uses, and what it answers, is the vendor's."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt
import msgspec
from jwt.algorithms import HMACAlgorithm
from jwt.types import SigOptions

from mockserver.core.errors import MalformedBody
from mockserver.core.operation import Request
from mockserver.core.sources import decode_json

_LAST_SECOND = 10**15


class BadToken(Exception):
    """A JWT that cannot be trusted, and why."""


class _AnyLength(HMACAlgorithm):
    """HS256 with secrets of any length: the vendors' own sample secrets are shorter than RFC 7518 demands."""

    def check_key_length(self, key: bytes) -> str | None:
        return None


def _hs256() -> jwt.PyJWS:
    signatures = jwt.PyJWS(algorithms=[])
    signatures.register_algorithm("HS256", _AnyLength(HMACAlgorithm.SHA256))
    return signatures


# The layer below JWT's: PyJWT itself compares times with the system clock, and here the sandbox's counts.
_JWS = _hs256()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def scheme_value(request: Request, scheme: str) -> str | None:
    """Return what follows the scheme in the Authorization header, None if it has another scheme or is absent."""
    given, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if given.lower() == scheme.lower() else None


def basic(request: Request) -> tuple[str, str] | None:
    """Return user and password of HTTP Basic authentication, None if absent or garbled."""
    value = scheme_value(request, "basic")
    if value is None:
        return None
    try:
        user, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (user, password) if colon else None


def unverified_claims(token: str) -> dict[str, Any]:
    """Return a JWT's claims without trusting them, to find the secret to check it with; raise ``BadToken``."""
    return _claims(token, "", {"verify_signature": False})


def verify_jwt(
    token: str,
    secret: str,
    now: datetime,
    *,
    require: Sequence[str] = ("exp",),
    leeway: timedelta = timedelta(0),
) -> dict[str, Any]:
    """Return the claims of an HS256 JWT, its times compared with sandbox time; raise ``BadToken`` with the reason."""
    claims = _claims(token, secret, {"verify_signature": True})
    for claim in require:
        if claims.get(claim) in (None, ""):
            raise BadToken(f"it has no {claim} claim")
    _check_times(claims, now.timestamp(), leeway.total_seconds())
    return claims


def sign_jwt(claims: dict[str, Any], secret: str) -> str:
    """Return an HS256 JWT."""
    return _JWS.encode(msgspec.json.encode(claims), secret, algorithm="HS256", headers={"typ": "JWT"})


def _claims(token: str, secret: str, options: SigOptions) -> dict[str, Any]:
    try:
        payload = _JWS.decode(token, secret, algorithms=["HS256"], options=options)
        claims = decode_json(payload)
    except jwt.InvalidSignatureError:
        raise BadToken("the signature does not match") from None
    except jwt.InvalidAlgorithmError:
        raise BadToken("its algorithm is not HS256") from None
    except (jwt.PyJWTError, MalformedBody, ValueError, RecursionError) as error:
        raise BadToken(f"it is not a JWT ({error})") from None
    if not isinstance(claims, dict):
        raise BadToken("its payload is not a JSON object")
    return claims


def _check_times(claims: dict[str, Any], now: float, leeway: float) -> None:
    for claim in ("exp", "nbf", "iat"):
        value = claims.get(claim)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LAST_SECOND:
            raise BadToken(f"its {claim} claim is not a number of seconds")
        if claim == "exp" and value + leeway <= now:
            raise BadToken("it has expired")
        if claim != "exp" and value - leeway > now:
            raise BadToken(f"its {claim} claim is in the future")
