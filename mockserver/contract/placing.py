"""Finds a vendor's exchanges in a recording: calls below its base URLs, and the webhooks that it sent.

Our own export names both. Elsewhere a call is known by its address, and a webhook by the address that it goes to. Where
nobody says which that is, it is found by a body that keeps to one webhook and to no operation of its address; what
resembles a webhook is one too if it went there, or to an address that some call has told the vendor.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.bodies import Unreadable, media_type, read_body
from mockserver.contract.contract import Contract, Entry
from mockserver.contract.expressions import scalars
from mockserver.contract.har import Recorded
from mockserver.contract.observed import Observed
from mockserver.contract.places import situated
from mockserver.contract.webhooks import Likeness, certain, likenesses, likest, resembles

_OF_PAGES = ("text/", "image/", "font/", "audio/", "video/", "application/javascript", "application/wasm")
_SCHEMES = ("http://", "https://")
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True)
class Placed:
    """A vendor's exchanges, with a path below a base or the name of a webhook.

    ``bases`` and ``receivers`` are where they were found to go, of which nobody had said so. ``unclear`` went to a
    receiver that was named, and are like none of several webhooks more than like another. ``idle`` are bases and
    receivers that were named and to which nothing went.
    """

    exchanges: list[Observed]
    bases: list[str]
    receivers: list[str]
    unclear: list[Observed]
    idle: list[str]


def place(
    contract: Contract, entries: Sequence[Recorded], bases: Sequence[str] = (), receivers: Sequence[str] = ()
) -> Placed:
    """Find a vendor's exchanges; the base URLs, and the addresses of webhooks, are found out where none are given."""
    mine = [each for each in entries if _told(contract, each) is not None]
    placing = _Placing(contract, mine, [_bare(each) for each in bases], [_bare(each) for each in receivers])
    exchanges = [found for each in mine if (found := placing.placed(each)) is not None]
    reached = {_bare(each.url) for each in exchanges if each.webhook} & placing.found_receivers
    unclear = [each.seen for each in mine if placing.is_unclear(each)]
    idle = [named for named in (*bases, *receivers) if not any(_is_below(each.seen, _bare(named)) for each in mine)]
    return Placed(exchanges, [] if bases else list(placing.bases), sorted(reached), unclear, idle)


class _Placing:
    """The placing of entries none of which is another vendor's."""

    def __init__(
        self, contract: Contract, entries: Sequence[Recorded], bases: Sequence[str], receivers: Sequence[str]
    ) -> None:
        self._contract = contract
        self._entries = entries
        self._bases = bases
        self._receivers = receivers
        self._like: dict[int, list[Likeness]] = {
            each.seen.number: likenesses(contract, each.seen) for each in entries if not each.told
        }

    def placed(self, recorded: Recorded) -> Observed | None:
        """Return an exchange with its place; None if it is not the vendor's."""
        seen = recorded.seen
        if recorded.told:
            name = _told(self._contract, recorded) or ""
            return replace(seen, webhook=name) if _is_webhook(self._contract, name) else self._call(recorded)
        if self._is_operation(seen) or not self._reaches(seen):
            return self._call(recorded)
        found = likest(self._like[seen.number])
        # Of an address that somebody names all is the vendor's, of one that was found what looks so.
        return replace(seen, webhook=found.name) if found and (self._receivers or resembles(found)) else None

    def is_unclear(self, recorded: Recorded) -> bool:
        """Tell whether an exchange went to a receiver that was named, as some webhook, and nobody knows which."""
        named = bool(self._receivers) and not recorded.told and self._reaches(recorded.seen)
        return named and bool(self._like[recorded.seen.number]) and self.placed(recorded) is None

    @cached_property
    def bases(self) -> Sequence[str]:
        """The base URLs."""
        return self._bases or likely_bases(self._contract, (each for each in self._entries if not self._fits(each)))

    @cached_property
    def found_receivers(self) -> set[str]:
        """Where webhooks were found to go, or may have gone; empty if somebody has named the addresses."""
        if self._receivers:
            return set()
        found: set[str] = set()
        for each in (recorded.seen for recorded in self._entries if not recorded.told):
            if self._is_operation(each):
                found.update(map(_bare, _addresses_in(each)))
            elif certain(self._like[each.number]):
                found.add(_bare(each.url))
        return found

    def _fits(self, recorded: Recorded) -> bool:
        """Tell whether an exchange keeps to a webhook, and to no operation wherever the base may be."""
        seen = recorded.seen
        return (
            not recorded.told
            and certain(self._like[seen.number]) is not None
            and not any(_keeps(self._contract, replace(seen, path=path)) for path in _paths(seen))
        )

    def _below(self, seen: Observed) -> str | None:
        """Return the base that an address is below, the longest of several."""
        return max((each for each in self.bases if _is_below(seen, each)), key=len, default=None)

    def _is_operation(self, seen: Observed) -> bool:
        """Tell whether an exchange is a call by its address, and by its body if that went to a receiver as well."""
        base = self._below(seen)
        if base is None:
            return False
        placed = _at(seen, base)
        if not self._contract.operation(placed.method, placed.path):
            return False
        receiver = max((len(each) for each in self._receivers if _is_below(seen, each)), default=0)
        fits = receiver or certain(self._like.get(seen.number, ()))
        return not fits or len(base) > receiver > 0 or _keeps(self._contract, placed)

    def _reaches(self, seen: Observed) -> bool:
        """Tell whether an exchange went where webhooks go."""
        if self._receivers:
            return any(_is_below(seen, each) for each in self._receivers)
        return _bare(seen.url) in self.found_receivers

    def _call(self, recorded: Recorded) -> Observed | None:
        base = self._below(recorded.seen)
        if base is None:
            return None
        placed = _at(recorded.seen, base)
        if self._contract.operation(placed.method, placed.path):
            return placed
        # A page that a link leads to, and what it loads, is no part of the API.
        return None if recorded.told or _is_of_page(placed) else placed


