"""An install of SmarterProctoring under check: its API, and what candidates and proctors do."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Unpack
from uuid import uuid4

from contract_tests.server.capabilities import ADMIN, Form, is_id
from contract_tests.server.pages import Browser
from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn, shortened
from contract_tests.server.session import Session
from contract_tests.server.wire import Parts

Data = dict[str, Any]

_PROCTOR_TYPE = "TS9531c6b112f145018dae3cd2a9f60c4c"
OVER = frozenset({"Closed", "Cancelled", "Processing", "Incident"})

_STATUSES = {
    "AUTHENTICATIONFAILED": 403,
    "INVALIDINPUT": 400,
    "INVALIDPROTOCOL": 400,
    "RESOURCENOTFOUND": 404,
}
"""The codes of refusals that the guide lists, each with its status."""


@dataclass(frozen=True)
class Enrolled:
    """A learner of a course, and an exam of it; all but ``said`` are SIDs."""

    course: str
    user: str
    enrollment: str
    exam: str
    said: Data


class Install(Session):
    """Calls with the API token of the credentials. ``proctor_type`` of the capabilities names one of the account's."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.target.knows(
            credentials=("token", "install_sid", "integration_sid"),
            capabilities={**ADMIN, "proctor_type": Form(is_id, "the SID of a proctor type")},
        )
        self.signed = {"token": self.target.credential("token")}
        self.sid = self.target.credential("install_sid")

    def api(self, method: str, path: str, **parts: Unpack[Parts]) -> Reply:
        """Make a call with the token."""
        parts["headers"] = {**self.signed, **parts.get("headers", {})}
        return self.call(method, path, **parts)

    def answers(self, reply: Reply, code: str, clause: str, says: str) -> None:
        """Hold that a call was refused with the status of a code that the guide lists, and with no other of its codes.

        Where the answer has the code no document says: that it is the ``code`` of a JSON object is only noted.
        """
        __tracebackhide__ = True
        status = _STATUSES[code]
        named = {each for each in _STATUSES if each in reply.text}
        fits = reply.status == status and named <= {code}
        self.holds(clause, fits, f"{says}: {code}.", expected=f"{status} {code}", got=reply.told)
        placed = f"{reply.operation}.response.{status}.body.code"
        self.holds(placed, _code(reply) == code, "The code stands in code.", expected=code, got=reply.told)

    def path(self, *steps: str, version: str = "v1") -> str:
        """Return a path below the install."""
        return "/".join(["", version, "installs", self.sid, *steps])

    def now(self) -> datetime:
        """Return the vendor's time, which it can be asked for."""
        if self.has_sandbox:
            return super().now()
        reply = self.api("GET", "/v1/currentTime")
        told = reply.json.get("currentTime") if reply.ok and isinstance(reply.json, dict) else None
        try:
            return datetime.fromisoformat(str(told))
        except ValueError:
            return super().now()

    def browser(self) -> Browser:
        """Return a browser with no cookies."""
        return Browser(self.target.timeout)

    def course(self, **changes: Any) -> Data:
        """Return a course that is not there yet; a field that is None is left out."""
        return _without_none({"ids": {"external": name("course")}, "title": "Acme Corp", "code": "ACME-1", **changes})

    def learner(self, **changes: Any) -> Data:
        """Return a user who is not there yet."""
        made = {"ids": {"external": name("user")}, "firstName": "Tom", "lastName": "Palmer"}
        return _without_none({**made, "email": "tom@people.example", **changes})

    def exam(self, configuration: Data | None = None, **changes: Any) -> Data:
        """Return an exam that is not there yet, open from yesterday for a month."""
        settings = {
            "url": "https://lms.example/exams/geo-1",
            "duration": 60,
            "password": "fake-exam-password",
            "access": {
                "open": instant(self.now() - timedelta(days=1)),
                "close": instant(self.now() + timedelta(days=30)),
            },
            "proctorTypes": {str(self.capability("proctor_type", _PROCTOR_TYPE)): {}},
            **(configuration or {}),
        }
        made = {"ids": {"external": name("exam")}, "title": "Geography", "configuration": _without_none(settings)}
        return _without_none({**made, **changes})

    def provision(self, **said: Any) -> Reply:
        """Make the provision call."""
        return self.api("POST", self.path("provision", version="v2"), json=said)

    def enrolled(self, configuration: Data | None = None, **exam: Any) -> Enrolled:
        """Provision a new course, a learner of it and an exam; raise ``CannotGoOn`` where a SID is missing."""
        said = {"course": self.course(), "user": self.learner(), "exam": self.exam(configuration, **exam)}
        reply = self.needs(self.provision(**said))
        sids = {kind: str(reply.at(kind, "sid")) for kind in ("course", "user", "enrollment", "exam")}
        return Enrolled(**sids, said=said)

    def sessions(self, who: Enrolled, **query: str) -> list[Data]:
        """List the sessions of a learner for an exam."""
        path = self.path("enrollments", who.enrollment, "exams", who.exam, "sessions")
        return self.needs(self.api("GET", path, params=query)).records("results")

    def active(self, who: Enrolled) -> list[Data]:
        """List the sessions of a learner for an exam that are not over."""
        return [each for each in self.sessions(who, status="active") if each.get("status") not in OVER]

    def session(self, who: Enrolled) -> str:
        """Return the SID of the learner's session that is not over; raise ``CannotGoOn`` if there is none."""
        active = self.active(who)
        if not active:
            raise CannotGoOn("The learner has no session.")
        return sid_of(active[-1])

    def session_path(self, who: Enrolled, session: str, *more: str) -> str:
        """Return the path of a session."""
        return self.path("exams", who.exam, "sessions", session, *more)

    def read(self, who: Enrolled, session: str) -> Data:
        """Return everything of a session; raise ``CannotGoOn`` where it is no object."""
        reply = self.needs(self.api("GET", self.session_path(who, session)))
        if not isinstance(reply.json, dict):
            raise CannotGoOn(f"{reply.call} was answered {reply.told}")
        return reply.json

    def assignment(self, who: Enrolled, said: Data | None = None) -> Reply:
        """Make the call that assigns a learner to an exam, or says something else there."""
        path = self.path("courses", who.course, "exams", who.exam, "assignments")
        return self.api("PUT", path, json=said or {"add": [{"enrollmentSid": who.enrollment}]})

    def assign(self, who: Enrolled) -> None:
        """Assign a learner to an exam."""
        self.needs(self.assignment(who))

    def soon(self) -> datetime:
        """Return an instant so near that an exam can begin."""
        return self.now() + timedelta(minutes=10)

    def schedule(self, who: Enrolled, session: str, at: datetime) -> Reply:
        """Make the call that gives a session its appointment."""
        said = {"type": "automated", "appointmentDateTime": instant(at), "externalAppointmentId": name("appointment")}
        return self.api("POST", self.session_path(who, session), json=said)

    def scheduled(self) -> tuple[Enrolled, str]:
        """Return a learner and a session that has an appointment in ten minutes."""
        who = self.enrolled()
        session = self.session(who)
        self.needs(self.schedule(who, session, self.soon()))
        return who, session

    def cancel(self, who: Enrolled, session: str) -> None:
        """Cancel an appointment."""
        self.needs(self.api("DELETE", self.session_path(who, session), json={"cancellationMemo": "check"}))

    def taken(self, who: Enrolled, session: str) -> None:
        """Let a learner take an exam whose session has no appointment yet; only a mock can."""
        self.needs(self.schedule(who, session, self.soon()))
        for action in ("begin", "end", "close"):
            self.sandbox.action(action, session_sid=session)

    def status(self, session: str) -> str:
        """Tell where a session stands."""
        return str(self.needs(self.api("GET", f"/v1/sessions/{session}/status")).at("status"))

    def onboarding_url(self, who: Enrolled, session: str) -> str:
        """Return a fresh onboarding URL."""
        return str(self.needs(self.api("GET", self.session_path(who, session, "onboard"))).at("url"))


def sid_of(listed: Data) -> str:
    """Return the SID of something that was listed; raise ``CannotGoOn`` if it has none."""
    if "sid" not in listed:
        raise CannotGoOn(f"A list has something without a SID: {shortened(listed)}")
    return str(listed["sid"])


def name(kind: str) -> str:
    """Return an external id that nothing has."""
    return f"check-{kind}-{uuid4().hex[:12]}"


def instant(at: datetime) -> str:
    """Return an instant as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def made_up(prefix: str) -> str:
    """Return a SID that nothing has."""
    return prefix + uuid4().hex


def _code(reply: Reply) -> Any:
    with suppress(CannotGoOn):
        return reply.at("code")
    return None


def _without_none(fields: Data) -> Data:
    return {key: value for key, value in fields.items() if value is not None}
