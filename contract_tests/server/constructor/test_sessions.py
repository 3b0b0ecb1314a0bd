"""Sessions: started, finished, asked about, booked."""

import pytest

from contract_tests.server.constructor.integration import Data, Integration
from contract_tests.server.rules import CannotGoOn

pytestmark = pytest.mark.writes

_STATUS = "constructor.get_session_status"


def _entered(integration: Integration, **changes: object) -> Data:
    """Send a test taker in and return the claims; nothing is started yet."""
    claims = integration.taker(**changes)
    integration.needs(integration.start(claims))
    return claims


def _status(integration: Integration, session: str) -> str:
    return str(integration.needs(integration.status(session)).at("status"))


@pytest.mark.clause("constructor.start_session", _STATUS)
def test_a_test_taker_comes_in(integration: Integration) -> None:
    """The form leads a test taker to a page, again and again, and the session can be asked about."""
    claims = _entered(integration)
    reply = integration.needs(integration.status(claims["sessionId"]))
    told = "The session is the client's own."
    same = reply.at("sessionId") == claims["sessionId"]
    integration.holds(_STATUS, same, told, expected=claims["sessionId"], got=reply.told)
    integration.needs(integration.start(claims), clause="constructor.same-start-link")
    query = {"token": integration.token(claims)}
    integration.call("GET", integration.page_path("start"), params=query)


@pytest.mark.clause(f"{_STATUS}.response.404")
def test_a_session_that_is_not_there(integration: Integration) -> None:
    """A session that nobody has is not found; no document says how."""
    for reply in (integration.status("nobody-has-this"), integration.finish("nobody-has-this")):
        integration.refuses(reply, f"{reply.operation}.response.404", "It is not found.", 404)


@pytest.mark.sandbox
@pytest.mark.clause("constructor.finish-started", "constructor.finish-again")
def test_finishing(integration: Integration) -> None:
    """Finishing a started session answers finished and finishes it; finishing again answers not_changed."""
    claims = _entered(integration)
    session = claims["sessionId"]
    integration.begin(session)
    before = _status(integration, session)
    integration.holds(f"{_STATUS}.response.200", before == "started", "It is started.", expected="started", got=before)
    integration.advance("20m")
    message = integration.needs(integration.finish(session)).at("message")
    told = "A started session is finished."
    integration.holds("constructor.finish-started", message == "finished", told, expected="finished", got=message)
    after = _status(integration, session)
    integration.holds("constructor.finish-started", after == "finished", told, expected="finished", got=after)
    again = integration.needs(integration.finish(session)).at("message")
    told = "A finished session is left as it is."
    integration.holds("constructor.finish-again", again == "not_changed", told, expected="not_changed", got=again)


@pytest.mark.sandbox
@pytest.mark.clause("constructor.booking", "constructor.finish-booked")
def test_booking(integration: Integration) -> None:
    """A session of a scheduled exam is not_scheduled until a slot is booked, and again after it is cancelled."""
    claims = _entered(integration, schedule=True)
    session = claims["sessionId"]
    for action, wanted in ((None, True), ("book_first_slot", False), ("cancel_slot", True), ("book_first_slot", False)):
        if action:
            integration.sandbox.action(action, session_id=session)
        status = _status(integration, session)
        told = f"After {action or 'coming in'} the session is {'not ' if wanted else ''}scheduled."
        fits = (status == "not_scheduled") is wanted
        integration.holds("constructor.booking", fits, told, expected=f"not_scheduled: {wanted}", got=status)
    integration.needs(integration.finish(session), clause="constructor.finish-booked")
    status = _status(integration, session)
    told = "Finishing a booked session takes its booking back."
    integration.holds(
        "constructor.finish-booked", status == "not_scheduled", told, expected="not_scheduled", got=status
    )


@pytest.mark.sandbox
@pytest.mark.clause("constructor.not-before-start-date", "constructor.window-scope")
def test_not_before_the_start_date(integration: Integration) -> None:
    """A session cannot be started before startDate."""
    claims = integration.taker(startDate=integration.instant(days=2), endDate=integration.instant(days=4))
    integration.start(claims)
    status = integration.status(claims["sessionId"])
    early = not status.ok or status.at("status") != "ready_to_start"
    told = "Two days before it is no time to start."
    integration.holds("constructor.not-before-start-date", early, told, expected="not ready to start", got=status.told)
    integration.advance("3d")
    integration.needs(integration.start(claims), clause="constructor.not-before-start-date")
    now = _status(integration, claims["sessionId"])
    told = "Once the time has come it can be started."
    integration.holds("constructor.window-scope", now == "ready_to_start", told, expected="ready_to_start", got=now)


@pytest.mark.sandbox
@pytest.mark.parametrize("schedule", [False, True], ids=["without a calendar", "with a calendar"])
@pytest.mark.clause(
    *(f"{_STATUS}.response.200.body.status.enum.{each}_to_start" for each in ("early", "ready", "late"))
)
def test_early_ready_and_late(integration: Integration, schedule: bool) -> None:
    """A session is too early to start, then ready, and too late once its time has passed."""
    window = {"startDate": integration.instant(days=2), "endDate": integration.instant(days=4)}
    session = _entered(integration, schedule=schedule, **window)["sessionId"]
    if schedule:
        integration.sandbox.action("book_slot", session_id=session, start=window["startDate"])
    for status, wait in (("early", "2d"), ("ready", "3d"), ("late", "0s")):
        found, wanted = _status(integration, session), f"{status}_to_start"
        told = f"It is {status}."
        clause = f"{_STATUS}.response.200.body.status.enum.{wanted}"
        integration.holds(clause, found == wanted, told, expected=wanted, got=found)
        integration.advance(wait)


@pytest.mark.sandbox
@pytest.mark.clause("constructor.scheduled-change")
def test_new_dates_of_a_scheduled_exam(integration: Integration) -> None:
    """New dates of a scheduled exam count for every session of it."""
    claims = _entered(integration, schedule=True)
    names = integration.exam().keys()
    exam = {name: value for name, value in claims.items() if name in names}
    moved = {**exam, "startDate": integration.instant(days=10), "endDate": integration.instant(days=12)}
    integration.needs(integration.api("POST", integration.path("exams"), json=moved))
    for days, wanted in ((2, False), (11, True)):
        start = integration.instant(days=days)[:14] + "00:00Z"
        taken = _books(integration, claims["sessionId"], start)
        told = f"A slot {'inside' if wanted else 'outside'} the new dates can{'' if wanted else 'not'} be booked."
        integration.holds("constructor.scheduled-change", taken is wanted, told, expected=str(wanted), got=str(taken))


def _books(integration: Integration, session: str, start: str) -> bool:
    try:
        integration.sandbox.action("book_slot", session_id=session, start=start)
    except CannotGoOn:
        return False
    return True


@pytest.mark.clause("constructor.open_archive", "constructor.open_archive_by_link")
def test_the_archive(integration: Integration) -> None:
    """A session in the video archive is shown to a proctor who comes by a form or by a link."""
    claims = _entered(integration)
    about = {"userId": "proctor@people.example", "sessionId": claims["sessionId"]}
    path = integration.page_path("archive", claims["sessionId"])
    integration.needs(integration.call("POST", path, data={"token": integration.token(about)}))
    integration.needs(integration.call("GET", path, params={"token": integration.token(about)}))
