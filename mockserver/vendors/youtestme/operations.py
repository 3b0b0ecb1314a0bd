"""YouTestMe's REST API, one function an operation."""

from typing import Any

from mockserver.core.auth import basic, same, scheme_value
from mockserver.core.errors import Forbidden, Unauthorized
from mockserver.core.operation import Answer, Api, Request
from mockserver.core.sources import Json, Query
from mockserver.vendors.youtestme import sso
from mockserver.vendors.youtestme.errors import envelope
from mockserver.vendors.youtestme.identify import named, numbered
from mockserver.vendors.youtestme.schemas import (
    AuthorizationFilterSchema,
    AuthorizationSchema,
    ExpirationSchema,
    NewAuthorizationSchema,
    NewSsoLinkSchema,
    SsoLinkSchema,
    UserSchema,
    WebhookSchema,
)
from mockserver.vendors.youtestme.state import YouTestMe

_CHALLENGE = {"WWW-Authenticate": "Bearer"}

_user = UserSchema()
_user_changes = UserSchema(partial=True)
_authorization = AuthorizationSchema()
_webhook = WebhookSchema()


def api_key(state: YouTestMe, request: Request) -> None:
    """Let in who shows an API key as bearer token, X-API-Key or Basic user; no document says which."""
    settings = state.settings
    if not settings.rest_api_module:
        raise Forbidden("The REST API module is not enabled for this tenant.", code="REST_API_DISABLED")
    if not settings.authentication:
        return
    given = scheme_value(request, "bearer") or request.headers.get("x-api-key") or (basic(request) or ("",))[0]
    if not given:
        raise Unauthorized("No API key: send Authorization: Bearer <key> or X-API-Key.", headers=_CHALLENGE)
    if not any(same(given, key.id) for key in state.api_keys):
        raise Unauthorized("The API key is wrong.", headers=_CHALLENGE)


api = Api("youtestme", caller=api_key, errors=envelope)


@api.operation("GET", "/users/externalId={externalId}", returns=_user, greedy=["externalId"])
def get_user_by_external_id(state: YouTestMe, external_id: str) -> Answer:
    """Read the user that an external system knows by this id."""
    return Answer(named(state.users, "external_id", external_id))


@api.operation("GET", "/users/username={username}", returns=_user, greedy=["username"])
def get_user_by_username(state: YouTestMe, username: str) -> Answer:
    """Read the user of a username, which is case-sensitive."""
    return Answer(named(state.users, "username", username))


@api.operation("GET", "/users/{internalId}", returns=_user)
def get_user(state: YouTestMe, internal_id: str) -> Answer:
    """Read a user by YouTestMe's own id."""
    return Answer(numbered(state.users, internal_id, "internal_id"))


