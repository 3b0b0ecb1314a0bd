"""The fixture sets, and generated ones."""

from pathlib import Path

import msgspec
import pytest

from mockserver.core.booting import boot_sandbox
from mockserver.core.fixtures import Fixtures
from mockserver.core.generation import write_set
from mockserver.core.people import people
from mockserver.core.sandbox import Boot, Sandbox, Shared
from mockserver.vendors.youtestme import vendor
from mockserver.vendors.youtestme.state import YouTestMe
from tests.local import local_sandbox


def state_of(sandbox: Sandbox) -> YouTestMe:
    state = sandbox.states["youtestme"]
    assert isinstance(state, YouTestMe)
    return state


@pytest.mark.parametrize("name", ["demo", "documented", "empty"])
def test_every_set_has_the_key(name: str) -> None:
    assert vendor.credentials(state_of(local_sandbox(name))) == {"api_key": "fake-youtestme-key"}


def test_the_empty_set_has_nothing_else() -> None:
    held = state_of(local_sandbox("empty")).collections
    assert {name for name, entities in held.items() if len(entities)} == {"api_keys"}


@pytest.mark.parametrize("name", ["demo", "documented"])
def test_entities_refer_to_entities(name: str) -> None:
    state = state_of(local_sandbox(name))
    for session in state.testing_sessions:
        assert session.test_id in state.tests
    for authorization in state.authorizations:
        assert authorization.test_id in state.tests
        assert authorization.candidate_id in state.users
    for attempt in state.attempts:
        assert state.testing_sessions.get(attempt.session_id).test_id == attempt.test_id
        assert state.tests.get(attempt.test_id).version_id == attempt.test_version_id
        authorization = state.authorizations.get(attempt.authorization_id)
        assert (authorization.candidate_id, authorization.test_id) == (attempt.candidate_id, attempt.test_id)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_generated_set_loads_and_knows_everybody(tmp_path: Path, kind: str) -> None:
    list(write_set(tmp_path / "crowd", [vendor], 9, 3, kind))
    boot = Boot(fixtures="crowd", clock="2025-05-15T10:00:00Z")
    sandbox = boot_sandbox("s", boot, Shared((vendor,), Fixtures([tmp_path]), "http://mock.test"))
    state = state_of(sandbox)
    crowd = list(people(3, 9))
    assert [user.email for user in state.users] == [person.email for person in crowd]
    assert [user.external_id for user in state.users][:2] == ["cand-1001", "cand-1002"]
    assert vendor.credentials(state) == {"api_key": "fake-youtestme-key"}
    assert {each.candidate_id for each in state.authorizations} == {user.id for user in state.users}
    assert all(each.active for each in state.standings())


def test_the_same_people_make_the_same_bytes() -> None:
    assert vendor.generate is not None
    first, second = (msgspec.json.encode(vendor.generate(list(people(7, 5)))) for _ in range(2))
    assert first == second
