"""The client's side of Constructor Proctor's scenarios.

Each player takes what makes the client, and where calls back matter what makes its receiving side, so that another
client can be put in the reference's place. What a client decides by its own rules, such as a second session for whoever
was rejected, is done here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol, Unpack

import requests

from contract_tests.clients.answers import Record
from contract_tests.clients.calling import CallFailed, Manner
from contract_tests.clients.constructor import Callbacks, Constructor
from contract_tests.clients.protocols import ConstructorAdapter
from contract_tests.clients.receiving import Inlet
from contract_tests.players.world import World

_ADDRESSES = {
    "/reviews": "review_url",
    "/bookings": "schedule_url",
    "/warnings": "warning_url",
    "/agreements": "agreement_acceptance_url",
}
_EXAM: Mapping[str, Any] = {
    "accountId": "acme",
    "accountName": "Acme Training",
    "examId": "geo-1",
    "examName": "Geography",
    "duration": 60,
    "schedule": False,
    "proctoring": "offline",
    "startDate": "2026-03-01T00:00:00Z",
    "endDate": "2026-03-31T00:00:00Z",
}
_SITTING: Mapping[str, Any] = {
    "userId": "u-1",
    "firstName": "Tom",
    "lastName": "Palmer",
    "sessionId": "s-1",
    "sessionUrl": "https://lms.example/exams/geo-1",
}
_ENDS = ("late_to_start", "started", "finished")
_MINUTE = 60.0
_HOUR = 60 * _MINUTE

Told = list[tuple[str, Record]]
"""What was new in calls back, with the path that it came to."""


class Make(Protocol):
    """Makes a client of an integration."""

    def __call__(self, base_url: str, integration: str, secret: str, **manner: Unpack[Manner]) -> ConstructorAdapter:
        """Return a client that calls this address as this integration."""


class HasInlets(Protocol):
    """The receiving side of calls back."""

    @property
    def inlets(self) -> Mapping[str, Inlet]:
        """The inlets by path."""


class MakeCallbacks(Protocol):
    """Makes the receiving side of calls back."""

    def __call__(
        self, secret: str, *, clock: Callable[[], float], on_change: Callable[[str, Record], object]
    ) -> HasInlets:
        """Return inlets that tell everything that is new to them."""


def happy_path(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Announce an exam with a calendar, send the test taker in, and look at the video once the session is judged."""
    client, told = _client(world, make), Told()
    with _called_back(world, callbacks, told):
        _send_in(client, schedule=True, userAgreementUrl="https://lms.example/agreement")
        world.until_idle()
    if _last_review(told) in {"accepted", "rejected"}:
        requests.get(client.archive_link("s-1", "proctor@lms.example"), timeout=10)


def token_expires_between_calls(world: World, make: Make = Constructor) -> None:
    """Send the test taker in, and look at the session ten minutes later."""
    client = _client(world, make)
    _send_in(client)
    world.wait(10 * _MINUTE)
    client.status("s-1")


