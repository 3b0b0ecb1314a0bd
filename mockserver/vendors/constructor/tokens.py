"""Tokens as a client makes them, for trying the API by hand."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.auth import sign_jwt
from mockserver.vendors.constructor.state import ConstructorProctor

_LIFETIME = 300


def fresh_token(state: ConstructorProctor, claims: Mapping[str, Any] | None = None) -> str:
    """Return a token of the first integration that lives for five minutes; empty where there is no integration.

    With the parameters of exam, user and session as ``claims`` it is what the start page takes.
    """
    integration = next(iter(state.integrations), None)
    if integration is None:
        return ""
    return sign_jwt({"exp": int(state.now().timestamp()) + _LIFETIME, **(claims or {})}, integration.secret)
