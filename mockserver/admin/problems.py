"""Refusals that are mockserver's own, never a vendor's: RFC 9457 problem details."""

from collections.abc import Mapping

import msgspec
from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

from mockserver.core.errors import Fields


def problem(
    status: int, detail: str, *, errors: Fields | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an ``application/problem+json`` answer; ``errors`` holds messages by field."""
    body: dict[str, object] = {
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(
        msgspec.json.encode(body),
        status,
        headers=dict(headers or {}),
        content_type="application/problem+json",
    )
