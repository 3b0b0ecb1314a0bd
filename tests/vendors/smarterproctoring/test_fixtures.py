"""The fixture sets, and generated ones."""

from pathlib import Path

import msgspec
import pytest

from mockserver.core.booting import boot_sandbox
from mockserver.core.fixtures import Fixtures
from mockserver.core.generation import write_set
from mockserver.core.people import people
from mockserver.core.sandbox import Boot, Sandbox, Shared
from mockserver.vendors.smarterproctoring import vendor
from mockserver.vendors.smarterproctoring.reference import LOCATION_TYPES, PROCTOR_TYPES
from mockserver.vendors.smarterproctoring.state import SmarterProctoring
from tests.local import local_sandbox
from tests.vendors.smarterproctoring.conftest import INSTALL, INTEGRATION, TOKEN

CREDENTIALS = {"token": TOKEN, "install_sid": INSTALL, "integration_sid": INTEGRATION}


def state_of(sandbox: Sandbox) -> SmarterProctoring:
    state = sandbox.states["smarterproctoring"]
    assert isinstance(state, SmarterProctoring)
    return state


def check_references(state: SmarterProctoring) -> None:
    for course in state.courses:
        assert course.install_sid in state.installs
    for enrollment in state.enrollments:
        assert enrollment.user_sid in state.users
        assert enrollment.course_sid in state.courses
    for exam in state.exams:
        assert exam.course_sid in state.courses
        assert state.configurations.find(holder=(exam.sid, None)) is not None
    for configuration in state.configurations:
        assert set(configuration.proctor_types) <= set(PROCTOR_TYPES)
    for session in state.sessions:
        enrollment = state.enrollments.get(session.enrollment_sid)
        assert (session.user_sid, session.course_sid) == enrollment.pair
        assert state.exams.get(session.exam_sid).course_sid == session.course_sid
    for location in state.proctor_locations:
        assert location.location_type_sid in {each.sid for each in LOCATION_TYPES}
        assert location.proctor_type_sid in PROCTOR_TYPES


@pytest.mark.parametrize("name", ["demo", "documented", "empty"])
def test_every_set_has_the_credentials_and_entities_refer_to_entities(name: str) -> None:
    state = state_of(local_sandbox(name))
    assert vendor.credentials(state) == CREDENTIALS
    check_references(state)


def test_the_empty_set_has_nothing_else() -> None:
    held = state_of(local_sandbox("empty")).collections
    assert {name for name, entities in held.items() if len(entities)} == {"tokens", "installs", "integrations"}


def test_the_documented_set_has_the_guides_own_sids() -> None:
    state = state_of(local_sandbox("documented"))
    assert "EN5f4e3d2c1b0a9z8y7x6w5v4u3t2s1r" in state.enrollments
    assert "PTa17h8i9j0k1l2m3n4o5b2c3d4e5f6g" in state.proctor_locations
    assert "TS4b894875d26194988853e490dfb9bc41" in PROCTOR_TYPES


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_generated_set_loads_and_knows_everybody(tmp_path: Path, kind: str) -> None:
    list(write_set(tmp_path / "crowd", [vendor], 9, 3, kind))
    boot = Boot(fixtures="crowd", clock="2025-05-15T10:00:00Z")
    sandbox = boot_sandbox("s", boot, Shared((vendor,), Fixtures([tmp_path]), "http://mock.test"))
    state = state_of(sandbox)
    assert [user.email for user in state.users] == [person.email for person in people(3, 9)]
    assert [user.external_id for user in state.users][:2] == ["cand-1001", "cand-1002"]
    assert vendor.credentials(state) == CREDENTIALS
    assert {each.user_sid for each in state.sessions} == {user.sid for user in state.users}
    assert {each.status for each in state.sessions} == {"Needs Proctor", "Scheduled"}
    check_references(state)


def test_the_same_people_make_the_same_bytes() -> None:
    assert vendor.generate is not None
    first, second = (msgspec.json.encode(vendor.generate(list(people(7, 5)))) for _ in range(2))
    assert first == second
