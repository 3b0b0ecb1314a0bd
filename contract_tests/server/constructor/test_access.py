"""Tokens: which are taken, which are not."""

from typing import Any

import pytest

from contract_tests.server.constructor.integration import Integration
from contract_tests.server.replies import Reply

_FORGED: dict[str, dict[str, Any]] = {
    "another secret": {"secret": "another-secret-that-nobody-has-given-out"},
    "no expiry": {"exp": None},
    "an expiry in words": {"exp": "tomorrow"},
    "unsigned": {"algorithm": "none"},
}


def _put(integration: Integration, token: str) -> Reply:
    """Make an exam with a token."""
    return integration.api("POST", integration.path("exams"), token=token, json=integration.exam())


def _look(integration: Integration, token: str) -> Reply:
    """Ask where a session stands with a token."""
    return integration.api("GET", integration.path("sessions", "nobody", "status"), token=token)


@pytest.mark.writes
@pytest.mark.parametrize("which", _FORGED)
@pytest.mark.clause("constructor.api-jwt")
def test_tokens_that_make_no_exam(integration: Integration, which: str) -> None:
    """A call that makes an exam carries a signed JWT, its exp claim a numeric timestamp ahead."""
    reply = _put(integration, integration.token(**{"algorithm": "HS256", **_FORGED[which]}))
    integration.refuses(reply, "constructor.api-jwt", f"A token with {which} is refused.")


@pytest.mark.parametrize("which", _FORGED)
@pytest.mark.clause("constructor.session-jwt")
def test_tokens_that_are_no_good(integration: Integration, which: str) -> None:
    """So does a call about a session."""
    reply = _look(integration, integration.token(**{"algorithm": "HS256", **_FORGED[which]}))
    integration.refuses(reply, "constructor.session-jwt", f"A token with {which} is refused.")
    told = "It is refused before anything is looked for."
    integration.holds("constructor.get_session_status.response.401", reply.status == 401, told, got=reply.told)


@pytest.mark.writes
@pytest.mark.clause("constructor.api-jwt-fresh", "constructor.api-jwt")
def test_an_expired_token_makes_no_exam(integration: Integration) -> None:
    """A token is made when the request is sent and expires soon; one that has expired makes no exam."""
    reply = _put(integration, integration.token(exp=int(integration.now().timestamp()) - 600))
    integration.refuses(reply, "constructor.api-jwt", "A token that has expired is refused.", 401, 403)


@pytest.mark.clause("constructor.session-jwt")
def test_a_token_that_has_expired(integration: Integration) -> None:
    """A token that has expired opens nothing."""
    reply = _look(integration, integration.token(exp=int(integration.now().timestamp()) - 600))
    integration.refuses(reply, "constructor.session-jwt", "A token that has expired is refused.", 401, 403)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nothing"}], ids=["none", "bearer"])
@pytest.mark.clause("constructor.api-jwt", "constructor.session-jwt")
def test_calls_need_a_token(integration: Integration, headers: dict[str, str]) -> None:
    """A call of the API without a JWT is refused."""
    for clause, method, steps in (
        ("constructor.api-jwt", "POST", ("exams",)),
        ("constructor.session-jwt", "GET", ("sessions", "x", "status")),
        ("constructor.session-jwt", "POST", ("sessions", "x", "finish")),
    ):
        reply = integration.call(method, integration.path(*steps), headers=headers)
        integration.refuses(reply, clause, "Without a JWT nothing is answered.")


@pytest.mark.writes
@pytest.mark.clause("constructor.hs256")
def test_another_algorithm(integration: Integration) -> None:
    """Tokens are signed with HS256 and nothing else."""
    token = integration.token(algorithm="HS512", secret=integration.secret * 3)
    reply = integration.api("POST", integration.path("exams"), token=token, json=integration.exam())
    integration.refuses(reply, "constructor.hs256", "Another algorithm is refused.")


@pytest.mark.writes
@pytest.mark.clause("constructor.page-token-exp")
def test_a_page_token_may_lack_its_expiry(integration: Integration) -> None:
    """The token of the start page may lack exp; where it is given it counts."""
    reply = integration.start(integration.taker(), exp=None)
    told = "A start token without exp is taken."
    integration.holds("constructor.page-token-exp", reply.status < 400, told, expected="a page", got=reply.status)
    past = int(integration.now().timestamp()) - 600
    reply = integration.start(integration.taker(), exp=past)
    integration.refuses(reply, "constructor.page-token-exp", "A start token that has expired is refused.")
