"""An integration of Constructor Proctor under check: its API, its pages, and what people do there."""

from datetime import UTC, datetime, timedelta
from typing import Any, Unpack
from uuid import uuid4

import jwt

from contract_tests.server.capabilities import ADMIN, RECEIVING
from contract_tests.server.replies import Reply
from contract_tests.server.session import Session, in_path
from contract_tests.server.wire import Parts

Data = dict[str, Any]

_CALL_SECONDS = 30
_PAGE_SECONDS = 300
CALLED = ("review_url", "schedule_url", "warning_url", "agreement_acceptance_url")


class Integration(Session):
    """Calls as one integration, with tokens that are made for each call."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.target.knows(credentials=("integration", "secret"), capabilities={**ADMIN, **RECEIVING})
        self.name = self.target.credential("integration")
        self.secret = self.target.credential("secret")
        self._offset: timedelta | None = None

    def now(self) -> datetime:
        """Return the server's time, without asking for it each time: every call needs it for its token."""
        if self._offset is None or not self.has_sandbox:
            self._offset = super().now() - datetime.now(UTC)
        return datetime.now(UTC) + self._offset

    def advance(self, duration: str) -> None:
        """Let sandbox time pass, with everything that falls due; ``0s`` waits until what was sent has arrived."""
        self._offset = None
        self.sandbox.advance(duration)

    def token(self, claims: Data | None = None, secret: str = "", algorithm: str = "HS256", **changes: Any) -> str:
        """Return a token; a change of its claims to None leaves one out."""
        expires = int(self.now().timestamp()) + (_PAGE_SECONDS if claims else _CALL_SECONDS)
        said = {**(claims or {}), "exp": expires, **changes}
        payload = {name: value for name, value in said.items() if value is not None or name not in changes}
        key = "" if algorithm == "none" else secret or self.secret
        return jwt.encode(payload, key or None, algorithm=algorithm)

    def path(self, *steps: str) -> str:
        """Return a path of the API, with a slash at its end."""
        return "/".join(["/api/v2/integration/simple", self.name, *map(in_path, steps), ""])

    def page_path(self, *steps: str) -> str:
        """Return the path of a page, with a slash at its end."""
        return "/".join(["/integration/simple", self.name, *map(in_path, steps), ""])

    def api(self, method: str, path: str, token: str = "", **parts: Unpack[Parts]) -> Reply:
        """Make a call of the API, with a fresh token unless another is given."""
        parts["headers"] = {"Authorization": f"JWT {token or self.token()}", **parts.get("headers", {})}
        return self.call(method, path, **parts)

    def exam(self, **changes: Any) -> Data:
        """Return an exam that is not there yet, with every parameter that the vendor's sample has."""
        sample = self.contract.document["components"]["examples"]["FinalTest"]["value"]
        window = {"startDate": self.instant(days=-1), "endDate": self.instant(days=30)}
        return {**sample, **window, "examId": f"check-{uuid4().hex[:12]}", **changes}

    def put_exam(self, **changes: Any) -> Reply:
        """Make the call that creates an exam or updates it."""
        return self.api("POST", self.path("exams"), json=self.exam(**changes))

    def taker(self, **changes: Any) -> Data:
        """Return the claims that send a test taker into a session of a new exam."""
        made = self.exam(schedule=False, accountId="123", trial=False)
        who = {"userId": f"check-user-{uuid4().hex[:8]}", "firstName": "Tom", "lastName": "Palmer"}
        session = {"sessionId": f"check-{uuid4().hex[:12]}", "sessionUrl": "https://lms.example/exams/geo-1"}
        return {**made, **who, **session, **changes}

    def start(self, claims: Data, **token: Any) -> Reply:
        """Post the form that sends a test taker in."""
        return self.call("POST", self.page_path("start"), data={"token": self.token(claims, **token)})

    def begin(self, session: str) -> None:
        """Let a test taker accept the user agreement and start."""
        self.sandbox.action("accept_agreement", session_id=session)
        self.sandbox.action("start_session", session_id=session)

    def status(self, session: str) -> Reply:
        """Ask where a session stands."""
        return self.api("GET", self.path("sessions", session, "status"))

    def finish(self, session: str, **said: Any) -> Reply:
        """Finish a session."""
        return self.api("POST", self.path("sessions", session, "finish"), json=said)

    def instant(self, **later: float) -> str:
        """Return an instant so much later than now, as the API writes it."""
        return (self.now() + timedelta(**later)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def called_at(self, path: str) -> str:
        """Have the vendor call a receiver of ours, for everything; return its path."""
        urls = {name: f"{self.receiver.url}{path}/{name}" for name in CALLED}
        self.sandbox.action("change_urls", integration_name=self.name, **urls)
        return path
