"""What SmarterProctoring sends by itself, if a sandbox wants it: that the status of a session has changed.

No document of the API describes it. The vendor's own piece for Activepieces (source ``piece``) takes such a call, knows
it by the API token in the ``token`` header, and shows one sample of its body; the rest is inferred.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from mockserver.core.auth import same
from mockserver.core.errors import Gone
from mockserver.core.events import Call, Event, Proof
from mockserver.core.operation import Request
from mockserver.core.outbox import Delivery
from mockserver.core.settings import steps
from mockserver.vendors.smarterproctoring.session_schemas import StatusChangeSchema
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

_BODY = StatusChangeSchema()


def _calls(state: SmarterProctoring, session_sid: str) -> Iterator[Call]:
    url = state.settings.status_webhook_url
    if url is None:
        return
    session = state.sessions.get(session_sid)
    learner = state.users.get(session.user_sid)
    told = {
        "session_id": session.sid,
        "status": _spelled(session.status) if state.settings.status_webhook_spelling == "sample" else session.status,
        "student_name": f"{learner.first_name} {learner.last_name}",
        "student_email": learner.email,
        "course_name": state.courses.get(session.course_sid).title,
        "exam_name": state.exams.get(session.exam_sid).title,
        "timestamp": state.now(),
    }
    yield Call(url, msgspec.json.encode(_BODY.dump(told)), key=session.sid)


def _spelled(status: str) -> str:
    """Return a status as the sample might spell it, which shows ``COMPLETED`` alone."""
    return "COMPLETED" if status == "Closed" else status.upper().replace(" ", "_")


def _headers(state: SmarterProctoring, delivery: Delivery, at: datetime) -> Mapping[str, str]:
    token = next((each.token for each in state.tokens if each.opens(at)), None)
    if token is None:
        raise Gone("There is no API token to send along that is not expired or revoked.")
    return {"token": token}


def proves(state: SmarterProctoring, request: Request) -> Proof | None:
    """Tell whether the ``token`` of a request is an API token that is good now."""
    given = request.headers.get("token")
    if given is None:
        return None
    if any(same(each.token, given) and each.opens(state.now()) for each in state.tokens):
        return Proof(True, "With an API token of the account.")
    return Proof(False, "The token is no API token, or one that has expired or was revoked.")


def _proofs(state: SmarterProctoring) -> Sequence[str]:
    return ("token",)


def _retries(state: SmarterProctoring) -> Sequence[timedelta]:
    return steps(state.settings.status_webhook_retries)


EVENTS = (
    Event(
        name="session_status_change",
        says="The status of a session has changed; status_webhook_url is told, if it is set.",
        calls=_calls,
        headers=_headers,
        proofs=_proofs,
        retries=_retries,
    ),
)
