"""Fixture data of any size: one organisation, two exams, and a session of each for everybody."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockserver.core.people import Person
from mockserver.vendors.constructor.entities import Exam, Integration, Session, User

INTEGRATION = "demo"
SECRET = "fake-constructor-secret-0123456789abcdef"  # noqa: S105 - fake, and the same in every set
_ACCOUNT = "meridian"
_FROM = datetime(2025, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2035, 12, 31, tzinfo=UTC)
_TITLES = {
    "cert-data-analyst": ("Data Analyst Certification", 120),
    "cert-safety": ("Workplace Safety Basics", 30),
}


def generate(people: Sequence[Person]) -> Mapping[str, Any]:
    """Return fixture data in which every person has a session of every exam that can be started."""
    exams = list(_exams())
    users = [_user(person) for person in people]
    sessions = [_session(user, exam) for user in users for exam in exams]
    integrations = [Integration(name=INTEGRATION, secret=SECRET)]
    collections = {"integrations": integrations, "exams": exams, "users": users, "sessions": sessions}
    plain: dict[str, Any] = msgspec.to_builtins(collections)
    return plain


def _exams() -> Iterator[Exam]:
    for exam_id, (name, minutes) in _TITLES.items():
        yield Exam(
            id=exam_id,
            integration=INTEGRATION,
            account_id=_ACCOUNT,
            account_name="Meridian Learning",
            exam_id=exam_id,
            exam_name=name,
            duration=minutes,
            schedule=False,
            proctoring="auto",
            start_date=_FROM,
            end_date=_UNTIL,
        )


def _user(person: Person) -> User:
    return User(
        id=person.uuid,
        integration=INTEGRATION,
        account_id=_ACCOUNT,
        user_id=person.uuid,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        language=person.language[:2],
    )


def _session(user: User, exam: Exam) -> Session:
    session_id = f"{exam.exam_id}-{user.id}"
    return Session(
        id=session_id,
        integration=INTEGRATION,
        session_id=session_id,
        exam=exam.id,
        user=user.id,
        session_url=f"https://lms.meridian.example/exams/{exam.exam_id}",
        session_finish_url=f"https://lms.meridian.example/exams/{exam.exam_id}/done",
        start_date=exam.start_date,
        end_date=exam.end_date,
    )
