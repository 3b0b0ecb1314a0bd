"""One request through an operation: who are you, what did you say, may it happen, and what is remembered of it."""

import logging
from collections.abc import Mapping
from functools import partial
from http.client import responses

import msgspec

from mockserver.core.errors import ApiError, MethodNotAllowed, TooLarge, error_of
from mockserver.core.faults.header import NoSuchFault
from mockserver.core.faults.strike import around, is_calm
from mockserver.core.journal import Exchange
from mockserver.core.operation import Answer, Html, Operation, Request
from mockserver.core.outcome import Outcome
from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")
LARGEST_BODY = 1024 * 1024
BUG = "X-Mockserver-Bug"
_OVERHEAD = 300


def perform(sandbox: Sandbox, operation: Operation, params: Mapping[str, str], request: Request) -> Outcome:
    """Answer a request that an operation matched, faults included, and journal it. Never raises."""
    bug, fault, answered = False, "", operation.id
    work = partial(_perform, sandbox, operation, params, request)
    try:
        if is_calm(sandbox, request):
            outcome = work()
        else:
            refuse = partial(_refusal_of, operation, request)
            outcome, fault = around(sandbox, operation.id, request, work, refuse)
    except NoSuchFault as error:
        outcome, answered = _misnamed(error), ""
    except Exception:
        LOG.exception("%s failed on %s %s", operation.id, request.method, request.target)
        outcome, bug = _bug(operation), True
    record(sandbox, operation.vendor, answered, request, outcome, bug=bug, fault=fault)
    return outcome


def refuse_method(sandbox: Sandbox, nearest: Operation, allowed: str, request: Request) -> Outcome:
    """Answer a known path with a method that it does not have, in the vendor's envelope."""
    error = MethodNotAllowed(f"{request.method} is not allowed here; allowed: {allowed}.", headers={"Allow": allowed})
    outcome = _refusal(error, nearest, request)
    record(sandbox, nearest.vendor, "", request, outcome)
    return outcome


def _perform(sandbox: Sandbox, operation: Operation, params: Mapping[str, str], request: Request) -> Outcome:
    try:
        return _fulfil(sandbox, operation, params, request)
    except ApiError as error:
        return _refusal(error, operation, request)


def _fulfil(sandbox: Sandbox, operation: Operation, params: Mapping[str, str], request: Request) -> Outcome:
    if len(request.body) > LARGEST_BODY:
        raise TooLarge(f"The body is over {LARGEST_BODY} bytes.", fields={"body": [f"At most {LARGEST_BODY} bytes."]})
    state = sandbox.states[operation.vendor]
    arguments: dict[str, object] = dict(params)
    with sandbox.transaction():
        caller = operation.caller(state, request)
        if operation.wants_caller:
            arguments["caller"] = caller
        if operation.accepts:
            data: dict[str, object] = {}
            for source in operation.accepts:
                data.update(source.load(request))
            arguments["data"] = data
        answer = operation.function(state, **arguments)
        body = answer.body if operation.returns is None else operation.returns.dump(answer.body)
        sandbox.paces.polled(operation, arguments)
    return _outcome(answer, body)


def _outcome(answer: Answer, body: object) -> Outcome:
    if body is None:
        return Outcome(answer.status, answer.headers, b"")
    if isinstance(body, bytes):
        return Outcome(answer.status, answer.headers, body)
    if isinstance(body, Html):
        return Outcome(answer.status, {"Content-Type": "text/html; charset=utf-8", **answer.headers}, body.encode())
    encoded = msgspec.json.encode(body)
    return Outcome(answer.status, {"Content-Type": "application/json", **answer.headers}, encoded)


def _refusal(error: ApiError, operation: Operation, request: Request) -> Outcome:
    answer = operation.errors(error, request)
    headers = {**error.headers, **answer.headers}
    return _outcome(Answer(status=answer.status, headers=headers), answer.body)


def _refusal_of(operation: Operation, request: Request, status: int) -> Outcome:
    """Return the vendor's error of a status as if a verb had raised it."""
    outcome = _refusal(error_of(status, f"{responses.get(status, 'Error')}."), operation, request)
    return Outcome(status, outcome.headers, outcome.body)


def _misnamed(error: NoSuchFault) -> Outcome:
    """Return mockserver's own refusal of a request that names its fault wrongly."""
    body = {"title": "No such fault", "status": 400, "detail": error.message, "errors": error.fields}
    return Outcome(400, {"Content-Type": "application/problem+json"}, msgspec.json.encode(body))


def _bug(operation: Operation) -> Outcome:
    body = {
        "title": "mockserver failed",
        "status": 500,
        "detail": f"{operation.id} raised an error that is a defect of mockserver; its log has the traceback.",
    }
    headers = {"Content-Type": "application/problem+json", BUG: operation.id}
    return Outcome(500, headers, msgspec.json.encode(body))


def record(
    sandbox: Sandbox,
    vendor: str,
    operation: str,
    request: Request,
    outcome: Outcome,
    *,
    bug: bool = False,
    fault: str = "",
) -> None:
    """Journal one exchange as the client sees it; ``operation`` is empty when none answered."""
    status, body = seen(outcome)
    asked, answered = _lines(request.headers), _lines(outcome.headers) if status else ""
    size = _OVERHEAD + len(request.target) + len(asked) + len(request.body) + len(answered) + len(body)
    sandbox.journalize(
        lambda number: Exchange(
            number=number,
            at=sandbox.clock.now(),
            vendor=vendor,
            operation=operation,
            method=request.method,
            target=request.target,
            client=request.client,
            request_headers=asked,
            request_body=request.body,
            status=status,
            answer_headers=answered,
            answer_body=body,
            size=size,
            bug=bug,
            fault=fault,
        )
    )


def seen(outcome: Outcome) -> tuple[int, bytes]:
    """Return the status and the part of the body that get through to the client; 0 and nothing if no answer does."""
    if outcome.wire is None or outcome.wire.kind == "drip":
        return outcome.status, outcome.body
    if outcome.wire.kind == "truncated":
        return outcome.status, outcome.body[: outcome.wire.size]
    return 0, b""


def _lines(headers: Mapping[str, str]) -> str:
    return "\n".join([f"{name}: {value}" for name, value in headers.items()])
