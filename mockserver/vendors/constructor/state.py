"""What Constructor Proctor remembers, and what can happen to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mockserver.core.clock import format_instant, later
from mockserver.core.errors import BadRequest, Conflict, NotFound
from mockserver.core.state import State, Surroundings
from mockserver.vendors.constructor.entities import Conclusion, CyberWarning, Exam, Integration, Session, Status, User
from mockserver.vendors.constructor.parameters import RULES, VISIBLE_WARNINGS, in_effect, threshold, weight
from mockserver.vendors.constructor.schedule import slots, status_at
from mockserver.vendors.constructor.settings import Settings

MOVES: Mapping[str, frozenset[Status]] = {
    "booked": frozenset({Status.NOT_SCHEDULED, Status.LATE}),
    "cancelled": frozenset({Status.EARLY}),
    "agreed to": frozenset({Status.NOT_SCHEDULED, Status.EARLY, Status.READY}),
    "started": frozenset({Status.READY}),
    "warned about": frozenset({Status.STARTED}),
    "finished": frozenset({Status.STARTED}),
    "concluded": frozenset({Status.FINISHED}),
}
"""What can be done to a session, and where it must stand for it."""

MOST_WARNINGS = 500
"""How many warnings a session can have, since its result carries them all."""

_MOST_POINTS = 100


class ConstructorProctor(State):
    """The vendor's proctoring platform, as all integrations share it."""

    def __init__(self, sandbox: Surroundings) -> None:
        super().__init__("constructor", sandbox)
        self.integrations = self._collection("integrations", Integration, key="name")
        self.exams = self._collection("exams", Exam, unique=("identity",))
        self.users = self._collection("users", User, unique=("identity",))
        self.sessions = self._collection("sessions", Session, unique=("identity",), index=("session_id",))
        self.warnings = self._collection("warnings", CyberWarning, index=("session",))

    @property
    def settings(self) -> Settings:
        """The sandbox's switches."""
        settings: Settings = self._sandbox.settings_of(self.vendor)
        return settings

    def session(self, integration_name: str, session_id: str) -> Session:
        """Return the session that a client calls by its own id; raise ``NotFound``."""
        found = self.sessions.find(identity=(integration_name, session_id))
        if found is None:
            raise NotFound(
                f"Integration {integration_name!r} has no session {session_id!r}.",
                collection="sessions",
                field="session_id",
            )
        return found

    def session_named(self, session_id: str, integration_name: str | None = None) -> Session:
        """Return the session of this id, in whichever integration has it unless one is named."""
        if integration_name is not None:
            return self.session(integration_name, session_id)
        found = list(self.sessions.where(session_id=session_id))
        if len(found) > 1:
            message = f"{len(found)} integrations have a session {session_id!r}; say which."
            raise BadRequest(message, fields={"integration_name": [message]})
        if not found:
            raise NotFound(f"There is no session {session_id!r}.", collection="sessions", field="session_id")
        return found[0]

    def exam_of(self, session: Session) -> Exam:
        """Return the exam that a session is an attempt at."""
        return self.exams.get(session.exam)

    def status_of(self, session: Session) -> Status:
        """Return where a session stands now."""
        grace = timedelta(minutes=self.settings.late_after_minutes)
        return status_at(self.now(), session, self.exam_of(session), grace)

    def effective(self, exam: Exam) -> Exam:
        """Return an exam with the parameters that are in effect, as the API answers them."""
        if not self.settings.fill_defaults:
            return exam
        return replace(
            exam,
            rules={**RULES, **(exam.rules or {})},
            score_config=in_effect(exam.score_config),
            visible_warnings={**VISIBLE_WARNINGS, **(exam.visible_warnings or {})},
        )

    def put_exam(self, integration_name: str, given: Mapping[str, Any]) -> tuple[Exam, bool]:
        """Create an exam or update the one of the same account and id, and tell whether it is new."""
        known = self.exams.find(identity=(integration_name, str(given["account_id"]), str(given["exam_id"])))
        if known is None:
            made = Exam(id=self._mint(self.exams, self.ids.hex), integration=integration_name, **given)
            return self.exams.add(made), True
        if self.settings.exam_update == "merge":
            return self.exams.save(replace(known, **given)), False
        return self.exams.save(Exam(id=known.id, integration=integration_name, **given)), False

    def open_session(
        self, integration_name: str, exam: Mapping[str, Any], user: Mapping[str, Any], session: Mapping[str, Any]
    ) -> Session:
        """Let a test taker in: create or update exam, user and session.

        Raises ``Conflict`` if the session's id belongs to another test taker or exam. A finished session stays
        as it is.
        """
        the_exam, _ = self.put_exam(integration_name, exam)
        the_user = self._put_user(integration_name, str(exam["account_id"]), user)
        dates = {"start_date": exam["start_date"], "end_date": exam["end_date"]}
        return self._put_session(the_exam, the_user, {**dates, **session})

    def book_slot(self, session: Session, start: datetime) -> Session:
        """Book a slot within the exam's dates."""
        exam = self._calendar_of(session)
        first, last = max(exam.start_date, self.now()), exam.end_date
        if not first <= start <= last:
            message = f"A slot must begin from {format_instant(first)} to {format_instant(last)}."
            raise BadRequest(message, fields={"start": [message]})
        deadline = later(start, -timedelta(minutes=self.settings.cancel_deadline_minutes))
        return self._told("session_scheduled", replace(session, slot=start, cancel_deadline=deadline))

    def book_first_slot(self, session: Session) -> Session:
        """Book the first slot that the calendar still offers."""
        slot = self.first_slot(self._calendar_of(session))
        if slot is None:
            raise self._refusal(session, "Its exam's calendar offers no slot any more.")
        return self.book_slot(session, slot)

    def first_slot(self, exam: Exam) -> datetime | None:
        """Return the first slot that an exam's calendar still offers."""
        return next(slots(exam, self.now(), timedelta(minutes=self.settings.slot_minutes)), None)

    def cancel_slot(self, session: Session) -> Session:
        """Give the booked slot back, not after its deadline."""
        if session.slot is None or session.cancel_deadline is None:
            raise self._refusal(session, "It has no booked slot.")
        self._require(session, "cancelled")
        if self.now() > session.cancel_deadline:
            raise self._refusal(session, f"It could be cancelled until {format_instant(session.cancel_deadline)}.")
        return self._unregister(session)

    def accept_agreement(self, session: Session) -> Session:
        """Accept the exam's user agreement."""
        self._require(session, "agreed to")
        if self.exam_of(session).user_agreement_url is None:
            raise self._refusal(session, "Its exam has no user agreement.")
        if session.agreement_accepted is not None:
            raise self._refusal(session, f"It was agreed to at {format_instant(session.agreement_accepted)}.")
        return self._told("agreement_accepted", replace(session, agreement_accepted=self.now()))

    def start_session(self, session: Session) -> Session:
        """Start the exam, after accepting the agreement if there is one."""
        self._require(session, "started")
        if self.must_agree(session):
            raise self._refusal(session, "Its user agreement is not accepted.")
        return self.sessions.save(replace(session, session_start=self.now()))

    def must_agree(self, session: Session) -> bool:
        """Tell whether the user agreement still stands before the start."""
        return session.agreement_accepted is None and self.exam_of(session).user_agreement_url is not None

    def raise_warning(
        self, session: Session, kind: str, start: datetime | None = None, end: datetime | None = None
    ) -> CyberWarning:
        """Note what the AI sees during a session; it begins and ends now unless said otherwise."""
        self._require(session, "warned about")
        now = self.now()
        begun = start or end or now
        ended = end or max(begun, now)
        if ended < begun:
            raise BadRequest("A warning cannot end before it starts.", fields={"end": ["Must not be before start."]})
        if sum(1 for _ in self.warnings.where(session=session.id)) >= MOST_WARNINGS:
            raise self._refusal(session, f"It has {MOST_WARNINGS} warnings, the most that a session can have.")
        number = self._mint(self.warnings, self.ids.number)
        made = self.warnings.add(CyberWarning(id=number, session=session.id, type=kind, start=begun, end=ended))
        self.tell("warning_raised", warning_id=made.id)
        return made

    def finish_session(self, session: Session) -> Session:
        """End a started session and score it; conclude it as well where the AI alone proctors."""
        self._require(session, "finished")
        exam = self.exam_of(session)
        score = self._score(session, exam)
        conclusion: Conclusion = "unknown"
        if exam.proctoring == "auto":
            conclusion = "rejected" if score > threshold(exam.score_config) else "accepted"
        finished = replace(session, session_end=self.now(), score=score, conclusion=conclusion)
        return self._told("session_reviewed", finished)

    def finish_remotely(self, session: Session, finish_url: str | None = None) -> str:
        """Finish a session for the client, or take back the booking of one not started; return what was done."""
        status = self.status_of(session)
        if status is Status.STARTED:
            self.finish_session(replace(session, session_finish_url=finish_url or session.session_finish_url))
            return "finished"
        if status is not Status.FINISHED and session.slot is not None:
            self._unregister(session)
            return self.settings.unregister_message
        return "not_changed"

    def conclude_session(
        self, session: Session, conclusion: Conclusion, score: int | None = None, comment: str | None = None
    ) -> Session:
        """Judge a finished session, as often as wanted; score and comment stay unless given."""
        self._require(session, "concluded")
        judged = replace(
            session,
            conclusion=conclusion,
            score=session.score if score is None else score,
            comment=session.comment if comment is None else comment,
        )
        return self._told("session_reviewed", judged)

    def change_urls(self, integration_name: str, **urls: str | None) -> Integration:
        """Change the addresses that an integration wants to be called at; None is none."""
        changes: dict[str, Any] = dict(urls)
        return self.integrations.save(replace(self.integrations.get(integration_name), **changes))

    def _put_user(self, integration_name: str, account_id: str, given: Mapping[str, Any]) -> User:
        user_id = str(given["user_id"])
        known = self.users.find(identity=(integration_name, account_id, user_id))
        if known is not None:
            return self.users.save(replace(known, **{**given, "user_id": user_id}))
        place = {"integration": integration_name, "account_id": account_id}
        made = User(id=self._mint(self.users, self.ids.hex), **{**place, **given, "user_id": user_id})
        return self.users.add(made)

    def _put_session(self, exam: Exam, user: User, given: Mapping[str, Any]) -> Session:
        known = self.sessions.find(identity=(exam.integration, given["session_id"]))
        if known is None:
            key = self._mint(self.sessions, self.ids.hex)
            made = Session(id=key, integration=exam.integration, exam=exam.id, user=user.id, **given)
            return self.sessions.add(made)
        if (known.exam, known.user) != (exam.id, user.id):
            message = f"Session {known.session_id!r} belongs to another test taker or exam."
            raise Conflict(message, fields={"sessionId": [message]})
        return known if known.session_end is not None else self.sessions.save(replace(known, **given))

    def _calendar_of(self, session: Session) -> Exam:
        """Return the exam in whose calendar a session can be booked now."""
        exam = self.exam_of(session)
        if not exam.schedule:
            raise self._refusal(session, "Its exam has no calendar (schedule is false).")
        self._require(session, "booked")
        return exam

    def _unregister(self, session: Session) -> Session:
        return self._told("session_scheduled", replace(session, slot=None, cancel_deadline=None))

    def _told(self, event: str, session: Session) -> Session:
        """Remember a session as it now is, and let the client know."""
        saved = self.sessions.save(session)
        self.tell(event, key=saved.id)
        return saved

    def _score(self, session: Session, exam: Exam) -> int:
        weights = sum(weight(each.type, exam.score_config) for each in self.warnings.where(session=session.id))
        return min(_MOST_POINTS, round(weights * self.settings.points_per_warning))

    def _require(self, session: Session, move: str) -> None:
        status = self.status_of(session)
        if status not in MOVES[move]:
            allowed = " or ".join(sorted(MOVES[move]))
            raise self._refusal(session, f"It is {status} and can only be {move} when it is {allowed}.")

    def _refusal(self, session: Session, reason: str) -> Conflict:
        message = f"Session {session.session_id!r}: {reason}"
        return Conflict(message, fields={"session_id": [message]})
