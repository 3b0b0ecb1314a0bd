"""An RSGI application that sends the outcome which a request describes: ``?status=200&body=abc&kind=drip&size=1``."""

from typing import Any
from urllib.parse import parse_qsl

from mockserver.core.outcome import Outcome, Wire
from mockserver.fronts.answer import sendable
from mockserver.fronts.wire import Sufferer

SUFFERER = Sufferer()


async def app(scope: Any, proto: Any) -> None:
    asked = dict(parse_qsl(scope.query_string))
    wire = Wire(asked["kind"], int(asked.get("size", 0)), float(asked.get("seconds", 0))) if "kind" in asked else None  # type: ignore[arg-type]
    body = asked.get("body", "").encode()
    outcome, lines = sendable(Outcome(int(asked.get("status", 200)), {}, body, float(asked.get("delay", 0)), wire))
    await SUFFERER.send(outcome, lines, b"" if scope.method == "HEAD" else body, scope, proto)