@api.operation("POST", "/users/", accepts=Json(_user), returns=_user)
def create_user(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """Create a user."""
    user = state.create_user(data)
    return _created(state, user, f"/users/{user.id}")


@api.operation("PUT", "/users/externalId={externalId}", accepts=Json(_user), returns=_user, greedy=["externalId"])
def replace_user_by_external_id(state: YouTestMe, external_id: str, data: dict[str, Any]) -> Answer:
    """Change all of a user that an external system knows by this id."""
    return Answer(state.replace_user(named(state.users, "external_id", external_id), data))


@api.operation("PUT", "/users/username={username}", accepts=Json(_user), returns=_user, greedy=["username"])
def replace_user_by_username(state: YouTestMe, username: str, data: dict[str, Any]) -> Answer:
    """Change all of the user of a username."""
    return Answer(state.replace_user(named(state.users, "username", username), data))


@api.operation("PUT", "/users/{internalId}", accepts=Json(_user), returns=_user)
def replace_user(state: YouTestMe, internal_id: str, data: dict[str, Any]) -> Answer:
    """Change all of a user; what is left out falls back to what a new user has."""
    return Answer(state.replace_user(numbered(state.users, internal_id, "internal_id"), data))


@api.operation(
    "PATCH", "/users/externalId={externalId}", accepts=Json(_user_changes), returns=_user, greedy=["externalId"]
)
def change_user_by_external_id(state: YouTestMe, external_id: str, data: dict[str, Any]) -> Answer:
    """Change the given fields of a user that an external system knows by this id."""
    return Answer(state.change_user(named(state.users, "external_id", external_id), data))


@api.operation("PATCH", "/users/username={username}", accepts=Json(_user_changes), returns=_user, greedy=["username"])
def change_user_by_username(state: YouTestMe, username: str, data: dict[str, Any]) -> Answer:
    """Change the given fields of the user of a username."""
    return Answer(state.change_user(named(state.users, "username", username), data))


@api.operation("PATCH", "/users/{internalId}", accepts=Json(_user_changes), returns=_user)
def change_user(state: YouTestMe, internal_id: str, data: dict[str, Any]) -> Answer:
    """Change the given fields of a user."""
    return Answer(state.change_user(numbered(state.users, internal_id, "internal_id"), data))


@api.operation("POST", "/authorizations", accepts=Json(NewAuthorizationSchema()), returns=_authorization)
def create_authorization(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """Permit a candidate to book and take a test."""
    authorization = state.create_authorization(data)
    return _created(state, state.standing(authorization), f"/authorizations/{authorization.id}")


@api.operation(
    "GET",
    "/authorizations",
    accepts=Query(AuthorizationFilterSchema()),
    returns=AuthorizationSchema(many=True),
)
def list_authorizations(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """List the authorizations, those of one test or candidate and those that are active if asked."""
    return Answer(state.standings(**data))


@api.operation("GET", "/authorizations/externalId={externalId}", returns=_authorization, greedy=["externalId"])
def get_authorization_by_external_id(state: YouTestMe, external_id: str) -> Answer:
    """Read the authorization that an external system knows by this id, the newest where there are several."""
    return Answer(state.standing(state.newest_authorization(external_id)))


@api.operation("GET", "/authorizations/{authorizationId}", returns=_authorization)
def get_authorization(state: YouTestMe, authorization_id: str) -> Answer:
    """Read an authorization."""
    return Answer(state.standing(numbered(state.authorizations, authorization_id, "authorization_id")))


@api.operation("PUT", "/authorizations/{authorizationId}", accepts=Json(ExpirationSchema()), returns=_authorization)
def change_authorization(state: YouTestMe, authorization_id: str, data: dict[str, Any]) -> Answer:
    """Extend or shorten an authorization."""
    authorization = numbered(state.authorizations, authorization_id, "authorization_id")
    return Answer(state.standing(state.change_expiration(authorization, data["expiration_datetime"])))


@api.operation("DELETE", "/authorizations/{authorizationId}")
def deactivate_authorization(state: YouTestMe, authorization_id: str) -> Answer:
    """Deactivate an authorization; once more changes nothing."""
    state.deactivate(numbered(state.authorizations, authorization_id, "authorization_id"))
    return Answer(status=204)


@api.operation("POST", "/ssoLinks", accepts=Json(NewSsoLinkSchema()), returns=SsoLinkSchema())
def create_sso_link(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """Make a direct link that signs one user in."""
    made = sso.create_link(state, data)
    address = sso.address(state, made)
    return Answer({"made": made, "link": address, "url": address}, state.settings.create_status)


@api.operation("POST", "/webhooks", accepts=Json(_webhook), returns=_webhook)
def create_webhook(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """Subscribe to the results of all attempts."""
    webhook = state.create_webhook(data)
    return _created(state, webhook, f"/webhooks/{webhook.id}")


@api.operation("GET", "/webhooks", returns=WebhookSchema(many=True))
def list_webhooks(state: YouTestMe) -> Answer:
    """List the subscriptions."""
    return Answer(list(state.webhooks))


@api.operation("GET", "/webhooks/{webhookId}", returns=_webhook)
def get_webhook(state: YouTestMe, webhook_id: str) -> Answer:
    """Read a subscription."""
    return Answer(numbered(state.webhooks, webhook_id, "webhook_id"))


@api.operation("PUT", "/webhooks/{webhookId}", accepts=Json(_webhook), returns=_webhook)
def change_webhook(state: YouTestMe, webhook_id: str, data: dict[str, Any]) -> Answer:
    """Change a subscription."""
    return Answer(state.change_webhook(numbered(state.webhooks, webhook_id, "webhook_id"), data))


@api.operation("DELETE", "/webhooks/{webhookId}")
def delete_webhook(state: YouTestMe, webhook_id: str) -> Answer:
    """End a subscription."""
    state.webhooks.remove(numbered(state.webhooks, webhook_id, "webhook_id").id)
    return Answer(status=204)


def _created(state: YouTestMe, body: object, path: str) -> Answer:
    return Answer(body, state.settings.create_status, {"Location": state.url(path)})
