"""Who may call; and what is there without anything being made."""

import pytest

from contract_tests.server.smarterproctoring.calls import BODIES, CALLS, NAME_A_SID, place
from contract_tests.server.smarterproctoring.install import Install, made_up


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("headers", [{}, {"token": "wrong"}], ids=["none", "wrong"])
@pytest.mark.clause("smarterproctoring.token")
def test_callers_need_a_token(install: Install, operation: str, headers: dict[str, str]) -> None:
    """Every call carries the API token in the token header; one that is invalid is answered AUTHENTICATIONFAILED."""
    method, path = place(install, operation)
    reply = install.call(method, path, headers=headers, json={} if method != "GET" else None)
    if operation == "check" and reply.ok:
        pytest.skip("It tells everybody that the API is up.")
    if not headers:
        install.refuses(reply, "smarterproctoring.token", "Without a token nothing is answered.")
        return
    install.answers(reply, "AUTHENTICATIONFAILED", "smarterproctoring.token", "A wrong token opens nothing")


@pytest.mark.clause("smarterproctoring.token")
def test_the_token_has_a_header_of_its_own(install: Install) -> None:
    """The token goes into the token header; in Authorization it is none."""
    headers = {"Authorization": f"Bearer {install.signed['token']}"}
    reply = install.call(*place(install, "list_appointments"), headers=headers)
    install.refuses(reply, "smarterproctoring.token", "A token in another header opens nothing.")


@pytest.mark.parametrize("operation", NAME_A_SID)
@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_sids_that_nothing_has(install: Install, operation: str) -> None:
    """A referenced SID that does not exist is answered RESOURCENOTFOUND."""
    method, path = place(install, operation)
    if method != "GET" and not install.target.writes:
        pytest.skip("It makes or changes something there, which only --allow-writes permits.")
    path = path.replace("0" * 32, made_up(""))
    reply = install.api(method, path, json=BODIES.get(operation, {}) if method != "GET" else None)
    clause = f"smarterproctoring.{operation}.response.404"
    install.answers(reply, "RESOURCENOTFOUND", clause, "A SID that nothing has names nothing")


@pytest.mark.clause("smarterproctoring.list_appointments.response.404")
def test_an_install_that_is_not_there(install: Install) -> None:
    """The SID of an install that does not exist is answered RESOURCENOTFOUND."""
    for path in (CALLS["list_appointments"][1], CALLS["get_exam_session"][1]):
        reply = install.api("GET", path.replace("{install}", made_up("AI")))
        clause = f"{reply.operation}.response.404"
        install.answers(reply, "RESOURCENOTFOUND", clause, "An install that does not exist has nothing")


@pytest.mark.clause("smarterproctoring.check", "smarterproctoring.get_current_time")
def test_what_is_always_there(install: Install) -> None:
    """The API says that it is up, what time it is, and which kinds of places there are."""
    for operation in ("check", "get_current_time", "list_location_types", "list_appointments"):
        install.needs(install.api(*place(install, operation)))


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("smarterproctoring.ssl")
def test_calls_are_made_over_ssl(install: Install) -> None:
    """Every call is made over SSL; another is answered INVALIDPROTOCOL."""
    with install.sandbox.settings(require_tls=True):
        for operation in CALLS:
            method, path = place(install, operation)
            reply = install.api(method, path, json={} if method != "GET" else None)
            install.answers(reply, "INVALIDPROTOCOL", "smarterproctoring.ssl", "Without SSL nothing is done")


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.parametrize(("how", "clause"), [("expire", "token"), ("revoke", "token-revoked")])
def test_a_token_ends(install: Install, how: str, clause: str) -> None:
    """A token that has expired, or was revoked, is answered AUTHENTICATIONFAILED."""
    tokens = install.sandbox.entities("tokens")
    if len(tokens) != 1:
        pytest.skip("Which of the sandbox's tokens is used cannot be told.")
    snapshot = install.sandbox.admin("GET", "/snapshot")
    try:
        install.sandbox.action(f"{how}_token", token_id=str(tokens[0]["id"]))
        reply = install.api(*place(install, "list_location_types"))
    finally:
        install.sandbox.admin("PUT", "/snapshot", snapshot)
    install.answers(reply, "AUTHENTICATIONFAILED", f"smarterproctoring.{clause}", "A token that is over opens nothing")
