"""The fixture sets, and those that are generated."""

import msgspec
import pytest

from mockserver.core.people import people
from mockserver.vendors.talentsoft import vendor
from mockserver.vendors.talentsoft.entities import Status
from mockserver.vendors.talentsoft.state import Talentsoft
from tests.local import local_sandbox
from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import Caller


def loaded(fixtures: str) -> Talentsoft:
    state = local_sandbox(fixtures, clock="2026-11-20T10:00:00Z").states["talentsoft"]
    assert isinstance(state, Talentsoft)
    return state


def test_the_demo_set_shows_every_status() -> None:
    state = loaded("demo")
    assert {state.status_of(each) for each in state.invitations} == set(Status)


def test_the_empty_set_has_only_who_can_call() -> None:
    counts = {name: len(held) for name, held in loaded("empty").collections.items()}
    assert {name for name, count in counts.items() if count} == {"clients", "recruiters"}


@pytest.mark.parametrize("fixtures", ["demo", "empty"])
def test_credentials_are_the_same_in_both(fixtures: str) -> None:
    credentials = vendor.credentials(loaded(fixtures))
    assert (credentials["client_id"], credentials["client_secret"]) == (
        "ts_demo",
        "fake-talentsoft-secret-0123456789abcdef",
    )


def test_everybody_is_invited_in_a_generated_set() -> None:
    assert vendor.generate is not None
    crowd = list(people(1, 40))
    rows = msgspec.json.decode(msgspec.json.encode(vendor.generate(crowd)))
    state = loaded("empty")
    for held in state.collections.values():
        for each in held:
            held.remove(getattr(each, held.key))
    state.load(rows, "generated")
    assert {each.applicant_id for each in state.invitations} == {person.uuid for person in crowd}
    assert len({state.status_of(each) for each in state.invitations}) == 4
    assert vendor.credentials(state)["client_id"] == "ts_demo"


@pytest.mark.boot(fixtures="empty")
def test_from_nothing_to_results(sandbox: RemoteSandbox) -> None:
    caller = Caller(sandbox)
    sandbox.action("talentsoft.create_campaign", name="Painters", language="en-GB")
    caller.invite_one()
    [row] = caller.assessments()
    sandbox.action("talentsoft.start", campaign_id="1", applicant_id=row["applicant_id"])
    sandbox.action("talentsoft.complete", campaign_id="1", applicant_id=row["applicant_id"], global_score=55)
    assert caller.assessments()[0]["global_score"] == "55"
