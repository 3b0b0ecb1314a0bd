"""What a client does when a call is refused, fails, or is answered by nothing."""

import pytest

from contract_tests.client import returned
from contract_tests.client.stage import Stage
from contract_tests.client.youtestme.people import (
    ACCOUNT,
    ANY_LOOK_UP,
    LOOK_UPS,
    TEST,
    TOM,
    account,
    id_of,
    on_the_way,
    only_account,
)
from contract_tests.clients.protocols import YouTestMeAdapter


@pytest.mark.clause("youtestme.lookup-before-create", "caller.no-second-effect", "caller.lost-answer")
def test_a_lost_answer_to_create_makes_no_second_account(stage: Stage, client: YouTestMeAdapter) -> None:
    """After a lost answer the look-up tells whether the account exists, before it would be created again."""
    stage.fault("lost_response", "create_user", times=1)
    with stage.calling("create_user"), stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    sent = stage.calls("create_user")
    stage.expect_count(sent, 1, "Creating an account whose answer was lost, without a look-up that finds it")


@pytest.mark.clause("caller.lost-answer")
def test_a_lost_answer_to_create_is_found_out(stage: Stage, client: YouTestMeAdapter) -> None:
    """After a lost answer the account is found, and the verb succeeds."""
    stage.fault("lost_response", "create_user", times=1)
    with stage.calling("create_user"):
        got = id_of("ensure_user", client.ensure_user(TOM, **ACCOUNT))
    tom = only_account(stage)
    stage.expect(got == tom["id"], "The verb returns the account.", tom["id"], got)


@pytest.mark.mockserver(settings={"youtestme": {"allow_duplicate_external_id": True}})
@pytest.mark.clause("caller.no-second-effect")
def test_a_lost_answer_to_authorize_makes_no_second_permission(stage: Stage, client: YouTestMeAdapter) -> None:
    """A permission whose answer was lost is not given twice."""
    account(stage)
    stage.fault("lost_response", "create_authorization", times=1)
    with stage.calling("create_authorization"), stage.may_fail():
        client.authorize("order-1", test=TEST, candidate=TOM)
    made = stage.vendor.entities("authorizations")
    with on_the_way(stage, "create_authorization"):
        stage.expect(made, "An authorization is made.", 1, 0)
    stage.expect(len(made) == 1, "One authorization is made.", 1, len(made))


@pytest.mark.clause("caller.tries-again")
@pytest.mark.parametrize("operation", ["look-up", "create_user"])
def test_tries_again_when_the_vendor_is_down(stage: Stage, client: YouTestMeAdapter, operation: str) -> None:
    """After 503 the client tries again, and makes one account."""
    failing = ANY_LOOK_UP if operation == "look-up" else operation
    stage.fault("status", failing, status=503, times=1, headers={"Retry-After": "1"})
    with stage.calling(*(LOOK_UPS if operation == "look-up" else [operation])):
        client.ensure_user(TOM, **ACCOUNT)
    only_account(stage)


@pytest.mark.clause("caller.retry-after")
@pytest.mark.parametrize("status", [429, 503])
def test_honours_retry_after(stage: Stage, client: YouTestMeAdapter, status: int) -> None:
    """The client waits as long as Retry-After says, before it calls that operation again."""
    stage.fault("status", ANY_LOOK_UP, status=status, times=1, headers={"Retry-After": "3"})
    with stage.calling(*LOOK_UPS), stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect_waited(stage.calls(*LOOK_UPS), 3)


@pytest.mark.clause("caller.gives-up")
def test_gives_up(stage: Stage, client: YouTestMeAdapter) -> None:
    """A vendor that stays down is not called for ever, and the verb raises."""
    stage.fault("status", "*", status=503)
    with stage.calling(*LOOK_UPS, "create_user"), stage.may_fail() as raised:
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect(len(stage.calls()) <= 20, "It gives up after some attempts.", "20 calls at most", len(stage.calls()))


