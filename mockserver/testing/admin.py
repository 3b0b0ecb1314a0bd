"""The admin API of a server, over HTTP."""

import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlencode

from mockserver.testing.values import as_json, as_query

# Whatever a call waits for at the server takes no longer than this: receivers of webhooks, and waits for exchanges.
_PATIENCE = 120.0
_CONNECTIONS = 64
_LOGGERS = ("urllib3.connectionpool", "urllib3.util.retry")
_is_calling = ContextVar("_is_calling", default=False)


class Refused(Exception):
    """The admin API refused a call; the message names the fields at fault."""

    def __init__(self, call: str, status: int, detail: str, errors: dict[str, list[str]]) -> None:
        fields = [f"{name}: {' '.join(said)}" for name, said in errors.items() if detail not in said]
        self.reason = "\n".join([detail, *(each for each in fields if each != detail)])
        super().__init__(f"{call} is refused with {status}: {self.reason}")
        self.status = status


class Unreachable(Exception):
    """No mockserver answers at the address."""


def is_told(failure: Any) -> bool:
    """Tell whether an exception, as pytest has it, says everything itself, so that a traceback ends in the test."""
    return issubclass(failure.type, Refused | Unreachable | ValueError | TypeError | LookupError)


__tracebackhide__ = is_told


class Admin:
    """Calls the admin API of the server at an origin; ``epitaph`` tells why a server that has ended did."""

    def __init__(self, origin: str, epitaph: Callable[[], str] = str) -> None:
        # Not requests, which the tests of a client often replace by something that refuses all unexpected calls.
        import urllib3

        for name in _LOGGERS:
            logging.getLogger(name).addFilter(_is_anothers)
        self.origin = origin
        self._epitaph = epitaph
        self._failed = urllib3.exceptions.HTTPError
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS, retries=False, timeout=_PATIENCE)

    def call(self, method: str, path: str, body: Any = None, /, **query: Any) -> Any:
        """Return the JSON that a call answers, None if there is none; raise ``Refused`` and ``Unreachable``.

        ``path`` is below ``/__admin``. A body that is a text is sent as YAML, anything else as JSON. Of the query what
        is None is left out. Raises ``ValueError`` and ``TypeError`` for what cannot be sent.
        """
        said = self.text(method, path, body, **query)
        try:
            return json.loads(said) if said else None
        except ValueError:
            raise Unreachable(f"What answers at {self.origin} is no mockserver: {said[:100]!r}.") from None

    def text(self, method: str, path: str, body: Any = None, /, **query: Any) -> str:
        """Return the text that a call answers; otherwise as ``call``."""
        if not path.startswith("/"):
            raise ValueError(f"A path of the admin API begins with a slash: {path!r}.")
        if "body" in query and method.upper() != "GET":
            raise TypeError(f"A body is given without its name: admin({method!r}, {path!r}, {query['body']!r}).")
        given = {name: as_query(value) for name, value in query.items() if value is not None}
        kind = "application/yaml" if isinstance(body, str) else "application/json"
        raw = body if isinstance(body, str) or body is None else as_json(body)
        before = _is_calling.set(True)
        try:
            answer = self._pool.request(
                method,
                f"{self.origin}/__admin{path}{f'?{urlencode(given)}' if given else ''}",
                body=raw.encode() if raw is not None else None,
                headers={} if raw is None else {"Content-Type": kind},
            )
        except self._failed as error:
            reason = str(error).rpartition(": ")[2]
            raise Unreachable(f"No mockserver answers at {self.origin}: {reason}. {self._epitaph()}".strip()) from None
        finally:
            _is_calling.reset(before)
        said = answer.data.decode(errors="replace")
        if answer.status >= 300:
            raise _refusal(f"{method} /__admin{path}", answer.status, said)
        return said

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


def _is_anothers(_: logging.LogRecord) -> bool:
    """Keep the calls made here out of the log, which a test may look at; its client may use the same library."""
    return not _is_calling.get()


def _refusal(call: str, status: int, said: str) -> Refused:
    try:
        problem = json.loads(said)
        return Refused(call, status, problem["detail"], problem.get("errors", {}))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refused(call, status, said[:200], {})
