"""Broken twins of clients and servers of SmarterProctoring."""

from contract_tests.twins.catalogue import Healthy

HEALTHY = Healthy("smarterproctoring", "contract_tests.clients.complete:SmarterProctoring", fixtures="documented")
