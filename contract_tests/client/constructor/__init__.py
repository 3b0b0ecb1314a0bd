"""Checks of a client of Constructor Proctor."""

from contract_tests.clients.adapting import Role
from contract_tests.clients.protocols import ConstructorAdapter

ROLE = Role("constructor", ConstructorAdapter, ("integration", "secret"))
