"""How SmarterProctoring knows who calls: the ``token`` header."""

from mockserver.core.auth import same
from mockserver.core.errors import ApiError, BadRequest, Forbidden, Unauthorized
from mockserver.core.operation import Request
from mockserver.vendors.smarterproctoring.state import SmarterProctoring


def token_holder(state: SmarterProctoring, request: Request) -> str:
    """Let in who shows a good token, and return the address asked for, which the pages of a list link to."""
    if state.settings.require_tls and not _is_secure(request):
        raise BadRequest("The call was not made over SSL.", code="INVALIDPROTOCOL")
    reason = _obstacle(state, request.headers.get("token", ""))
    if reason is not None:
        raise reason
    return state.url(request.path + (f"?{request.query}" if request.query else ""))


def _is_secure(request: Request) -> bool:
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return "https" in {request.scheme, forwarded}


def _obstacle(state: SmarterProctoring, given: str) -> ApiError | None:
    if not given:
        if state.settings.unauthenticated_code == "INVALIDAUTHENTICATIONINFO":
            return BadRequest("The token header is missing.", code="INVALIDAUTHENTICATIONINFO")
        return _failed(state, "The token header is missing.")
    token = next((each for each in state.tokens if same(each.token, given)), None)
    if token is None:
        return _failed(state, "The token is not known.")
    if token.revoked:
        return _failed(state, "The token was revoked.")
    if token.expires is not None and token.expires <= state.now():
        return _failed(state, "The token has expired.")
    return None


def _failed(state: SmarterProctoring, reason: str) -> ApiError:
    kind = Unauthorized if state.settings.authentication_failed_status == 401 else Forbidden
    return kind(f"token: {reason}", fields={"token": [reason]})
