"""Every call in its plainest and in its fullest form; the judge looks at each."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contract_tests.client import returned
from contract_tests.client.arrival import Value, expect_arrived
from contract_tests.client.stage import Stage
from contract_tests.client.youtestme.people import (
    ACCOUNT,
    LOOK_UPS,
    SECRET,
    TEST,
    TOM,
    account,
    arrived,
    id_of,
    on_the_way,
    only_account,
    only_authorization,
    permitted,
)
from contract_tests.clients.protocols import YouTestMeAdapter


@pytest.mark.clause(
    "youtestme.create_user.request.after.look-up",
    "youtestme.lookup-before-create",
    "youtestme.get_user_by_external_id",
    "youtestme.create_user",
)
def test_an_account_is_looked_up_and_then_created(stage: Stage) -> None:
    """An account is looked up, and created as it is given only where there is none."""
    tom = account(stage)
    first = stage.calls()[0]
    stage.expect(first.operation in LOOK_UPS, "The look-up comes first.", "GET /users/externalId=...", first)
    given = {
        "username": ACCOUNT["username"],
        "firstName": ACCOUNT["first_name"],
        "lastName": ACCOUNT["last_name"],
        "email": ACCOUNT["email"],
    }
    expect_arrived(stage, arrived("create_user", given, tom))


@pytest.mark.clause("youtestme.lookup-before-create", "youtestme.get_user_by_external_id")
def test_an_account_that_exists_is_not_created(stage: Stage, client: YouTestMeAdapter) -> None:
    """Where the look-up finds the account, none is created."""
    account(stage)
    before = len(stage.calls("create_user"))
    client.ensure_user(TOM, **ACCOUNT)
    stage.expect_count(stage.calls("create_user")[before:], 0, "Creating what exists")


@pytest.mark.clause("youtestme.create_user")
def test_an_account_with_all_its_fields(stage: Stage, client: YouTestMeAdapter) -> None:
    """All the fields of the article's sample can be sent."""
    more: dict[str, Any] = {
        "status": "ACT",
        "timeZoneId": "Europe/London",
        "interfaceLanguageId": 1,
        "examLanguageId": 1,
    }
    with stage.optional():
        client.ensure_user(TOM, **ACCOUNT, role="INS", **more)
    expect_arrived(stage, arrived("create_user", {"roleCode": "INS", **more}, only_account(stage)))


@pytest.mark.clause("youtestme.path-encoding", "youtestme.get_user_by_external_id")
def test_unusual_external_ids(stage: Stage, client: YouTestMeAdapter) -> None:
    """An external id with a space, a slash, a plus or a letter of another alphabet finds its account again."""
    for number, external_id in enumerate(("a b", "a/b", "a+b", "a=b?c#d", "ångström")):
        name = f"user{number}@example.com"
        made = account(stage, external_id, username=name, email=name)
        got = id_of("find_user", client.find_user(external_id=external_id))
        stage.expect(got == made["id"], f"{external_id!r} is found again.", made["id"], got)


@pytest.mark.clause("youtestme.get_user_by_username")
def test_an_account_by_username(stage: Stage, client: YouTestMeAdapter) -> None:
    """An account is found by its username, an e-mail address with a plus too."""
    tom = account(stage, username="tom+exams@example.com")
    got = id_of("find_user", client.find_user(username="tom+exams@example.com"))
    stage.expect(got == tom["id"], "The account is found.", tom["id"], got)
    stage.expect(client.find_user(username="nobody@example.com") is None, "Nobody is None.", None, "an account")


@pytest.mark.clause("youtestme.get_user")
def test_an_account_by_the_vendors_own_id(stage: Stage) -> None:
    """An account is found by the id that its creation has answered."""
    tom = account(stage)
    with stage.optional():
        found = stage.client.find_user(internal_id=tom["id"])
    if not stage.calls("get_user"):
        pytest.skip("The adapter looks nobody up by the vendor's own id.")
    got = id_of("find_user", found)
    stage.expect(got == tom["id"], "The account is found.", tom["id"], got)


@pytest.mark.clause("youtestme.change_user_by_external_id")
def test_an_account_is_changed(stage: Stage, client: YouTestMeAdapter) -> None:
    """A change reaches the vendor and leaves the rest alone."""
    account(stage)
    client.change_user(TOM, lastName="Palmer-Smith")
    tom = only_account(stage)
    now = (tom["first_name"], tom["last_name"])
    stage.expect(now == ("Tom", "Palmer-Smith"), "The last name alone changes.", "Tom Palmer-Smith", now)


