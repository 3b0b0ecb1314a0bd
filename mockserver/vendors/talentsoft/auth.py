"""How callers of a partner are known: the client at the token call, the access token everywhere else."""

from mockserver.core.auth import basic, scheme_value
from mockserver.core.errors import Forbidden, Unauthorized
from mockserver.core.operation import Request
from mockserver.vendors.talentsoft.entities import Access, AccessToken
from mockserver.vendors.talentsoft.state import Talentsoft

_LONGEST_USER = 320


def access_token(state: Talentsoft, request: Request) -> Access:
    """Let in who shows a live access token, and remember the call and the recruiter that X-Current-User names."""
    token = _live_token(state, request)
    user = request.headers.get("x-current-user", "").strip()[:_LONGEST_USER] or None
    if state.settings.match_current_user and _differ(token.recruiter, user):
        raise Forbidden("X-Current-User is not the recruiter that the access token was given for.")
    access = Access(
        id=f"{token.client_id} {request.method} {request.path.rstrip('/')}",
        client_id=token.client_id,
        customer=token.customer,
        at=state.now(),
        as_recruiter=token.recruiter is not None,
        current_user=user,
    )
    return state.accesses.save(access) if access.id in state.accesses else state.accesses.add(access)


def client_basic(state: Talentsoft, request: Request) -> tuple[str, str] | None:
    """Return client_id and client_secret of HTTP Basic, None if the caller does not use it."""
    if scheme_value(request, "basic") is None:
        return None
    given = basic(request)
    if given is None:
        raise invalid_client("The Authorization header is no HTTP Basic.")
    return given


def invalid_client(message: str) -> Unauthorized:
    """Return the refusal of a client that is not who it should be."""
    return Unauthorized(message, code="invalid_client", headers={"WWW-Authenticate": 'Basic realm="talentsoft"'})


def _live_token(state: Talentsoft, request: Request) -> AccessToken:
    given = scheme_value(request, "bearer")
    if not given:
        message = "No access token: send Authorization: Bearer <access_token>."
        raise Unauthorized(message, headers={"WWW-Authenticate": "Bearer"})
    token = state.access_tokens.find(id=given)
    if token is None or token.expires_at <= state.now():
        message = f"The access token {'is unknown' if token is None else 'has expired'}."
        raise Unauthorized(message, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return token


def _differ(recruiter: str | None, current_user: str | None) -> bool:
    return recruiter is not None and current_user is not None and recruiter.casefold() != current_user.casefold()
