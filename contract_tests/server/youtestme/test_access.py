"""Who may call, and what."""

import pytest

from contract_tests.server.youtestme.tenant import Tenant

_CALLS = [
    ("GET", "/users/externalId=somebody"),
    ("GET", "/users/username=somebody"),
    ("GET", "/users/1"),
    ("POST", "/users/"),
    ("GET", "/authorizations"),
    ("POST", "/authorizations"),
    ("POST", "/ssoLinks"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
]


@pytest.mark.parametrize(("method", "path"), _CALLS, ids=[f"{method} {path}" for method, path in _CALLS])
@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "wrong", "Authorization": "Bearer wrong"}], ids=["none", "wrong"]
)
@pytest.mark.clause("youtestme.get_user.response.401")
def test_callers_need_a_key(tenant: Tenant, method: str, path: str, headers: dict[str, str]) -> None:
    """A call without the tenant's API key is refused; no document says how."""
    body: dict[str, str] | None = {} if method == "POST" else None
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
        reply = tenant.api("GET", "/users/externalId=somebody")
    tenant.refuses(reply, "youtestme.module", "Without the module no call is answered.")
