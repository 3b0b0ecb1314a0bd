"""What a verb, a schema or a way of authentication raises to refuse a request."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

Fields = Mapping[str, Sequence[str]]
"""What is wrong, by the place of the field: ``{"user.email": ["Not a valid email address."]}``."""


class ApiError(Exception):
    """A refusal that the vendor puts into its own envelope; a state that raises one has changed nothing.

    ``code`` is the vendor's own name for the error, where the raiser knows it.
    """

    status: ClassVar[int] = 400

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Fields | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.fields: Fields = fields or {}
        self.headers = dict(headers or {})


class BadRequest(ApiError):
    """The request has the wrong form or content."""


class MalformedBody(BadRequest):
    """The body could not be read at all: broken JSON, invalid UTF-8, too deep."""


class Unauthorized(ApiError):
    """The caller did not say who it is, or said it wrongly."""

    status = 401


class Forbidden(ApiError):
    """The caller is known and may not do this."""

    status = 403


class NotFound(ApiError):
    """Nothing of this kind has this key."""

    status = 404

    def __init__(self, message: str, *, collection: str = "", field: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code, fields={field: [message]} if field else None)
        self.collection = collection
        self.field = field


class MethodNotAllowed(ApiError):
    """The path is known, the method is not."""

    status = 405


class Conflict(ApiError):
    """What is remembered forbids it: a taken key, an illegal move."""

    status = 409


class Gone(ApiError):
    """It existed, and has been used up, expired or erased."""

    status = 410


class TooLarge(ApiError):
    """The body is over the limit."""

    status = 413


class UnsupportedMediaType(ApiError):
    """The body is not of a content type that is read here."""

    status = 415


class Full(ApiError):
    """A limit on what one process remembers is reached; nothing is evicted silently."""

    status = 507


def error_of(status: int, message: str) -> ApiError:
    """Return an error of any status, 400 to 599, that no verb has a reason for."""
    error: ApiError = type("ApiError", (ApiError,), {"status": status})(message)
    return error
