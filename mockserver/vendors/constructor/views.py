"""What people see at Constructor Proctor: the test taker's page, the archive's, and refusals."""

from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from mockserver.core.clock import format_instant
from mockserver.core.errors import ApiError
from mockserver.core.operation import Answer, Html, Request
from mockserver.core.pages import Pages
from mockserver.vendors.constructor.entities import Exam, Session
from mockserver.vendors.constructor.schedule import slots
from mockserver.vendors.constructor.state import MOVES, ConstructorProctor

TITLE = "Constructor Proctor"

_PAGES = Pages(__package__, TITLE)
_OFFERED = 12
_URL_SIGNS = "%/:=&?~#+!$,;'@()*[]"


def session_page(state: ConstructorProctor, session: Session) -> Html:
    """Return the test taker's page as the session stands: booking, waiting, agreement, the exam's frame, the end."""
    exam = state.exam_of(session)
    status = state.status_of(session)
    return _PAGES.render(
        "session.html",
        session=session,
        exam=exam,
        user=state.users.get(session.user),
        status=status,
        slots=_offered(state, exam) if exam.schedule and status in MOVES["booked"] else [],
        must_agree=state.must_agree(session),
        can_agree=status in MOVES["agreed to"],
        framed=_framed(session.session_url, state.url("/")),
        at=state.url(f"/session/{session.id}"),
        instant=format_instant,
    )


def archive_page(state: ConstructorProctor, session: Session, viewer: dict[str, Any]) -> Html:
    """Return a session in the video archive, as a proctor sees it."""
    return _PAGES.render(
        "archive.html",
        session=session,
        exam=state.exam_of(session),
        user=state.users.get(session.user),
        status=state.status_of(session),
        warnings=list(state.warnings.where(session=session.id)),
        viewer=viewer["user_id"],
        return_url=viewer.get("return_url"),
        instant=format_instant,
    )


def refusal_page(error: ApiError, request: Request) -> Answer:
    """Return why something is not possible."""
    return Answer(_PAGES.render("refused.html", error=error), error.status)


def to_session(state: ConstructorProctor, session: Session) -> Answer:
    """Send the browser to the test taker's page."""
    return _see_other(state.url(f"/session/{session.id}/"))


def to_end(state: ConstructorProctor, session: Session) -> Answer:
    """Send the browser where the client wants it after the end, else to the test taker's page."""
    return _see_other(session.session_finish_url or state.url(f"/session/{session.id}/"))


def _framed(url: str, proctoring: str) -> str:
    """Return the exam page's address for the frame, with the origin that its messages come from."""
    parts = urlsplit(url)
    own = urlsplit(proctoring)
    origin = urlencode({"examus-client-origin": f"{own.scheme}://{own.netloc}"})
    return urlunsplit(parts._replace(query=f"{parts.query}&{origin}" if parts.query else origin))


def _see_other(url: str) -> Answer:
    return Answer(status=303, headers={"Location": quote(url, safe=_URL_SIGNS)})


def _offered(state: ConstructorProctor, exam: Exam) -> list[str]:
    apart = timedelta(minutes=state.settings.slot_minutes)
    return [format_instant(slot) for slot in islice(slots(exam, state.now(), apart), _OFFERED)]