def down_for_a_minute(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """End the session after half an hour, with much perseverance."""
    client = _client(world, make, attempts=10, backoff=1.0)
    with _called_back(world, callbacks, Told()):
        _send_in(client)
        world.wait(30 * _MINUTE)
        client.finish("s-1")
        world.until_idle()


def connection_closed(world: World, make: Make = Constructor) -> None:
    """Send the test taker in."""
    _send_in(_client(world, make))


def lost_answer_to_finish(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """End the session."""
    client = _client(world, make)
    with _called_back(world, callbacks, Told()):
        _send_in(client)
        client.finish("s-1")
        world.until_idle()


def status_after_polls(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Send the test taker in and wait for the end."""
    client = _client(world, make)
    with _called_back(world, callbacks, Told()):
        _send_in(client)
        client.wait_for("s-1", ["finished"], every=_MINUTE)


def rate_limited_polling(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Send the test taker in and wait for the end, asking every ten seconds."""
    client = _client(world, make)
    with _called_back(world, callbacks, Told()):
        _send_in(client)
        client.wait_for("s-1", ["finished"])


def slot_missed(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Send the test taker in, and again if the slot is missed."""
    client = _client(world, make)
    with _called_back(world, callbacks, Told()):
        _send_in(client, schedule=True)
        found = client.wait_for("s-1", _ENDS, every=10 * _MINUTE, within=6 * _HOUR)
        if found["status"] == "late_to_start":
            client.start({**_EXAM, **_SITTING, "schedule": True})
        world.until_idle()


def exam_window_closes(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Send the test taker in, and grant three more hours if the exam's time passes."""
    client = _client(world, make)
    with _called_back(world, callbacks, Told()):
        _send_in(client, endDate="2026-03-02T12:00:00Z")
        found = client.wait_for("s-1", _ENDS, every=30 * _MINUTE, within=6 * _HOUR)
        if found["status"] == "late_to_start":
            _send_in(client, endDate="2026-03-02T15:00:00Z")
        world.until_idle()


def review_revised(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Let whoever is rejected in the end sit again."""
    client, told = _client(world, make), Told()
    with _called_back(world, callbacks, told):
        _send_in(client)
        world.until_idle()
    if _last_review(told) == "rejected":
        _sit_again(client, 1)


def reviews_out_of_order(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Have the video looked at if nobody has judged the session in the end."""
    client, told = _client(world, make), Told()
    with _called_back(world, callbacks, told):
        _send_in(client)
        world.until_idle()
    if _last_review(told) == "unknown":
        requests.get(client.archive_link("s-1", "proctor@lms.example"), timeout=10)


def duplicate_review(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Let the test taker sit again for each rejection that is told."""
    client, told = _client(world, make), Told()
    with _called_back(world, callbacks, told):
        _send_in(client)
        world.until_idle()
    rejections = [said for _, said in told if said.get("conclusion") == "rejected"]
    for number, _ in enumerate(rejections, 1):
        _sit_again(client, number)


def forged_callback(world: World, make: Make = Constructor, callbacks: MakeCallbacks = Callbacks) -> None:
    """Send the test taker in and wait for the reviews."""
    with _called_back(world, callbacks, Told()):
        _send_in(_client(world, make))
        world.until_idle()


def exam_known_already(world: World, make: Make = Constructor) -> None:
    """Announce an exam of the demo once more, shorter."""
    _client(world, make).put_exam(
        {
            "accountId": "meridian",
            "accountName": "Meridian Learning",
            "examId": "cert-data-analyst",
            "examName": "Data Analyst Certification",
            "duration": 90,
            "schedule": True,
            "proctoring": "online",
            "startDate": "2025-01-01T00:00:00Z",
            "endDate": "2035-12-31T00:00:00Z",
        }
    )


def refused_exam(world: World, make: Make = Constructor) -> None:
    """Announce an exam with dates that cannot be, and let the refusal be seen."""
    with suppress(CallFailed):
        _send_in(_client(world, make), endDate="2026-02-01T00:00:00Z")


def _client(world: World, make: Make, **manner: Unpack[Manner]) -> ConstructorAdapter:
    all_of_it: Manner = {**world.manner, **manner}
    known = world.credentials("constructor")
    return make(world.url("constructor"), known["integration"], known["secret"], **all_of_it)


def _send_in(client: ConstructorAdapter, **exam: Any) -> None:
    """Announce the exam and send the test taker to it."""
    client.put_exam({**_EXAM, **exam})
    client.start({**_EXAM, **exam, **_SITTING})


def _sit_again(client: ConstructorAdapter, number: int) -> None:
    """Send the test taker to a session of a new id."""
    client.start({**_EXAM, **_SITTING, "sessionId": f"s-1-again-{number}"})


def _last_review(told: Told) -> str | None:
    """Return the conclusion of the newest review."""
    conclusions = [said["conclusion"] for path, said in told if path == "/reviews"]
    return str(conclusions[-1]) if conclusions else None


@contextmanager
def _called_back(world: World, callbacks: MakeCallbacks, told: Told) -> Iterator[None]:
    """Have the vendor's manager set the addresses of calls back, which are all taken when the block is left."""
    known = world.credentials("constructor")
    made = callbacks(known["secret"], clock=world.now, on_change=lambda path, said: told.append((path, said)))
    with world.receiving(made.inlets) as receiver:
        urls = {name: f"{receiver.url}{path}" for path, name in _ADDRESSES.items()}
        arguments = {"integration_name": known["integration"], **urls}
        world.admin("POST", "/actions", {"action": "constructor.change_urls", "arguments": arguments})
        yield
