"""The two grants of the token call, and the assertion that a recruiter brings to one of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mockserver.core.auth import BadToken, same, sign_jwt, unverified_claims, verify_jwt
from mockserver.core.errors import BadRequest
from mockserver.vendors.talentsoft.auth import invalid_client
from mockserver.vendors.talentsoft.entities import AccessToken, Client, Recruiter
from mockserver.vendors.talentsoft.state import Talentsoft

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_BEARER_MISPRINTED = "urn:ietf:params:oauth:grant-type:jwtbearer"

_LEEWAY = timedelta(seconds=60)
_ASSERTION_LIFE = 1200


def grant(state: Talentsoft, form: Mapping[str, str], credentials: tuple[str, str] | None) -> AccessToken:
    """Give the access token that a form asks for; ``credentials`` are those of HTTP Basic, if it was used."""
    if form.get("scope"):
        raise BadRequest("No scope is known here.", code="invalid_scope", fields={"scope": ["Unknown."]})
    kind = form["grant_type"]
    if kind == CLIENT_CREDENTIALS:
        return state.issue_token(_authenticated(state, form, credentials))
    if kind == JWT_BEARER or (kind == JWT_BEARER_MISPRINTED and state.settings.lenient_grant):
        return state.issue_token(*_recruiter(state, _required(form, "assertion")))
    raise BadRequest(
        f"grant_type must be {CLIENT_CREDENTIALS} or {JWT_BEARER}.",
        code="unsupported_grant_type",
        fields={"grant_type": ["Unknown."]},
    )


def recruiter_assertion(state: Talentsoft, claims: Mapping[str, Any] | None = None) -> str:
    """Return what the first recruiter of the first client would bring, valid for 20 minutes; empty without one."""
    client = next(iter(state.clients), None)
    recruiter = next(state.recruiters.where(customer=client.customer), None) if client else None
    if client is None or recruiter is None:
        return ""
    return assertion(state.now(), client.id, client.secret, recruiter.email, recruiter.name, claims)


def assertion(
    now: datetime, client_id: str, secret: str, email: str, name: str = "", claims: Mapping[str, Any] | None = None
) -> str:
    """Return what a recruiter brings to the token call, valid for 20 minutes; ``claims`` stand over its own."""
    issued = int(now.timestamp())
    own = {
        "iss": client_id,
        "sub": "TalentSoftMarketPlace",
        "email": email,
        "name": name or email,
        "iat": issued,
        "exp": issued + _ASSERTION_LIFE,
    }
    return sign_jwt({**own, **(claims or {})}, secret)


def _authenticated(state: Talentsoft, form: Mapping[str, str], credentials: tuple[str, str] | None) -> Client:
    in_form = bool(form.get("client_id") or form.get("client_secret"))
    if credentials and in_form:
        raise BadRequest("The client is named both in the form and by HTTP Basic.")
    if not credentials and not in_form:
        raise invalid_client("No client credentials: send client_id and client_secret.")
    client_id, secret = credentials or (_required(form, "client_id"), _required(form, "client_secret"))
    client = state.clients.find(id=client_id)
    if client is None or not same(client.secret, secret):
        raise invalid_client("The client is unknown or its secret is wrong.")
    return client


def _recruiter(state: Talentsoft, assertion: str) -> tuple[Client, Recruiter]:
    try:
        client = _issuer(state, assertion)
        if not state.settings.recruiter_grant:
            raise BadRequest("This client has no recruiter grant.", code="unauthorized_client")
        email = _email(state, assertion, client)
    except BadToken as error:
        raise _invalid_grant(str(error)) from None
    recruiter = state.recruiter(client.customer, email)
    if recruiter is None:
        raise _invalid_grant("no recruiter here has its e-mail")
    return client, recruiter


def _issuer(state: Talentsoft, assertion: str) -> Client:
    issuer = unverified_claims(assertion).get("iss")
    client = state.clients.find(id=issuer) if isinstance(issuer, str) else None
    if client is None:
        raise BadToken("its iss claim names no known client")
    return client


def _email(state: Talentsoft, assertion: str, client: Client) -> str:
    required = ["iss", "exp", "email", *(["sub", "aud"] if state.settings.strict_assertion else [])]
    claims = verify_jwt(assertion, client.secret, state.now(), require=required, leeway=_LEEWAY)
    email = claims["email"]
    if not isinstance(email, str):
        raise BadToken("its email claim is no text")
    return email


def _required(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise BadRequest(f"{name}: missing.", fields={name: ["Missing."]})
    return value


def _invalid_grant(reason: str) -> BadRequest:
    message = f"The assertion is refused: {reason}."
    return BadRequest(message, code="invalid_grant", fields={"assertion": [message]})
