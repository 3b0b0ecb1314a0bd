"""Who may call, and what."""

import pytest

from contract_tests.server.youtestme.tenant import Tenant

_USERS = ("/users/externalId=nobody-has-this", "/users/username=nobody-has-this", "/users/999999999")
_ABOUT_NOTHING = [
    *((method, path) for path in _USERS for method in ("GET", "PUT", "PATCH")),
    ("GET", "/authorizations/externalId=nobody-has-this"),
    *((method, "/authorizations/999999999") for method in ("GET", "PUT", "DELETE")),
    *((method, "/webhooks/999999999") for method in ("GET", "PUT", "DELETE")),
]
_CALLS = [
    *_ABOUT_NOTHING,
    ("POST", "/users/"),
    ("GET", "/authorizations"),
    ("POST", "/authorizations"),
    ("POST", "/ssoLinks"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
]
_WITH_BODY = [(method, path) for method, path in _CALLS if method in {"POST", "PUT", "PATCH"}]
_MIB = 1_048_576


def _ids(calls: list[tuple[str, str]]) -> list[str]:
    return [f"{method} {path}" for method, path in calls]


def _body(method: str, path: str) -> dict[str, object] | None:
    """Return what such a call may say."""
    if method in {"GET", "DELETE"}:
        return None
    whole = {
        "username": "nobody",
        "firstName": "No",
        "lastName": "Body",
        "email": "no@people.example",
        "roleCode": "STU",
    }
    if path.startswith("/users"):
        return {**whole}
    if path.startswith("/webhooks"):
        return {"event": "attempt", "resource": "finish", "url": "https://lms.example/results"}
    return {"expirationDatetime": None}


@pytest.mark.parametrize(("method", "path"), _CALLS, ids=_ids(_CALLS))
@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "wrong", "Authorization": "Bearer wrong"}], ids=["none", "wrong"]
)
@pytest.mark.clause("youtestme.get_user.response.401")
def test_callers_need_a_key(tenant: Tenant, method: str, path: str, headers: dict[str, str]) -> None:
    """A call without the tenant's API key is refused; no document says how."""
    body: dict[str, str] | None = {} if method in {"POST", "PUT", "PATCH"} else None
    reply = tenant.call(method, path, headers=headers, json=body)
    if reply.operation:
        clause = f"{reply.operation}.response.401"
        tenant.refuses(reply, clause, "Who shows no valid key is refused.", 401)


@pytest.mark.parametrize("path", ["/authorizations", "/webhooks", "/ssoLinks", "/users/"])
@pytest.mark.clause("youtestme.method-not-allowed")
def test_a_method_that_is_not_there(tenant: Tenant, path: str) -> None:
    """A known path has no other methods; no document says how they are refused."""
    reply = tenant.refuses_method("PATCH", path, headers=tenant.signed, json={})
    tenant.refuses(reply, "youtestme.method-not-allowed", "The method is refused.", 405)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("youtestme.module")
def test_a_tenant_without_the_module(tenant: Tenant) -> None:
    """The REST API is a module that a tenant may not have."""
    with tenant.sandbox.settings(rest_api_module=False):
        replies = [tenant.api(method, path, json=_body(method, path)) for method, path in _CALLS]
    for reply in replies:
        tenant.refuses(reply, "youtestme.module", "Without the module no call is answered.")
        clause = f"{reply.operation}.response.403"
        tenant.refuses(reply, clause, "It is forbidden, whoever asks.", 403)


@pytest.mark.writes
@pytest.mark.parametrize(("method", "path"), _ABOUT_NOTHING, ids=_ids(_ABOUT_NOTHING))
@pytest.mark.clause("youtestme.get_user.response.404")
def test_what_is_not_there(tenant: Tenant, method: str, path: str) -> None:
    """A call about what nobody has is refused; no document says how."""
    reply = tenant.api(method, path, json=_body(method, path))
    if reply.operation:
        tenant.refuses(reply, f"{reply.operation}.response.404", "There is no such thing.", 404)


@pytest.mark.writes
@pytest.mark.parametrize(("method", "path"), _WITH_BODY, ids=_ids(_WITH_BODY))
@pytest.mark.clause("youtestme.create_user.response.415")
def test_a_body_of_another_kind(tenant: Tenant, method: str, path: str) -> None:
    """A body that is not JSON is not read; no document says how it is refused."""
    reply = tenant.api(method, path, data=b"<user/>", headers={"Content-Type": "application/xml"})
    if reply.operation:
        tenant.refuses(reply, f"{reply.operation}.response.415", "It is refused.", 415)


@pytest.mark.writes
@pytest.mark.parametrize(("method", "path"), _WITH_BODY, ids=_ids(_WITH_BODY))
@pytest.mark.clause("youtestme.create_user.response.413")
def test_a_body_that_is_much_too_large(tenant: Tenant, method: str, path: str) -> None:
    """A body of more than a mebibyte is refused, or read and found wanting; no document says how."""
    body = b'{"username": "' + b"x" * _MIB + b'"}'
    reply = tenant.api(method, path, data=body, headers={"Content-Type": "application/json"})
    if reply.operation:
        tenant.refuses(reply, f"{reply.operation}.response.413", "It is refused.", 413, 400, 404)
