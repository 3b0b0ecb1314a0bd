"""Actions of the caller with wrong arguments: the field is named, and nothing has changed."""

from typing import Any

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import NOBODY

PARTNER = {"base_url": "http://127.0.0.1:9/api/v1", "client_id": "ts", "client_secret": "fake"}
PERSON = {"applicant_id": NOBODY, "lastname": "N", "firstname": "N", "email": "n@people.example"}
INVITE = {"campaign_id": "1", "count": 1}


def refused(sandbox: RemoteSandbox, action: str, arguments: Any) -> tuple[int, set[str]]:
    """Return the status, and the fields that the refusal names."""
    body = {"action": f"talentsoft.{action}", "arguments": arguments}
    answer = sandbox.http.post(f"{sandbox.admin_url}/actions", json=body, timeout=20)
    return answer.status_code, set(answer.json().get("errors", {}))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base_url": "partner.example/api"}, "base_url"),
        ({"base_url": "ftp://partner.example"}, "base_url"),
        ({"base_url": "http://partner.example/api?x=1"}, "base_url"),
        ({"base_url": "http://partner.example/api#x"}, "base_url"),
        ({"base_url": 7}, "base_url"),
        ({"base_url": None}, "base_url"),
        ({"client_id": ""}, "client_id"),
        ({"client_secret": ""}, "client_secret"),
        ({"client_secret": "x" * 1025}, "client_secret"),
        ({"recruiter": "nobody"}, "recruiter"),
        ({"recruiter": "ö@ü.example"}, "recruiter"),
        ({"recruiter": "a@b.example\r\nX: 1"}, "recruiter"),
        ({"grant": "password"}, "grant"),
        ({"partner": "a b"}, "partner"),
        ({"partner": "x" * 65}, "partner"),
    ],
)
def test_connecting(sandbox: RemoteSandbox, changes: dict[str, Any], field: str) -> None:
    assert refused(sandbox, "connect_partner", {**PARTNER, **changes}) == (400, {field})
    assert sandbox.entities("talentsoft", "partners") == []


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_connecting_elsewhere_needs_both_credentials(sandbox: RemoteSandbox, missing: str) -> None:
    given = {name: value for name, value in PARTNER.items() if name != missing}
    assert refused(sandbox, "connect_partner", given) == (400, {missing})


@pytest.mark.parametrize(
    ("action", "arguments", "field"),
    [
        ("caller_invite", {"count": 1}, "campaign_id"),
        ("caller_invite", {"campaign_id": "1"}, "invitations"),
        ("caller_invite", {**INVITE, "invitations": [PERSON]}, "invitations"),
        ("caller_invite", {**INVITE, "count": 0}, "count"),
        ("caller_invite", {**INVITE, "count": 1001}, "count"),
        ("caller_invite", {**INVITE, "count": "1"}, "count"),
        ("caller_invite", {**INVITE, "seed": "x"}, "seed"),
        ("caller_invite", {**INVITE, "callback_url": "cb"}, "callback_url"),
        ("caller_invite", {"campaign_id": "1", "invitations": []}, "invitations"),
        ("caller_invite", {"campaign_id": "1", "invitations": [{}]}, "invitations[0].applicant_id"),
        ("caller_invite", {**INVITE, "recruiter": "x"}, "recruiter"),
        ("caller_invite", {**INVITE, "recruiter": "a@b.example", "as_application": True}, "recruiter"),
        ("caller_refresh", {}, "campaign_id"),
        ("caller_refresh", {"campaign_id": "1", "applicants": "all"}, "applicants"),
        ("caller_refresh", {"campaign_id": "1", "language": "english"}, "language"),
        ("caller_list_campaigns", {"language": "english"}, "language"),
        ("caller_list_campaigns", {"keyword": 1}, "keyword"),
        ("caller_campaign_creation_link", {"as_application": "yes"}, "as_application"),
        ("caller_erase", {"email": "a@b.example", "campaigns": ["1"]}, "applicant_id"),
        ("caller_erase", {"applicant_id": NOBODY, "campaigns": ["1"]}, "email"),
        ("caller_erase", {"applicant_id": NOBODY, "email": "a@b.example"}, "campaigns"),
        ("caller_batch", {"campaigns": "1"}, "campaigns"),
        ("caller_batch", {"daily": 1}, "daily"),
    ],
)
def test_calling(sandbox: RemoteSandbox, action: str, arguments: dict[str, Any], field: str) -> None:
    sandbox.action("talentsoft.connect_partner", **PARTNER)
    status, named = refused(sandbox, action, arguments)
    assert (status, field in named) == (400, True), named
    assert sandbox.entities("talentsoft", "errands") == []
    assert sandbox.entities("talentsoft", "followed") == []
    assert sandbox.admin("GET", "/outbox")["deliveries"] == []


def test_calling_before_there_is_a_partner(sandbox: RemoteSandbox) -> None:
    assert refused(sandbox, "caller_list_campaigns", {}) == (400, {"partner"})
    assert refused(sandbox, "caller_list_campaigns", {"partner": "1"}) == (404, {"partner"})
