"""What the checks of SmarterProctoring are about: a course, a candidate, an exam, an appointment."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import SmarterProctoringAdapter

PROCTORS = "TS4b894875d26194988853e490dfb9bc41"
LOCATION = "PTa17h8i9j0k1l2m3n4o5b2c3d4e5f6g"
COURSE = {"ids": {"external": "acme"}, "title": "Acme", "code": "A-1"}
USER = {"ids": {"external": "u-1"}, "firstName": "Tom", "lastName": "Palmer", "email": "tom@people.example"}


class Booked(NamedTuple):
    """The SIDs of an exam and of a session of it."""

    exam: str
    session: str


def exam(stage: Stage, **changes: Any) -> dict[str, Any]:
    """Return an exam that is open now."""
    window = {"open": _instant(stage.now() - timedelta(days=1)), "close": _instant(stage.now() + timedelta(days=60))}
    configuration = {
        "url": "https://exams.example/geo-1",
        "access": window,
        "duration": 60,
        "password": "fake-exam-password",
        "proctorTypes": {PROCTORS: {}},
        **changes,
    }
    return {"ids": {"external": "geo-1"}, "title": "Geography", "limitedScope": True, "configuration": configuration}


def tomorrow(stage: Stage) -> datetime:
    """Return an instant at which the exam is open."""
    return (stage.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


def assigned(stage: Stage, client: SmarterProctoringAdapter) -> Booked:
    """Have Tom assigned; return his session, which has no appointment yet."""
    sids = client.provision(COURSE, USER, exam(stage))
    client.assign(sids["course"], sids["exam"], [sids["enrollment"]])
    found = client.sessions(sids["enrollment"], sids["exam"])
    return Booked(sids["exam"], found[-1]["sid"])


def scheduled(stage: Stage, client: SmarterProctoringAdapter) -> Booked:
    """Have Tom's session scheduled for tomorrow."""
    booked = assigned(stage, client)
    client.schedule(booked.exam, booked.session, tomorrow(stage))
    return booked


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
