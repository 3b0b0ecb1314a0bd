"""The admin API's view of the journal."""

from flask import Blueprint, Response

from mockserver.admin.access import all_sandboxes, answer, query, the_sandbox
from mockserver.admin.redaction import describe, names_of
from mockserver.admin.schemas import JournalSchema
from mockserver.core.errors import NotFound
from mockserver.core.journal import Exchange

journal = Blueprint("journal", __name__)


@journal.get("/sandboxes/<name>/journal")
def list_exchanges(name: str) -> Response:
    """List exchanges, oldest first, and tell how many were evicted."""
    asked = query(JournalSchema())
    after, limit = asked.pop("after"), asked.pop("limit")
    held = the_sandbox(name).journal
    chosen = [
        each
        for each in held
        if each.number > after and all(getattr(each, field) == value for field, value in asked.items())
    ]
    shown = [describe(each, _secrets(each)) for each in chosen[:limit]]
    return answer({"total": len(chosen), "kept": len(held), "evicted": held.evicted, "exchanges": shown})


@journal.get("/sandboxes/<name>/journal/<int:number>")
def read_exchange(name: str, number: int) -> Response:
    """Read one exchange whole."""
    found = next((each for each in the_sandbox(name).journal if each.number == number), None)
    if found is None:
        raise NotFound(f"The journal has no exchange {number}.", field="number")
    return answer(describe(found, _secrets(found), whole=True))


@journal.delete("/sandboxes/<name>/journal")
def clear_journal(name: str) -> Response:
    """Forget the exchanges so far."""
    return answer({"deleted": the_sandbox(name).journal.clear()})


def _secrets(exchange: Exchange) -> frozenset[str]:
    """Return what to mask: the vendor's secret names, or everybody's for a path outside the vendors."""
    vendors = all_sandboxes().vendors
    return frozenset().union(*(names_of(each) for each in vendors if exchange.vendor in ("", each.name)))
