"""Evidence out of a recording: which of its exchanges are a vendor's, and what is wrong with them on both sides."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence, Subject
from mockserver.contract.har import Archive, Recorded
from mockserver.contract.judge import judge
from mockserver.contract.observed import Observed
from mockserver.contract.order import judge_order, order_checks

_OF_PAGES = ("text/", "image/", "font/", "audio/", "video/", "application/javascript", "application/wasm")
_MASKED = "***"
_MOST_BROKEN = 10


def evidence_of(contract: Contract, archive: Archive, name: str, bases: Sequence[str] = ()) -> Evidence:
    """Return what a recording proves about both sides of a vendor's API.

    ``bases`` are the base URLs of the vendor; without any the one is taken below which most of what is documented
    was called.
    """
    notes = [*archive.broken[:_MOST_BROKEN]]
    if len(archive.broken) > _MOST_BROKEN:
        notes.append(f"{len(archive.broken) - _MOST_BROKEN} more entries cannot be read and were left out.")
    found = [each.rstrip("/") for each in bases] or likely_bases(contract, archive.entries)
    if not bases and found:
        notes.append(f"The base URL was taken to be {' and '.join(found)}; --base-url says otherwise.")
    placed = [each for each in (_placed(contract, each, found) for each in archive.entries) if each is not None]
    notes += _left_out(contract, len(archive.entries), len(placed))
    findings = [said for each in placed for said in judge(contract, each)]
    subject = Subject("har", contract.vendor, name)
    notes += _doubts(archive, placed)
    if _is_stripped(archive):
        findings = [each for each in findings if ".request.security." not in each.clause]
    findings += judge_order(contract, placed)
    checks = order_checks(contract, placed)
    return Evidence(subject=subject, contract=contract, exchanges=placed, findings=findings, checks=checks, notes=notes)


def likely_bases(contract: Contract, entries: Iterable[Recorded]) -> list[str]:
    """Return the base URL below which most of what is documented was called, and those that our own export tells."""
    counts: Counter[str] = Counter()
    told: dict[str, None] = {}
    for each in entries:
        base = _base(contract, each.seen)
        name = _told(contract, each)
        if base is None or name is None or _is_webhook(contract, name):
            continue
        counts[base] += 1
        if name and (name in contract.webhooks or any(name == known.name for known in contract.operations)):
            told[base] = None
    # Of bases that are called as often the shorter fits a longer documented path.
    most = sorted(counts, key=lambda base: (-counts[base], len(base)))[:1]
    return list(told) or most


def _base(contract: Contract, seen: Observed) -> str | None:
    """Return what is before the longest documented path at the end of an address."""
    parts = urlsplit(seen.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    steps = parts.path.split("/")
    for cut in range(1, len(steps)):
        if contract.operation(seen.method, "/" + "/".join(steps[cut:])):
            return origin + "/".join(steps[:cut])
    return None


def _placed(contract: Contract, recorded: Recorded, bases: Sequence[str]) -> Observed | None:
    """Return an exchange with its path below a base, or as a webhook; None if it is not the vendor's."""
    seen, told = recorded.seen, _told(contract, recorded)
    if told is None:
        return None
    if _is_webhook(contract, told):
        return replace(seen, webhook=told)
    address = seen.url.partition("?")[0].partition("#")[0]
    base = max((each for each in bases if f"{address}/".startswith(f"{each}/")), key=len, default=None)
    if base is None:
        return None
    placed = replace(seen, path=address.removeprefix(base) or "/")
    if contract.operation(placed.method, placed.path):
        return placed
    # A page that a link leads to, and what it loads, is no part of the API.
    return None if told or _is_of_page(placed) else placed


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


def _left_out(contract: Contract, entries: int, placed: int) -> list[str]:
    if not entries:
        return ["The archive has no entries that can be read."]
    if not placed:
        return [f"None of its {entries} entries is a call of {contract.vendor}; name its address with --base-url."]
    return [f"{entries - placed} of {entries} entries are of other hosts, paths or pages."] if placed < entries else []


def _doubts(archive: Archive, placed: Sequence[Observed]) -> list[str]:
    doubts = []
    if any(_MASKED in value for each in placed for value in each.headers.values()):
        doubts.append("Secrets are masked in this archive, so what they hold was judged as it stands: ***.")
    if _is_stripped(archive):
        doubts.append("The browser left credentials out of this archive, so it was not judged who was calling.")
    return doubts


def _is_stripped(archive: Archive) -> bool:
    """Tell whether this is a Chromium browser's archive without sensitive data, which it saves unless asked."""
    sensitive = {"authorization", "cookie"}
    return archive.creator == "WebInspector" and not any(
        sensitive & each.seen.headers.keys() for each in archive.entries
    )
