"""What is refused, operation by operation; no document says how, so that it is held against nobody."""

import pytest

from contract_tests.server.constructor.integration import Data, Integration
from contract_tests.server.replies import Reply

_FORGER = "another-secret-that-nobody-has-given-out"
_MIB = 1_048_576

CALLS: dict[str, tuple[str, str]] = {
    "put_exam": ("POST", "/api/v2/integration/simple/{integration}/exams/"),
    "finish_session": ("POST", "/api/v2/integration/simple/{integration}/sessions/nobody-has-this/finish/"),
    "get_session_status": ("GET", "/api/v2/integration/simple/{integration}/sessions/nobody-has-this/status/"),
    "start_session": ("POST", "/integration/simple/{integration}/start/"),
    "start_session_by_link": ("GET", "/integration/simple/{integration}/start/"),
    "open_archive": ("POST", "/integration/simple/{integration}/archive/nobody-has-this/"),
    "open_archive_by_link": ("GET", "/integration/simple/{integration}/archive/nobody-has-this/"),
}
"""Method and path of each operation, about a session that nobody has."""

POSTS = [name for name, (method, _) in CALLS.items() if method == "POST"]
PAGES = [name for name, (_, path) in CALLS.items() if not path.startswith("/api/")]
API = [name for name in CALLS if name not in PAGES]


def _called(
    integration: Integration, operation: str, *, secret: str = "", name: str = "", body: Data | None = None
) -> Reply:
    """Make a call that is right but for what is asked to be wrong."""
    method, path = CALLS[operation]
    path = path.replace("{integration}", name or integration.name)
    if operation in API:
        body = integration.exam() if operation == "put_exam" else {}
        return integration.api(method, path, token=integration.token(secret=secret), json=body)
    about = {"userId": "proctor@people.example", "sessionId": "nobody-has-this"}
    token = integration.token(integration.taker() if "start" in operation else about, secret=secret)
    carried = {"data" if method == "POST" else "params": {"token": token}}
    return integration.call(method, path, **carried)


@pytest.mark.writes
@pytest.mark.parametrize("operation", CALLS)
def test_a_forged_token(integration: Integration, operation: str) -> None:
    """A token that was made with another secret opens nothing."""
    reply = _called(integration, operation, secret=_FORGER)
    clause = f"constructor.{operation}"
    if operation in API:
        clause = "constructor.api-jwt" if operation == "put_exam" else "constructor.session-jwt"
    integration.refuses(reply, clause, "A forged token is refused.")
    told = "It is refused as nobody's."
    integration.holds(
        f"constructor.{operation}.response.401", reply.status == 401, told, expected="401", got=reply.told
    )


@pytest.mark.writes
@pytest.mark.parametrize("operation", CALLS)
def test_an_integration_that_nobody_has(integration: Integration, operation: str) -> None:
    """An integration that nobody has is refused."""
    reply = _called(integration, operation, name="nobody-has-this")
    integration.refuses(reply, f"constructor.{operation}.response.404", "There is no such integration.", 404, 401)


@pytest.mark.parametrize("operation", ["open_archive", "open_archive_by_link"])
def test_a_session_that_nobody_has(integration: Integration, operation: str) -> None:
    """The archive has no session that nobody has."""
    reply = _called(integration, operation)
    integration.refuses(reply, f"constructor.{operation}.response.404", "There is no such session.", 404)


@pytest.mark.parametrize("token", [None, "", "no.jwt.at-all"], ids=["none", "empty", "garbled"])
@pytest.mark.parametrize("operation", PAGES)
def test_a_page_without_token(integration: Integration, operation: str, token: str | None) -> None:
    """A page is shown to nobody who has no token."""
    method, path = CALLS[operation]
    said = {"other": "1"} if token is None else {"token": token}
    carried = {"data" if method == "POST" else "params": said}
    reply = integration.call(method, path.replace("{integration}", integration.name), **carried)
    integration.refuses(reply, f"constructor.{operation}.response.400", "Nobody is let in without a token.", 400, 401)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("operation", CALLS)
def test_a_method_that_is_not_there(integration: Integration, operation: str, method: str) -> None:
    """A path has no other methods."""
    path = CALLS[operation][1].replace("{integration}", integration.name)
    headers = {"Authorization": f"JWT {integration.token()}"}
    reply = integration.refuses_method(method, path, headers=headers)
    integration.refuses(reply, f"constructor.{operation}.response.405", "The method is refused.", 405)


@pytest.mark.parametrize("operation", POSTS)
def test_a_body_that_is_much_too_large(integration: Integration, operation: str) -> None:
    """A body of more than a mebibyte is refused, or read and found wanting."""
    method, path = CALLS[operation]
    kind = "application/json" if operation in API else "application/x-www-form-urlencoded"
    body = b'{"examName": "' + b"x" * _MIB + b'"}' if operation in API else b"token=" + b"x" * _MIB
    path = path.replace("{integration}", integration.name)
    reply = integration.api(method, path, data=body, headers={"Content-Type": kind})
    integration.refuses(reply, f"constructor.{operation}.response.413", "It is refused.", 413, 400, 401)


@pytest.mark.parametrize("operation", POSTS)
def test_a_body_of_another_kind(integration: Integration, operation: str) -> None:
    """A body of another content type than the documented one is not read."""
    method, path = CALLS[operation]
    path = path.replace("{integration}", integration.name)
    reply = integration.api(method, path, data=b"<exam/>", headers={"Content-Type": "application/xml"})
    integration.refuses(reply, f"constructor.{operation}.response.415", "It is refused.", 415)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"'], ids=["no-json", "list", "text"])
@pytest.mark.parametrize("operation", ["put_exam", "finish_session"])
def test_a_body_that_is_no_object(integration: Integration, operation: str, body: bytes) -> None:
    """A body that is no JSON object is refused."""
    method, path = CALLS[operation]
    path = path.replace("{integration}", integration.name)
    reply = integration.api(method, path, data=body, headers={"Content-Type": "application/json"})
    integration.refuses(reply, f"constructor.{operation}.response.400", "It is refused.", 400)


@pytest.mark.writes
@pytest.mark.parametrize("address", ["no address", 7, True])
@pytest.mark.clause("constructor.finish_session.response.400")
def test_an_address_that_is_none(integration: Integration, address: object) -> None:
    """A session is not finished towards what is no address."""
    taker = integration.taker()
    integration.needs(integration.start(taker))
    reply = integration.finish(taker["sessionId"], sessionFinishUrl=address)
    integration.refuses(reply, "constructor.finish_session.response.400", "It is refused.", 400)


@pytest.mark.writes
@pytest.mark.parametrize("operation", ["start_session", "start_session_by_link"])
@pytest.mark.parametrize("whose", [{"userId": "somebody-else"}, {"examId": "another-exam"}], ids=["taker", "exam"])
def test_a_session_of_somebody_else(integration: Integration, operation: str, whose: Data) -> None:
    """The id of a session that belongs to another test taker or exam starts nothing."""
    taker = integration.taker()
    integration.needs(integration.start(taker))
    method, path = CALLS[operation]
    carried = {"data" if method == "POST" else "params": {"token": integration.token({**taker, **whose})}}
    reply = integration.call(method, path.replace("{integration}", integration.name), **carried)
    integration.refuses(reply, f"constructor.{operation}.response.409", "The session is another's.", 409)
