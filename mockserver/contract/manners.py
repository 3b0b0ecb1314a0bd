"""How any client of any vendor had better behave: what HTTP asks for, and what experience advises.

No vendor documents these, so none of them is ``documented``: what an RFC asks for is ``public`` and warns, advice is
``inferred`` and is shown.
"""

from collections.abc import Mapping
from typing import Any

from mockserver.contract.contract import Contract

_SOURCES = {
    "rfc9110": {"title": "RFC 9110, HTTP Semantics"},
    "rfc6749": {"title": "RFC 6749, The OAuth 2.0 Authorization Framework"},
}

_ASKED = {
    "caller.retry-after": (
        "rfc9110",
        "A client that is told Retry-After does not call again before that time (section 10.2.3).",
    ),
    "caller.no-second-effect": (
        "rfc9110",
        "A request that is not idempotent is not repeated by itself, unless it is known that the first was not carried "
        "out or that the repetition does nothing more (section 9.2.2).",
    ),
    "caller.forbidden-is-final": (
        "rfc9110",
        "A request that was refused with 403 is not repeated with the same credentials (section 15.5.4).",
    ),
    "caller.unauthorized-is-final": (
        "rfc9110",
        "A request that was refused with 401 is repeated with other credentials only (section 15.5.2).",
    ),
    "caller.unknown-token-fields": (
        "rfc6749",
        "A client ignores names in a token answer that it does not know (section 5.1).",
    ),
}
_ADVISED = {
    "caller.refusal-is-final": "A request that was refused with 4xx is not repeated as it was.",
    "caller.refusal-is-told": "A verb that was refused raises; a refusal is not taken for a success.",
    "caller.tries-again": "After 503 with the work not done a client tries again some time later, a few times.",
    "caller.gives-up": "A client gives up after some attempts and says so.",
    "caller.lost-answer": "After a lost answer a client finds out what became of the work, and completes it.",
    "caller.unknown-fields": "A client ignores fields of an answer that it does not know.",
    "caller.webhook-verified": "A client refuses a webhook whose signature is missing or wrong, over its raw bytes.",
    "caller.webhook-fresh": "A client refuses a signed webhook that is much older than its clock, if it can tell.",
    "caller.webhook-once": "A webhook that comes twice takes effect once.",
    "caller.webhook-late": "A webhook that comes late or out of order takes effect as if it had come in time.",
    "caller.links-not-stored": "A link that is good for once or for a short time is asked for anew for each use.",
    "caller.order": "No call is made before the one whose answer it depends on, and none after that one failed.",
}


def with_manners(vendor: str, document: Mapping[str, Any]) -> Contract:
    """Return the contract of a vendor with these rules besides, as rules of the client's side."""
    asked = [_rule(name, says, "public", source) for name, (source, says) in _ASKED.items()]
    advised = [_rule(name, says, "inferred", None) for name, says in _ADVISED.items()]
    return Contract(
        vendor,
        {
            **document,
            "x-sources": {**document.get("x-sources", {}), **_SOURCES},
            "x-rules": [*document.get("x-rules", ()), *asked, *advised],
        },
    )


def _rule(name: str, says: str, confidence: str, source: str | None) -> dict[str, Any]:
    return {"id": name, "says": says, "confidence": confidence, "source": source, "side": "client"}
