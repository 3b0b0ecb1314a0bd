"""``mockserver check server``: whether a server keeps to what its vendor documents."""

from pathlib import Path
from typing import Any

import click

from mockserver.checks.lists import NothingToCheck
from mockserver.checks.options import (
    Number,
    Refused,
    Wanted,
    address,
    conclude,
    harness,
    judging_options,
    vendor_names,
)
from mockserver.checks.process import started
from mockserver.checks.server_checks import Asked, check_server
from mockserver.contract.load import contract_of

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SECONDS = Number(0.1, 3600)


@click.command()
@click.argument("vendor", type=vendor_names)
@click.option("--url", required=True, help="Where its API is, as a client of the vendor would be told.")
@click.option("--credentials", type=_FILE, help="YAML or JSON file: who calls, as a mapping under VENDOR.")
@click.option("--capabilities", type=_FILE, help="YAML or JSON file: what it can do, as a mapping under VENDOR.")
@click.option("--allow-writes", "writes", is_flag=True, help="Checks may make, change and erase things there.")
@click.option("--only", default="", metavar="WORDS", help="Only checks with these words in their names, as pytest -k.")
@click.option("--timeout", type=_SECONDS, default=10, show_default=True, help="Seconds that one answer may take.")
@click.option("--limit", type=_SECONDS, default=900, show_default=True, help="Seconds that all checks may take.")
@judging_options
def server(**options: Any) -> None:
    """Check a server of VENDOR's API: the answers to good calls and bad ones, and how they hang together.

    It reads, and makes or changes nothing unless --allow-writes is given. The server is a sandbox of the vendor's, a
    mock of it, or a partner's where partners are called by the vendor.
    """
    about = {name: options.pop(name) for name in ("vendor", "url", *_ABOUT)}
    asked = Asked(**{**about, "url": address("--url", about["url"])})
    with harness() as patience:
        try:
            evidence = check_server(asked, contract_of(asked.vendor), start=patience.through(started))
        except NothingToCheck as error:
            raise Refused(str(error)) from None
        conclude(evidence, Wanted(**options))


_ABOUT = ("credentials", "capabilities", "writes", "only", "timeout", "limit")
