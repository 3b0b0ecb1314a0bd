"""Talentsoft as a client, with a defect each."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
import requests

from contract_tests.clients import talentsoft
from contract_tests.clients.answers import CallFailed, Record
from contract_tests.clients.complete import Talentsoft
from contract_tests.clients.receiving import Headers
from contract_tests.clients.talentsoft_tokens import Tokens
from contract_tests.twins.edits import having, turned
from contract_tests.twins.receiving import Trusting
from contract_tests.twins.sending import (
    as_text,
    at_url,
    calling,
    first_forever,
    manners,
    resending,
    saying,
    through,
    with_header,
)
from contract_tests.twins.twin import ClientTwin

_INVITE = "talentsoft.invite_applicants.request.body"
_ERASE = "talentsoft.erase_applicant.request.body"
_TESTS = "/assessment/tests$"


class _Satisfied(Talentsoft):
    """Thanks for a callback, and asks for nothing."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        return 200


class _Redirecting(Talentsoft):
    """Asks for the status after a callback, and sends who called back elsewhere."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        status = super().receive(path, headers, body)
        return 303 if status == 200 else status


class _Personal(Talentsoft):
    """Pulls the status as the recruiter."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        inlet = self._desk.inlets["/assessmentcallback"]
        assert isinstance(inlet, talentsoft.Callbacks)  # noqa: S101 - it is
        inlet._application = self


class _Impersonating(Talentsoft):
    """Pulls the status without naming the recruiter, with a token that was given for one."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        inlet = self._desk.inlets["/assessmentcallback"]
        assert isinstance(inlet, talentsoft.Callbacks)  # noqa: S101 - it is
        inlet._application._tokens = self._tokens


class _Believing(Talentsoft):
    """Takes a callback about anybody."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        inlet = self._desk.inlets["/assessmentcallback"]
        self._desk.inlets = {"/assessmentcallback": Trusting(inlet, lambda body: dict(parse_qsl(body.decode())))}


class _Forgetful(Talentsoft):
    """Acts on each callback, whether it tells anything new or not."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        status = super().receive(path, headers, body)
        if status == 200 and self._desk.told:
            self._desk.told.append(self._desk.told[-1])
        return status


class _Deceived(Talentsoft):
    """Takes an error in the envelope for an empty list."""

    def campaigns(self, keyword: str = "", language: str = "") -> list[Record]:
        try:
            return super().campaigns(keyword, language)
        except CallFailed:
            return []


class _Wasteful(Talentsoft):
    """Asks for a token at each call."""

    def _sign(self, request: Any) -> Any:
        tokens: Tokens = self._tokens
        tokens.forget()
        return super()._sign(request)


def _asking(field: str, turn: Callable[[str], str]) -> type:
    """Return a client that says another thing in a field of the token call's form, nothing where that is empty."""

    def change(request: requests.PreparedRequest) -> None:
        form = dict(parse_qsl(str(request.body)))
        if field in form:
            form[field] = turn(form[field])
            request.body = urlencode({name: value for name, value in form.items() if value})
            request.headers["Content-Length"] = str(len(request.body))

    return through(Talentsoft, calling("POST", "/token$", change))


def _of_nobody(assertion: str) -> str:
    claims = jwt.decode(assertion, options={"verify_signature": False})
    return jwt.encode({name: value for name, value in claims.items() if name != "iss"}, "s" * 32)


_twin = partial(ClientTwin, vendor="talentsoft")


def _said(label: str, wrong: str, clause: str, call: str, *edits: Any) -> ClientTwin:
    method, path = call.split()
    return _twin(label=label, wrong=wrong, clause=clause, adapter=through(Talentsoft, saying(method, path, *edits)))


