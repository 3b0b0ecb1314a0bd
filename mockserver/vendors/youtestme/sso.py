"""SSO links: made by the API, opened by a browser, which is then signed in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mockserver.core.clock import format_instant, later
from mockserver.core.errors import Forbidden, Gone, Unauthorized
from mockserver.vendors.youtestme.entities import Login, SsoLink, User
from mockserver.vendors.youtestme.identify import agreed, named
from mockserver.vendors.youtestme.state import YouTestMe

LOGIN_LASTS = timedelta(hours=12)

_USER = {"user_id": "id", "username": "username", "user_external_id": "external_id"}


def create_link(state: YouTestMe, fields: Mapping[str, Any]) -> SsoLink:
    """Make a direct link that signs a user in, named by any identifiers that agree."""
    user = agreed(state.users, fields, _USER)
    expiration = fields.get("expiration_time")
    state.check_future("expiration_time", expiration)
    return state.sso_links.add(
        SsoLink(
            id=state.next_id(state.sso_links),
            token=state.ids.hex("youtestme.token"),
            user_id=user.id,
            page=fields["page"],
            expiration=expiration or later(state.now(), timedelta(hours=state.settings.link_hours)),
            referer_url=fields.get("referer_url"),
        )
    )


def address(state: YouTestMe, link: SsoLink) -> str:
    """Return what a browser opens to be signed in."""
    return state.url(f"/sso?token={link.token}")


def open_link(state: YouTestMe, token: str) -> tuple[Login, SsoLink]:
    """Sign a browser in.

    Raises ``NotFound`` for an unknown link, ``Gone`` for one that is over, ``Forbidden`` if the account is not active.
    """
    link = named(state.sso_links, "token", token)
    if link.expiration <= state.now():
        raise Gone(f"This link expired at {format_instant(link.expiration)}.")
    if link.opened is not None and state.settings.single_use:
        raise Gone("This link has been used; it opens once only.")
    user = _active(state, link.user_id)
    login = Login(
        id=state.next_hex(state.logins),
        user_id=user.id,
        link_id=link.id,
        expires=later(state.now(), LOGIN_LASTS),
    )
    return state.logins.add(login), state.sso_links.save(replace(link, opened=link.opened or state.now()))


def signed_in(state: YouTestMe, cookie: str | None) -> Login:
    """Return the login of a browser.

    Raises ``Unauthorized`` if there is none or it is over, ``Forbidden`` if the account is active no more.
    """
    login = state.logins.find(id=cookie)
    if login is None or login.expires <= state.now():
        raise Unauthorized("You are not signed in. Open your link again.")
    _active(state, login.user_id)
    return login


def _active(state: YouTestMe, user_id: int) -> User:
    user = state.users.get(user_id)
    if user.status != "ACT":
        raise Forbidden("The username or password is wrong.")
    return user
