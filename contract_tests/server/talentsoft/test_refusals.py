"""What a partner may refuse, brought about at a mockserver: whatever it is, it is said in the envelope."""

from typing import Any

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.talentsoft.partner import CAMPAIGNS, CREATION, TESTS, Partner

pytestmark = [pytest.mark.sandbox, pytest.mark.writes]

_MIB = 1_048_576
_ONE_ID = "00000000-0000-4000-8000-000000000000"
_JSON = {"Content-Type": "application/json"}
_ERASURE = {"campaigns": ["1"], "email": "nobody@people.example", "applicant_id": _ONE_ID}
_CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "campaigns": ("GET", CAMPAIGNS, {}),
    "creation": ("GET", CREATION, {}),
    "statuses": ("GET", TESTS, {"params": {"campaign_id": "1"}}),
    "invite": ("POST", TESTS, {"json": {"campaign_id": "1", "invitations": []}}),
    "erase": ("DELETE", TESTS, {"json": _ERASURE}),
}


def _refused(partner: Partner, reply: Reply, status: int) -> None:
    told = f"{reply.call} is refused with {status}."
    partner.holds(f"{reply.operation}.response.{status}", reply.status == status, told, got=reply.told)
    partner.enveloped(reply)


@pytest.mark.parametrize("which", _CALLS)
@pytest.mark.clause("talentsoft.envelope-status")
def test_another_recruiter_than_the_tokens(partner: Partner, which: str) -> None:
    """A refusal of who is connected is said in the envelope."""
    if not partner.recruiter:
        pytest.skip("It takes a token of a recruiter's: recruiter of the credentials.")
    method, path, parts = _CALLS[which]
    with partner.sandbox.settings(match_current_user=True):
        shown = partner.bearer(partner.needs(partner.ask_token(partner.recruiter_form())))
        headers = {**shown, "X-Current-User": "somebody.else@people.example"}
        _refused(partner, partner.call(method, path, headers=headers, **parts), 403)


@pytest.mark.parametrize("which", _CALLS)
@pytest.mark.clause("talentsoft.envelope-status")
def test_more_than_a_partner_takes(partner: Partner, which: str) -> None:
    """A refusal of a body that is too large is said in the envelope."""
    method, path, parts = _CALLS[which]
    data = b'{"a": "' + b"a" * 2 * _MIB + b'"}'
    query = parts.get("params", {})
    _refused(partner, partner.api(method, path, params=query, data=data, headers=_JSON), 413)


@pytest.mark.parametrize("path", [CAMPAIGNS, CREATION, TESTS])
@pytest.mark.clause("talentsoft.envelope-status")
def test_a_method_that_is_not_there(partner: Partner, path: str) -> None:
    """A refusal of a method is said in the envelope."""
    partner.enveloped(partner.refuses_method("PATCH", path, headers=partner.authorization(), data=b"{}"))


@pytest.mark.parametrize("which", ["invite", "erase"])
@pytest.mark.clause("talentsoft.envelope-status")
def test_a_body_that_is_no_json(partner: Partner, which: str) -> None:
    """A refusal of a content type is said in the envelope."""
    method, path, _ = _CALLS[which]
    _refused(partner, partner.api(method, path, data=b"<a/>", headers={"Content-Type": "text/xml"}), 415)


@pytest.mark.clause("talentsoft.envelope-status")
def test_a_campaign_that_nobody_knows(partner: Partner) -> None:
    """A refusal of a campaign is said in the envelope."""
    _refused(partner, partner.statuses("no-such-campaign"), 404)
    _refused(partner, partner.invite("no-such-campaign", partner.applicant()), 404)


@pytest.mark.clause("talentsoft.closed-campaign", "talentsoft.envelope-status")
def test_a_campaign_that_is_closed(partner: Partner) -> None:
    """Inviting to a closed campaign answers 409; no document says so, but the envelope counts."""
    made = str(partner.sandbox.action("create_campaign", name="Over", language="en-GB")["id"])
    partner.sandbox.action("close_campaign", campaign_id=made)
    _refused(partner, partner.invite(made, partner.applicant()), 409)


@pytest.mark.clause("talentsoft.envelope-status")
def test_a_language_that_is_none(partner: Partner) -> None:
    """A refusal of a language is said in the envelope."""
    with partner.sandbox.settings(strict_language=True):
        _refused(partner, partner.api("GET", CAMPAIGNS, params={"language": "klingon!"}), 400)


@pytest.mark.clause("talentsoft.envelope-status")
def test_a_partner_without_creation_link(partner: Partner) -> None:
    """That there is no creation link is said in the envelope."""
    with partner.sandbox.settings(creation_link=False):
        _refused(partner, partner.api("GET", CREATION), 404)


@pytest.mark.parametrize("which", _CALLS)
@pytest.mark.clause("talentsoft.envelope-status", "talentsoft.envelope-code")
def test_a_partner_that_fails(partner: Partner, which: str) -> None:
    """A failure of the partner itself is said in the envelope, with fail in place of error."""
    method, path, parts = _CALLS[which]
    partner.authorization()
    reply = partner.api(method, path, headers={"X-Mockserver-Fault": "status=503"}, **parts)
    told = f"{reply.call} fails with 503."
    partner.holds(f"{reply.operation}.response.5XX", reply.status == 503, told, got=reply.told)
    partner.enveloped(reply)


@pytest.mark.clause("talentsoft.create_token_at_root")
def test_the_token_call_of_the_sibling(partner: Partner) -> None:
    """A sibling specification has the token call at the root."""
    partner.needs(partner.ask_token(partner.application_form(), "/token"))
