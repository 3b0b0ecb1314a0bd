"""A tiny partner server over real sockets that answers what it is told, well or badly; and Talentsoft to call it."""

import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mockserver.config import data_folder
from mockserver.core.actions import act
from mockserver.core.callback_hosts import CallbackHosts
from mockserver.core.fixtures import Fixtures
from mockserver.core.outbound import Sender
from mockserver.core.sandbox import DEFAULT, Boot
from mockserver.core.sandboxes import Sandboxes
from mockserver.vendors import discover
from mockserver.vendors.talentsoft.caller_entities import Errand, Followed
from mockserver.vendors.talentsoft.state import Talentsoft
from tests.receiver import Received, Reply

CLIENT = {"client_id": "ts_customer", "client_secret": "s+cret & more"}
RECRUITER = "jean.dupont@partner.example"
JSON = {"Content-Type": "application/json"}
TOKEN, CAMPAIGNS, LINK = "POST /token", "GET /assessment/campaigns", "GET /assessment/campaignscreationlink"
INVITE, STATUS, ERASE = "POST /assessment/tests", "GET /assessment/tests", "DELETE /assessment/tests"
JOHN, JEAN = "dabe28c0-7f0b-470a-8c5b-27bc59092001", "4ab5204f-ca41-4de6-8e68-166d69372e89"
Data = dict[str, Any]


def said(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {**JSON, **headers}, json.dumps(body).encode())


def wrapped(data: Any, **changes: Any) -> Reply:
    return said({"code": 200, "status": "success", "message": None, "data": data, **changes})


def token(text: str = "token-1", **changes: Any) -> Reply:
    return said({"access_token": text, "token_type": "bearer", "expires_in": "3600", **changes})


def assessment(applicant_id: str = JOHN, **changes: Any) -> Data:
    """Return a status as the documents have it."""
    return {
        "campaign_id": "1",
        "applicant_id": applicant_id,
        "status": "completed",
        "assessment_invitation_link": "https://partner.com/assessment/exgby02",
        "recruiter_link": "https://partner.com/assessment/13/",
        "readonly_link": "https://partner.com/assessment/13/iframe",
        "global_score": "25",
        "global_report": {"name": "global", "url": "https://partner.com/r/global", "report_type": "HTML"},
        "scores": [{"name": "score1", "value": "10"}],
        "reports": [{"name": "report1", "url": "https://partner.com/r/1", "report_type": "PDF", "language": "fr-FR"}],
        **changes,
    }


def person(applicant_id: str = JOHN, **changes: Any) -> Data:
    return {
        "applicant_id": applicant_id,
        "lastname": "Doe",
        "firstname": "John",
        "phone": "+33610203040",
        "email": "john.doe@mail.example",
        "language": "fr-FR",
        **changes,
    }


class ScriptedPartner:
    """Answers each call by its route in turn, the last answer again and again."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v1"
        self.requests: list[Received] = []
        self.routes: dict[str, deque[Reply]] = defaultdict(deque)
        self.on(TOKEN, token())
        self.on(CAMPAIGNS, wrapped([{"campaign_id": "1", "name": "Sales", "language": "en-GB"}]))
        self.on(STATUS, wrapped([assessment()]))

    def on(self, route: str, *replies: Reply) -> None:
        self.routes[route] = deque(replies)

    def take(self, request: Received) -> Reply:
        self.requests.append(request)
        replies = self.routes[route_of(request)]
        if not replies:
            return Reply(404)
        return replies.popleft() if len(replies) > 1 else replies[0]

    def called(self) -> list[str]:
        return [route_of(each) for each in self.requests]


def route_of(request: Received) -> str:
    return f"{request.method} {urlsplit(request.path).path.removeprefix('/api/v1')}"


def query_of(request: Received) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.path).query, keep_blank_values=True)


def form_of(request: Received) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(request.body.decode(), keep_blank_values=True).items()}


@contextmanager
def running_partner() -> Iterator[ScriptedPartner]:
    """Run a partner on a free port of the loopback address; a status of 0 closes the connection without a word."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = partner.take(Received(self.command, self.path, headers, body))
            if reply.hold is not None:
                reply.hold.wait(20)
            if not reply.status:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Say nothing of callers that go away."""

    server = Quiet(("127.0.0.1", 0), Handler)
    partner = ScriptedPartner(server.server_address[1])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield partner
    finally:
        server.shutdown()
        server.server_close()


class Ats:
    """Talentsoft in the test's own process, its clock frozen, which calls over real sockets."""

    def __init__(self, timeout: float = 10.0, seed: int = 0) -> None:
        self.sandboxes = Sandboxes(
            list(discover()),
            Fixtures([data_folder("fixtures")]),
            Boot("empty", seed, "2025-05-15T10:00:00Z"),
            origin="http://mock.test",
            sender=Sender(CallbackHosts(), timeout),
        )
        self.sandbox = self.sandboxes.get(DEFAULT)

    @property
    def state(self) -> Talentsoft:
        found = self.sandbox.states["talentsoft"]
        assert isinstance(found, Talentsoft)
        return found

    def act(self, action: str, **arguments: Any) -> Any:
        return act(self.sandbox, f"talentsoft.{action}", arguments)

    def connect(self, server: ScriptedPartner, /, **changes: Any) -> None:
        self.act("connect_partner", **{"base_url": server.url, **CLIENT, **changes})

    def settle(self) -> None:
        """Make all calls that are owed, and those that follow from their answers, while time stands still."""
        self.sandboxes.timeline.until_idle(self.sandbox, timedelta(0))

    def run(self, action: str, **arguments: Any) -> Errand:
        """Carry out an action and its calls, and return the errand in the end."""
        begun = self.act(action, **arguments)
        self.settle()
        return self.state.errands.get(begun.id)

    def advance(self, **duration: float) -> None:
        self.sandboxes.timeline.advance(self.sandbox, timedelta(**duration))

    def followed(self, applicant_id: str = JOHN) -> Followed:
        [found] = self.state.followed.where(applicant_id=applicant_id)
        return found
