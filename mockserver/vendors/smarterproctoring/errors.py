"""How SmarterProctoring refuses: codes as the guide lists them in one flat object, and a page for people."""

from mockserver.core.errors import ApiError
from mockserver.core.operation import Answer, Request
from mockserver.core.pages import Pages

TITLE = "SmarterProctoring"

pages = Pages(__package__, TITLE)

_CODES = {
    401: "AUTHENTICATIONFAILED",
    403: "AUTHENTICATIONFAILED",
    404: "RESOURCENOTFOUND",
    405: "UNSUPPORTEDHTTPVERB",
    507: "INTERNALERROR",
}
# The guide knows one code and status for what is wrong with a request, and none for what its moment forbids.
_STATUSES = {409: 400, 415: 400}


def envelope(error: ApiError, request: Request) -> Answer:
    """Return ``{code, message, status}``; the message begins with the field at fault."""
    status = _STATUSES.get(error.status, error.status)
    code = error.code or _CODES.get(error.status, "INVALIDINPUT")
    return Answer({"code": code, "message": _message(error), "status": status}, status)


def refusal_page(error: ApiError, request: Request) -> Answer:
    """Return the reason as a page."""
    return Answer(pages.render("refused.html", error=error), error.status)


def _message(error: ApiError) -> str:
    field = next(iter(error.fields), "")
    return error.message if field in error.message else f"{field}: {error.message}"
