"""Evidence out of a recording: which of its exchanges are a vendor's, and what is wrong with them on both sides."""

from collections.abc import Sequence, Set

from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence, Subject
from mockserver.contract.har import Archive
from mockserver.contract.judge import judge
from mockserver.contract.observed import MASK, Observed
from mockserver.contract.order import judge_order
from mockserver.contract.placing import Placed, place
from mockserver.contract.verdict import counted

_MOST_BROKEN = 10
_MOST_SHOWN = 3


def evidence_of(
    contract: Contract, archive: Archive, name: str, bases: Sequence[str] = (), receivers: Sequence[str] = ()
) -> Evidence:
    """Return what a recording proves about both sides of a vendor's API.

    ``bases`` are the base URLs of the vendor; without any the one is taken below which most of what is documented
    was called. ``receivers`` are the addresses that its webhooks go to; without any those are taken to which bodies
    went that can be nothing else, and those that the vendor was told.
    """
    placed = place(contract, archive.entries, bases, receivers)
    exchanges = placed.exchanges
    cut = {each.seen.number for each in archive.entries if each.cut}
    findings = [said for each in exchanges for said in judge(contract, each)]
    findings = [each for each in findings if each.exchange not in cut or not each.place.startswith("request.body")]
    if _is_stripped(archive):
        findings = [each for each in findings if ".request.security." not in each.clause]
    ordered = judge_order(contract, exchanges)
    called = [each for each in bases if each not in placed.idle]
    return Evidence(
        subject=Subject("har", contract.vendor, name),
        contract=contract,
        exchanges=exchanges,
        findings=[*findings, *ordered.findings],
        checks=ordered.checks,
        notes=[
            *_broken(archive),
            *_found(placed),
            *_left_out(contract, len(archive.entries), len(exchanges)),
            *_missed(placed),
            *_doubts(archive, exchanges, cut),
        ],
        cut_short="" if called or not bases else f"nothing went to {_listed(bases)}",
    )


def _broken(archive: Archive) -> list[str]:
    notes = archive.broken[:_MOST_BROKEN]
    if len(archive.broken) > _MOST_BROKEN:
        notes.append(f"{len(archive.broken) - _MOST_BROKEN} more entries cannot be read and were left out.")
    return notes


def _found(placed: Placed) -> list[str]:
    notes = []
    if placed.bases:
        notes.append(f"The base URL was taken to be {_listed(placed.bases)}; --base-url says otherwise.")
    if placed.receivers:
        said = _listed(placed.receivers)
        notes.append(f"The address of webhooks was taken to be {said}; --webhook-url says otherwise.")
    return notes


def _listed(addresses: Sequence[str]) -> str:
    more = len(addresses) - _MOST_SHOWN
    return " and ".join([*addresses[:_MOST_SHOWN], *([f"{more} more"] if more > 0 else [])])


def _missed(placed: Placed) -> list[str]:
    notes = [f"Nothing went to {each}." for each in placed.idle]
    if not placed.unclear:
        return notes
    shown = ", ".join(str(each.number) for each in placed.unclear[:_MOST_BROKEN])
    more = "..." if len(placed.unclear) > _MOST_BROKEN else ""
    return [*notes, f"Not judged, for nothing tells which webhook it is: entry {shown}{more}."]


def _left_out(contract: Contract, entries: int, placed: int) -> list[str]:
    if not entries:
        return ["The archive has no entries that can be read."]
    if not placed:
        return [
            f"None of its {entries} entries is a call of {contract.vendor} or a webhook; "
            "name their addresses with --base-url and --webhook-url."
        ]
    return [f"{entries - placed} of {entries} entries are of other hosts, paths or pages."] if placed < entries else []


def _doubts(archive: Archive, placed: Sequence[Observed], cut: Set[int]) -> list[str]:
    doubts = []
    unread = sum(each.number in cut for each in placed)
    if unread:
        doubts.append(f"The recorder left the body out of {counted(unread, 'request')}, so it was not judged.")
    if any(MASK in value for each in placed for value in each.headers.values()):
        doubts.append("Secrets are masked in this archive, so what they hold was not judged, or as it stands: ***.")
    if _is_stripped(archive):
        doubts.append("The browser left credentials out of this archive, so it was not judged who was calling.")
    return doubts


def _is_stripped(archive: Archive) -> bool:
    """Tell whether this is a Chromium browser's archive without sensitive data, which it saves unless asked."""
    sensitive = {"authorization", "cookie"}
    return archive.creator == "WebInspector" and not any(
        sensitive & each.seen.headers.keys() for each in archive.entries
    )
