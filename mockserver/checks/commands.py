"""``mockserver check``: hold a client, a server or a recording against what a vendor documents."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from mockserver.checks.client import client
from mockserver.checks.options import Refused, Wanted, conclude, harness, judging_options, vendor_names
from mockserver.checks.server import server
from mockserver.contract.contract import BOTH, Side
from mockserver.contract.evidence import Evidence
from mockserver.contract.har import NoArchive, read_har
from mockserver.contract.load import contract_of
from mockserver.contract.recording import evidence_of

_LARGEST = 512 * 1024 * 1024


@click.group()
def check() -> None:
    """Hold a subject against what a vendor documents.

    Exit codes: 0 the contract is kept, 1 findings, 2 wrong usage, 3 nothing or too little was checked, 4 mockserver
    itself failed.
    """


check.add_command(client)
check.add_command(server)


@check.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vendor", type=vendor_names, required=True, help="Whose contract to hold it against.")
@click.option("--base-url", multiple=True, help="Where the vendor was called; may be given again.  [default: found]")
@click.option("--webhook-url", multiple=True, help="Where its webhooks went; may be given again.  [default: found]")
@click.option("--side", type=click.Choice(sorted(BOTH)), help="Whose doing is judged.  [default: both]")
@judging_options
def har(
    file: Path, vendor: str, base_url: tuple[str, ...], webhook_url: tuple[str, ...], side: Side | None, **options: Any
) -> None:
    """Judge the exchanges recorded in FILE, an HTTP archive (HAR), on the client's side and the server's."""
    for option, given in (("--base-url", base_url), ("--webhook-url", webhook_url)):
        for each in given:
            if not _is_address(each):
                raise Refused(f"{option} {each} must be an address that begins with http:// or https://.")
    with harness():
        try:
            archive = read_har(_content(file))
        except NoArchive as error:
            raise Refused(f"{file}: {error}") from None
        found = evidence_of(contract_of(vendor), archive, file.name, base_url, webhook_url)
        conclude(_of_side(found, side) if side else found, Wanted(**options))


def _of_side(evidence: Evidence, side: Side) -> Evidence:
    """Return what a recording proves about one side, as if that alone had been the subject."""
    sides = evidence.contract.sides
    return replace(
        evidence,
        subject=replace(evidence.subject, kind=side),
        findings=[each for each in evidence.findings if each.side == side],
        checks=[each for each in evidence.checks if not each.clauses or side in sides(each.clauses[0])],
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _content(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > _LARGEST:
            raise Refused(
                f"{file} has {size // 2**20} MiB; an archive may have {_LARGEST // 2**20}. Record less, or split it."
            )
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