def likely_bases(contract: Contract, entries: Iterable[Recorded]) -> list[str]:
    """Return the base URL below which most of what is documented was called, and those that our own export tells."""
    counts: Counter[str] = Counter()
    told: dict[str, None] = {}
    for each in entries:
        base, entry = _base(contract, each.seen)
        name = _told(contract, each)
        if entry is None or name is None or _is_webhook(contract, name):
            continue
        if name in contract.webhooks or any(name == known.name for known in contract.operations):
            told[base] = None
        # Where roles are swapped, what the server calls is at the client's own host.
        counts[base] += entry.caller == "client"
    # Of bases that are called as often the shorter fits a longer documented path.
    most = sorted(+counts, key=lambda base: (-counts[base], len(base)))[:1]
    return list(told) or most


def _base(contract: Contract, seen: Observed) -> tuple[str, Entry | None]:
    """Return what is before the longest documented path at the end of an address, and what that path is of."""
    for path in _paths(seen):
        found = contract.operation(seen.method, path)
        if found:
            return _address(seen.url).removesuffix(path), found[0]
    return "", None


def _paths(seen: Observed) -> Iterator[str]:
    """Yield what may be the path below the base, the longest first."""
    steps = urlsplit(seen.url).path.split("/")
    return ("/" + "/".join(steps[cut:]) for cut in range(1, len(steps)))


def _keeps(contract: Contract, seen: Observed) -> bool:
    """Tell whether an exchange is of an operation, to whose schema its body keeps."""
    where = situated(contract, seen)
    body = where.asked() if where else None
    if body is None or body.kind not in body.content:
        return where is not None and not seen.body
    try:
        value = read_body(body.kind, body.headers, body.raw)
    except Unreadable:
        return False
    return "schema" not in body.content[body.kind] or contract.validator(body.schema_pointer(body.kind)).is_valid(value)


def _addresses_in(seen: Observed) -> Iterator[str]:
    """Yield the addresses that the body of a request tells."""
    try:
        told: Any = read_body(media_type(seen.headers), seen.headers, seen.body) if seen.body else None
    except Unreadable:
        return
    yield from (each for each in scalars(told) if each.startswith(_SCHEMES))


def _at(seen: Observed, base: str) -> Observed:
    return replace(seen, path=_address(seen.url).removeprefix(base) or "/")


def _is_below(seen: Observed, address: str) -> bool:
    return f"{_address(seen.url)}/".startswith(f"{address}/")


def _address(url: str) -> str:
    """Return an address without its query, its host in the one spelling: lower-case, without the port of its scheme."""
    bare = url.partition("?")[0].partition("#")[0]
    try:
        parts = urlsplit(bare)
        port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    except ValueError:  # what a body holds may only look like an address
        return bare
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _bare(url: str) -> str:
    return _address(url).rstrip("/")


def _is_of_page(seen: Observed) -> bool:
    kind = seen.answer_headers.get("content-type", "").lower()
    return 200 <= seen.status < 400 and (kind.startswith(_OF_PAGES) or not kind)


def _told(contract: Contract, recorded: Recorded) -> str | None:
    """Return the name that mockserver gave to what was called, without the vendor; None if it is another vendor's."""
    vendor, _, name = recorded.told.rpartition(".")
    return name if vendor in {"", contract.vendor} else None


def _is_webhook(contract: Contract, name: str) -> bool:
    """Tell whether the vendor sent this by itself, and it is not an operation seen from its caller."""
    return name in contract.webhooks and not contract.webhooks[name].repeats
