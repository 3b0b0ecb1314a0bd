"""The fixture sets and the generated ones load, and show what they promise."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.load import read_contract
from mockserver.core.booting import boot_sandbox
from mockserver.core.fixtures import Fixtures
from mockserver.core.generation import write_set
from mockserver.core.people import people
from mockserver.core.sandbox import Boot, Shared
from mockserver.vendors.constructor import vendor
from mockserver.vendors.constructor.parameters import WARNINGS
from mockserver.vendors.constructor.schemas import ArchiveSchema, StartSchema
from tests.local import local_sandbox


@pytest.mark.parametrize("name", ["documented", "demo", "empty"])
def test_every_set_has_the_same_credentials(name: str) -> None:
    state = local_sandbox(fixtures=name).states["constructor"]
    assert vendor.credentials(state) == {
        "integration": "demo",
        "secret": "fake-constructor-secret-0123456789abcdef",
    }


def test_the_demo_shows_sessions_that_wait_and_that_are_done() -> None:
    state: Any = local_sandbox(fixtures="demo").states["constructor"]
    assert {each.session_id: str(state.status_of(each)) for each in state.sessions} == {
        "amara-data-analyst": "not_scheduled",
        "bruno-data-analyst": "early_to_start",
        "chiara-safety": "ready_to_start",
        "daniel-safety": "started",
        "elena-safety": "finished",
        "farid-data-analyst": "finished",
    }


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_generated_set_knows_everybody(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "generated"
    list(write_set(folder, [vendor], 7, 3, kind))
    fixtures = Fixtures([tmp_path])
    boot = Boot(fixtures="generated", clock="2025-05-15T10:00:00Z")
    made = boot_sandbox("local", boot, Shared((vendor,), fixtures, "http://mock.test"))
    state: Any = made.states["constructor"]
    assert [user.email for user in state.users] == [person.email for person in people(3, 7)]
    assert len(state.sessions) == 14
    assert {str(state.status_of(each)) for each in state.sessions} == {"ready_to_start"}
    assert vendor.credentials(state)["integration"] == "demo"


@pytest.mark.parametrize(("schema", "payload"), [(StartSchema(), "StartPayload"), (ArchiveSchema(), "ArchivePayload")])
def test_token_payloads_and_contract_name_the_same_fields(schema: Any, payload: str) -> None:
    schemas = read_contract(vendor.package)["components"]["schemas"]

    def properties(node: dict[str, Any]) -> set[str]:
        found = schemas[node["$ref"].rpartition("/")[2]] if "$ref" in node else node
        inner = [properties(each) for each in found.get("allOf", ())]
        return set(found.get("properties", ())).union(*inner)

    fields = {each.data_key or name for name, each in schema.load_fields.items()}
    assert fields | {"exp"} == properties(schemas[payload])


def test_warning_types_and_contract_are_the_same() -> None:
    documented = read_contract(vendor.package)["components"]["schemas"]["Warning"]["properties"]["type"]["enum"]
    assert sorted(WARNINGS) == sorted(documented)
