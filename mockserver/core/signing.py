"""Signatures over the exact bytes of a webhook; whether one is sent, and in which header, is the vendor's."""

import base64
import binascii
import hmac
from datetime import datetime


def hmac_sha256(secret: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a body in lower-case hex."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def standard_webhook(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of Standard Webhooks 1.0.0, version 1 (symmetric).

    The key is what the secret holds in Base64, after ``whsec_`` or without it; a secret that is no Base64 is the key
    itself.
    """
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": standard_signature(secret, message_id, timestamp, body),
    }


def standard_signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the value of ``webhook-signature``; ``timestamp`` is in seconds since 1970."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return f"v1,{base64.b64encode(hmac.new(_key(secret), signed, 'sha256').digest()).decode()}"


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True) or secret.encode()
    except (binascii.Error, ValueError):
        return secret.encode()
