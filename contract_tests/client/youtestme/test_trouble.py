"""What a client does when a call is refused, fails, or is answered by nothing."""

import pytest

from contract_tests.client.stage import Stage
from contract_tests.client.youtestme.people import ACCOUNT, TEST, TOM, accounts, order
from contract_tests.clients.protocols import YouTestMeAdapter


@pytest.mark.clause("youtestme.lookup-before-create", "caller.no-second-effect", "caller.lost-answer")
def test_a_lost_answer_to_create_makes_no_second_account(stage: Stage, client: YouTestMeAdapter) -> None:
    """After a lost answer the look-up tells whether the account exists, before it would be created again."""
    stage.fault("lost_response", "create_user", times=1)
    with stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    sent = stage.calls("create_user")
    stage.expect_count(sent, 1, "Creating an account whose answer was lost, without a look-up that finds it")


@pytest.mark.clause("caller.lost-answer")
def test_a_lost_answer_to_create_is_found_out(stage: Stage, client: YouTestMeAdapter) -> None:
    """After a lost answer the account is found, and the verb succeeds."""
    stage.fault("lost_response", "create_user", times=1)
    made = client.ensure_user(TOM, **ACCOUNT)
    (account,) = accounts(stage)
    stage.expect(made["id"] == account["id"], "The verb returns the account.", account["id"], made["id"])


@pytest.mark.mockserver(settings={"youtestme": {"allow_duplicate_external_id": True}})
@pytest.mark.clause("caller.no-second-effect")
def test_a_lost_answer_to_authorize_makes_no_second_permission(stage: Stage, client: YouTestMeAdapter) -> None:
    """A permission whose answer was lost is not given twice."""
    client.ensure_user(TOM, **ACCOUNT)
    stage.fault("lost_response", "create_authorization", times=1)
    with stage.may_fail():
        client.authorize("order-1", test=TEST, candidate=TOM)
    made = stage.vendor.entities("authorizations")
    stage.expect(len(made) <= 1, f"There are {len(made)} authorizations, not one.", 1, len(made))


@pytest.mark.clause("caller.tries-again")
@pytest.mark.parametrize("operation", ["get_user_by_external_id", "create_user"])
def test_tries_again_when_the_vendor_is_down(stage: Stage, client: YouTestMeAdapter, operation: str) -> None:
    """After 503 the client tries again, and makes one account."""
    stage.fault("status", operation, status=503, times=1, headers={"Retry-After": "1"})
    client.ensure_user(TOM, **ACCOUNT)
    stage.expect(len(accounts(stage)) == 1, "One account was made.", 1, len(accounts(stage)))


@pytest.mark.clause("caller.retry-after")
@pytest.mark.parametrize("status", [429, 503])
def test_honours_retry_after(stage: Stage, client: YouTestMeAdapter, status: int) -> None:
    """The client waits as long as Retry-After says, before it calls that operation again."""
    stage.fault("status", "get_user_by_external_id", status=status, times=1, headers={"Retry-After": "3"})
    with stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect_waited(stage.calls("get_user_by_external_id"), 3)


@pytest.mark.clause("caller.gives-up")
def test_gives_up(stage: Stage, client: YouTestMeAdapter) -> None:
    """A vendor that stays down is not called for ever, and the verb raises."""
    stage.fault("status", "*", status=503)
    with stage.may_fail() as raised:
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect(raised, "The verb raises.", "an exception", "it returned")
    stage.expect(len(stage.calls()) <= 20, "It gives up after some attempts.", "20 calls at most", len(stage.calls()))


@pytest.mark.clause("caller.forbidden-is-final")
@pytest.mark.mockserver(settings={"youtestme": {"rest_api_module": False}})
def test_a_tenant_without_the_api_is_not_asked_again(stage: Stage, client: YouTestMeAdapter) -> None:
    """A call that was refused with 403 is not repeated: the REST API is a module that a tenant may not have."""
    with stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect_no_repetition()


@pytest.mark.clause("caller.unauthorized-is-final")
def test_a_wrong_key_is_not_shown_again(stage: Stage) -> None:
    """A call that was refused with 401 is not repeated with the same key."""
    client = stage.make(api_key="fake-unknown-key")
    with stage.may_fail() as raised:
        client.find_user(external_id=TOM)
    stage.expect_no_repetition()
    stage.expect(raised, "The verb raises.", "an exception", "it returned")


@pytest.mark.clause("caller.refusal-is-final")
@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_is_not_repeated(stage: Stage, client: YouTestMeAdapter, status: int) -> None:
    """A call that was refused with 4xx is not sent again as it was."""
    client.ensure_user(TOM, **ACCOUNT)
    stage.fault("status", "create_authorization", status=status)
    with stage.may_fail():
        client.authorize("order-1", test=TEST, candidate=TOM)
    stage.expect_count(stage.calls("create_authorization"), 1, "An authorization that was refused")


@pytest.mark.clause("caller.refusal-is-told")
def test_a_refusal_is_told(stage: Stage, client: YouTestMeAdapter) -> None:
    """A verb that was refused raises."""
    client.ensure_user(TOM, **ACCOUNT)
    with stage.may_fail() as raised:
        client.authorize("order-1", test="no-such-test", candidate=TOM)
    stage.expect(raised, "The verb raises.", "an exception", "it returned")


@pytest.mark.clause("caller.unknown-fields")
def test_unknown_fields_are_ignored(stage: Stage, client: YouTestMeAdapter) -> None:
    """Answers with fields that nobody has heard of are as good as others."""
    client.ensure_user(TOM, **ACCOUNT)
    account = stage.answer_of("create_user")
    stage.fault("status", "get_user_by_external_id", status=200, body={**account, "x": {"y": [1, None]}, "zz": "new"})
    found = client.find_user(external_id=TOM)
    stage.expect(found is not None and found["id"] == account["id"], "The account is read.", account["id"], found)


@pytest.mark.clause("caller.links-not-stored", "youtestme.link-over")
def test_links_are_made_anew(stage: Stage, client: YouTestMeAdapter) -> None:
    """Each use of a link has one of its own, since links expire."""
    client.ensure_user(TOM, **ACCOUNT)
    links = [client.sso_link(TOM) for _ in range(3)]
    stage.expect(len(set(links)) == 3, "Three links were made.", "3 different links", f"{len(set(links))} different")
    stage.expect_count(stage.calls("create_sso_link"), 3, "Making three links")


@pytest.mark.clause("caller.order")
def test_nothing_follows_a_failure(stage: Stage, client: YouTestMeAdapter) -> None:
    """Where the look-up fails, no account is created: whether there is one is not known."""
    stage.fault("status", "get_user_by_external_id", status=500)
    with stage.may_fail():
        client.ensure_user(TOM, **ACCOUNT)
    stage.expect_count(stage.calls("create_user"), 0, "Creating an account after a look-up that failed")


@pytest.mark.clause("caller.lost-answer")
@pytest.mark.parametrize("kind", ["reset", "empty"])
def test_a_broken_connection_is_survived(stage: Stage, client: YouTestMeAdapter, kind: str) -> None:
    """A connection that breaks before anything is done costs no more than another try."""
    stage.fault(kind, "get_user_by_external_id", at="before", times=1)
    order(client)
    stage.expect(len(accounts(stage)) == 1, "One account was made.", 1, len(accounts(stage)))
