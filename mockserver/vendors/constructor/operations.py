"""Constructor Proctor's API and pages, one function an operation."""

from typing import Any

from mockserver.core.errors import BadRequest
from mockserver.core.operation import Answer, Api
from mockserver.core.sources import Form, Json, Query
from mockserver.vendors.constructor.access import known_integration, signed_call, signed_payload
from mockserver.vendors.constructor.errors import envelope
from mockserver.vendors.constructor.schemas import (
    ArchiveSchema,
    ExamSchema,
    FinishedSchema,
    FinishSchema,
    SlotSchema,
    StartSchema,
    StatusSchema,
    TokenSchema,
)
from mockserver.vendors.constructor.state import ConstructorProctor
from mockserver.vendors.constructor.views import archive_page, refusal_page, session_page, to_end, to_session

_API = "/api/v2/integration/simple/{integration_name}"
_PAGES = "/integration/simple/{integration_name}"
_START = StartSchema()
_ARCHIVE = ArchiveSchema()
_TOKEN_FORM = Form(TokenSchema(), multipart=True)

api = Api("constructor", caller=signed_call, errors=envelope)


@api.operation("POST", f"{_API}/exams/", accepts=Json(ExamSchema()), returns=ExamSchema())
def put_exam(state: ConstructorProctor, integration_name: str, data: dict[str, Any]) -> Answer:
    """Create an exam ahead of its first session, or update it."""
    exam, created = state.put_exam(integration_name, data)
    return Answer(state.effective(exam), 201 if created else 200)


@api.operation(
    "POST",
    f"{_API}/sessions/{{session_id}}/finish/",
    accepts=Json(FinishSchema(), optional=True),
    returns=FinishedSchema(),
)
def finish_session(state: ConstructorProctor, integration_name: str, session_id: str, data: dict[str, Any]) -> Answer:
    """Finish a started session, or take back the booking of one that has not started."""
    session = state.session(integration_name, session_id)
    return Answer({"message": state.finish_remotely(session, data.get("session_finish_url"))})


@api.operation("GET", f"{_API}/sessions/{{session_id}}/status/", returns=StatusSchema())
def get_session_status(state: ConstructorProctor, integration_name: str, session_id: str) -> Answer:
    """Tell where a session stands."""
    session = state.session(integration_name, session_id)
    return Answer(
        {
            "account_id": str(state.exam_of(session).account_id),
            "session_id": session.session_id,
            "status": state.status_of(session),
            "session_start": session.session_start,
            "session_end": session.session_end,
        }
    )


@api.operation(
    "POST",
    f"{_PAGES}/start/",
    accepts=_TOKEN_FORM,
    caller=known_integration,
    errors=refusal_page,
)
def start_session(state: ConstructorProctor, integration_name: str, data: dict[str, Any]) -> Answer:
    """Send the test taker in by a form; creates or updates the exam, the user and the session."""
    return _start(state, integration_name, data["token"])


@api.operation("GET", f"{_PAGES}/start/", accepts=Query(TokenSchema()), caller=known_integration, errors=refusal_page)
def start_session_by_link(state: ConstructorProctor, integration_name: str, data: dict[str, Any]) -> Answer:
    """Send the test taker in by a link; the same as the form."""
    return _start(state, integration_name, data["token"])


@api.operation(
    "POST",
    f"{_PAGES}/archive/{{session_id}}/",
    accepts=_TOKEN_FORM,
    caller=known_integration,
    errors=refusal_page,
)
def open_archive(state: ConstructorProctor, integration_name: str, session_id: str, data: dict[str, Any]) -> Answer:
    """Show a session in the video archive to a proctor who comes by a form."""
    return _archive(state, integration_name, session_id, data["token"])


@api.operation(
    "GET",
    f"{_PAGES}/archive/{{session_id}}/",
    accepts=Query(TokenSchema()),
    caller=known_integration,
    errors=refusal_page,
)
def open_archive_by_link(
    state: ConstructorProctor, integration_name: str, session_id: str, data: dict[str, Any]
) -> Answer:
    """Show a session in the video archive to a proctor who comes by a link."""
    return _archive(state, integration_name, session_id, data["token"])


@api.page("GET", "/session/{key}/", errors=refusal_page)
def show_session(state: ConstructorProctor, key: str) -> Answer:
    """Show the test taker where the session stands and what can be done."""
    return Answer(session_page(state, state.sessions.get(key)))


@api.page("POST", "/session/{key}/book/", accepts=Form(SlotSchema()), errors=refusal_page)
def book_slot(state: ConstructorProctor, key: str, data: dict[str, Any]) -> Answer:
    """Book a slot of the calendar."""
    return to_session(state, state.book_slot(state.sessions.get(key), data["start"]))


@api.page("POST", "/session/{key}/cancel/", errors=refusal_page)
def cancel_slot(state: ConstructorProctor, key: str) -> Answer:
    """Give the booked slot back."""
    return to_session(state, state.cancel_slot(state.sessions.get(key)))


@api.page("POST", "/session/{key}/agree/", errors=refusal_page)
def accept_agreement(state: ConstructorProctor, key: str) -> Answer:
    """Accept the user agreement."""
    return to_session(state, state.accept_agreement(state.sessions.get(key)))


@api.page("POST", "/session/{key}/start/", errors=refusal_page)
def start_exam(state: ConstructorProctor, key: str) -> Answer:
    """Start the exam."""
    return to_session(state, state.start_session(state.sessions.get(key)))


@api.page("POST", "/session/{key}/finish/", errors=refusal_page)
def finish_exam(state: ConstructorProctor, key: str) -> Answer:
    """Finish the exam, and go where the client wants."""
    return to_end(state, state.finish_session(state.sessions.get(key)))


def _start(state: ConstructorProctor, integration_name: str, token: str) -> Answer:
    given = signed_payload(state, integration_name, token, _START)
    return Answer(session_page(state, state.open_session(integration_name, **given)))


def _archive(state: ConstructorProctor, integration_name: str, session_id: str, token: str) -> Answer:
    viewer = signed_payload(state, integration_name, token, _ARCHIVE)
    if viewer["session_id"] != session_id:
        message = "Must be the session in the path."
        raise BadRequest(f"sessionId: {message}", fields={"sessionId": [message]})
    return Answer(archive_page(state, state.session(integration_name, session_id), viewer))
