"""Broken twins of clients and servers of YouTestMe."""

from contract_tests.twins.catalogue import Healthy

HEALTHY = Healthy("youtestme", "contract_tests.clients.complete:YouTestMe", fixtures="documented")
