"""What SmarterProctoring remembers, and how what belongs together is found.

What happens to it is in modules by topic: ``provision``, ``assignments``, ``scheduling``, ``proctoring``,
``onboarding`` and ``signon``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from mockserver.core.clock import later
from mockserver.core.collection import Collection
from mockserver.core.errors import ApiError, BadRequest
from mockserver.core.state import State, Surroundings
from mockserver.vendors.smarterproctoring.entities import (
    Configuration,
    Course,
    Enrollment,
    Event,
    Exam,
    Install,
    Integration,
    OnboardingLink,
    ProctorLocation,
    Session,
    Signon,
    Token,
    User,
)
from mockserver.vendors.smarterproctoring.refusals import forbidden_now, unknown
from mockserver.vendors.smarterproctoring.settings import Settings
from mockserver.vendors.smarterproctoring.sids import check_sid
from mockserver.vendors.smarterproctoring.statuses import ACTIVE, MOVES, Status

E = TypeVar("E")

_IDS = ("api_id", "external_id", "lms_id")


class SmarterProctoring(State):
    """One account of SmarterProctoring with its installs."""

    def __init__(self, sandbox: Surroundings) -> None:
        super().__init__("smarterproctoring", sandbox)
        self.tokens = self._collection("tokens", Token, unique=("token",))
        self.installs = self._collection("installs", Install, key="sid")
        self.integrations = self._collection("integrations", Integration, key="sid")
        self.proctor_locations = self._collection("proctor_locations", ProctorLocation, key="sid")
        self.courses = self._collection("courses", Course, key="sid", index=_IDS)
        self.users = self._collection("users", User, key="sid", index=_IDS)
        self.enrollments = self._collection(
            "enrollments", Enrollment, key="sid", unique=("pair",), index=("course_sid",)
        )
        self.exams = self._collection("exams", Exam, key="sid", index=("external_id", "course_sid"))
        self.configurations = self._collection("configurations", Configuration, key="sid", unique=("holder",))
        self.sessions = self._collection(
            "sessions", Session, key="sid", index=("enrollment_sid", "exam_sid", "user_sid")
        )
        self.onboarding_links = self._collection("onboarding_links", OnboardingLink, key="token", unique=("visit",))
        self.signons = self._collection("signons", Signon)
        self.events = self._collection("events", Event, key="sid", index=("session_sid",))

    def load(self, rows: Mapping[str, Any], where: str) -> None:
        """Fill the collections from fixture data; exams in progress there will end too."""
        super().load(rows, where)
        try:
            for session in self.sessions:
                if self.status_of(session) == "In Progress":
                    self.plan_end(session)
        except ApiError as error:
            raise BadRequest(f"{where}: sessions: {error.message}") from None

    @property
    def settings(self) -> Settings:
        """The sandbox's switches."""
        settings: Settings = self._sandbox.settings_of(self.vendor)
        return settings

    def next_sid(self, collection: Collection[Any], prefix: str) -> str:
        """Return the SID of a new entity."""
        return self._mint(collection, lambda kind: prefix + self.ids.hex(kind))

    def next_hex(self, collection: Collection[Any]) -> str:
        """Return 32 hex digits for a new entity that is no resource."""
        return self._mint(collection, self.ids.hex)

    def check_sid(self, field: str, sid: str, *prefixes: str) -> None:
        """Raise ``BadRequest`` unless a SID has the shape of one."""
        check_sid(field, sid, prefixes, strict=self.settings.strict_sids)

    def known(self, collection: Collection[E], field: str, sid: str, prefix: str, **scope: str) -> E:
        """Return what has a SID and belongs where ``scope`` says; raise ``NotFound``, as for anything elsewhere."""
        self.check_sid(field, sid, prefix)
        found = collection.find(sid=sid)
        if found is None or any(getattr(found, name) != value for name, value in scope.items()):
            raise unknown(field, sid)
        return found

    def install(self, sid: str) -> Install:
        """Return an install."""
        return self.known(self.installs, "installSid", sid, "AI")

    def course(self, install_sid: str, course_sid: str) -> Course:
        """Return a course of an install."""
        install = self.install(install_sid)
        return self.known(self.courses, "courseSid", course_sid, "CU", install_sid=install.sid)

    def exam(self, install_sid: str, exam_sid: str) -> Exam:
        """Return an exam of an install."""
        install = self.install(install_sid)
        exam = self.known(self.exams, "examSid", exam_sid, "EX")
        if self.courses.get(exam.course_sid).install_sid != install.sid:
            raise unknown("examSid", exam_sid)
        return exam

    def enrollment(self, install_sid: str, enrollment_sid: str) -> Enrollment:
        """Return an enrollment in any course of an install."""
        install = self.install(install_sid)
        enrollment = self.known(self.enrollments, "enrollmentSid", enrollment_sid, "EN")
        if self.courses.get(enrollment.course_sid).install_sid != install.sid:
            raise unknown("enrollmentSid", enrollment_sid)
        return enrollment

    def session(self, install_sid: str, exam_sid: str, session_sid: str) -> Session:
        """Return a session of an exam."""
        exam = self.exam(install_sid, exam_sid)
        return self.known(self.sessions, "sessionSid", session_sid, "ES", exam_sid=exam.sid)

    def configuration_of(self, exam_sid: str, enrollment_sid: str) -> Configuration:
        """Return how an exam is configured for one enrollment: its accommodation, else what holds for everybody."""
        own = self.configurations.find(holder=(exam_sid, enrollment_sid))
        if own is not None:
            return own
        primary = self.configurations.find(holder=(exam_sid, None))
        if primary is None:
            raise forbidden_now("examSid", f"Exam {exam_sid} has no configuration.")
        return primary

    def learners(self, course_sid: str) -> Iterator[Enrollment]:
        """Yield the enrollments of a course that can have sessions."""
        return self.enrollments.where(course_sid=course_sid, role="learner")

    def sessions_of(self, exam_sid: str, enrollment_sid: str) -> list[Session]:
        """Return every session of an enrollment for an exam, oldest first."""
        return list(self.sessions.where(enrollment_sid=enrollment_sid, exam_sid=exam_sid))

    def status_of(self, session: Session) -> Status:
        """Return where a session stands now: an exam in progress is over when its time is up."""
        ends = self._ends(session) if session.status == "In Progress" else None
        return session.status if ends is None or self.now() < ends else "Processing"

    def is_active(self, session: Session) -> bool:
        """Tell whether a session is neither closed nor cancelled."""
        return self.status_of(session) in ACTIVE

    def require(self, session: Session, verb: str) -> None:
        """Raise ``Conflict`` unless a session stands where the verb can be done."""
        status, possible = self.status_of(session), MOVES[verb]
        if status not in possible:
            needed = " or ".join(sorted(possible))
            raise forbidden_now("sessionSid", f"Session {session.sid} is {status}; to {verb} it, it must be {needed}.")

    def change(self, session: Session, **changes: Any) -> Session:
        """Change a session now; whoever listens is told if its status is another then."""
        changed = self.sessions.save(replace(session, edited=self.now(), **changes))
        if changed.status != session.status:
            if self.status_of(session) == "In Progress":
                self.unplan(_end_of(session))
            self.plan_end(changed)
            self.tell("session_status_change", session_sid=changed.sid)
        return changed

    def plan_end(self, session: Session) -> None:
        """Have an exam in progress end when its time is up."""
        ends = self._ends(session) if session.status == "In Progress" else None
        if ends is not None:
            self.plan("end_overdue", ends, _end_of(session), session_sid=session.sid)

    def open_session(self, exam: Exam, enrollment: Enrollment) -> Session:
        """Give an enrollment a new session that waits for its appointment."""
        now = self.now()
        return self.sessions.add(
            Session(
                sid=self.next_sid(self.sessions, "ES"),
                install_sid=self.courses.get(exam.course_sid).install_sid,
                course_sid=exam.course_sid,
                exam_sid=exam.sid,
                enrollment_sid=enrollment.sid,
                user_sid=enrollment.user_sid,
                created=now,
                edited=now,
            )
        )

    def expire_token(self, *, token_id: str) -> Token:
        """Let an API token expire now."""
        return self.tokens.save(replace(self.tokens.get(token_id), expires=self.now()))

    def revoke_token(self, *, token_id: str) -> Token:
        """Take an API token back."""
        return self.tokens.save(replace(self.tokens.get(token_id), revoked=True))

    def _ends(self, session: Session) -> datetime | None:
        """Return when the exam is over that began: after its duration, or with its appointment."""
        began, ends = session.in_progress_date, session.appointment_end_date
        if began is None or ends is None:
            return None
        minutes = self.configuration_of(session.exam_sid, session.enrollment_sid).duration
        return min(ends, later(began, timedelta(minutes=minutes)))


def _end_of(session: Session) -> str:
    """Return the agenda's key for the end of a session's exam."""
    return f"end of {session.sid}"
