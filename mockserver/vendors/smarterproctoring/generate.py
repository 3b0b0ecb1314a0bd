"""Fixture data of any size: two exams of one course, and everybody enrolled in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from mockserver.core.people import Person
from mockserver.vendors.smarterproctoring.entities import (
    Configuration,
    Course,
    Enrollment,
    Exam,
    Install,
    Integration,
    Session,
    Token,
    User,
)

TOKEN = Token(id="default", token="fake-smarterproctoring-token")  # noqa: S106 - recognisably fake
INSTALL = Install(sid="AIa1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", name="Meridian Learning")
INTEGRATION = Integration(
    sid="IIf5a8dc0813f749128504e251fad9e4a3",
    install_sid=INSTALL.sid,
    name="Exam platform",
    secret="fake-smarterproctoring-signon-secret",  # noqa: S106 - recognisably fake
)
COURSE = Course(
    sid="CU5a1e0000000000000000000000000001",
    install_sid=INSTALL.sid,
    title="Meridian Learning",
    code="MERIDIAN",
    external_id="meridian",
)
EXAMS = (
    Exam(
        sid="EX5a1e0000000000000000000000000001",
        course_sid=COURSE.sid,
        title="Data Analyst Certification",
        external_id="cert-data-analyst",
        limited_scope=True,
    ),
    Exam(
        sid="EX5a1e0000000000000000000000000002",
        course_sid=COURSE.sid,
        title="Workplace Safety Basics",
        external_id="cert-safety",
    ),
)
_MINUTES = {"cert-data-analyst": 120, "cert-safety": 30}
_AUTOMATED = "TS63dda27a6ba54c218449b934b7bb1ba8"
_OPEN, _CLOSE = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 12, 31, 23, 59, 59, tzinfo=UTC)


def generate(people: Sequence[Person]) -> Mapping[str, Any]:
    """Return the collections: every third person has an appointment, the others have still to make one."""
    return {
        "tokens": [TOKEN],
        "installs": [INSTALL],
        "integrations": [INTEGRATION],
        "courses": [COURSE],
        "users": [_user(each) for each in people],
        "enrollments": [_enrollment(each) for each in people],
        "exams": list(EXAMS),
        "configurations": [_configuration(number, exam) for number, exam in enumerate(EXAMS, 1)],
        "sessions": list(_sessions(people)),
    }


def _sid(prefix: str, name: str) -> str:
    """Return a SID that is always the same for a name."""
    return prefix + blake2b(name.encode(), digest_size=16).hexdigest()


def _user(person: Person) -> User:
    return User(
        sid=_sid("US", person.uuid),
        install_sid=INSTALL.sid,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        currency_code=INSTALL.default_currency_code,
        time_zone=person.time_zone,
        external_id=f"cand-{1000 + person.number}",
        api_id=person.uuid,
    )


def _enrollment(person: Person) -> Enrollment:
    return Enrollment(sid=_sid("EN", person.uuid), user_sid=_sid("US", person.uuid), course_sid=COURSE.sid)


def _configuration(number: int, exam: Exam) -> Configuration:
    return Configuration(
        sid=f"EC5a1e{number:028}",
        exam_sid=exam.sid,
        url=f"https://exams.meridian.example/{exam.external_id}",
        access_open=_OPEN,
        access_close=_CLOSE,
        duration=_MINUTES[exam.external_id or ""],
        password="fake-exam-password",  # noqa: S106 - recognisably fake
        proctor_types={_AUTOMATED: {}},
    )


def _sessions(people: Sequence[Person]) -> Iterator[Session]:
    """Yield a session of the exam that everybody takes, for everybody."""
    exam = EXAMS[1]
    for person in people:
        waiting = Session(
            sid=_sid("ES", person.uuid),
            install_sid=INSTALL.sid,
            course_sid=COURSE.sid,
            exam_sid=exam.sid,
            enrollment_sid=_sid("EN", person.uuid),
            user_sid=_sid("US", person.uuid),
            created=_OPEN,
            edited=_OPEN,
        )
        yield _scheduled(waiting, person.number) if person.number % 3 == 0 else waiting


def _scheduled(session: Session, number: int) -> Session:
    start = datetime(2035, 1, 1, 9, tzinfo=UTC) + timedelta(hours=number % 8000)
    return replace(
        session,
        status="Scheduled",
        session_type="automated",
        proctor_type_sid=_AUTOMATED,
        appointment_date=start,
        appointment_end_date=start + timedelta(minutes=_MINUTES["cert-safety"]),
        date_scheduled=_OPEN,
    )
