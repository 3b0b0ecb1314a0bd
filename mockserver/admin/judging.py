"""What contracts say of the calls that clients made in a sandbox."""

from collections.abc import Iterator, Mapping
from functools import cache

from mockserver.contract.contract import Contract
from mockserver.contract.coverage import ELIGIBLE
from mockserver.contract.judge import judge_call
from mockserver.contract.load import read_contract
from mockserver.contract.observed import Finding, Observed
from mockserver.core.journal import Exchange
from mockserver.core.sandbox import Sandbox


def findings_of(sandbox: Sandbox) -> Iterator[Finding]:
    """Yield what is wrong with the calls in the journal by clauses that a client is held to; pages are not judged."""
    pages = {each.id for vendor in sandbox.vendors for each in vendor.api.operations if each.page}
    contracts = {vendor.name: _contract(vendor.name, vendor.package) for vendor in sandbox.vendors}
    for exchange in sandbox.journal:
        if exchange.direction == "in" and exchange.vendor and exchange.operation not in pages:
            found = judge_call(contracts[exchange.vendor], observed(exchange))
            yield from (each for each in found if each.confidence in ELIGIBLE)


def observed(exchange: Exchange) -> Observed:
    """Return a call of a vendor as a contract sees it: its path below the vendor's base."""
    path, _, query = exchange.target.partition("?")
    below = path.partition(f"/{exchange.vendor}/")
    return Observed(
        method=exchange.method,
        path=f"/{below[2]}" if below[1] else path,
        query=query,
        headers=_headers(exchange.request_headers),
        body=exchange.request_body,
        status=exchange.status,
        answer_headers=_headers(exchange.answer_headers),
        answer=exchange.answer_body,
        number=exchange.number,
    )


def _headers(text: str) -> Mapping[str, str]:
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in text.split("\n"))}


@cache
def _contract(vendor: str, package: str) -> Contract:
    return Contract(vendor, read_contract(package))
