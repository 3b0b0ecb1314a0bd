"""Checks of a client of YouTestMe."""

from contract_tests.clients.adapting import Role
from contract_tests.clients.protocols import YouTestMeAdapter

ROLE = Role("youtestme", YouTestMeAdapter, ("api_key",), fixtures="documented")
