"""Fixture data for any number of people."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mockserver.core.people import Person
from mockserver.vendors.youtestme.attempts import FIRST_SESSION, FIRST_VERSION
from mockserver.vendors.youtestme.entities import ApiKey, Authorization, Test, TestingSession, User
from mockserver.vendors.youtestme.state import FIRST_ID

API_KEY = "fake-youtestme-key"
ENGLISH = 15

_TESTS = (
    Test(
        id=FIRST_ID,
        version_id=FIRST_VERSION,
        external_id="cert-data-analyst",
        name="Data Analyst Certification",
        max_points=120,
        pass_percent=50,
        duration_minutes=120,
    ),
    Test(
        id=FIRST_ID + 1,
        version_id=FIRST_VERSION + 1,
        external_id="cert-safety",
        name="Workplace Safety Basics",
        max_points=40,
        pass_percent=80,
        duration_minutes=30,
    ),
)


def generate(people: Sequence[Person]) -> Mapping[str, Any]:
    """Return a tenant that knows everybody, with two tests; all may take the first, every other the second too."""
    candidates = [_user(each) for each in people]
    permitted = [(user, test) for user in candidates for test in _TESTS[: 1 + user.id % 2]]
    entities: Mapping[str, Sequence[object]] = {
        "api_keys": [ApiKey(id=API_KEY)],
        "users": candidates,
        "tests": _TESTS,
        "testing_sessions": [
            TestingSession(id=FIRST_SESSION + number, test_id=test.id, name=test.name)
            for number, test in enumerate(_TESTS)
        ],
        "authorizations": [
            Authorization(
                id=FIRST_ID + number, test_id=test.id, candidate_id=user.id, external_id=f"order-{1 + number}"
            )
            for number, (user, test) in enumerate(permitted)
        ],
    }
    return {name: msgspec.to_builtins(entries) for name, entries in entities.items()}


def _user(person: Person) -> User:
    return User(
        id=FIRST_ID - 1 + person.number,
        username=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        role_code="STU",
        time_zone_id=person.time_zone,
        interface_language_id=ENGLISH if person.language.startswith("en") else None,
        exam_language_id=ENGLISH if person.language.startswith("en") else None,
        external_id=f"cand-{1000 + person.number}",
    )
