"""Verbs, moves and limits, looked at from inside."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mockserver.core.auth import verify_jwt
from mockserver.core.errors import Conflict, Gone, NotFound
from mockserver.core.sandbox import Sandbox
from mockserver.vendors.talentsoft import vendor
from mockserver.vendors.talentsoft.entities import MOVES, OPEN, Invitation, Status
from mockserver.vendors.talentsoft.formats import is_culture, is_email
from mockserver.vendors.talentsoft.state import MOST_TOKENS, Talentsoft
from tests.local import local_sandbox
from tests.vendors.talentsoft.client import AMARA, CHIARA, ELENA

VERBS = {
    Status.IN_PROGRESS: Talentsoft.start,
    Status.COMPLETED: Talentsoft.complete,
    Status.EXPIRED: Talentsoft.expire,
    Status.DECLINED: Talentsoft.decline,
    Status.CANCELLED: Talentsoft.cancel,
    Status.ARCHIVED: Talentsoft.archive,
}


@pytest.fixture
def local() -> Sandbox:
    return local_sandbox("demo")


@pytest.fixture
def state(local: Sandbox) -> Talentsoft:
    found = local.states["talentsoft"]
    assert isinstance(found, Talentsoft)
    return found


def put(state: Talentsoft, status: Status) -> Invitation:
    """Bring an invitation to a status; expired is what the clock makes of one that is open."""
    amara = state.invitation("1", AMARA)
    if status is Status.EXPIRED:
        return state.invitations.save(replace(amara, expires_at=state.now()))
    return state.invitations.save(replace(amara, status=status))


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(Status)
    assert {status for status, after in MOVES.items() if Status.EXPIRED in after} == OPEN


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("to", VERBS)
def test_verbs_follow_the_table(state: Talentsoft, status: Status, to: Status) -> None:
    invitation = put(state, status)
    shared_only = (status, to) == (Status.AWAITING_SHARING, Status.COMPLETED)
    if to in MOVES[status] and not shared_only:
        assert state.status_of(VERBS[to](state, invitation.id)) is to
        return
    with pytest.raises(Conflict):
        VERBS[to](state, invitation.id)
    assert state.invitations.get(invitation.id) == invitation


def test_a_refusal_names_the_way_out(state: Talentsoft) -> None:
    with pytest.raises(Conflict, match="is waiting and cannot become completed; it can become applicantDeclined"):
        state.complete("analyst-amara")


def test_the_clock_expires_and_stores_nothing(local: Sandbox, state: Talentsoft) -> None:
    before = state.invitation("1", AMARA)
    local.clock.freeze(before.expires_at - timedelta(seconds=1))
    assert state.status_of(before) is Status.WAITING
    local.clock.advance(timedelta(seconds=1))
    assert state.status_of(before) is Status.EXPIRED
    assert state.invitation("1", AMARA) == before
    with pytest.raises(Conflict, match="is expired"):
        state.start(before.id)


def test_what_has_ended_does_not_expire(local: Sandbox, state: Talentsoft) -> None:
    chiara = state.invitation("1", CHIARA)
    local.clock.freeze(chiara.expires_at)
    assert state.status_of(chiara) is Status.COMPLETED


def test_shared_results_belong_to_both(state: Talentsoft) -> None:
    source = state.invitations.get("harbour-elena")
    shared = state.share(state.invitation("1", ELENA).id)
    assert shared.results == source.results
    state.erase("harbour", source.applicant_id, source.email)
    assert state.invitation("1", ELENA).results == source.results


def test_tokens_are_bounded_and_the_next_to_expire_goes_first(local: Sandbox, state: Talentsoft) -> None:
    client = state.clients.get("ts_demo")
    first = state.issue_token(client)
    local.clock.advance(timedelta(seconds=1))
    second = state.issue_token(client)
    for _ in range(MOST_TOKENS - 1):
        state.issue_token(client)
    assert len(state.access_tokens) == MOST_TOKENS
    assert first.id not in state.access_tokens
    assert second.id in state.access_tokens


def test_the_same_seed_mints_the_same_tokens_and_links() -> None:
    def minted(seed: int) -> str:
        state = local_sandbox("demo", seed=seed).states["talentsoft"]
        assert isinstance(state, Talentsoft)
        return state.issue_token(state.clients.get("ts_demo")).id

    assert minted(1) == minted(1) != minted(2)


def test_links_of_strangers_and_of_the_erased(state: Talentsoft) -> None:
    with pytest.raises(NotFound):
        state.behind_link("nothing")
    with pytest.raises(Gone):
        state.behind_link("go-safety-farid")
    with pytest.raises(Gone):
        state.behind_id("safety-farid")


@pytest.mark.parametrize("fixtures", ["demo", "documented", "empty"])
def test_the_vendors_own_assertion_is_what_a_partner_verifies(fixtures: str) -> None:
    state = local_sandbox(fixtures).states["talentsoft"]
    credentials = vendor.credentials(state)
    assert vendor.token is not None
    claims = verify_jwt(vendor.token(state), credentials["client_secret"], state.now())
    now = int(state.now().timestamp())
    assert (claims["iss"], claims["sub"]) == (credentials["client_id"], "TalentSoftMarketPlace")
    assert (claims["iat"], claims["exp"]) == (now, now + 1200)
    assert {"email", "name"} <= set(claims)
    assert credentials["callback_url"] == "http://mock.test/sandbox/local/talentsoft/api/v1/assessmentcallback"


def test_without_clients_there_are_no_credentials_and_no_assertion() -> None:
    state = local_sandbox("empty").states["talentsoft"]
    state.collections["clients"].remove("ts_demo")
    assert vendor.token is not None
    assert vendor.token(state) == ""
    assert vendor.credentials(state)["client_id"] == ""


@pytest.mark.parametrize("text", ["fr-FR", "en-GB", "sr-Latn-RS", "es-419", "fil-PH"])
def test_culture_names(text: str) -> None:
    assert is_culture(text)


@pytest.mark.parametrize("text", ["fr", "frFR", "fr_FR", "FR-fr", "french", "", "fr-FR\n"])
def test_no_culture_names(text: str) -> None:
    assert not is_culture(text)


@pytest.mark.parametrize("text", ["a@b.c", "ö@ü.example", "a.b+c@d-e.example"])
def test_email_addresses(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "a", "@b.c", "a@", "a@b", "a@b.", "a@@b.c", "a@b..c", "a b@c.d", "a@b.c\n", "a\0@b.c"]
)
def test_no_email_addresses(text: str) -> None:
    assert not is_email(text)
