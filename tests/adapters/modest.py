"""Clients that keep to the documents, and where these are silent do otherwise than the reference clients."""

from typing import Any
from urllib.parse import quote_plus

from contract_tests.clients import complete
from contract_tests.clients.answers import Record
from contract_tests.clients.receiving import Headers


class OnePage(complete.SmarterProctoring):
    """Reads the one answer that is documented to list the sessions."""

    def sessions(self, enrollment_sid: str, exam_sid: str) -> list[Record]:
        path = self._path("enrollments", enrollment_sid, "exams", exam_sid, "sessions")
        found: list[Record] = self._caller.record("GET", path, params={"includeActive": "true"})["results"]
        return found


class ActiveSessions(complete.SmarterProctoring):
    """Asks for active sessions alone, as the guide advises."""

    def sessions(self, enrollment_sid: str, exam_sid: str) -> list[Record]:
        path = self._path("enrollments", enrollment_sid, "exams", exam_sid, "sessions")
        return self._all_pages(path, {"status": "active"})


class RedirectingSmarterProctoring(complete.SmarterProctoring):
    """Answers a change of status with a redirection, once it is taken."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        return _redirected(super().receive(path, headers, body))


class RedirectingYouTestMe(complete.YouTestMe):
    """Answers a result with a redirection, once it is taken."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        return _redirected(super().receive(path, headers, body))


class RedirectingConstructor(complete.Constructor):
    """Answers a call back with a redirection, once it is taken."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        return _redirected(super().receive(path, headers, body))


class OneSignature(complete.YouTestMe):
    """Knows results that are signed with the vendor's own header, and refuses others."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        return super().receive(path, headers, body) if "x-ytm-signature" in headers else 401


class OtherSignature(complete.YouTestMe):
    """Knows results that are signed as Standard Webhooks are, and raises at others."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        _ = headers["webhook-signature"]
        return super().receive(path, headers, body)


class PlusForSpace(complete.YouTestMe):
    """Writes a space in a path as a plus, as in a form."""

    def find_user(self, *, external_id: str | None = None, **other: Any) -> Record | None:
        if external_id is None:
            return super().find_user(**other)
        return self._caller.find(f"/users/externalId={quote_plus(external_id)}")


def _redirected(status: int) -> int:
    return 303 if status == 200 else status
