"""Tokens: the application's, the recruiter's, and who gets none."""

from math import ceil
from typing import Any

import pytest

from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.talentsoft.partner import CAMPAIGNS, CREATION, TESTS, Partner, json_object

_CALLS = {
    "list_campaigns": ("GET", CAMPAIGNS),
    "get_campaign_creation_link": ("GET", CREATION),
    "list_assessments": ("GET", TESTS),
    "invite_applicants": ("POST", TESTS),
    "erase_applicant": ("DELETE", TESTS),
}
_UNKNOWN_CALLER = frozenset({401, 403})


@pytest.mark.clause("talentsoft.application-grant-mandatory", "talentsoft.create_token.response.200")
def test_a_token_for_the_application(partner: Partner) -> None:
    """A partner serves the client_credentials grant."""
    reply = partner.ask_token(partner.application_form())
    # Who has it at another path serves the grant, at no path that a sample shows.
    clause = reply.operation if partner.is_elsewhere(reply) else "talentsoft.application-grant-mandatory"
    partner.needs(reply, clause=clause)
    partner.lifetime(reply)
    partner.bearer(reply)


@pytest.mark.clause("talentsoft.token-not-wrapped")
def test_token_answer_has_no_envelope(partner: Partner) -> None:
    """The token call answers bare OAuth JSON, not the envelope of the other calls."""
    reply = partner.needs(partner.ask_token(partner.application_form()))
    partner.holds(
        "talentsoft.token-not-wrapped",
        isinstance(reply.json, dict) and "data" not in reply.json and "status" not in reply.json,
        "The token's three fields are the answer itself.",
        expected="access_token, token_type and expires_in at the top",
        got=reply.told,
    )


@pytest.mark.clause("talentsoft.token-lifetime")
def test_token_opens_the_api(partner: Partner) -> None:
    """An access token is accepted for expires_in seconds after it was given, in the Authorization header."""
    partner.needs(partner.api("GET", CAMPAIGNS), clause="talentsoft.token-lifetime")


@pytest.mark.clause("talentsoft.token-lifetime")
def test_an_older_token_is_still_accepted(partner: Partner) -> None:
    """A new access token does not end one that was given before and lives still."""
    first = partner.authorization()
    partner.forget_token()
    partner.authorization()
    reply = partner.call("GET", CAMPAIGNS, headers=first)
    partner.needs(reply, clause="talentsoft.token-lifetime")


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("talentsoft.token-lifetime")
def test_token_expires(partner: Partner) -> None:
    """An access token is not accepted once expires_in seconds have passed."""
    given = partner.needs(partner.ask_token(partner.application_form()))
    headers = partner.bearer(given)
    partner.sandbox.advance(f"{ceil(partner.lifetime(given)) + 1}s")
    partner.forget_token()
    reply = partner.call("GET", CAMPAIGNS, headers=headers)
    partner.refuses(reply, "talentsoft.token-lifetime", "A token that has expired opens nothing.")


