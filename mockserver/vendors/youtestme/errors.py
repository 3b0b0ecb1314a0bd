"""YouTestMe's error envelope; no document shows one, so its shape and codes are inferred."""

from mockserver.core.errors import ApiError, NotFound
from mockserver.core.operation import Answer, Request

_CODES = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "DUPLICATE",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}


def envelope(error: ApiError, request: Request) -> Answer:
    """Return ``{status, error, message, errors: [{field, message}], path}``."""
    code = error.code or _CODES.get(error.status, "ERROR")
    if isinstance(error, NotFound) and error.collection and not error.code:
        code = f"{error.collection.removesuffix('s').upper()}_NOT_FOUND"
    errors = [{"field": field, "message": said} for field, messages in error.fields.items() for said in messages]
    body = {
        "status": error.status,
        "error": code,
        "message": error.message,
        "errors": errors,
        "path": request.path,
    }
    return Answer(body, error.status)
