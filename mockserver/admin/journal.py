"""The admin API's view of the journal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app

from mockserver.admin import exports
from mockserver.admin.access import all_sandboxes, answer, body, query, the_sandbox
from mockserver.admin.journal_schemas import ExportSchema, ListSchema, SecretsSchema, VerifySchema
from mockserver.admin.redaction import describe, names_of
from mockserver.core.errors import ApiError, BadRequest, Conflict, Gone, NotFound
from mockserver.core.journal import Exchange, Kept
from mockserver.core.journal_query import Filter, Window, judge_count, judge_order, select, select_whole, wait
from mockserver.core.near_misses import Miss, asked, near_misses, refused_fields
from mockserver.core.sandbox import Sandbox

if TYPE_CHECKING:
    from flask.sansio.blueprints import BlueprintSetupState

journal = Blueprint("journal", __name__)
_WAITS = "mockserver.waits"
# Half of the threads that answer the admin API, since each wait holds one up.
_MOST_WAITS = 32
_TEXT = "text/plain; charset=utf-8"
_FILES = {"har": ("har", "application/json"), "ndjson": ("ndjson", "application/x-ndjson"), "curl": ("sh", _TEXT)}
_WINDOW = ("after", "since", "until")


class _Busy(ApiError):
    """So many requests wait already that another one might keep the server from answering anybody."""

    status = 503


def _limit_waits(state: "BlueprintSetupState") -> None:
    state.app.extensions[_WAITS] = BoundedSemaphore(_MOST_WAITS)


journal.record(_limit_waits)


@journal.get("/sandboxes/<name>/journal")
def list_exchanges(name: str) -> Response:
    """List exchanges and tell how many there are and were, with ``wait`` as soon as there are enough."""
    said = query(ListSchema())
    newest, limit = said.pop("order") == "newest", said.pop("limit")
    seconds, count = said.pop("wait", None), said.pop("count", 1)
    sandbox, window, wanted = the_sandbox(name), _window(said), _filter(said)
    if seconds is None:
        kept, chosen = select(sandbox.journal, window, wanted)
    else:
        kept, chosen = _waited(sandbox, window, wanted, count, seconds)
    shown = (chosen[::-1] if newest else chosen)[:limit]
    return answer(
        {
            "total": len(chosen),
            "kept": len(kept.exchanges),
            "evicted": kept.evicted,
            "cleared": kept.cleared,
            "lost": kept.lost,
            "last": kept.last,
            "past": sandbox.journal.past._asdict(),
            **({} if seconds is None else {"reached": len(chosen) >= count}),
            "exchanges": [_described(each) for each in shown],
        }
    )


def _waited(
    sandbox: Sandbox, window: Window, wanted: Filter, count: int, seconds: float
) -> tuple[Kept, list[Exchange]]:
    """Return what there is as soon as it is enough, or after so many real seconds."""
    found = select_whole(sandbox.journal, window, wanted)
    if len(found[1]) >= count or not seconds:
        return found
    with _turn_to_wait():
        wait(sandbox.journal, window, wanted, count, seconds)
    if sandbox.journal.closed:
        message = f"The sandbox {sandbox.name!r} was reset or deleted meanwhile; what was waited for went with it."
        raise Gone(message, fields={"sandbox": [message]})
    return select_whole(sandbox.journal, window, wanted)


@contextmanager
def _turn_to_wait() -> Iterator[None]:
    turns: BoundedSemaphore = current_app.extensions[_WAITS]
    if not turns.acquire(blocking=False):
        message = f"{_MOST_WAITS} requests are waiting already, the most that this process allows; ask again."
        raise _Busy(message, fields={"wait": [message]}, headers={"Retry-After": "1"})
    try:
        yield
    finally:
        turns.release()


@journal.delete("/sandboxes/<name>/journal")
def clear_journal(name: str) -> Response:
    """Forget the exchanges so far."""
    return answer({"deleted": the_sandbox(name).journal.clear()})


@journal.post("/sandboxes/<name>/journal/verify")
def verify_journal(name: str) -> Response:
    """Judge a statement about how many exchanges there were, or in which order."""
    sandbox = the_sandbox(name)
    said = body(VerifySchema())
    steps = [_filter(step, f"order[{place}].") for place, step in enumerate(said.get("order", []))]
    wanted = _filter(said.get("matches", {}), "matches.")
    _, chosen = select_whole(sandbox.journal, _window(said), _filter(said.get("among", {}), "among."))
    if steps:
        verdict = judge_order(chosen, steps, strict=said.get("strict", False))
    else:
        verdict = judge_count(chosen, wanted, *_limits(said))
    return answer({"holds": verdict.holds, "numbers": verdict.numbers, "why": verdict.why})


def _limits(said: Mapping[str, Any]) -> tuple[int, int | None]:
    """Return how many exchanges there have to be at least and at most; one at least if nothing is said."""
    if "count" in said:
        return said["count"], said["count"]
    return said.get("at_least", 0 if "at_most" in said else 1), said.get("at_most")


@journal.get("/sandboxes/<name>/journal/export")
def export_journal(name: str) -> Response:
    """Give exchanges as a file for another tool."""
    said = query(ExportSchema())
    kind, secrets = said.pop("format"), said.pop("secrets")
    newest, limit = said.pop("order") == "newest", said.pop("limit", None)
    _, chosen = select(the_sandbox(name).journal, _window(said), _filter(said))
    listed = [_described(each, secrets, whole=True) for each in (chosen[::-1] if newest else chosen)[:limit]]
    ending, content_type = _FILES[kind]
    if kind == "har":
        content = exports.har(listed, all_sandboxes().origin)
    elif kind == "curl":
        content = exports.script(listed, all_sandboxes().origin)
    else:
        content = exports.ndjson(listed)
    headers = {"Content-Disposition": f'attachment; filename="journal-{name}.{ending}"'}
    return Response(content, headers=headers, content_type=content_type)


@journal.get("/sandboxes/<name>/journal/<int:number>")
def read_exchange(name: str, number: int) -> Response:
    """Read one exchange whole."""
    return answer(_described(_exchange(name, number), whole=True))


@journal.get("/sandboxes/<name>/journal/<int:number>/curl")
def read_curl(name: str, number: int) -> Response:
    """Give the request of one exchange as a command for curl."""
    secrets = query(SecretsSchema())["secrets"]
    shown = _described(_exchange(name, number), secrets, whole=True)
    command = exports.curl(shown, all_sandboxes().origin)
    return Response(f"{command}\n", content_type=_TEXT)


@journal.get("/sandboxes/<name>/journal/<int:number>/near-misses")
def list_near_misses(name: str, number: int) -> Response:
    """Tell why no operation answered a request, or what an operation found wrong with it."""
    exchange = _exchange(name, number)
    if exchange.direction == "out":
        message = f"Exchange {number} went out; only a request that came in can miss an operation."
        raise Conflict(message, fields={"number": [message]})
    vendors = all_sandboxes().vendors
    operations = [each for vendor in vendors if exchange.vendor in ("", vendor.name) for each in vendor.api.operations]
    request = asked(exchange, [vendor.name for vendor in vendors])
    operation = next((each for each in operations if each.id == exchange.operation), None)
    refused = refused_fields(operation, request) if operation and 400 <= exchange.status < 500 else {}
    missed = [] if exchange.matched else near_misses(operations, request.method, request.path)
    return answer(
        {
            "number": number,
            "method": request.method,
            "path": request.path,
            "operation": exchange.operation or None,
            "nearest": [_missed(each) for each in missed],
            "refused": refused,
        }
    )


def _missed(miss: Miss) -> dict[str, Any]:
    operation = miss.operation
    return {
        "operation": operation.id,
        "method": operation.method,
        "path": f"/{operation.vendor}{operation.path}",
        "differences": miss.differences,
    }


def _exchange(name: str, number: int) -> Exchange:
    found = next((each for each in the_sandbox(name).journal if each.number == number), None)
    if found is None:
        raise NotFound(f"The journal has no exchange {number}.", field="number")
    return found


def _described(exchange: Exchange, secrets: str = "masked", *, whole: bool = False) -> dict[str, Any]:
    """Describe an exchange; what to mask is what its vendor names, or what all do for a path outside the vendors."""
    vendors = [each for each in all_sandboxes().vendors if exchange.vendor in ("", each.name)]
    masked = frozenset().union(*(names_of(each) for each in vendors)) if secrets == "masked" else frozenset()
    return describe(exchange, masked, whole=whole)


def _window(said: Mapping[str, Any]) -> Window:
    return Window(**{name: said[name] for name in _WINDOW if name in said})


def _filter(said: Mapping[str, Any], place: str = "") -> Filter:
    """Return what was said besides the window; raise ``BadRequest`` for a vendor or an operation that nobody has."""
    known = [vendor.name for vendor in all_sandboxes().vendors]
    if said.get("vendor") and said["vendor"] not in known:
        message = f"There is no vendor {said['vendor']!r}; known are {', '.join(known)}."
        raise BadRequest(message, fields={f"{place}vendor": [message]})
    if "operation" in said:
        _check_operation(said["operation"], f"{place}operation")
    return {name: value for name, value in said.items() if name not in _WINDOW}


def _check_operation(glob: str, field: str) -> None:
    known = [
        name
        for vendor in all_sandboxes().vendors
        for name in (*(each.id for each in vendor.api.operations), *(f"{vendor.name}.{e.name}" for e in vendor.events))
    ]
    if not any(fnmatchcase(each, glob) for each in known):
        near = ", ".join(get_close_matches(glob, known, 3, 0.3))
        message = f"No operation or event is called {glob!r}; {f'near are {near}' if near else 'see /operations'}."
        raise BadRequest(message, fields={field: [message]})
