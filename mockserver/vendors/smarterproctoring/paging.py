"""Lists a page at a time, with the addresses of the other pages."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

T = TypeVar("T")


def page(found: Sequence[T], offset: int, limit: int, address: str) -> dict[str, Any]:
    """Return a page in the vendor's envelope; ``address`` is the one that was asked for, its query included.

    A page of nothing leads nowhere: with a limit of 0 there are no addresses.
    """
    shown = list(found[offset : offset + limit])
    links: dict[str, str | None] = dict.fromkeys(("first", "next", "prev", "last"))
    if limit:
        following, last = offset + limit, max(0, (len(found) - 1) // limit * limit)
        links["first"] = _at(address, 0, limit)
        links["next"] = _at(address, following, limit) if following < len(found) else None
        links["prev"] = _at(address, max(0, offset - limit), limit) if offset else None
        links["last"] = _at(address, last, limit)
    return {"total": len(found), **links, "count": len(shown), "offset": offset, "results": shown}


def _at(address: str, offset: int, limit: int) -> str:
    path, _, query = address.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in {"offset", "limit"}]
    return f"{path}?{urlencode([*kept, ('offset', str(offset)), ('limit', str(limit))])}"
