"""The composition root: configuration to fixtures, vendors and sandboxes."""

from pathlib import Path

from mockserver.config import Config, data_folder
from mockserver.core.callback_hosts import CallbackHosts
from mockserver.core.fixtures import Fixtures
from mockserver.core.outbound import Sender, Sends
from mockserver.core.sandbox import Boot, Limits
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.scenario.library import Library
from mockserver.vendors import discover


def build(config: Config, sender: Sends | None = None) -> Sandboxes:
    """Return the sandboxes that a configuration describes; raise ``BadRequest`` that says what is wrong with it.

    ``sender`` takes the place of the one that really sends.
    """
    fixtures = Fixtures([data_folder("fixtures")])
    name = config.fixtures
    if "/" in name:
        name = fixtures.add(Path(name)).name
    return Sandboxes(
        list(discover()),
        fixtures,
        Boot(fixtures=name, seed=config.seed, clock=config.clock),
        origin=config.origin,
        limits=Limits(config.max_sandboxes, config.journal_exchanges, config.journal_bytes, config.fault_header),
        sender=sender or Sender(CallbackHosts.allowing(config.allow_callback_host), config.callback_timeout),
        library=Library(data_folder("scenarios")),
    )
