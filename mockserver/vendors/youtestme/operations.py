"""YouTestMe's REST API, one function an operation."""

from typing import Any

from mockserver.core.auth import basic, same, scheme_value
from mockserver.core.errors import Forbidden, NotFound, Unauthorized
from mockserver.core.operation import Answer, Api, Request
from mockserver.core.sources import Json
from mockserver.vendors.youtestme.errors import envelope
from mockserver.vendors.youtestme.schemas import UserSchema
from mockserver.vendors.youtestme.state import User, YouTestMe

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def api_key(state: YouTestMe, request: Request) -> None:
    """Let in who shows an API key as bearer token, X-API-Key or Basic user; no document says which."""
    if not state.settings.rest_api_module:
        raise Forbidden("The REST API module is not enabled for this tenant.", code="REST_API_DISABLED")
    if not state.settings.authentication:
        return
    user, _ = basic(request) or ("", "")
    given = scheme_value(request, "bearer") or request.headers.get("x-api-key") or user
    if not given:
        raise Unauthorized("No API key: send Authorization: Bearer <key> or X-API-Key.", headers=_CHALLENGE)
    if not any(same(given, key.id) for key in state.api_keys):
        raise Unauthorized("The API key is wrong.", headers=_CHALLENGE)


api = Api("youtestme", caller=api_key, errors=envelope)


@api.operation("GET", "/users/externalId={externalId}", returns=UserSchema(), greedy=["externalId"])
def get_user_by_external_id(state: YouTestMe, external_id: str) -> Answer:
    """Read the user that an external system knows by this id."""
    return Answer(_existing(state.users.find(external_id=external_id), "externalId", external_id))


@api.operation("GET", "/users/{internalId}", returns=UserSchema())
def get_user(state: YouTestMe, internal_id: str) -> Answer:
    """Read a user by YouTestMe's own id."""
    user = state.users.find(id=int(internal_id)) if internal_id.isdecimal() and len(internal_id) < 19 else None
    return Answer(_existing(user, "id", internal_id))


@api.operation("POST", "/users/", accepts=Json(UserSchema()), returns=UserSchema())
def create_user(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """Create a user."""
    user = state.create_user(data)
    return Answer(user, 201, {"Location": state.url(f"/users/{user.id}")})


@api.operation("PATCH", "/users/{internalId}", accepts=Json(UserSchema(partial=True)), returns=UserSchema())
def change_user(state: YouTestMe, internal_id: str, data: dict[str, Any]) -> Answer:
    """Change the given fields of a user."""
    user = state.users.find(id=int(internal_id)) if internal_id.isdecimal() and len(internal_id) < 19 else None
    return Answer(state.update_user(_existing(user, "id", internal_id).id, data))


def _existing(user: User | None, field: str, value: str) -> User:
    if user is None:
        raise NotFound(f"There is no user with {field} {value!r}.", collection="users", field=field)
    return user
