"""What checks need, imported and read once: importing this makes a process one that their processes are forked off.

Pytest itself has to import what it rewrites: the checks, their conftest files, and its plugins.
"""

from importlib import import_module

from contract_tests.twins.catalogue import catalogue, vendors
from mockserver.contract.load import contract_of

_NEEDED = (
    "contract_tests.client.evidence",
    "contract_tests.client.mailbox",
    "contract_tests.client.options",
    "contract_tests.client.stage",
    "contract_tests.server.outcomes",
    "contract_tests.server.pages",
    "contract_tests.server.receiver",
    "contract_tests.server.session",
    "contract_tests.twins.adapters",
    "contract_tests.twins.running",
    "mockserver.testing.judging",
)

for _each in _NEEDED:
    import_module(_each)
for _each in vendors():
    contract_of(_each)
catalogue()
