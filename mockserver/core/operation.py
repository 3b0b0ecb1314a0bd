"""What a vendor declares: operations, pages, and what goes in and out of them."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from marshmallow import Schema
from msgspec import Struct

from mockserver.core.errors import ApiError

_PARAMETER = re.compile(r"\{(\w+)\}")
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Request(Struct, frozen=True):
    """One HTTP request, as any front hands it in. Header names are lower-case; ``path`` is below the vendor."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    client: str = ""
    scheme: str = "http"
    target: str = ""
    """The path and query as they stood on the request line, sandbox and vendor included."""


class Answer(Struct, frozen=True):
    """What an operation returns.

    ``body`` is dumped by the operation's schema, if it has one, and sent as JSON. ``Html`` and ``bytes`` (with a
    Content-Type among the headers) are sent as they are, None is no body at all.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = {}


class Html(str):
    """A page: a body that is sent as it is, as HTML."""

    __slots__ = ()


class Source(Protocol):
    """One part of a request that a schema loads: the JSON body, the form, the query string, headers, cookies."""

    where: str
    schema: Schema

    def load(self, request: Request) -> dict[str, Any]:
        """Return what the schema made of it; raise ``BadRequest`` with the fields at fault."""


Caller = Callable[[Any, Request], Any]
"""(state, request) -> who is calling, or raise ``Unauthorized`` or the vendor's own refusal."""

ErrorView = Callable[[ApiError, Request], Answer]
"""(error, request) -> the vendor's envelope."""

F = TypeVar("F", bound=Callable[..., Answer])


def anybody(state: Any, request: Request) -> None:
    """Let everybody in."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: how it is reached, who may, what it reads, and the function that answers.

    The function takes the state, the loaded data as ``data`` if it accepts anything, the path parameters by their
    names in snake_case, and, if it names them, ``caller`` (what the operation's way of knowing its caller returned).
    ``page`` marks what a person sees in a browser and no document describes as an API.
    """

    vendor: str
    name: str
    method: str
    path: str
    function: Callable[..., Answer]
    caller: Caller
    accepts: tuple[Source, ...]
    returns: Schema | None
    errors: ErrorView
    page: bool
    wants_caller: bool
    greedy: frozenset[str]

    @property
    def id(self) -> str:
        """The name it has everywhere: ``vendor.operation_name``."""
        return f"{self.vendor}.{self.name}"

    @property
    def says(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def rule(self) -> str:
        """Return the path as a Werkzeug rule, parameters in snake_case, greedy ones by a converter ``anything``."""
        return _PARAMETER.sub(lambda match: self._placeholder(match[1]), self.path)

    def _placeholder(self, parameter: str) -> str:
        return f"<{'anything:' if parameter in self.greedy else ''}{snake_case(parameter)}>"


def snake_case(name: str) -> str:
    """Return ``install_sid`` for ``installSid``."""
    return _HUMP.sub(r"_\1", name).lower()


class Api:
    """The operations and pages of one vendor; each function is declared once, by the decorators."""

    def __init__(self, vendor: str, *, caller: Caller, errors: ErrorView) -> None:
        self.vendor = vendor
        self.caller = caller
        self.errors = errors
        self.operations: list[Operation] = []

    def operation(
        self,
        method: str,
        path: str,
        *,
        accepts: Source | Sequence[Source] = (),
        returns: Schema | None = None,
        caller: Caller | None = None,
        errors: ErrorView | None = None,
        greedy: Sequence[str] = (),
        page: bool = False,
    ) -> Callable[[F], F]:
        """Declare a function as the operation of its name.

        ``path`` is the documented one with ``{parameters}``; a trailing slash is never insisted on. ``greedy`` names
        parameters that may hold a slash. ``caller`` and ``errors`` are the vendor's unless given.
        """

        def declare(function: F) -> F:
            self.operations.append(
                Operation(
                    vendor=self.vendor,
                    name=function.__name__,
                    method=method,
                    path=path,
                    function=function,
                    caller=caller or self.caller,
                    accepts=tuple(accepts) if isinstance(accepts, Sequence) else (accepts,),
                    returns=returns,
                    errors=errors or self.errors,
                    page=page,
                    wants_caller="caller" in inspect.signature(function).parameters,
                    greedy=frozenset(greedy),
                )
            )
            return function

        return declare

    def page(
        self,
        method: str,
        path: str,
        *,
        errors: ErrorView,
        accepts: Source | Sequence[Source] = (),
        caller: Caller = anybody,
    ) -> Callable[[F], F]:
        """Declare a function as a page that a person sees at the vendor; its answer's body is ``Html``."""
        return self.operation(method, path, accepts=accepts, caller=caller, errors=errors, page=True)
