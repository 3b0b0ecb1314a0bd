"""Single sign-on: the signed token that a provision call answers, and who comes back with it."""

from urllib.parse import urlencode

from mockserver.core.auth import BadToken, sign_jwt, unverified_claims, verify_jwt
from mockserver.core.errors import Gone
from mockserver.vendors.smarterproctoring.entities import Session, Signon, User
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

ISSUER = "smarterproctoring"


def handed_over(state: SmarterProctoring, signon: Signon) -> dict[str, str]:
    """Return what a provision call answers: the token, and the address that takes it."""
    claims = {
        "iss": ISSUER,
        "jti": signon.id,
        "sub": signon.user_sid,
        "iat": int(signon.issued.timestamp()),
        "exp": int(signon.expires.timestamp()),
    }
    token = sign_jwt(claims, state.integrations.get(signon.integration_sid).secret)
    return {"redirect": address(state, token), "token": token}


def address(state: SmarterProctoring, token: str) -> str:
    """Return where a token is taken."""
    return state.url(f"/signon?{urlencode({'token': token})}")


def signed_on(state: SmarterProctoring, token: str) -> User:
    """Return the user of a token; raise ``Gone`` if it is not good, or not any more."""
    try:
        signon = state.signons.find(id=str(unverified_claims(token).get("jti")))
        if signon is None:
            raise BadToken("nobody was given it")
        verify_jwt(token, state.integrations.get(signon.integration_sid).secret, state.now())
    except BadToken as error:
        raise Gone(f"This sign-on link is not good: {error}.") from None
    return state.users.get(signon.user_sid)


def session_of(state: SmarterProctoring, token: str, session_sid: str) -> Session:
    """Return a session of the user of a token; raise ``NotFound`` for anybody else's."""
    user = signed_on(state, token)
    return state.known(state.sessions, "sessionSid", session_sid, "ES", user_sid=user.sid)
