"""Clients that keep to the documents, and where these are silent do otherwise than the reference clients."""

from collections.abc import Collection, Mapping
from datetime import datetime
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


class LooksFirst(complete.SmarterProctoring):
    """Looks whether there is a session before it assigns anybody."""

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        for each in enrollment_sids:
            self.sessions(each, exam_sid)
        super().assign(course_sid, exam_sid, enrollment_sids)


class OtherIdentifier(complete.SmarterProctoring):
    """Goes by identifiers of its own for the API, which is one of those that there may be."""

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Any:
        known = {"course": _by_api(course), "user": _by_api(user), "exam": {"limitedScope": True, **exam}}
        said = {"enrollment": {"role": "learner"}, **known, **more}
        made = self._caller.record("POST", f"/v2/installs/{self._install_sid}/provision", json=said, safe=True)
        return {kind: made[kind]["sid"] for kind in ("course", "user", "exam", "enrollment")}


class Unlimited(complete.SmarterProctoring):
    """Has exams for all enrollments, and so assigns nobody."""

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Any:
        return super().provision(course, user, {**exam, "limitedScope": False}, **more)

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        raise NotImplementedError

    def book(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], at: datetime, **details: Any
    ) -> Record:
        sids = self.provision(course, user, exam)
        found = self.sessions(sids["enrollment"], sids["exam"])
        return self.schedule(sids["exam"], found[-1]["sid"], at, **details)


class OffsetAppointments(complete.SmarterProctoring):
    """Writes the zone of an appointment as +00:00, as the documents allow and the API description does not."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        details["appointmentDateTime"] = at.isoformat(timespec="seconds")
        return super().schedule(exam_sid, session_sid, at, **details)


class NumbersAsText(complete.Constructor):
    """Sends ids as texts, and leaves out what is empty."""

    def put_exam(self, exam: Mapping[str, Any]) -> Record:
        return super().put_exam(_plain(exam))

    def start_form(self, parameters: Mapping[str, Any]) -> Any:
        return super().start_form(_plain(parameters))

    def start_link(self, parameters: Mapping[str, Any]) -> str:
        return super().start_link(_plain(parameters))


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


def _by_api(described: Mapping[str, Any]) -> dict[str, Any]:
    ids = dict(described["ids"])
    own = {"api": f"acme-{ids['external']}"} if "external" in ids else {}
    return {**described, "ids": {**{name: each for name, each in ids.items() if name != "external"}, **own}}


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    ids = {name: str(each) for name, each in said.items() if name in ("accountId", "examId") and each is not None}
    return {name: each for name, each in {**said, **ids}.items() if each != {}}
