"""How Constructor Proctor knows who is there: by tokens signed with the secret of the integration in the path."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema

from mockserver.core.auth import BadToken, scheme_value, verify_jwt
from mockserver.core.errors import Unauthorized
from mockserver.core.operation import Request
from mockserver.core.sources import load
from mockserver.vendors.constructor.entities import Integration
from mockserver.vendors.constructor.state import ConstructorProctor

_CHALLENGE = {"WWW-Authenticate": 'JWT realm="api"'}
_FAMILY = "/integration/simple/"


def signed_call(state: ConstructorProctor, request: Request) -> None:
    """Let in who shows a token that expires, in time, signed for the integration of the path."""
    integration = known_integration(state, request)
    token = scheme_value(request, "JWT")
    if not token:
        raise Unauthorized("There is no token: send Authorization: JWT <token>.", headers=_CHALLENGE)
    expires = _claims(state, integration, token, "exp")["exp"]
    longest = state.settings.longest_token_seconds
    if longest and expires - state.now().timestamp() > longest:
        raise Unauthorized(f"The token is bad: it expires in more than {longest} seconds.", headers=_CHALLENGE)


def known_integration(state: ConstructorProctor, request: Request) -> Integration:
    """Return the integration of the path; raise ``NotFound``. Callers are known before the path is taken apart."""
    name = request.path.partition(_FAMILY)[2].partition("/")[0]
    return state.integrations.get(name)


def signed_payload(state: ConstructorProctor, integration_name: str, token: str, schema: Schema) -> dict[str, Any]:
    """Return what a page's token says, loaded by a schema; its exp counts if it has one."""
    claims = _claims(state, state.integrations.get(integration_name), token)
    return load(schema, claims, "token")


def _claims(state: ConstructorProctor, integration: Integration, token: str, *require: str) -> dict[str, Any]:
    leeway = timedelta(seconds=state.settings.token_leeway_seconds)
    try:
        return verify_jwt(token, integration.secret, state.now(), require=require, leeway=leeway)
    except BadToken as error:
        raise Unauthorized(f"The token is bad: {error}.", headers=_CHALLENGE) from None
