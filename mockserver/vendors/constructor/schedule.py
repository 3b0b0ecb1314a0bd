"""What the clock decides: the status of a session, and the slots of an exam's calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mockserver.core.clock import later
from mockserver.vendors.constructor.entities import Exam, Session, Status


def window(session: Session, exam: Exam, grace: timedelta) -> tuple[datetime, datetime] | None:
    """Return from when and until when a session can be started, None if it needs a slot and has none."""
    if not exam.schedule:
        return session.start_date, session.end_date
    return None if session.slot is None else (session.slot, later(session.slot, grace))


def status_at(now: datetime, session: Session, exam: Exam, grace: timedelta) -> Status:
    """Return where a session stands at an instant; ``grace`` is how long a booked slot waits."""
    if session.session_end is not None:
        return Status.FINISHED
    if session.session_start is not None:
        return Status.STARTED
    times = window(session, exam, grace)
    if times is None:
        return Status.NOT_SCHEDULED
    if now < times[0]:
        return Status.EARLY
    return Status.LATE if now > times[1] else Status.READY


def slots(exam: Exam, now: datetime, apart: timedelta) -> Iterator[datetime]:
    """Yield the slots that can be booked, counted from the start of the exam's dates, the next one first."""
    gone = max(exam.start_date, now) - exam.start_date
    slot = later(exam.start_date, -(-gone // apart) * apart)
    while slot <= exam.end_date:
        yield slot
        following = later(slot, apart)
        if following <= slot:
            return
        slot = following
