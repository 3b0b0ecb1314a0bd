"""Checks of a client of SmarterProctoring."""

from contract_tests.clients.adapting import Role
from contract_tests.clients.protocols import SmarterProctoringAdapter

ROLE = Role("smarterproctoring", SmarterProctoringAdapter, ("token", "install_sid"))
