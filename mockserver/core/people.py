"""Believable people from a seed, the same for every vendor."""

from collections.abc import Iterator
from dataclasses import dataclass

from mockserver.core.ids import Ids


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate that all vendors know by the same e-mail and UUID."""

    number: int
    uuid: str
    first_name: str
    last_name: str
    email: str
    phone: str
    """E.164."""
    language: str
    """A culture name like ``fr-FR``."""
    time_zone: str


_HOMES = (
    ("en_US", "en-US", "America/New_York", "+1212555"),
    ("en_GB", "en-GB", "Europe/London", "+44161496"),
    ("fr_FR", "fr-FR", "Europe/Paris", "+3319900"),
    ("de_DE", "de-DE", "Europe/Berlin", "+4930555"),
)


def people(seed: int, count: int) -> Iterator[Person]:
    """Yield people; the same seed gives the same ones, and more of them begin with the fewer."""
    from faker import Faker  # late: reading its locales takes longer than starting the server

    fakers = [Faker(locale, use_weighting=False) for locale, *_ in _HOMES]
    ids = Ids(seed)
    for number in range(1, count + 1):
        _, language, time_zone, prefix = _HOMES[number % len(_HOMES)]
        faker = fakers[number % len(_HOMES)]
        faker.seed_instance(f"{seed}|{number}")
        yield Person(
            number=number,
            uuid=ids.uuid("person"),
            first_name=faker.first_name(),
            last_name=faker.last_name(),
            email=f"candidate{number}@people.example",
            phone=f"{prefix}{number % 10_000:04}",
            language=language,
            time_zone=time_zone,
        )
