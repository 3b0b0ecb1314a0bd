"""The client's side of SmarterProctoring's scenarios: an exam platform that books proctored appointments.

Each player takes what makes the client, so that another client can be put in the reference's place. What a client
decides by its own rules, such as which time is asked for after one was denied, is done here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Unpack

from contract_tests.clients.calling import Manner, Refused
from contract_tests.clients.protocols import SmarterProctoringAdapter
from contract_tests.clients.smarterproctoring import SmarterProctoring, code_of
from contract_tests.players.world import World

_KNOWN_COURSE = {"ids": {"external": "documented-account"}}
_COURSE = {"ids": {"external": "acme"}, "title": "Acme", "code": "ACME-1"}
_EXAM = {
    "ids": {"external": "astronomy-1"},
    "title": "Astronomy",
    "configuration": {
        "url": "https://exams.acme.example/astronomy-1",
        "access": {"open": "2025-06-01T00:00:00Z", "close": "2025-12-31T00:00:00Z"},
        "duration": 120,
        "password": "fake-exam-password",
        "proctorTypes": {"TS63dda27a6ba54c218449b934b7bb1ba8": {}},
    },
}
_APPROVED_EXAM = "EX5a1e0000000000000000000000000002"
"""The exam whose appointments wait for approval."""

_BOOKED_EXAM = "EX5a1e0000000000000000000000000003"
_BOOKED_SESSION = "ES5a1e0000000000000000000000000002"
"""What the fixtures have an appointment for."""

_Booking = tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], datetime]


class Make(Protocol):
    """Makes a client of an install."""

    def __call__(
        self, base_url: str, token: str, install_sid: str, **manner: Unpack[Manner]
    ) -> SmarterProctoringAdapter:
        """Return a client that calls this address with this token."""


def happy_path(world: World, make: Make = SmarterProctoring) -> None:
    """Book, send the candidate in at the appointment, and wait until the session is closed."""
    client = _client(world, make)
    sids = client.provision(_COURSE, _user("Astrid"), _EXAM)
    client.assign(sids["course"], sids["exam"], [sids["enrollment"]])
    for session in client.sessions(sids["enrollment"], sids["exam"]):
        client.schedule(sids["exam"], session["sid"], _hours_from_now(world, 29))
        world.wait(29 * 3600)
        _visit(world, client, sids["exam"], session["sid"])
        client.wait_for_status(session["sid"], ["Closed"], every=600, within=6 * 3600)


def lost_answer_to_provision(world: World, make: Make = SmarterProctoring) -> None:
    """Book; the client itself sees to what is lost."""
    _client(world, make).book(_COURSE, _user("Astrid"), _EXAM, _hours_from_now(world, 24))


def lost_answer_to_schedule(world: World, make: Make = SmarterProctoring) -> None:
    """Book; the client itself sees to what is lost."""
    _client(world, make).book(*_a_known_booking(world))


def connection_closed_at_schedule(world: World, make: Make = SmarterProctoring) -> None:
    """Book; the client itself sees to what was not done."""
    _client(world, make).book(*_a_known_booking(world))


def down_for_a_minute(world: World, make: Make = SmarterProctoring) -> None:
    """Book with more patience than usual."""
    _client(world, make, attempts=9, backoff=1.0).book(*_a_known_booking(world))


def rate_limited(world: World, make: Make = SmarterProctoring) -> None:
    """Provision five candidates, one after the other."""
    client = _client(world, make)
    for name in ("Astrid", "Bo", "Cilla", "Dag", "Eva"):
        client.provision(_COURSE, _user(name), _EXAM)


def slow_to_schedule(world: World, make: Make = SmarterProctoring) -> None:
    """Book, and wait for the answers."""
    _client(world, make).book(*_a_known_booking(world))


def token_expires(world: World, make: Make = SmarterProctoring) -> None:
    """Book, and poll until that is refused."""
    client = _client(world, make)
    session = client.book(*_a_known_booking(world))
    try:
        client.wait_for_status(session["sid"], ["Closed"], every=300, within=7200)
    except Refused as refused:
        if code_of(refused) != "AUTHENTICATIONFAILED":
            raise


def limited_scope(world: World, make: Make = SmarterProctoring) -> None:
    """Book a new exam for one candidate of a course that has others."""
    _client(world, make).book(_KNOWN_COURSE, _user("Astrid"), _EXAM, _hours_from_now(world, 24))


def forgotten_sids(world: World, make: Make = SmarterProctoring) -> None:
    """Use SIDs of old, and book from the beginning when they are unknown."""
    client = _client(world, make)
    try:
        client.sessions("EN0000000000000000000000000000dead", "EX0000000000000000000000000000dead")
    except Refused as refused:
        if code_of(refused) != "RESOURCENOTFOUND":
            raise
        client.book(_COURSE, _user("Astrid"), _EXAM, _hours_from_now(world, 24))


def onboarding_link_used_twice(world: World, make: Make = SmarterProctoring) -> None:
    """Send the candidate in, and once more a minute later."""
    client = _client(world, make)
    _visit(world, client, _BOOKED_EXAM, _BOOKED_SESSION)
    world.wait(60)
    _visit(world, client, _BOOKED_EXAM, _BOOKED_SESSION)


def exam_window_closes(world: World, make: Make = SmarterProctoring) -> None:
    """Book a time at which the exam is closed, and then one at which it is open."""
    client = _client(world, make)
    course, candidate, exam, _ = _a_known_booking(world)
    try:
        client.book(course, candidate, exam, datetime(2026, 1, 2, 10, tzinfo=UTC))
    except Refused as refused:
        if code_of(refused) != "INVALIDINPUT":
            raise
        client.book(course, candidate, exam, datetime(2025, 12, 31, 10, tzinfo=UTC))


def approval_denied(world: World, make: Make = SmarterProctoring) -> None:
    """Ask for one time after the other until one is approved, and send the candidate in."""
    client = _client(world, make)
    course, candidate, exam = _KNOWN_COURSE, _known_user(), {"ids": {"external": "documented-exam-2"}}
    for hours in (24, 48, 72):
        at = _hours_from_now(world, hours)
        session = client.book(course, candidate, exam, at)
        decided = ["Scheduled", "Approval Denied"]
        if client.wait_for_status(session["sid"], decided, every=1800, within=24 * 3600) == "Scheduled":
            world.wait(at.timestamp() - world.now())
            _visit(world, client, _APPROVED_EXAM, session["sid"])
            return


def status_after_polls(world: World, make: Make = SmarterProctoring) -> None:
    """Poll once a minute until the session is closed."""
    _client(world, make).wait_for_status(_BOOKED_SESSION, ["Closed"], every=60, within=3600)


def candidate_does_not_come(world: World, make: Make = SmarterProctoring) -> None:
    """Poll until the appointment is over, cancel it then, and make another one in the new session."""
    client = _client(world, make)
    session = client.session(_BOOKED_EXAM, _BOOKED_SESSION)
    ends = datetime.fromisoformat(session["appointmentDate"]).timestamp() + 2 * 3600
    try:
        client.wait_for_status(_BOOKED_SESSION, ["In Progress", "Processing"], every=600, within=ends - world.now())
    except TimeoutError:
        client.cancel(_BOOKED_EXAM, _BOOKED_SESSION, "Nobody came to the appointment.", reason="no-show")
        exam = {"ids": {"external": "documented-exam-3"}}
        client.book(_KNOWN_COURSE, _known_user(), exam, _hours_from_now(world, 72))


def _user(first_name: str) -> Mapping[str, Any]:
    """Return a candidate whom the vendor does not know."""
    name = first_name.lower()
    return {
        "ids": {"external": f"candidate-{name}"},
        "firstName": first_name,
        "lastName": "Nilsson",
        "email": f"{name}.nilsson@people.example",
    }


def _known_user() -> Mapping[str, Any]:
    """Return the candidate of the fixtures."""
    return {"ids": {"external": "documented-user"}}


def _a_known_booking(world: World) -> _Booking:
    """Return a booking, for tomorrow, of what the fixtures have: course, candidate, exam, and instant."""
    return _KNOWN_COURSE, _known_user(), {"ids": {"external": "documented-exam-1"}}, _hours_from_now(world, 24)


def _visit(world: World, client: SmarterProctoringAdapter, exam_sid: str, session_sid: str) -> None:
    """Send the candidate's browser into onboarding."""
    world.session.get(client.onboarding_url(exam_sid, session_sid), timeout=10)


def _hours_from_now(world: World, hours: float) -> datetime:
    """Return an instant ahead."""
    return datetime.fromtimestamp(world.now(), UTC) + timedelta(hours=hours)


def _client(world: World, make: Make, **manner: Unpack[Manner]) -> SmarterProctoringAdapter:
    known = world.credentials("smarterproctoring")
    how: Manner = {**world.manner, **manner}
    return make(world.url("smarterproctoring"), known["token"], known["install_sid"], **how)
