"""What Constructor Proctor sends by itself: results, bookings, warnings and agreements, to the integration's URLs.

Bodies and authorization are those of the guide's pages (sources ``results``, ``scheduling``, ``live-warnings`` and
``agreement``); when a call is repeated is nowhere described and inferred.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from mockserver.core.auth import BadToken, scheme_value, sign_jwt, verify_jwt
from mockserver.core.clock import format_instant
from mockserver.core.errors import Gone
from mockserver.core.events import Call, Event, Proof
from mockserver.core.operation import Request
from mockserver.core.outbox import Delivery
from mockserver.core.settings import steps
from mockserver.vendors.constructor.callback_schemas import (
    AgreementSchema,
    CallbackSchema,
    LiveWarningSchema,
    ReviewSchema,
    SchedulingSchema,
)
from mockserver.vendors.constructor.entities import CyberWarning, Session
from mockserver.vendors.constructor.parameters import threshold
from mockserver.vendors.constructor.state import ConstructorProctor
from mockserver.vendors.constructor.titles import TITLES

_REVIEW = ReviewSchema()
_SCHEDULING = SchedulingSchema()
_LIVE_WARNING = LiveWarningSchema()
_AGREEMENT = AgreementSchema()


def _reviewed(state: ConstructorProctor, key: str) -> Iterator[Call]:
    session = state.sessions.get(key)
    url = state.integrations.get(session.integration).review_url
    if url is None or (state.exam_of(session).trial and not state.settings.review_trial_exams):
        return
    yield _call(state, session, url, _REVIEW, _result(state, session))


def _scheduled(state: ConstructorProctor, key: str) -> Iterator[Call]:
    session = state.sessions.get(key)
    url = state.integrations.get(session.integration).schedule_url
    if url is None:
        return
    told: dict[str, Any] = {
        "event": "canceled" if session.slot is None else "scheduled",
        "start": _instant(state, session.slot),
        "cancel_deadline": _instant(state, session.cancel_deadline),
    }
    if state.settings.scheduling_account_id == "as_written":
        told["account_id"] = state.exam_of(session).account_id
    yield _call(state, session, url, _SCHEDULING, told)


def _warned(state: ConstructorProctor, warning_id: int) -> Iterator[Call]:
    warning = state.warnings.get(warning_id)
    session = state.sessions.get(warning.session)
    url = state.integrations.get(session.integration).warning_url
    if url is not None:
        yield _call(state, session, url, _LIVE_WARNING, {**_shown(state, warning), "id": warning.id})


def _agreed(state: ConstructorProctor, key: str) -> Iterator[Call]:
    session = state.sessions.get(key)
    url = state.integrations.get(session.integration).agreement_acceptance_url
    if url is not None:
        yield _call(state, session, url, _AGREEMENT, {"timestamp": _instant(state, session.agreement_accepted)})


def _call(
    state: ConstructorProctor, session: Session, url: str, schema: CallbackSchema, told: Mapping[str, Any]
) -> Call:
    named = {"account_id": str(state.exam_of(session).account_id), "session_id": session.session_id}
    return Call(url, msgspec.json.encode(schema.dump({**named, **told})), key=session.integration)


def _result(state: ConstructorProctor, session: Session) -> dict[str, Any]:
    warnings = list(state.warnings.where(session=session.id))
    rejected = int(threshold(state.exam_of(session).score_config))
    path = f"/integration/simple/{quote(session.integration, safe='')}/archive/{quote(session.session_id, safe='')}/"
    return {
        "archive": state.url(path),
        "conclusion": session.conclusion,
        "comment": session.comment,
        "score": session.score,
        "threshold": {"attention": min(state.settings.attention_score, rejected), "rejected": rejected},
        "session_start": _instant(state, session.session_start),
        "session_end": _instant(state, session.session_end),
        "warnings": [_shown(state, each) for each in warnings],
        "warning_titles": {each.type: TITLES[each.type] for each in warnings if each.type in TITLES},
    }


def _shown(state: ConstructorProctor, warning: CyberWarning) -> dict[str, Any]:
    return {
        "type": warning.type,
        "start": _instant(state, warning.start),
        "end": _instant(state, warning.end),
        "cyber": warning.cyber,
    }


def _instant(state: ConstructorProctor, at: datetime | None) -> str | None:
    if at is None or not state.settings.callback_fractions:
        return None if at is None else format_instant(at)
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _headers(state: ConstructorProctor, delivery: Delivery, at: datetime) -> Mapping[str, str]:
    integration = state.integrations.find(name=delivery.key)
    if integration is None:
        raise Gone(f"Integration {delivery.key!r} is not there any more.")
    expires = int(at.timestamp()) + state.settings.callback_token_seconds
    return {"Authorization": f"JWT {sign_jwt({'exp': expires}, integration.secret)}"}


def proves(state: ConstructorProctor, request: Request) -> Proof | None:
    """Tell whose secret signed the token of a request, and whether it still holds."""
    token = scheme_value(request, "JWT")
    if token is None:
        return None
    reasons = []
    for integration in state.integrations:
        try:
            verify_jwt(token, integration.secret, state.now())
        except BadToken as error:
            reasons.append(f"{integration.name}: {error}")
        else:
            return Proof(True, f"A token of integration {integration.name}.")
    return Proof(False, f"The token is no integration's ({'; '.join(reasons) or 'there is none'}).")


def _proofs(state: ConstructorProctor) -> Sequence[str]:
    return ("Authorization",)


def _retries(state: ConstructorProctor) -> Sequence[timedelta]:
    return steps(state.settings.callback_retries)


EVENTS = (
    Event(
        name="session_reviewed",
        says="A session has finished, or was concluded once more; review_url is told its result.",
        calls=_reviewed,
        headers=_headers,
        proofs=_proofs,
        retries=_retries,
    ),
    Event(
        name="session_scheduled",
        says="A slot was booked or given back; schedule_url is told.",
        calls=_scheduled,
        headers=_headers,
        proofs=_proofs,
        retries=_retries,
    ),
    Event(
        name="warning_raised",
        says="The AI saw something during a session; warning_url is told at once.",
        calls=_warned,
        headers=_headers,
        proofs=_proofs,
        retries=_retries,
    ),
    Event(
        name="agreement_accepted",
        says="The test taker accepted the user agreement; agreement_acceptance_url is told.",
        calls=_agreed,
        headers=_headers,
        proofs=_proofs,
        retries=_retries,
    ),
)
