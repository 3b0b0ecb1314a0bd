"""Clients that send something else than the reference client means to, or take an answer otherwise."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests

from contract_tests.twins.edits import Edit, edited
from contract_tests.twins.twin import ClientTwin

Send = Callable[[], requests.Response]
Alter = Callable[[requests.PreparedRequest, Send], requests.Response]
"""Sends a prepared request in its own way."""

_ALONE = {401: "caller.unauthorized-is-final", 403: "caller.forbidden-is-final"}
"""Statuses after which a call that is made again breaks a clause of its own."""


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


def as_text(request: requests.PreparedRequest) -> None:
    """Call a body plain text."""
    request.headers["Content-Type"] = "text/plain"


def repeating_refusals(*statuses: int) -> Callable[[], Alter]:
    """Send again at once what was refused with one of the statuses."""

    def alter(request: requests.PreparedRequest, send: Send) -> requests.Response:
        response = send()
        return send() if response.status_code in statuses else response

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


def manners(twin: Callable[..., ClientTwin], client: type, *refusals: int) -> list[ClientTwin]:
    """Return the twins that a client of any vendor has: of its patience, and of statuses that it asks again after.

    401 and 403 have a twin each, the other statuses one together.
    """

    def impatient(self: Any, **given: Any) -> None:
        client.__init__(self, **given, attempts=1)  # type: ignore[misc]

    def repeats(label: str, clause: str, *statuses: int) -> ClientTwin:
        listed = re.sub(r", (\d+)$", r" or \1", ", ".join(map(str, statuses)))
        wrong = f"sends again at once what was refused with {listed}"
        return twin(label=label, wrong=wrong, clause=clause, adapter=through(client, repeating_refusals(*statuses)))

    return [
        repeats("repeats-refusals", "caller.refusal-is-final", *(each for each in refusals if each not in _ALONE)),
        *(repeats(f"repeats-{each}", _ALONE[each], each) for each in refusals if each in _ALONE),
        twin(
            label="deaf",
            wrong="overlooks Retry-After",
            clause="caller.retry-after",
            adapter=through(client, deaf_to_retry_after()),
        ),
        twin(
            label="impatient",
            wrong="does not try again after 503",
            clause="caller.tries-again",
            adapter=type(client.__name__, (client,), {"__init__": impatient}),
        ),
    ]


def _fits(request: requests.PreparedRequest, method: str, path: str) -> bool:
    return method in {"*", request.method} and re.search(path, urlsplit(str(request.url)).path) is not None
