"""Where faults strike: around the work that a request asks for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.core.faults.header import HEADER, one_off
from mockserver.core.faults.rules import Refuse, Struck
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

_NAME = HEADER.lower()
_UNTOUCHED = Outcome(503, {}, b"")
"""What a request comes to for which nothing was done, for a fault to make something of."""

Work = Callable[[], Outcome]


def is_calm(sandbox: "Sandbox", request: Request) -> bool:
    """Tell whether nothing can strike this request."""
    return not len(sandbox.faults) and not (sandbox.faults.header and _NAME in request.headers)


def around(sandbox: "Sandbox", operation: str, request: Request, work: Work, refuse: Refuse) -> tuple[Outcome, str]:
    """Do the work between the points where faults strike; return what comes of it and the kind that struck, or "".

    A request that names its own fault is left alone by the rules. Raises ``NoSuchFault`` for a header that names
    it wrongly, before anything is done.
    """
    if sandbox.faults.header and _NAME in request.headers:
        return _by_header(sandbox, request, work, refuse)
    return _by_rules(sandbox, operation, request, work, refuse)


def _by_header(sandbox: "Sandbox", request: Request, work: Work, refuse: Refuse) -> tuple[Outcome, str]:
    with sandbox.transaction():
        struck, at = one_off(request.headers[_NAME], request, refuse, sandbox)
    if at == "before":
        return struck.spoil(_UNTOUCHED), struck.kind
    outcome = work()
    return _spoilt(struck if struck.fault.fits(outcome, request) else None, outcome)


def _by_rules(sandbox: "Sandbox", operation: str, request: Request, work: Work, refuse: Refuse) -> tuple[Outcome, str]:
    with sandbox.transaction():
        struck, passed = sandbox.faults.before(operation, request, refuse)
    if struck:
        return struck.spoil(_UNTOUCHED), struck.kind
    outcome = work()
    for each in passed:
        outcome = each.let_pass(outcome)
    with sandbox.transaction():
        struck = sandbox.faults.after(operation, request, refuse, outcome)
    return _spoilt(struck, outcome)


def _spoilt(struck: Struck | None, outcome: Outcome) -> tuple[Outcome, str]:
    return (struck.spoil(outcome), struck.kind) if struck else (outcome, "")
