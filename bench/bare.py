"""The yardstick: the smallest RSGI application there is."""

from typing import Any

BODY = b'{"id":100001}'


async def app(scope: Any, proto: Any) -> None:
    proto.response_bytes(200, [("Content-Type", "application/json")], BODY)
