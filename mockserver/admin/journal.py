"""The admin API's view of the journal."""

from flask import Blueprint, Response

from mockserver.admin.access import all_sandboxes, answer, query, the_sandbox, the_vendor
from mockserver.admin.redaction import describe, names_of
from mockserver.admin.schemas import JournalSchema
from mockserver.core.errors import NotFound

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
    secrets = {vendor.name: names_of(vendor) for vendor in all_sandboxes().vendors}
    shown = [describe(each, secrets[each.vendor]) for each in chosen[:limit]]
    return answer({"total": len(chosen), "kept": len(held), "evicted": held.evicted, "exchanges": shown})


@journal.get("/sandboxes/<name>/journal/<int:number>")
def read_exchange(name: str, number: int) -> Response:
    """Read one exchange whole."""
    found = next((each for each in the_sandbox(name).journal if each.number == number), None)
    if found is None:
        raise NotFound(f"The journal has no exchange {number}.", field="number")
    return answer(describe(found, names_of(the_vendor(found.vendor)), whole=True))


@journal.delete("/sandboxes/<name>/journal")
def clear_journal(name: str) -> Response:
    """Forget the exchanges so far."""
    return answer({"deleted": the_sandbox(name).journal.clear()})
