"""YouTestMe's error envelope; no document shows one, so its shape and codes are inferred."""

import re

from mockserver.core.errors import ApiError, MalformedBody, NotFound
from mockserver.core.operation import Answer, Request

_CODES = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    405: "METHOD_NOT_ALLOWED",
    409: "DUPLICATE",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}
_KINDS = {
    "users": "USER_NOT_FOUND",
    "tests": "TEST_NOT_FOUND",
    "authorizations": "AUTHORIZATION_NOT_FOUND",
    "webhooks": "WEBHOOK_NOT_FOUND",
}
_UNDERSCORE = re.compile(r"_([a-z])")


def envelope(error: ApiError, request: Request) -> Answer:
    """Return ``{status, error, message, errors: [{field, message}], path}``; verbs name fields in snake_case."""
    errors = [
        {"field": _on_the_wire(field), "message": said} for field, messages in error.fields.items() for said in messages
    ]
    body = {
        "status": error.status,
        "error": _code(error),
        "message": error.message,
        "errors": errors,
        "path": request.path,
    }
    return Answer(body, error.status)


def _code(error: ApiError) -> str:
    if error.code:
        return error.code
    if isinstance(error, MalformedBody):
        return "MALFORMED_JSON"
    if isinstance(error, NotFound) and error.collection in _KINDS:
        return _KINDS[error.collection]
    return _CODES.get(error.status, "ERROR")


def _on_the_wire(field: str) -> str:
    return _UNDERSCORE.sub(lambda match: match[1].upper(), field)
