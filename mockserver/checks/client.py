"""``mockserver check client``: whether a client keeps to what its vendor documents."""

from typing import Any

import click

from mockserver.checks.client_checks import Adapter, check_client
from mockserver.checks.lists import NothingToCheck
from mockserver.checks.loose import SECONDS as LONGEST
from mockserver.checks.loose import Loose, check_loose, loose_options
from mockserver.checks.options import (
    Number,
    Refused,
    Wanted,
    conclude,
    harness,
    judging_options,
    vendor_names,
)
from mockserver.checks.process import started
from mockserver.contract.load import contract_of

SECONDS = 30.0
_WAYS = "--command, --serve, --adapter package.module:Class, or --adapter-command COMMAND"


@click.command()
@click.argument("vendor", type=vendor_names)
@click.option("--adapter", metavar="MODULE:CLASS", help="Drive the client by this class, which has the vendor's verbs.")
@click.option("--adapter-command", metavar="COMMAND", help="Drive it by a program that speaks JSON lines.")
@loose_options
@click.option(
    "--timeout",
    type=Number(0.1, 86_400),
    help=f"Seconds for a verb of the adapter ({SECONDS:g}), for the command ({LONGEST:g}), or for --serve (no limit).",
)
@judging_options
def client(
    vendor: str, adapter: str | None, adapter_command: str | None, timeout: float | None, **options: Any
) -> None:
    """Check a client of VENDOR: every call that it makes, their order, and what it does when things go wrong.

    Say how it is to be had: --command runs it, --serve waits for it, an adapter drives it through a list of checks.
    """
    loose = Loose.taken_from(options)
    ways = [*loose.ways, *_given(adapter=adapter, adapter_command=adapter_command)]
    if len(ways) != 1:
        raise Refused(f"Say one of {_WAYS}; given: {' and '.join(ways) or 'none'}.")
    if loose.ways:
        check_loose(vendor, loose, timeout, Wanted(**options))
    if loose.needless:
        raise Refused(
            f"{loose.needless[0]} goes with --command or --serve; a check of an adapter has sandboxes of its own."
        )
    if adapter == "":
        raise Refused("--adapter is empty. Write it as package.module:Class.")
    with harness() as patience:
        driven = Adapter(vendor, place=adapter or "", command=adapter_command or "")
        try:
            document, start = contract_of(vendor).document, patience.through(started)
            evidence = check_client(driven, document, timeout or SECONDS, start=start)
        except NothingToCheck as nothing:
            raise Refused(str(nothing)) from None
        conclude(evidence, Wanted(**options))


def _given(**ways: str | None) -> list[str]:
    return [f"--{name.replace('_', '-')}" for name, value in ways.items() if value is not None]
