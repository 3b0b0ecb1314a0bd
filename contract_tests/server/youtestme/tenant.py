"""A tenant of YouTestMe under check: its API, and what its people do."""

from itertools import count
from typing import Any, Unpack
from uuid import uuid4

from contract_tests.server.capabilities import ADMIN, RECEIVING, Form, is_id
from contract_tests.server.pages import Browser
from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.session import Session, in_path
from contract_tests.server.wire import Parts

Data = dict[str, Any]
_numbers = count(1)


def _names_a_test(value: Any) -> bool:
    return isinstance(value, dict) and "externalTestId" in value and all(is_id(each) for each in value.values())


_TEST = Form(_names_a_test, "identifiers of a test with externalTestId, like {testId: 12, externalTestId: geo-1}")


class Tenant(Session):
    """Calls with the API key of the credentials, in the header ``X-API-Key`` or as ``Bearer`` if ``scheme`` says so."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.target.knows(credentials=("api_key", "scheme"), capabilities={**ADMIN, **RECEIVING, "test": _TEST})
        key = self.target.credential("api_key")
        bearer = self.target.credentials.get("scheme") == "bearer"
        self.signed = {"Authorization": f"Bearer {key}"} if bearer else {"X-API-Key": key}

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
        """Make a user and return what was sent, with what was answered besides."""
        said = self.new_user(**changes)
        reply = self.needs(self.api("POST", "/users/", json=said))
        return {**(reply.json if isinstance(reply.json, dict) else {}), **said}

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
        return int(self.sandbox.action("create_session", test_id=id_of(test, "testId"), **more)["id"])

    def booked(self, user: Data, session: int) -> int:
        """Let a user enroll; return the attempt's id."""
        return int(self.sandbox.action("book", user_id=id_of(user), session_id=session)["id"])

    def link(self, user: Data, **more: Any) -> str:
        """Return a link that signs a user in; raise ``CannotGoOn`` if it is not where links are known to stand."""
        said = {"userExternalId": user["externalId"], "page": "myTests.xhtml", **more}
        reply = self.needs(self.api("POST", "/ssoLinks", json=said))
        # Where in the answer it stands no document says.
        there = "http" in reply.text
        self.holds("youtestme.create_sso_link", there, "A link is answered.", expected="a link", got=reply.told)
        made = reply.json
        found = (made.get("link") or made.get("url")) if isinstance(made, dict) else made
        if not isinstance(found, str) or not found.startswith("http"):
            raise CannotGoOn("The answer to POST /ssoLinks holds no link.")
        return found


def id_of(thing: Data, name: str = "id") -> Any:
    """Return the vendor's own id of something; raise ``CannotGoOn`` if nobody has told it."""
    if not is_id(thing.get(name)):
        raise CannotGoOn(f"The vendor's own id of it is not known: there is no {name}.")
    return thing[name]