TWINS: list[ClientTwin] = [
    _twin(
        label="wrong-path",
        wrong="asks for /assessment/campaign",
        clause="talentsoft.paths",
        adapter=through(Talentsoft, calling("GET", "/campaigns$", at_url("/campaigns", "/campaign"))),
    ),
    _twin(
        label="token-as-text",
        wrong="sends the form of the token call as text/plain",
        clause="talentsoft.create_token.request.body.content.application/x-www-form-urlencoded",
        adapter=through(Talentsoft, calling("POST", "/token$", as_text)),
    ),
    _twin(
        label="no-secret",
        wrong="asks for the application's token without client_secret",
        clause="talentsoft.create_token.request.body.client_secret.required",
        adapter=_asking("client_secret", lambda secret: ""),
    ),
    _twin(
        label="no-issuer",
        wrong="makes an assertion without iss",
        clause="talentsoft.create_token.request.body.assertion.content.iss.required",
        adapter=_asking("assertion", _of_nobody),
    ),
    _twin(
        label="language-in-words",
        wrong="asks for campaigns in a language that is no culture name",
        clause="talentsoft.list_campaigns.request.query.language.pattern",
        adapter=through(Talentsoft, calling("GET", "/campaigns", at_url("language=en-GB", "language=English+please"))),
    ),
    _twin(
        label="no-token",
        wrong="erases without an access token",
        clause="talentsoft.erase_applicant.request.security.bearer",
        adapter=through(Talentsoft, calling("DELETE", _TESTS, with_header("Authorization", None))),
    ),
    _twin(
        label="made-up-token",
        wrong="asks for campaigns with a token that nobody gave",
        clause="talentsoft.list_campaigns.request.security.bearer.given",
        adapter=through(Talentsoft, calling("GET", "/campaigns$", with_header("Authorization", "Bearer made-up"))),
    ),
    _twin(
        label="stale-token",
        wrong="shows a token that has expired",
        clause="talentsoft.token-lifetime",
        adapter=through(Talentsoft, first_forever("Authorization", "/assessment/")),
    ),
    _twin(label="wasteful", wrong="asks for a token at each call", clause="talentsoft.token-reuse", adapter=_Wasteful),
    _said(
        "no-uuid",
        "sends an applicant_id that is no UUID",
        f"{_INVITE}.invitations.[].applicant_id.format",
        f"POST {_TESTS}",
        having("tom", "invitations", "[]", "applicant_id"),
    ),
    _said(
        "no-address",
        "sends an e-mail without @",
        f"{_INVITE}.invitations.[].email.format",
        f"POST {_TESTS}",
        having("tom", "invitations", "[]", "email"),
    ),
    _said(
        "number-for-campaign",
        "sends campaign_id as a number",
        f"{_INVITE}.campaign_id.type",
        f"POST {_TESTS}",
        turned(lambda known: 1, "campaign_id"),
    ),
    _said(
        "number-for-phone",
        "sends a phone number as a number",
        f"{_INVITE}.invitations.[].phone.type",
        f"POST {_TESTS}",
        having(441614960003, "invitations", "[]", "phone"),
    ),
    _said(
        "relative-callback",
        "sends a callback_url without host",
        f"{_INVITE}.callback_url.format",
        f"POST {_TESTS}",
        having("/callback", "callback_url"),
    ),
    _said(
        "one-invitation",
        "sends an object instead of a list",
        f"{_INVITE}.invitations.type",
        f"POST {_TESTS}",
        turned(lambda all_of_them: all_of_them[0], "invitations"),
    ),
    _said(
        "one-campaign",
        "names the campaigns to erase in as a text",
        f"{_ERASE}.campaigns.type",
        f"DELETE {_TESTS}",
        turned(lambda known: known[0], "campaigns"),
    ),
    _said(
        "made-up-campaign",
        "invites to a campaign that was never listed",
        f"{_INVITE}.campaign_id.given",
        f"POST {_TESTS}",
        having("99", "campaign_id"),
    ),
    _twin(
        label="erasing-as-text",
        wrong="sends an erasure as text/plain",
        clause=f"{_ERASE}.content.application/json",
        adapter=through(Talentsoft, calling("DELETE", _TESTS, as_text)),
    ),
    _twin(
        label="no-pull",
        wrong="does not ask for the status after a callback",
        clause="talentsoft.callback-is-a-hint",
        adapter=_Satisfied,
    ),
    _twin(
        label="redirects-callbacks",
        wrong="answers a callback with 303",
        clause="talentsoft.assessment_updated.response.2XX",
        adapter=_Redirecting,
    ),
    _twin(
        label="pull-as-recruiter",
        wrong="asks for the status after a callback as the recruiter",
        clause="talentsoft.pull-as-application",
        adapter=_Personal,
    ),
    _twin(
        label="pull-with-recruiters-token",
        wrong="asks for the status after a callback with a recruiter's token, though without naming one",
        clause="talentsoft.pull-as-application",
        adapter=_Impersonating,
    ),
    _twin(
        label="nameless",
        wrong="does not name the recruiter at work",
        clause="talentsoft.list_campaigns.request.header.X-Current-User",
        adapter=through(Talentsoft, calling("*", "/assessment/", with_header("X-Current-User", None))),
    ),
    _twin(
        label="wrong-prefix",
        wrong="asks for tokens below /api/v1, whatever the address that it is given",
        clause="talentsoft.create_token_at_root",
        adapter=through(Talentsoft, calling("POST", "^/token$", at_url("/token$", "/api/v1/token"))),
    ),
    _twin(
        label="trusting", wrong="accepts a callback about nobody", clause="caller.webhook-verified", adapter=_Believing
    ),
    _twin(label="forgetful", wrong="acts on a duplicate callback", clause="caller.webhook-once", adapter=_Forgetful),
    _twin(
        label="deceived",
        wrong="takes an error in the envelope for an empty list",
        clause="talentsoft.envelope-status",
        adapter=_Deceived,
    ),
    _twin(
        label="invited-twice",
        wrong="invites again when the answer was lost",
        clause="caller.no-second-effect",
        adapter=through(Talentsoft, resending("POST", _TESTS)),
    ),
    *manners(_twin, Talentsoft, 400, 404, 409, 401, 403),
]
