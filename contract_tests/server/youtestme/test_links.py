"""Direct links that sign a user in."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from contract_tests.server.youtestme.tenant import Tenant

pytestmark = pytest.mark.writes


@pytest.mark.clause("youtestme.link-opens", "youtestme.create_sso_link")
def test_a_link_opens_the_page(tenant: Tenant) -> None:
    """Opening a link signs its user in and leads to the page."""
    user = tenant.user()
    page = tenant.browser().open(tenant.link(user))
    told = "The link leads to its page."
    fits = page.ok and page.status == 200
    tenant.holds("youtestme.link-opens", fits, told, expected="200", got=f"{page.status} at {page.url}")
    there = urlsplit(page.url).path.endswith("myTests.xhtml")
    tenant.holds("youtestme.link-opens", there, told, expected="myTests.xhtml", got=page.url)


@pytest.mark.parametrize("by", ["userId", "username", "userExternalId"])
@pytest.mark.clause("youtestme.create_sso_link")
def test_any_identifier_of_the_user(tenant: Tenant, by: str) -> None:
    """A link is made for a user who is named by any identifier."""
    user = tenant.user()
    value = {"userId": user.get("id"), "username": user["username"], "userExternalId": user["externalId"]}[by]
    if value is None:
        pytest.skip("The user's own id is not known here.")
    tenant.needs(tenant.api("POST", "/ssoLinks", json={by: value, "page": "myTests.xhtml"}))


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.link-over")
def test_an_expired_link_opens_nothing(tenant: Tenant) -> None:
    """A link that expired opens nothing."""
    until = datetime.fromisoformat(tenant.sandbox.now()) + timedelta(minutes=5)
    link = tenant.link(tenant.user(), expirationTime=until.strftime("%Y-%m-%dT%H:%M:%SZ"))
    tenant.sandbox.advance("6m")
    page = tenant.browser().open(link)
    tenant.holds(
        "youtestme.link-over", not page.ok, "It opens nothing any more.", expected="a refusal", got=page.status
    )


@pytest.mark.sandbox
@pytest.mark.clause("youtestme.link-default-expiry")
def test_a_link_without_expiration(tenant: Tenant) -> None:
    """A link made without expirationTime is good for a day; no document says so."""
    link = tenant.link(tenant.user())
    for wait, wanted in (("23h", True), ("61m", False)):
        tenant.sandbox.advance(wait)
        page = tenant.browser().open(link)
        told = f"The link {'still opens' if wanted else 'opens no longer'}."
        tenant.holds("youtestme.link-default-expiry", page.ok is wanted, told, expected=wanted, got=page.status)


@pytest.mark.clause("youtestme.future-only")
def test_a_link_that_is_over_when_it_is_made(tenant: Tenant) -> None:
    """An expiration that has passed already is refused; no document says so."""
    said = {"userExternalId": tenant.user()["externalId"], "page": "myTests.xhtml"}
    reply = tenant.api("POST", "/ssoLinks", json={**said, "expirationTime": "2020-01-01T00:00:00Z"})
    tenant.refuses(reply, "youtestme.future-only", "No link is made that opens nothing.", 400)


@pytest.mark.clause("youtestme.create_sso_link.response.404")
def test_a_link_for_nobody(tenant: Tenant) -> None:
    """A link for nobody is refused; no document says how."""
    reply = tenant.api("POST", "/ssoLinks", json={"userExternalId": "nobody-has-this", "page": "myTests.xhtml"})
    tenant.refuses(reply, "youtestme.create_sso_link.response.404", "Nobody is signed in who is not there.", 404)


@pytest.mark.clause("youtestme.create_sso_link.response.400")
def test_a_link_to_nowhere(tenant: Tenant) -> None:
    """A link to no page is refused; no document says how."""
    reply = tenant.api("POST", "/ssoLinks", json={"userExternalId": tenant.user()["externalId"]})
    tenant.refuses(reply, "youtestme.create_sso_link.response.400", "A link leads somewhere.", 400)
