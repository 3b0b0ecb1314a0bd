"""How a session moves on without anybody acting, at the pace of its status reads."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from mockserver.core.progression import Progression, Step
from mockserver.vendors.constructor.entities import Session, Status
from mockserver.vendors.constructor.schedule import window
from mockserver.vendors.constructor.state import MOVES, ConstructorProctor


def _reads(state: ConstructorProctor, integration_name: str, session_id: str, **_: Any) -> Iterator[str]:
    yield state.session(integration_name, session_id).id


def _follows(state: ConstructorProctor, session: Session) -> Step | None:
    """Return the next of: book, agree, start once it may be, finish, accept; None at the end or when it is too late."""
    exam, status = state.exam_of(session), state.status_of(session)
    named = {"integration_name": session.integration, "session_id": session.session_id}
    if exam.schedule and status in MOVES["booked"]:
        return Step("book_first_slot", named) if state.first_slot(exam) is not None else None
    if status in MOVES["agreed to"]:
        if state.must_agree(session):
            return Step("accept_agreement", named)
        times = window(session, exam, timedelta(0))
        return Step("start_session", named, not_before=times[0] if times else None)
    if status is Status.STARTED:
        return Step("finish_session", named)
    if status is Status.FINISHED and session.conclusion == "unknown":
        return Step("conclude_session", {**named, "conclusion": "accepted"})
    return None


PROGRESSIONS = (Progression(operation="get_session_status", collection="sessions", reads=_reads, follows=_follows),)
