"""Clients that send something else than the reference client means to, or take an answer otherwise."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests

from contract_tests.twins.edits import Edit, edited

Send = Callable[[], requests.Response]
Alter = Callable[[requests.PreparedRequest, Send], requests.Response]
"""Sends a prepared request in its own way."""


class Altered(requests.Session):
    """A session through which every request goes in another way."""

    def __init__(self, alter: Alter) -> None:
        super().__init__()
        self._alter = alter

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """Send a request."""
        whole = super().send
        return self._alter(request, lambda: whole(request, **how))


def through(client: type, alter: Callable[[], Alter]) -> type:
    """Return the class of a client whose requests go through an alteration, made anew for each client."""

    def __init__(self: Any, **given: Any) -> None:  # noqa: N807 - it is one
        client.__init__(self, session=Altered(alter()), **given)  # type: ignore[misc]

    return type(client.__name__, (client,), {"__init__": __init__, "__doc__": client.__doc__})


def calling(method: str, path: str, change: Callable[[requests.PreparedRequest], object]) -> Callable[[], Alter]:
    """Change the requests of a method (``*`` for all) whose path a pattern is found in."""

    def alter(request: requests.PreparedRequest, send: Send) -> requests.Response:
        if _fits(request, method, path):
            change(request)
        return send()

    return lambda: alter


def saying(method: str, path: str, *edits: Edit) -> Callable[[], Alter]:
    """Edit the JSON bodies of some requests."""

    def change(request: requests.PreparedRequest) -> None:
        if request.body:
            body = request.body if isinstance(request.body, bytes) else request.body.encode()
            request.body = edited(body, edits)
            request.headers["Content-Length"] = str(len(request.body))

    return calling(method, path, change)


def with_header(name: str, value: str | None) -> Callable[[requests.PreparedRequest], object]:
    """Give a request a header, or take it away."""

    def change(request: requests.PreparedRequest) -> None:
        request.headers.pop(name, None)
        if value is not None:
            request.headers[name] = value

    return change


def at_url(pattern: str, other: str) -> Callable[[requests.PreparedRequest], object]:
    """Send a request somewhere else."""

    def change(request: requests.PreparedRequest) -> None:
        request.url = re.sub(pattern, other, str(request.url))

    return change


def as_form(request: requests.PreparedRequest) -> None:
    """Call a body a form that is none."""
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"


def as_text(request: requests.PreparedRequest) -> None:
    """Call a body plain text."""
    request.headers["Content-Type"] = "text/plain"


def repeating_refusals(*statuses: int) -> Callable[[], Alter]:
    """Send again at once what was refused with one of the statuses, with any of 400 to 499 if none is named."""

    def alter(request: requests.PreparedRequest, send: Send) -> requests.Response:
        response = send()
        fits = response.status_code in statuses if statuses else 400 <= response.status_code < 500
        return send() if fits else response

    return lambda: alter


def resending(method: str, path: str) -> Callable[[], Alter]:
    """Send again at once what was not answered."""

    def alter(request: requests.PreparedRequest, send: Send) -> requests.Response:
        try:
            return send()
        except requests.ConnectionError:
            if not _fits(request, method, path):
                raise
            return send()

    return lambda: alter


def deaf_to_retry_after() -> Callable[[], Alter]:
    """Overlook what the server says of when to come again."""

    def alter(request: requests.PreparedRequest, send: Send) -> requests.Response:
        response = send()
        response.headers.pop("Retry-After", None)
        return response

    return lambda: alter


def first_forever(header: str, path: str) -> Callable[[], Alter]:
    """Show the first value of a header at every call."""

    def made() -> Alter:
        kept: list[str] = []

        def alter(request: requests.PreparedRequest, send: Send) -> requests.Response:
            if _fits(request, "*", path) and header in request.headers:
                kept.append(request.headers[header])
                request.headers[header] = kept[0]
            return send()

        return alter

    return made


def _fits(request: requests.PreparedRequest, method: str, path: str) -> bool:
    return method in {"*", request.method} and re.search(path, urlsplit(str(request.url)).path) is not None