@pytest.mark.parametrize(
    "changes",
    [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_secret": ""}],
    ids=["secret", "id", "none"],
)
@pytest.mark.clause("talentsoft.client-per-customer", "talentsoft.token-errors-not-wrapped")
def test_nobody_else_gets_a_token(partner: Partner, changes: dict[str, str]) -> None:
    """A token is for the client whose id and secret are given, and for nobody else."""
    reply = partner.ask_token(partner.application_form(**changes))
    partner.refuses(reply, "talentsoft.client-per-customer", "Wrong credentials get no token.")
    _refused_as_oauth(partner, reply)


@pytest.mark.clause("talentsoft.create_token.response.400", "talentsoft.token-errors-not-wrapped")
def test_an_unknown_grant_is_refused(partner: Partner) -> None:
    """A grant that nobody documents is refused with 400; no document of the vendor says so."""
    reply = partner.ask_token(partner.application_form(grant_type="password"))
    told = "A grant that nobody documents is refused with 400."
    partner.holds("talentsoft.create_token.response.400", reply.status == 400, told, expected="400", got=reply.told)
    _refused_as_oauth(partner, reply)


def _refused_as_oauth(partner: Partner, reply: Reply) -> None:
    """Hold that a refusal of the token call is the bare error of OAuth; how the guide's envelope looks is known."""
    said = json_object(reply)
    bare = isinstance(said.get("error"), str) and "code" not in said and "status" not in said
    partner.holds(
        "talentsoft.token-errors-not-wrapped",
        reply.status >= 400 and bare,
        "The token call refuses as OAuth does, not in the envelope.",
        expected='a bare error of OAuth, such as {"error": "invalid_client"}',
        got=reply.told,
    )


@pytest.mark.clause("talentsoft.recruiter-grant-optional", "talentsoft.assertion-claims")
def test_a_token_for_a_recruiter(partner: Partner) -> None:
    """A partner may serve the jwt-bearer grant, for a recruiter whom both sides know by the same e-mail."""
    if not partner.capability("recruiter_grant", True):
        pytest.skip("The capabilities say that the recruiter's grant is not served; it is optional.")
    reply = partner.ask_token(partner.recruiter_form())
    _skip_for_nobody(partner, reply)
    if not reply.ok and partner.capability("recruiter_grant") is None:
        pytest.skip(
            "The recruiter's grant was refused; it is optional (capability recruiter_grant: true makes it count)."
        )
    partner.needs(reply, clause="talentsoft.recruiter-grant-optional")
    headers = {**partner.bearer(reply), **partner.connected()}
    called = partner.call("GET", CAMPAIGNS, headers=headers)
    partner.needs(called, clause="talentsoft.token-lifetime")


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another-secret-that-nobody-has-given-out"},
        {"iss": "nobody"},
        {"algorithm": "none", "secret": ""},
    ],
    ids=["secret", "issuer", "unsigned"],
)
@pytest.mark.clause("talentsoft.assertion-secret")
def test_forged_assertions_are_refused(partner: Partner, forged: dict[str, str]) -> None:
    """The iss claim of an assertion names the client whose client_secret the signature is checked with."""
    reply = partner.ask_token(partner.recruiter_form(**forged))
    _skip_for_nobody(partner, reply)
    partner.refuses(reply, "talentsoft.assertion-secret", "An assertion that its client did not sign gets no token.")


@pytest.mark.clause("talentsoft.assertion-expiry")
def test_an_expired_assertion_is_refused(partner: Partner) -> None:
    """An assertion whose exp lies in the past is refused; no document of the vendor says so."""
    past = int(partner.now().timestamp()) - 3600
    reply = partner.ask_token(partner.recruiter_form(iat=past - 60, exp=past))
    _skip_for_nobody(partner, reply)
    partner.refuses(reply, "talentsoft.assertion-expiry", "An assertion that has expired gets no token.")


def _skip_for_nobody(partner: Partner, reply: Reply) -> None:
    """Skip a check if its call was refused for the recruiter, it may be, who is made up."""
    if not reply.ok and not partner.recruiter:
        pytest.skip("The recruiter's grant is refused for somebody made up: it needs recruiter of the credentials.")


@pytest.mark.parametrize("operation", _CALLS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer made-up"}], ids=["without", "made-up"])
@pytest.mark.clause("talentsoft.client-per-customer")
def test_calls_need_a_token(partner: Partner, operation: str, headers: dict[str, str]) -> None:
    """A customer's data are for who shows a token of that customer's."""
    if operation == "get_campaign_creation_link" and not partner.capability("creation_link", True):
        pytest.skip("The capabilities say that there is no creation link; it is optional.")
    (method, path), parts = _CALLS[operation], _asked(partner, operation)
    reply = partner.call(method, path, headers=headers, **parts)
    if 400 <= reply.status < 500 and reply.status not in _UNKNOWN_CALLER:
        shown = partner.api(method, path, **parts)
        if shown.status == reply.status:
            partner.enveloped(reply)
            raise CannotGoOn(f"{reply.call} is refused with a token as without: {shown.told}")
    told = f"Who shows {'a made-up token' if headers else 'no token'} is refused."
    partner.refuses(reply, "talentsoft.client-per-customer", told)
    partner.enveloped(reply)


def _asked(partner: Partner, operation: str) -> dict[str, Any]:
    """Return a call that is right but for its token, and that changes nothing unless writes are allowed."""
    if operation == "list_assessments":
        return {"params": {"campaign_id": partner.campaign()}}
    if operation == "invite_applicants":
        invited = [partner.applicant()] if partner.target.writes else []
        return {"json": partner.invitation(partner.campaign(), *invited)}
    if operation == "erase_applicant":
        nobody = partner.applicant()
        said = {"email": nobody["email"], "applicant_id": nobody["applicant_id"]}
        return {"json": {"campaigns": [partner.campaign()], **said}}
    return {}
