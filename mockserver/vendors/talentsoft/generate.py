"""Fixture data of any size: every person invited to a campaign, their assessments in all states of a normal day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockserver.core.people import Person
from mockserver.vendors.talentsoft.entities import (
    Campaign,
    Client,
    Invitation,
    Recruiter,
    Status,
    results_of,
)

_CUSTOMER = "meridian"
_CLIENT = Client(id="ts_demo", secret="fake-talentsoft-secret-0123456789abcdef", customer=_CUSTOMER)  # noqa: S106
_RECRUITER = Recruiter(id="1", email="recruiter@meridian.example", name="Meridian Recruiter", customer=_CUSTOMER)
_CAMPAIGNS = (
    Campaign(
        id="1",
        name="Data Analyst Certification",
        language="en-GB",
        customer=_CUSTOMER,
        tests=("cert-data-analyst",),
    ),
    Campaign(id="2", name="Workplace Safety Basics", language="en-GB", customer=_CUSTOMER, tests=("cert-safety",)),
)
_STATUSES = (Status.WAITING, Status.IN_PROGRESS, Status.COMPLETED, Status.DECLINED)
_INVITED = datetime(2025, 1, 1, tzinfo=UTC)
_EXPIRES = datetime(2035, 12, 31, tzinfo=UTC)


def generate(people: Sequence[Person]) -> Mapping[str, Any]:
    """Return the demo set's client and recruiter, two campaigns, and an invitation for everybody."""
    plain: dict[str, Any] = msgspec.to_builtins(
        {
            "clients": [_CLIENT],
            "recruiters": [_RECRUITER],
            "campaigns": _CAMPAIGNS,
            "invitations": [_invitation(person) for person in people],
        }
    )
    return plain


def _invitation(person: Person) -> Invitation:
    campaign = _CAMPAIGNS[person.number % len(_CAMPAIGNS)]
    status = _STATUSES[person.number // len(_CAMPAIGNS) % len(_STATUSES)]
    done = status is Status.COMPLETED
    return Invitation(
        id=f"assessment{person.number}",
        link=f"invitation{person.number}",
        campaign_id=campaign.id,
        applicant_id=person.uuid,
        lastname=person.last_name,
        firstname=person.first_name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        client_id=_CLIENT.id,
        invited_by=_RECRUITER.email,
        invited_at=_INVITED,
        expires_at=_EXPIRES,
        status=status,
        started_at=_INVITED if status in (Status.IN_PROGRESS, Status.COMPLETED) else None,
        ended_at=_INVITED if status in (Status.COMPLETED, Status.DECLINED) else None,
        results=results_of(campaign, person.number * 7 % 101, person.language) if done else None,
    )
