"""The two ways in which a partner refuses: the envelope, and OAuth's own form at the token call."""

from mockserver.core.errors import ApiError
from mockserver.core.operation import Answer, Request

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def envelope(error: ApiError, request: Request) -> Answer:
    """Return ``{code, status, message, data}``, its status ``error`` below 500 and ``fail`` from there on."""
    status = "fail" if error.status >= 500 else "error"
    return Answer({"code": error.status, "status": status, "message": error.message, "data": None}, error.status)


def oauth_error(error: ApiError, request: Request) -> Answer:
    """Return ``{error, error_description}`` of RFC 6749; the wrong kind of body is one more invalid request there."""
    code = error.code or ("server_error" if error.status >= 500 else "invalid_request")
    status = 400 if error.status == 415 else error.status
    return Answer({"error": code, "error_description": _printable(error.message)}, status, NO_STORE)


def _printable(text: str) -> str:
    """Return the text in the characters that RFC 6749 allows in a description."""
    return "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in text)
