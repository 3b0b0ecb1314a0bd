"""A contract is read without the code of the vendor whose it is."""

import subprocess
import sys

import pytest

from mockserver.contract.load import contract_of, read_contract
from mockserver.core.vendor import Vendor
from mockserver.vendors import discover

LOADED = """
import sys
from contract_tests.client import plugin
from contract_tests.server import plugin
from contract_tests.values.constructor import exam_parameters
from mockserver.contract.load import contract_of

exam_parameters()
for vendor in sys.argv[1:]:
    contract_of(vendor)
unwanted = ("mockserver.core", "mockserver.vendors", "marshmallow", "flask")
print(*(each for each in sys.modules if each.startswith(unwanted)))
"""


@pytest.mark.parametrize("vendor", list(discover()), ids=lambda vendor: vendor.name)
def test_it_is_the_one_of_the_vendors_package(vendor: Vendor) -> None:
    assert contract_of(vendor.name).document == read_contract(vendor.package)


def test_checks_read_contracts_without_loading_a_vendor() -> None:
    command = [sys.executable, "-c", LOADED, *(each.name for each in discover())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
