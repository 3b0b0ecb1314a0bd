"""Why a request did not get what it asked for: the operations nearest to it, and where each of them differs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from urllib.parse import unquote

import msgspec

from mockserver.core.errors import ApiError
from mockserver.core.journal import Exchange
from mockserver.core.operation import Operation, Request
from mockserver.core.pipeline import LARGEST_BODY
from mockserver.core.unmatched import nearest

_SHOWN = 5
_MOST_OPERATIONS = 1000
_MOST_SEGMENTS = 64
_LONGEST = 2000
_LONGEST_SHOWN = 100
_PARAMETER = re.compile(r"\{\w+\}")


class Difference(msgspec.Struct, frozen=True):
    """One thing that keeps a request from an operation.

    ``part`` is ``method``, ``vendor`` (the first segment of the path) or ``segment <k>``, counted from 1, the vendor's
    included. ``expected`` is None for a segment too many, ``got`` is None for one that is missing.
    """

    part: str
    expected: str | None
    got: str | None
    says: str


class Miss(msgspec.Struct, frozen=True):
    """An operation, and all that keeps a request from it."""

    operation: Operation
    differences: Sequence[Difference]


def near_misses(operations: Sequence[Operation], method: str, path: str) -> list[Miss]:
    """Return the operations that differ least from a request, ``path`` with the vendor's name in front.

    Those that differ in as much come in the order of ``nearest``.
    """
    cut = path[:_LONGEST]
    misses = [Miss(each, list(_differences(each, method, cut))) for each in nearest(operations[:_MOST_OPERATIONS], cut)]
    return sorted(misses, key=_distance)[:_SHOWN]


def _distance(miss: Miss) -> float:
    return sum(0.5 if each.part == "method" else 1.0 for each in miss.differences)


def _differences(operation: Operation, method: str, path: str) -> Iterator[Difference]:
    if method != operation.method and (method, operation.method) != ("HEAD", "GET"):
        says = f"The method is {method[:_LONGEST_SHOWN]}; {operation.method} is expected."
        yield Difference("method", operation.method, method[:_LONGEST_SHOWN], says)
    expected, got = _segments(f"/{operation.vendor}{operation.path}"), _segments(path)
    # A greedy parameter takes the segments from its own place on, or from the one before if the vendor is missing.
    readings = [_path_differences(expected, _joined(got, expected, operation, missing)) for missing in (0, 1)]
    yield from min(readings, key=len)


def _path_differences(expected: Sequence[str], got: Sequence[str]) -> list[Difference]:
    start = _alike(expected, got)
    end = _alike(expected[start:][::-1], got[start:][::-1])
    pairs = zip_longest(expected[start : len(expected) - end], got[start : len(got) - end])
    return [
        _difference(place, wanted, given)
        for place, (wanted, given) in enumerate(pairs, start + 1)
        if wanted is None or given is None or not _fits(wanted, given)
    ]


def _difference(place: int, wanted: str | None, given: str | None) -> Difference:
    part = "vendor" if place == 1 and wanted is not None else f"segment {place}"
    shown = None if given is None else given[:_LONGEST_SHOWN]
    return Difference(part, wanted, shown, _says(part, wanted, shown))


def _segments(path: str) -> list[str]:
    """Return what is between the slashes, for a slash at the end is never insisted on."""
    return path.removeprefix("/").removesuffix("/").split("/", _MOST_SEGMENTS)


def _joined(got: list[str], expected: Sequence[str], operation: Operation, missing: int) -> list[str]:
    """Make one segment of what a greedy parameter takes, where so many segments before it are ``missing``."""
    for place, segment in enumerate(expected):
        if any(f"{{{name}}}" in segment for name in operation.greedy):
            start, end = place - missing, len(got) - (len(expected) - place - 1)
            return [*got[:start], "/".join(got[start:end]), *got[end:]] if end > start >= 0 else got
    return got


def _alike(expected: Sequence[str], got: Sequence[str]) -> int:
    """Return how many segments fit from the start."""
    pairs = enumerate(zip(expected, got, strict=False))
    return next((place for place, pair in pairs if not _fits(*pair)), min(len(expected), len(got)))


def _fits(wanted: str, given: str) -> bool:
    return bool(_pattern(wanted).fullmatch(given)) if "{" in wanted else wanted == given


@lru_cache(maxsize=1024)
def _pattern(segment: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _PARAMETER.split(segment))), re.DOTALL)


def _says(part: str, wanted: str | None, given: str | None) -> str:
    which = "The vendor" if part == "vendor" else part.capitalize()
    if wanted is None:
        return f"{which}, {given!r}, is one too many." if given else f"{which} is empty: two slashes follow each other."
    expected = f"a value for {wanted}" if _PARAMETER.fullmatch(wanted) else repr(wanted)
    if given is None:
        return f"{which} is missing; {expected} is expected."
    return f"{which} is {given!r}; {expected} is expected."


def asked(exchange: Exchange, vendors: Sequence[str]) -> Request:
    """Return the request that came in, its path inside the sandbox with the vendor's name in front."""
    target, _, query = exchange.target.partition("?")
    headers = dict(line.partition(": ")[::2] for line in exchange.request_headers.split("\n") if line)
    path = unquote(target, errors="replace")
    if path.startswith("/sandbox/"):
        path = "/" + path.removeprefix("/sandbox/").partition("/")[2]
    vendor, _, rest = headers.get("host", "").partition(":")[0].lower().partition(".")
    if rest == "localhost" and vendor in vendors:
        path = f"/{vendor}{path}"
    return Request(exchange.method, path, query, headers, exchange.request_body, exchange.client)


def refused_fields(operation: Operation, request: Request) -> dict[str, Mapping[str, Sequence[str]]]:
    """Return what is wrong with a request by itself, as the operation's sources read it: messages by source and field.

    What the vendor remembers is not asked, so a request refused for that shows nothing.
    """
    found: dict[str, Mapping[str, Sequence[str]]] = {}
    if len(request.body) <= LARGEST_BODY:
        for source in operation.accepts:
            try:
                source.load(request)
            except ApiError as error:
                found[source.where] = error.fields or {source.where: [error.message]}
    return found