@pytest.mark.clause("caller.forbidden-is-final")
@pytest.mark.mockserver(settings={"youtestme": {"rest_api_module": False}})
def test_a_tenant_without_the_api_is_not_asked_again(stage: Stage, client: YouTestMeAdapter) -> None:
    """A call that was refused with 403 is not repeated: the REST API is a module that a tenant may not have."""
    with stage.calling(*LOOK_UPS, "create_user"), stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect_no_repetition()


@pytest.mark.clause("caller.unauthorized-is-final")
def test_a_wrong_key_is_not_shown_again(stage: Stage) -> None:
    """A call that was refused with 401 is not repeated with the same key."""
    client = stage.make(api_key="fake-unknown-key")
    with stage.calling(*LOOK_UPS), stage.may_fail() as raised:
        client.find_user(external_id=TOM)
    stage.expect_no_repetition()
    stage.expect(raised, "The verb raises.", "an exception", "it returned")


@pytest.mark.clause("caller.refusal-is-final")
@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_is_not_repeated(stage: Stage, client: YouTestMeAdapter, status: int) -> None:
    """A call that was refused with 4xx is not sent again as it was."""
    account(stage)
    stage.fault("status", "create_authorization", status=status)
    with stage.calling("create_authorization"), stage.may_fail():
        client.authorize("order-1", test=TEST, candidate=TOM)
    stage.expect_count(stage.calls("create_authorization"), 1, "An authorization that was refused")


@pytest.mark.clause("caller.refusal-is-told")
def test_a_refusal_is_told(stage: Stage, client: YouTestMeAdapter) -> None:
    """A verb that was refused raises."""
    account(stage)
    with stage.calling("create_authorization"):
        with stage.may_fail() as raised:
            client.authorize("order-1", test="no-such-test", candidate=TOM)
        if raised and not stage.calls("create_authorization"):
            pytest.skip("The client refuses it by itself.")
    stage.expect(raised, "The verb raises.", "an exception", "it returned")


@pytest.mark.clause("caller.unknown-fields")
def test_unknown_fields_are_ignored(stage: Stage, client: YouTestMeAdapter) -> None:
    """Answers with fields that nobody has heard of are as good as others."""
    tom = account(stage)
    with on_the_way(stage, "get_user_by_external_id"):
        got = id_of("find_user", client.find_user(external_id=TOM))
        stage.expect(got == tom["id"], "The account is found.", tom["id"], got)
    answered = {**stage.answer_of("create_user"), "x": {"y": [1, None]}, "zz": "new"}
    stage.fault("status", "get_user_by_external_id", status=200, body=answered)
    got = id_of("find_user", client.find_user(external_id=TOM))
    stage.expect(got == tom["id"], "The account is read.", tom["id"], got)


@pytest.mark.clause("caller.links-not-stored", "youtestme.link-over")
def test_links_are_made_anew(stage: Stage, client: YouTestMeAdapter) -> None:
    """Each use of a link has one of its own, since links expire."""
    account(stage)
    with stage.calling("create_sso_link"):
        links = [returned.text("sso_link", client.sso_link(TOM)) for _ in range(3)]
    stage.expect(len(set(links)) == 3, "Three links are made.", "3 different links", f"{len(set(links))} different")
    stage.expect_count(stage.calls("create_sso_link"), 3, "Making three links")


@pytest.mark.clause("caller.order")
def test_nothing_follows_a_failure(stage: Stage, client: YouTestMeAdapter) -> None:
    """Where the look-up fails, no account is created: whether there is one is not known."""
    stage.fault("status", ANY_LOOK_UP, status=500)
    with stage.calling(*LOOK_UPS, "create_user"), stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect_count(stage.calls("create_user"), 0, "Creating an account after a look-up that failed")


@pytest.mark.clause("caller.lost-answer")
@pytest.mark.parametrize("kind", ["reset", "empty"])
def test_a_broken_connection_is_survived(stage: Stage, client: YouTestMeAdapter, kind: str) -> None:
    """A connection that breaks before anything is done costs no more than another try."""
    stage.fault(kind, ANY_LOOK_UP, at="before", times=1)
    with stage.calling(*LOOK_UPS):
        client.ensure_user(TOM, **ACCOUNT)
    only_account(stage)
