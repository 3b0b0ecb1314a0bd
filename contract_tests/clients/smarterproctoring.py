"""SmarterProctoring: from provisioning to onboarding, in the documented order.

Provision, assign, list the sessions, schedule one, and send the candidate into onboarding. Exams are provisioned with
limited scope, as the guide wants it from other platforms: an enrollment has no session then until it is assigned.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Unpack
from urllib.parse import parse_qsl, quote, urlsplit

import requests

from contract_tests.clients.calling import Caller, CallFailed, Manner, Record, Refused, Unreadable

_UNSCHEDULED = ("Needs Proctor", "Approval Denied")
_OVER = ("Closed", "Cancelled")


def code_of(refused: Refused) -> str:
    """Return the vendor's own code, such as INVALIDINPUT or RESOURCENOTFOUND; empty where the answer has none."""
    return str(refused.body.get("code", "")) if isinstance(refused.body, dict) else ""


class SmarterProctoring:
    """The client of one install; raises what ``calling`` says. Records are JSON objects as the vendor answers them.

    ``sids`` has what was provisioned, by the external ids of course, user and exam. An application keeps it for good.
    """

    def __init__(self, base_url: str, token: str, install_sid: str, **manner: Unpack[Manner]) -> None:
        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["token"] = token
            return request

        once: Manner = {**manner, "attempts": 1}
        self.sids: dict[tuple[str, str, str], Record] = {}
        self._install_sid = install_sid
        self._caller = Caller(base_url, auth=sign, **manner)
        self._caller_once = Caller(base_url, auth=sign, **once)

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Record:
        """Create or update course, user, enrollment and exam, described as on the wire; return the SID of each.

        Each has an external id of the client's own (``ids``), by which the vendor knows it again: doing it twice makes
        nothing twice. ``more`` stands beside them, as ``signon`` and ``enrollment`` do.
        """
        exam = {"limitedScope": True, **exam}
        wanted = {"course": course, "user": user, "exam": exam, "enrollment": {"role": "learner"}, **more}
        path = _path("v2", "installs", self._install_sid, "provision")
        made = self._caller.record("POST", path, json=wanted, safe=True)
        try:
            sids = {kind: str(made[kind]["sid"]) for kind in ("course", "user", "exam", "enrollment")}
        except (KeyError, TypeError) as error:
            raise Unreadable(f"POST {path}", f"the answer has no SID ({error!r}).") from error
        self.sids[course["ids"]["external"], user["ids"]["external"], exam["ids"]["external"]] = sids
        return sids

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        """Give enrollments a session of an exam with limited scope."""
        path = self._path("courses", course_sid, "exams", exam_sid, "assignments")
        self._caller.send("PUT", path, json={"add": [{"enrollmentSid": each} for each in enrollment_sids]})

    def sessions(self, enrollment_sid: str, exam_sid: str) -> list[Record]:
        """Return every session of an enrollment for an exam, those that are over too."""
        path = self._path("enrollments", enrollment_sid, "exams", exam_sid, "sessions")
        return self._all_pages(path, {"includeActive": "true"})

    def session(self, exam_sid: str, session_sid: str) -> Record:
        """Return everything of a session."""
        return self._caller.record("GET", self._session(exam_sid, session_sid))

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        """Give a session its appointment, once; return the session. ``details`` are named as on the wire.

        The session tells whether it has the appointment, before and after a lost answer. Raises ``CallFailed`` if it
        has another one, which is to be rescheduled.
        """
        wanted = {"type": "automated", "appointmentDateTime": _instant(at), **details}
        path = self._session(exam_sid, session_sid)
        return self._caller.made_once(
            lambda: self._appointment(exam_sid, session_sid, at),
            lambda: self._caller.record("POST", path, json=wanted),
        )

    def reschedule(self, exam_sid: str, session_sid: str, at: datetime, **changes: Any) -> Record:
        """Move a session's appointment; return the session."""
        path = self._session(exam_sid, session_sid)
        self._caller.send("PUT", path, json={"appointmentDateTime": _instant(at), **changes})
        return self.session(exam_sid, session_sid)

    def cancel(self, exam_sid: str, session_sid: str, memo: str, *, reason: str = "other-reason") -> None:
        """Cancel a session's appointment; one that is cancelled already is left so."""
        why = {"cancellationMemo": memo, "reason": reason}
        try:
            self._caller.send("DELETE", self._session(exam_sid, session_sid), json=why)
        except Refused:  # as it is where the answer to an earlier attempt was lost
            if self.session(exam_sid, session_sid).get("status") != "Cancelled":
                raise

    def book(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], at: datetime, **details: Any
    ) -> Record:
        """Provision, assign, list and schedule; return the session. The next step only follows a success.

        Doing it twice with the same ids and the same time makes one appointment.
        """
        sids = self.provision(course, user, exam)
        self.assign(sids["course"], sids["exam"], [sids["enrollment"]])
        active = [each for each in self.sessions(sids["enrollment"], sids["exam"]) if each.get("status") not in _OVER]
        if not active:
            raise CallFailed(f"{sids['enrollment']} has no session of {sids['exam']}: no attempt is left.")
        return self.schedule(sids["exam"], active[-1]["sid"], at, **details)

    def onboarding_url(self, exam_sid: str, session_sid: str) -> str:
        """Return where to send the candidate's browser now. It opens once and expires: store none, ask for each visit.

        It is asked for once: where the answer is lost, the candidate who waits at the browser comes again.
        """
        path = f"{self._session(exam_sid, session_sid)}/onboard"
        url = self._caller_once.record("GET", path).get("url")
        if not isinstance(url, str):
            raise Unreadable(f"GET {path}", "the answer holds no url.")
        return url

    def status(self, session_sid: str) -> str:
        """Tell where a session stands."""
        return str(self._caller.record("GET", _path("v1", "sessions", session_sid, "status")).get("status", ""))

    def wait_for_status(
        self, session_sid: str, statuses: Collection[str], *, every: float = 30.0, within: float = 3600.0
    ) -> str:
        """Ask until a session has one of the statuses, or is over, which no status follows; return its status.

        Raises ``TimeoutError`` when ``within`` seconds have been waited.
        """
        waited = 0.0
        while (status := self.status(session_sid)) not in (*statuses, *_OVER):
            if waited >= within:
                raise TimeoutError(f"After {within} seconds session {session_sid} is still {status}.")
            self._caller.wait(every)
            waited += every
        return status

    def events(self, exam_sid: str, session_sid: str) -> list[Record]:
        """Return all that was reported of a session."""
        return self._all_pages(f"{self._session(exam_sid, session_sid)}/events", {})

    def _appointment(self, exam_sid: str, session_sid: str, at: datetime) -> Record | None:
        """Return the session if it has this appointment, None if it has none that stands."""
        session = self.session(exam_sid, session_sid)
        if session.get("status") in (*_UNSCHEDULED, *_OVER):
            return None
        made = session["appointmentDate"]
        if _instant(datetime.fromisoformat(made)) != _instant(at):
            raise CallFailed(f"{session_sid} has another appointment, at {made}.")
        return session

    def _all_pages(self, path: str, query: Mapping[str, str]) -> list[Record]:
        """Return what all pages hold. Of ``next`` only the query is taken: the token is for this host alone."""
        found: list[Record] = []
        asked: list[Mapping[str, str]] = []
        while query not in asked:
            asked.append(query)
            page = self._caller.record("GET", path, params=query)
            found += page["results"]
            if not page.get("next"):
                return found
            query = dict(parse_qsl(urlsplit(page["next"]).query))
        raise Unreadable(f"GET {path}", "its pages lead in a circle.")

    def _session(self, exam_sid: str, session_sid: str) -> str:
        return self._path("exams", exam_sid, "sessions", session_sid)

    def _path(self, *parts: str) -> str:
        return _path("v1", "installs", self._install_sid, *parts)


def _path(*parts: str) -> str:
    return "".join(f"/{quote(each, safe='')}" for each in parts)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
