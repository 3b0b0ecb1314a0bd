"""A tenant of YouTestMe under check: its API, and what its people do."""

from itertools import count
from typing import Any, Unpack
from uuid import uuid4

from contract_tests.server.pages import Browser
from contract_tests.server.receiver import Receiver
from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.session import Session, in_path
from contract_tests.server.wire import Parts

Data = dict[str, Any]
_numbers = count(1)


class Tenant(Session):
    """Calls with the API key of the credentials, in the header ``X-API-Key`` or as ``Bearer`` if ``scheme`` says so."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.target.knows(
            credentials=("api_key", "scheme"), capabilities=("admin_url", "callback_listen", "callback_url", "test")
        )
        key = self.target.credential("api_key")
        bearer = self.target.credentials.get("scheme") == "bearer"
        self.signed = {"Authorization": f"Bearer {key}"} if bearer else {"X-API-Key": key}
        self._receiver: Receiver | None = None

    def api(self, method: str, path: str, **parts: Unpack[Parts]) -> Reply:
        """Make a call with the key."""
        parts["headers"] = {**self.signed, **parts.get("headers", {})}
        return self.call(method, path, **parts)

    def browser(self) -> Browser:
        """Return a browser with no cookies."""
        return Browser(self.target.timeout)

    def new_user(self, **changes: Any) -> Data:
        """Return what makes a user that nobody has; a field that is None is left out."""
        name = f"check-{next(_numbers)}-{uuid4().hex[:12]}"
        made = {"username": f"{name}@people.example", "firstName": "Tom", "lastName": "Palmer", "roleCode": "STU"}
        made |= {"email": f"{name}@people.example", "externalId": name, **changes}
        return {field: value for field, value in made.items() if value is not None}

    def user(self, **changes: Any) -> Data:
        """Make a user and return what was answered, with what was sent."""
        said = self.new_user(**changes)
        reply = self.needs(self.api("POST", "/users/", json=said))
        return {**said, **(reply.json if isinstance(reply.json, dict) else {})}

    def look_up(self, external_id: str) -> Reply:
        """Look a user up by the external system's id."""
        return self.api("GET", f"/users/externalId={in_path(external_id)}")

    def test(self) -> Data:
        """Return identifiers of a test: that of the capabilities, else one that is made by staff."""
        told = self.capability("test")
        if isinstance(told, dict):
            return told
        name = f"check-{uuid4().hex[:8]}"
        made = self.sandbox.action("create_test", name=name, external_id=name, max_points=100, pass_percent=50)
        return {"testId": made["id"], "externalTestId": name}

    def authorized(self, user: Data, test: Data, **more: Any) -> Reply:
        """Permit a user an attempt, each by the external id."""
        said = {"externalTestId": test["externalTestId"], "candidateExternalId": user["externalId"]}
        said |= {"authorizationExternalId": f"order-{uuid4().hex[:12]}", **more}
        return self.api("POST", "/authorizations", json=said)

    def session_of(self, test: Data, **more: Any) -> int:
        """Open a test to candidates, as staff; return the session's id."""
        return int(self.sandbox.action("create_session", test_id=test["testId"], **more)["id"])

    def booked(self, user: Data, session: int) -> int:
        """Let a user enroll; return the attempt's id."""
        return int(self.sandbox.action("book", user_id=user["id"], session_id=session)["id"])

    def link(self, user: Data, **more: Any) -> str:
        """Return a link that signs a user in; raise ``CannotGoOn`` if the answer holds none."""
        said = {"userExternalId": user["externalId"], "page": "myTests.xhtml", **more}
        made = self.needs(self.api("POST", "/ssoLinks", json=said)).json
        found = (made.get("link") or made.get("url")) if isinstance(made, dict) else made
        if not isinstance(found, str) or not found.startswith("http"):
            raise CannotGoOn("The answer to POST /ssoLinks holds no link.")
        return found

    @property
    def receiver(self) -> Receiver:
        """A receiver of webhooks, at ``callback_listen`` and ``callback_url`` of the capabilities."""
        if self._receiver is None:
            listen = str(self.capability("callback_listen", "127.0.0.1:0"))
            self._receiver = Receiver(listen, str(self.capability("callback_url", ""))).start()
        return self._receiver

    def close(self) -> None:
        """Stop receiving."""
        if self._receiver is not None:
            self._receiver.stop()
