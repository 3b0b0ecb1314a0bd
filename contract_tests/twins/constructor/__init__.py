"""Broken twins of clients and servers of Constructor Proctor."""

from contract_tests.twins.catalogue import Healthy

HEALTHY = Healthy("constructor", "contract_tests.clients.complete:Constructor", fixtures="documented")
