"""Signatures as https://www.standardwebhooks.com has them: over id, time and body, with a shared secret."""

import base64
import binascii
import hmac
from collections.abc import Mapping


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, *, now: float, tolerance: float) -> bool:
    """Tell whether a request was signed with the secret, at most ``tolerance`` seconds from ``now``, in Unix time.

    Header names are in lower case. There may be several signatures, as while a secret is replaced; one must fit.
    """
    timestamp = headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now - float(timestamp)) > tolerance:
        return False
    signed = b".".join((headers.get("webhook-id", "").encode(), timestamp.encode(), body))
    expected = b"v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256"))
    return any(hmac.compare_digest(expected, each.encode()) for each in headers.get("webhook-signature", "").split(" "))


def _key(secret: str) -> bytes:
    """Return the bytes that a secret holds in Base64; one that is no Base64 is the key itself."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True) or secret.encode()
    except (binascii.Error, ValueError):
        return secret.encode()
