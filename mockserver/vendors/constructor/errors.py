"""How the API of Constructor Proctor refuses; no document shows it, all of it is inferred."""

from mockserver.core.errors import ApiError
from mockserver.core.operation import Answer, Request


def envelope(error: ApiError, request: Request) -> Answer:
    """Return ``{field: [messages]}`` for what is wrong with the request's content, ``{detail}`` for the rest."""
    body = error.fields if error.status == 400 and error.fields else {"detail": error.message}
    return Answer(body, error.status)
