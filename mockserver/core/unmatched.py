"""What to tell a client whose path no operation has: that it is mockserver speaking, and what it may have meant."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from mockserver.core.operation import Operation, Request
from mockserver.core.outcome import Outcome
from mockserver.core.pipeline import record
from mockserver.core.sandbox import Sandbox

HEADER = "X-Mockserver-Unmatched"
_SHOWN = 3
_LONGEST = 300


def answer_unmatched(sandbox: Sandbox, vendor: str, operations: Sequence[Operation], request: Request) -> Outcome:
    """Answer 404 with the nearest of the operations, and journal it; ``vendor`` is empty for a path outside them."""
    where = f"/{vendor}{request.path}" if vendor else request.path
    body = {
        "title": "No operation has this path",
        "status": 404,
        "detail": f"There is no {request.method} {where[:_LONGEST]}; the nearest operations are listed.",
        "nearest": [
            {"operation": each.id, "method": each.method, "path": f"/{each.vendor}{each.path}"}
            for each in nearest(operations, where)[:_SHOWN]
        ],
    }
    headers = {"Content-Type": "application/problem+json", HEADER: "true"}
    outcome = Outcome(404, headers, msgspec.json.encode(body))
    record(sandbox, vendor, "", request, outcome)
    return outcome


def nearest(operations: Sequence[Operation], path: str) -> list[Operation]:
    """Return the operations, those first whose path (the vendor's name in front) is most alike."""
    matcher = SequenceMatcher(b=path[:_LONGEST], autojunk=False)

    def likeness(operation: Operation) -> float:
        matcher.set_seq1(f"/{operation.vendor}{operation.path}")
        return matcher.ratio()

    return sorted(operations, key=likeness, reverse=True)
