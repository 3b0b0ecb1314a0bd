"""Receiving sides with a defect, for the clients of several vendors."""

import json
from collections.abc import Callable

from contract_tests.clients.receiving import Headers, Inlet, Message, content_of


class Trusting:
    """Takes whatever comes as genuine."""

    def __init__(self, inlet: Inlet, read: Callable[[bytes], dict[str, object]] = content_of) -> None:
        self._inlet = inlet
        self._read = read

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge nothing."""
        return Message(None, self._read(body))

    def take(self, message: Message) -> None:
        """Do what the message calls for."""
        self._inlet.take(message)


class TrustingUnsigned(Trusting):
    """Verifies a signature only if there is one; ``signature`` names the headers that one may be in."""

    def __init__(self, inlet: Inlet, *signature: str) -> None:
        super().__init__(inlet)
        self._signature = signature

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge what is signed."""
        signed = any(headers.get(name) for name in self._signature)
        return self._inlet.read(headers, body) if signed else super().read(headers, body)


class Reserializing(Trusting):
    """Verifies the signature of JSON that was parsed and written again."""

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge other bytes than those that came."""
        return self._inlet.read(headers, json.dumps(content_of(body), separators=(",", ":")).encode())