@pytest.mark.clause("youtestme.create_authorization", "youtestme.identifiers-any")
def test_an_authorization(stage: Stage, client: YouTestMeAdapter) -> None:
    """Test and candidate are named by an identifier each, and an expiry is sent as an instant."""
    tom, expires = account(stage), stage.now().replace(microsecond=0) + timedelta(days=30)
    client.authorize("order-1", test=TEST, candidate=TOM, expires=expires)
    made = only_authorization(stage)
    test = stage.the_only(stage.vendor.entities("tests", external_id=TEST), "One test has the external id")
    named, wanted = (made["test_id"], made["candidate_id"]), (test["id"], tom["id"])
    stage.expect(named == wanted, "It is of the test and the candidate that were given.", wanted, named)
    expect_arrived(stage, [_instant("create_authorization", "expirationDatetime", expires, made["expiration"])])
    with on_the_way(stage, "get_authorization_by_external_id"):
        got = id_of("authorization", client.authorization("order-1"))
        stage.expect(got == made["id"], "It is found by its external id.", made["id"], got)


@pytest.mark.clause("youtestme.identifiers-together", "youtestme.create_authorization")
def test_an_authorization_with_all_identifiers(stage: Stage, client: YouTestMeAdapter) -> None:
    """All identifiers of a record may be sent at once."""
    tom = account(stage)
    with stage.calling("create_authorization"), stage.optional():
        client.authorize(
            "order-1",
            test=TEST,
            candidate=TOM,
            testId=100320,
            candidateId=tom["id"],
            candidateUsername=ACCOUNT["username"],
        )
    only_authorization(stage)


@pytest.mark.clause("youtestme.deactivate_authorization")
def test_an_authorization_is_deactivated(stage: Stage, client: YouTestMeAdapter) -> None:
    """An authorization that is taken back is not active any more; one that there is not changes nothing."""
    permitted(stage)
    client.deactivate("order-1")
    client.deactivate("order-unknown")
    found = only_authorization(stage)
    stage.expect(found["deactivated"], "The authorization is deactivated.", True, found["deactivated"])


@pytest.mark.clause("youtestme.create_sso_link", "youtestme.link-opens")
def test_a_link(stage: Stage, client: YouTestMeAdapter) -> None:
    """A link is made for a page, with the address to come back to and an expiry."""
    tom = account(stage)
    given = {"page": "myTests.xhtml", "refererUrl": "https://lms.example/courses"}
    with stage.calling("create_sso_link"):
        expires = stage.now().replace(microsecond=0) + timedelta(hours=1)
        made = client.sso_link(TOM, given["page"], referer_url=given["refererUrl"], expires=expires)
        link = returned.text("sso_link", made)
    stage.expect(link.startswith("http"), "The link is an address.", "http...", link)
    kept = stage.vendor.entities("sso_links")[-1]
    stage.expect(kept["user_id"] == tom["id"], "The link is the user's.", tom["id"], kept["user_id"])
    told = _instant("create_sso_link", "expirationTime", expires, kept["expiration"])
    expect_arrived(stage, [*arrived("create_sso_link", given, kept), told])


@pytest.mark.clause("youtestme.create_sso_link", "youtestme.identifiers-together")
def test_a_link_with_all_identifiers(stage: Stage, client: YouTestMeAdapter) -> None:
    """The user of a link may be named by all identifiers at once."""
    tom = account(stage)
    with stage.calling("create_sso_link"), stage.optional():
        made = client.sso_link(TOM, userId=tom["id"], username=ACCOUNT["username"])
        returned.text("sso_link", made)


@pytest.mark.clause("youtestme.create_webhook", "youtestme.webhook-all-results")
def test_a_subscription(stage: Stage, client: YouTestMeAdapter) -> None:
    """One subscription is made for all results, however often it is asked for, and ends when it is to end."""
    client.subscribe("https://lms.example/results", SECRET)
    client.subscribe("https://lms.example/results", SECRET)
    kept = stage.vendor.entities("webhooks")
    stage.expect(len(kept) == 1, "There is one subscription.", 1, len(kept))
    expect_arrived(stage, arrived("create_webhook", {"url": "https://lms.example/results"}, kept[0]))
    with on_the_way(stage, "delete_webhook"):
        client.unsubscribe("https://lms.example/results")
        kept = stage.vendor.entities("webhooks")
        stage.expect(not kept, "There is no subscription any more.", 0, len(kept))


def _instant(operation: str, name: str, given: datetime, kept: str) -> Value:
    came = kept and datetime.fromisoformat(kept).replace(microsecond=0)
    return Value(f"youtestme.{operation}.request.body.{name}", name, given, came)
