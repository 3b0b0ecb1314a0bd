"""The way in for RSGI, Granian's native interface: what ``mockserver serve`` runs.

Operations are performed on the event loop, where no switch of threads costs anything, unless they would make it wait:
an operation whose sandbox is busy, a large body, a sandbox's first use and the search for what a wrong path may have
meant go to threads. Flask has threads of its own, since calls to the admin API may wait for seconds.

Unlike a WSGI server's, its header names keep their underscores: ``X_API_Key`` is not ``X-API-Key`` here.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]

from mockserver.core.errors import ApiError
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome
from mockserver.core.pipeline import LARGEST_BODY
from mockserver.core.sandbox import Sandbox
from mockserver.core.sandboxes import Sandboxes
from mockserver.fronts import bridge
from mockserver.fronts.answer import BODILESS, defect, sendable, wrong_with
from mockserver.fronts.flask import create_flask
from mockserver.fronts.reading import quoted_query, read_body, read_headers, target_of
from mockserver.fronts.routing import SANDBOX_HEADER, Match, Routing, refusal, split_sandbox
from mockserver.fronts.wire import Sufferer

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

LOG = logging.getLogger("mockserver")
LARGEST_FLASK_BODY = 64 * 1024 * 1024
FLASK_THREADS = 64
"""At least so many: calls of the admin API may wait, each with a thread of its own."""
_SMALL_BODY = 64 * 1024

P = ParamSpec("P")
T = TypeVar("T")


class Front:
    """An RSGI application: operations through the pipeline, everything else through Flask.

    ``threads`` is how many operations may wait for a busy sandbox at a time.
    """

    def __init__(self, sandboxes: Sandboxes, threads: int) -> None:
        self._app = create_flask(sandboxes)
        self._sandboxes = sandboxes
        self._routing = Routing(self._app, sandboxes)
        self._sufferer = Sufferer()
        self._operations = ThreadPoolExecutor(threads, "operations")
        self._flasks = ThreadPoolExecutor(max(threads, FLASK_THREADS), "flask")

    async def __call__(self, scope: "Scope", proto: "HTTPProtocol") -> None:
        """Answer one request."""
        try:
            await self._answer(scope, proto)
        except (ProtocolClosed, ProtocolError):
            proto.response_empty(400, [])  # to a client that left before its request was whole
        except Exception:
            LOG.exception("%s %s failed", scope.method, scope.path)
            await self._send(defect(f"{scope.method} {scope.path} failed."), scope, proto)

    async def _answer(self, scope: "Scope", proto: "HTTPProtocol") -> None:
        headers = read_headers(scope.headers.items())
        whole = scope.path
        name, path = split_sandbox(whole, headers.get(SANDBOX_HEADER))
        if self._routing.is_flasks(path):
            await self._ask_flask(path, headers, scope, proto)
            return
        sandbox = self._sandboxes.find(name)
        if sandbox is None:
            try:
                sandbox = await _in_thread(self._operations, self._sandboxes.get, name)
            except ApiError as error:
                await self._send(refusal(error.status, error.message, error), scope, proto)
                return
        match = self._routing.match(path, headers.get("host", ""), scope.method)
        query = _query(scope)
        request = Request(
            method=scope.method,
            path=match.path,
            query=query,
            headers=headers,
            body=await read_body(proto, headers, LARGEST_BODY + 1),
            client=bridge.host_of(scope.client),
            scheme=scope.scheme,
            target=target_of(whole, query),
        )
        try:
            await self._send(await self._perform(sandbox, match, request), scope, proto)
        finally:
            sandbox.dispatch()

    async def _perform(self, sandbox: Sandbox, match: Match, request: Request) -> Outcome:
        if match.operation is not None and len(request.body) <= _SMALL_BODY and sandbox.lock.acquire(blocking=False):
            try:
                return self._routing.answer(sandbox, match, request)
            finally:
                sandbox.lock.release()
        return await _in_thread(self._operations, self._routing.answer, sandbox, match, request)

    async def _send(self, outcome: Outcome, scope: "Scope", proto: "HTTPProtocol") -> None:
        outcome, lines = sendable(outcome)
        body = b"" if scope.method == "HEAD" or outcome.status in BODILESS else outcome.body
        if outcome.delay or outcome.wire is not None:
            await self._sufferer.send(outcome, lines, body, scope, proto)
        else:
            proto.response_bytes(outcome.status, lines, body)

    async def _ask_flask(self, path: str, headers: Mapping[str, str], scope: "Scope", proto: "HTTPProtocol") -> None:
        body = await read_body(proto, headers, LARGEST_FLASK_BODY + 1)
        if len(body) > LARGEST_FLASK_BODY:
            said = f"The body is over {LARGEST_FLASK_BODY} bytes, the most that is read here."
            await self._send(refusal(413, said), scope, proto)
            return
        environ = bridge.environment(scope, path, _query(scope), body)
        status, lines, answer = await _in_thread(self._flasks, bridge.run, self._app, environ)
        wrong = wrong_with(status, lines)
        if wrong:
            await self._send(defect(f"The answer to {scope.method} {path} cannot be sent: {wrong}."), scope, proto)
        else:
            proto.response_bytes(status, lines, answer)


async def _in_thread(threads: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: work(*args, **kwargs))


def _query(scope: "Scope") -> str:
    query = scope.query_string
    return query if query.isascii() else quoted_query(query.encode())
