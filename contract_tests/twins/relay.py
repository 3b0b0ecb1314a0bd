"""Spoils the webhooks of a server: subscriptions lead through the proxy, which passes on something else."""

import http.client
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from contract_tests.twins.edits import Edit, edited, turned
from contract_tests.twins.proxy import Answered, Asked, Forward, Spoil

_RELAY = "/relay-of-a-twin/"


def relaying(field: str, *edits: Edit, kind: str = "") -> Callable[[], Spoil]:
    """Edit webhooks on their way to the address that a field of a request has; ``kind`` is another content type."""

    def made() -> Spoil:
        addresses: list[str] = []

        def spoil(asked: Asked, forward: Forward) -> Answered:
            if asked.path.startswith(_RELAY):
                headers = {**asked.headers, **({"content-type": kind} if kind else {})}
                said = edited(asked.body, edits) if edits else asked.body
                return _passed_on(addresses[int(asked.path[len(_RELAY) :])], replace(asked, headers=headers, body=said))
            here = f"http://{asked.headers['host']}{_RELAY}"

            def divert(url: Any) -> Any:
                if not isinstance(url, str) or not url.startswith("http://127.0.0.1"):
                    return url
                if url not in addresses:
                    addresses.append(url)
                return f"{here}{addresses.index(url)}"

            diverted = (
                edited(asked.body, (turned(divert, field),)) if f'"{field}"'.encode() in asked.body else asked.body
            )
            return _undiverted(forward(replace(asked, body=diverted)), here, addresses)

        return spoil

    return made


def _undiverted(answered: Answered, here: str, addresses: list[str]) -> Answered:
    body = answered.body
    for number in reversed(range(len(addresses))):
        body = body.replace(f"{here}{number}".encode(), addresses[number].encode())
    return replace(answered, body=body)


def _passed_on(url: str, asked: Asked) -> Answered:
    there = urlsplit(url)
    connection = http.client.HTTPConnection(there.netloc, timeout=10)
    headers = {
        name: value for name, value in asked.headers.items() if name not in {"host", "content-length", "connection"}
    }
    try:
        connection.request(asked.method, f"{there.path}?{there.query}".rstrip("?"), asked.body, headers)
        response = connection.getresponse()
        return Answered(response.status, {}, response.read())
    except OSError:
        return Answered(502, {}, b"")  # nobody listens there
    finally:
        connection.close()
